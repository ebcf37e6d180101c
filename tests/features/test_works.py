"""Tables of works and users as of a time: the future is never looked at."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
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
    more = pd.DataFrame([("w", "c", NOW + 9 * DAY, 5.0)], columns=interactions.columns)
    gone = interactions[~future]
    for derive in (
        lambda table: works_as_of(works, table, FeatureConfig(), NOW),
        lambda table: users_as_of(table, FeatureConfig(), NOW),
        lambda table: users_as_of(table, FeatureConfig(), NOW, works),
    ):
        for changed in (moved, pd.concat([interactions, more]), gone):
            pd.testing.assert_frame_equal(derive(interactions), derive(changed))


@given(st.data())
def test_no_feature_of_anybody_or_anything_reads_past_its_time(data) -> None:
    """Whatever happened before, and whatever happens after: the tables are those of the past."""
    event = st.tuples(
        st.sampled_from("uvw"),
        st.sampled_from("abcd"),
        st.integers(0, 200).map(lambda day: NOW + (day - 100) * DAY),
        st.sampled_from([1.0, 3.0, 5.0]),
    )
    rows = data.draw(st.lists(event, min_size=1, max_size=20))
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp", "rating"])
    past = table[table["timestamp"] <= NOW]
    assume(len(past))
    works = pd.DataFrame(
        {
            "item_id": list("abcd"),
            "title": list("ABCD"),
            "year": pd.array([1970, 1972, None, 1900], dtype="Int64"),
            "genres": ["Drama|War", "War", None, "Drama"],
            "creators": ["x|y", "x", None, "y"],
        }
    )
    for derive in (
        lambda each: works_as_of(works, each, FeatureConfig(), NOW),
        lambda each: users_as_of(each, FeatureConfig(), NOW, works),
    ):
        pd.testing.assert_frame_equal(derive(table), derive(past))


def test_a_work_keeps_what_its_catalogue_says_but_not_what_only_time_tells(interactions) -> None:
    works = pd.DataFrame(
        {
            "item_id": ["a", "b"],
            "title": ["A", "B"],
            "year": pd.array([1971, None], dtype="Int64"),
            "genres": ["Drama|War", None],
            "creators": ["x|y", None],
            "cast": ["p|q|r", None],
            "countries": ["FR", "DE"],
            "languages": ["fr", None],
            "runtime_minutes": [90.0, np.nan],
            "average_rating": [4.5, 3.0],
            "ratings_count": [1000.0, 3.0],
            "tags": ["slow", None],
        }
    )
    table = works_as_of(works, interactions, FeatureConfig(), NOW).set_index("item_id")
    for column in ("genres", "creators", "cast", "countries", "languages", "runtime_minutes"):
        assert table[column].equals(works.set_index("item_id")[column])
    assert table["n_creators"].tolist() == [2, 0]
    assert not {"average_rating", "ratings_count", "tags"} & set(table.columns)


def test_days_a_work_is_known_are_counted_from_its_first_interaction(works, interactions) -> None:
    table = works_as_of(works, interactions, FeatureConfig(), NOW).set_index("item_id")
    assert table["days_known"].tolist()[:2] == [40, 10]
    assert np.isnan(table.loc["c", "days_known"])


def test_activity_of_a_user(interactions) -> None:
    config = FeatureConfig(recent_days=(10, 30))
    table = users_as_of(interactions, config, NOW + DAY // 2).set_index("user_id")
    assert table["days_since_last"].to_dict() == {"u": 10.5, "v": 0.5}
    assert table["n_last_10_days"].to_dict() == {"u": 0, "v": 1}
    assert table["n_last_30_days"].to_dict() == {"u": 1, "v": 1}


def test_taste_is_spread_over_genres_and_decades(works, interactions) -> None:
    table = users_as_of(interactions, FeatureConfig(), NOW + DAY, works).set_index("user_id")
    # u met a (drama and war, 1971) and b, of which nothing is known
    taste = [each for each in table.columns if each.startswith(("genre_", "decade_"))]
    assert taste == ["genre_Comedy", "genre_Drama", "genre_War", "decade_1960", "decade_1970"]
    assert table.loc["u", taste].tolist() == [0, 0.5, 0.5, 0, 1]


def test_a_work_of_several_genres_is_split_among_them_and_frequent_genres_stay(works) -> None:
    works = works.assign(genres=["Drama|War", "War", "Comedy"])
    rows = [("u", "a", 0, 5.0), ("u", "b", 0, 5.0)]
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp", "rating"])
    found = users_as_of(table, FeatureConfig(), NOW, works).iloc[0]
    assert (found["genre_Drama"], found["genre_War"]) == (0.25, 0.75)
    few = users_as_of(table, FeatureConfig(taste_genres=1), NOW, works)
    assert [each for each in few.columns if each.startswith("genre_")] == ["genre_War"]


def test_who_met_only_works_nothing_is_known_of_has_no_taste(works, interactions) -> None:
    only_b = interactions[interactions["item_id"] == "b"]
    table = users_as_of(only_b, FeatureConfig(), NOW + DAY, works)
    taste = [each for each in table.columns if each.startswith(("genre_", "decade_", "share_"))]
    assert len(taste) == 6
    assert table[taste].isna().all(axis=None)


def test_the_share_of_new_works_looks_at_when_they_were_met(works) -> None:
    year = 365 * DAY  # 1970 has no leap day: year is the start of 1971
    rows = [
        ("u", "a", year, 5.0),  # of 1971, in 1971: new
        ("u", "c", year, 5.0),  # of 1965: not
        ("v", "a", 4 * year, 5.0),  # of 1971, in 1973: not any more
        ("v", "b", 4 * year, 5.0),  # no year
    ]
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp", "rating"])
    found = users_as_of(table, FeatureConfig(), 5 * year, works).set_index("user_id")
    assert found["share_new"].to_dict() == {"u": 0.5, "v": 0.0}
    wider = users_as_of(table, FeatureConfig(new_within_years=2), 5 * year, works)
    assert wider["share_new"].tolist() == [0.5, 1.0]


def test_rare_genres_and_early_decades_are_kept_together(works, interactions) -> None:
    config = FeatureConfig(taste_genres=1, taste_from_decade=1970)
    table = users_as_of(interactions, config, NOW, works)
    taste = [each for each in table.columns if each.startswith(("genre_", "decade_"))]
    # all genres are as frequent: the first by name stays
    assert taste == ["genre_Comedy", "decade_1970"]


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
    users = users_as_of(timeless, FeatureConfig(), None, works)
    assert not {"days_active", "days_since_last", "share_new"} & set(users.columns)
    assert "genre_War" in users


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
