"""Tables of works and users as of a time: the future is never looked at."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from artrec.features.works import (
    SECONDS_A_DAY,
    FeatureConfig,
    latest_time,
    users_as_of,
    works_as_of,
)

DAY = SECONDS_A_DAY
NOW = 1000 * DAY


@pytest.fixture
def works() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "item_id": ["a", "b", "c"],
            "title": ["A", "B", "C"],
            "year": pd.array([1971, None, 1965], dtype="Int64"),
            "genres": ["Drama|War", None, "Comedy"],
            "creators": [None, None, None],
        }
    )


@pytest.fixture
def interactions() -> pd.DataFrame:
    rows = [
        ("u", "a", NOW - 40 * DAY, 5.0),
        ("u", "b", NOW - 10 * DAY, 3.0),
        ("v", "a", NOW, 4.0),
        ("v", "b", NOW + DAY, 1.0),
    ]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp", "rating"])


def test_what_a_work_is(works: pd.DataFrame, interactions: pd.DataFrame) -> None:
    table = works_as_of(works, interactions, FeatureConfig(), NOW).set_index("item_id")
    assert table["decade"].tolist() == [1970, 0, 1960]
    assert table["n_genres"].tolist() == [2, 0, 1]
    # 1000 days after 1970-01-01 is in 1972
    assert table.loc["a", "age_years"] == 1972 - 1971
    assert np.isnan(table.loc["b", "age_years"])


def test_counts_and_windows_end_at_the_time_asked_for(works, interactions) -> None:
    table = works_as_of(works, interactions, FeatureConfig(recent_days=(30, 90)), NOW)
    table = table.set_index("item_id")
    assert table["n_interactions"].tolist() == [2, 1, 0]
    assert table["n_last_30_days"].tolist() == [1, 1, 0]
    assert table["n_last_90_days"].tolist() == [2, 1, 0]


def test_the_mean_starts_from_the_prior(works, interactions) -> None:
    table = works_as_of(works, interactions, FeatureConfig(prior_ratings=2), NOW)
    overall = (5 + 3 + 4) / 3
    expected = [(5 + 4 + 2 * overall) / 4, (3 + 2 * overall) / 3, overall]
    assert table["mean_rating"].tolist() == pytest.approx(expected)


def test_popularity_groups_hold_the_stated_shares(works) -> None:
    counts = {"a": 5, "b": 4, "c": 1}
    rows = [(f"u{n}", item, NOW) for item, count in counts.items() for n in range(count)]
    interactions = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp"])
    more = pd.concat([works, works.tail(1).assign(item_id="d")], ignore_index=True)
    config = FeatureConfig(popularity_shares=(0.5, 0.9))
    table = works_as_of(more, interactions, config, NOW)
    assert table["popularity"].tolist() == ["head", "middle", "tail", "unseen"]


def test_moving_the_future_changes_nothing(works, interactions) -> None:
    moved = interactions.copy()
    future = moved["timestamp"] > NOW
    moved.loc[future, ["item_id", "rating"]] = ["c", 5.0]
    for derive in (
        lambda table: works_as_of(works, table, FeatureConfig(), NOW),
        lambda table: users_as_of(table, FeatureConfig(), NOW),
    ):
        pd.testing.assert_frame_equal(derive(interactions), derive(moved))


def test_users_are_grouped_by_the_length_of_their_history(interactions) -> None:
    config = FeatureConfig(user_levels=(2, 5))
    table = users_as_of(interactions, config, NOW).set_index("user_id")
    assert table["history"].to_dict() == {"u": "2-4", "v": "<2"}
    assert table.loc["u", "mean_rating"] == (5 + 3) / 2
    assert table.loc["u", "rating_spread"] == 1
    assert table.loc["u", "days_active"] == 30


def test_without_times_everything_counts(works, interactions) -> None:
    timeless = interactions.drop(columns="timestamp")
    assert latest_time(timeless) is None
    table = works_as_of(works, timeless, FeatureConfig(), None).set_index("item_id")
    assert table["n_interactions"].tolist() == [2, 2, 0]
    assert "age_years" not in table
    assert "days_active" not in users_as_of(timeless, FeatureConfig(), None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"recent_days": (30, 0)},
        {"user_levels": ()},
        {"user_levels": (50, 20)},
        {"user_levels": (20, 20)},
        {"user_levels": (0, 20)},
        {"popularity_shares": (0.5,)},
        {"popularity_shares": (0.2, 0.5, 0.8)},
        {"popularity_shares": (0.5, 0.2)},
        {"popularity_shares": (0.2, 1.0)},
    ],
)
def test_settings_that_make_no_groups_are_refused(wrong: dict[str, tuple[float, ...]]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        FeatureConfig.model_validate(wrong)
