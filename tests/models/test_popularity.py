"""Popularity: what counts, and where the window begins and ends."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from artrec import schema
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError
from artrec.models.popularity import Popularity, PopularityConfig

DAY = 86_400
LATEST = 2_000_000_000


def counts(rows: list[tuple[str, str, float, int]], **parameters: float) -> dict[str, float]:
    columns = [schema.USER_ID, schema.ITEM_ID, schema.RATING, schema.TIMESTAMP]
    table = schema.INTERACTIONS.conform(pd.DataFrame(rows, columns=columns))
    data = Interactions.from_table(table, positive_from=4.0)
    model = Popularity.fit(data, PopularityConfig(**parameters), np.random.default_rng(0))
    return dict(zip(data.items.index, model.counts.tolist(), strict=True))


ROWS = [
    ("u1", "latest", 5.0, LATEST),
    ("u1", "just inside", 5.0, LATEST - 7 * DAY + 1),
    ("u1", "just outside", 5.0, LATEST - 7 * DAY),
    ("u1", "long ago", 5.0, LATEST - 1000 * DAY),
    ("u2", "long ago", 4.0, LATEST - 1000 * DAY),
    ("u2", "latest", 3.5, LATEST - 1),
]


def test_whole_history_counts_positives() -> None:
    assert counts(ROWS) == {"latest": 1, "just inside": 1, "just outside": 1, "long ago": 2}


def test_window_is_open_at_its_start_and_closed_at_the_latest_interaction() -> None:
    windowed = counts(ROWS, window_days=7)
    assert windowed == {"latest": 1, "just inside": 1, "just outside": 0, "long ago": 0}


def test_window_may_be_part_of_a_day() -> None:
    windowed = counts([("u", "a", 5, LATEST), ("u", "b", 5, LATEST - DAY // 2)], window_days=0.5)
    assert windowed == {"a": 1, "b": 0}


def test_window_ends_at_the_latest_interaction_even_where_it_is_no_positive() -> None:
    windowed = counts([("u", "a", 1, LATEST), ("u", "b", 5, LATEST - 8 * DAY)], window_days=7)
    assert windowed == {"a": 0, "b": 0}


@pytest.mark.parametrize(("below", "expected"), [(0, 1), (0.5, 1.5), (1, 2)])
def test_dislikes_count_what_the_config_says(below: float, expected: float) -> None:
    assert counts(ROWS, below_in_fit=below)["latest"] == expected


@pytest.mark.parametrize("window", [0, -1, float("inf"), float("nan")])
def test_a_window_is_a_positive_number_of_days(window: float) -> None:
    with pytest.raises(ValueError, match="window_days"):
        PopularityConfig(window_days=window)


def test_what_is_a_half_life_old_counts_half() -> None:
    decayed = counts(
        [
            ("u", "now", 5, LATEST),
            ("u", "one", 5, LATEST - 3 * DAY),
            ("u", "two", 5, LATEST - 6 * DAY),
            ("v", "two", 5, LATEST - 3 * DAY),
            ("w", "two", 3, LATEST),
        ],
        half_life_days=3,
    )
    assert decayed == {"now": 1, "one": 0.5, "two": 0.75}


def test_half_lives_count_from_the_latest_interaction_even_where_it_is_no_positive() -> None:
    decayed = counts([("u", "a", 1, LATEST), ("u", "b", 5, LATEST - 7 * DAY)], half_life_days=7)
    assert decayed == {"a": 0, "b": 0.5}


def test_a_very_long_half_life_is_the_whole_history() -> None:
    decayed = counts(ROWS, half_life_days=1e9)
    assert decayed == pytest.approx(counts(ROWS), rel=1e-4)


def test_an_age_of_many_half_lives_counts_nothing() -> None:
    assert counts(ROWS, half_life_days=0.001)["long ago"] == 0


def test_later_interactions_are_not_there_to_be_counted() -> None:
    """What a fit has not seen cannot move it: the clock is the fit's own."""
    shifted = [(user, item, rating, time - 500 * DAY) for user, item, rating, time in ROWS]
    for recency in ({"window_days": 7.0}, {"half_life_days": 7.0}):
        assert counts(shifted, **recency) == counts(ROWS, **recency)


@pytest.mark.parametrize("half_life", [0, -1, float("inf"), float("nan")])
def test_a_half_life_is_a_positive_number_of_days(half_life: float) -> None:
    with pytest.raises(ValueError, match="half_life_days"):
        PopularityConfig(half_life_days=half_life)


def test_a_window_and_a_half_life_are_not_given_together() -> None:
    with pytest.raises(ValueError, match="give one"):
        PopularityConfig(window_days=7, half_life_days=7)


@pytest.mark.parametrize("name", ["window_days", "half_life_days"])
def test_recency_without_times_is_refused(name: str) -> None:
    table = pd.DataFrame([("u", "a")], columns=[schema.USER_ID, schema.ITEM_ID])
    data = Interactions.from_table(table, None)
    with pytest.raises(ConfigError, match=name):
        Popularity.fit(data, PopularityConfig(**{name: 7}), np.random.default_rng(0))
