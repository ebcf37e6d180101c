"""Popularity: what counts, and where the window begins and ends."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from artrec import schema
from artrec.data.interactions import Interactions
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
