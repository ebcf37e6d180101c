"""Splits by time: sizes, order, ties, leaks, and the figures of the embedded snapshot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.errors import InputError
from artrec.splitting.base import SplittingConfig, Ties
from artrec.splitting.temporal import (
    fold_in,
    global_cut,
    per_user_holdout,
    per_user_last,
    sorted_rows,
)

SNAPSHOT = Path(__file__).parents[2] / "data" / "01_raw" / "movielens_snapshot" / "ratings.csv.gz"
PARTS = ("train", "validation", "test")


def history(*rows):
    """Rows (user, item, time) as a table."""
    return pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp"])


def pairs(table):
    return list(zip(table["user_id"], table["item_id"], strict=True))


@st.composite
def histories(draw):
    """Up to six users, pairs unique, few different times, rows and index in any order."""
    users = draw(st.lists(st.integers(1, 25), min_size=1, max_size=6))
    rows = [(f"u{u}", f"i{i}") for u, size in enumerate(users) for i in range(size)]
    times = draw(st.lists(st.integers(0, 12), min_size=len(rows), max_size=len(rows)))
    order = draw(st.permutations(range(len(rows))))
    table = pd.DataFrame(rows, columns=["user_id", "item_id"])
    table["timestamp"] = times
    return table.iloc[list(order)]


def test_the_last_fifth_is_tested_and_the_last_fifth_of_the_rest_validates():
    table = history(*[("u", f"i{at:02}", 100 + at) for at in range(10)])
    split = per_user_last(table.iloc[::-1], SplittingConfig())
    # floor(0.2 * 10) = 2, then floor(0.2 * 8) = 1; parts keep the order of the table
    assert pairs(split.test) == [("u", "i09"), ("u", "i08")]
    assert pairs(split.validation) == [("u", "i07")]
    more = per_user_last(table.iloc[::-1], SplittingConfig(validation_share=0.5))
    assert pairs(more.test) == pairs(split.test)
    assert pairs(more.validation) == [("u", f"i0{at}") for at in (7, 6, 5, 4)]
    assert pairs(split.train) == [("u", f"i{at:02}") for at in range(6, -1, -1)]
    assert split.split_id == "per_user_last_0.2"
    assert (split.validation_cut, split.test_cut) == (None, None)
    assert split.test_ties == split.validation_ties == Ties(users=1, tied=0)


@given(histories())
def test_a_holdout_made_alone_is_that_of_the_split(table):
    split = per_user_last(table, SplittingConfig())
    for kind, whole in (("validation", split.for_validation()), ("test", split.for_test())):
        alone = per_user_holdout(table, SplittingConfig(), kind)
        assert (alone.split_id, alone.ties) == (whole.split_id, whole.ties)
        for part in ("fit", "profiles", "withheld"):
            pd.testing.assert_frame_equal(getattr(alone, part), getattr(whole, part))


def test_five_interactions_are_enough_and_four_are_not():
    five = [("five", f"i{at}", at) for at in range(5)]
    four = [("four", f"i{at}", at) for at in range(4)]
    split = per_user_last(history(*four, *five), SplittingConfig())
    assert pairs(split.test) == [("five", "i4")]
    # four are left of the five: too few to take another from
    assert split.validation.empty
    assert len(split.train) == 8
    assert split.test_ties == Ties(users=1, tied=0)
    assert split.validation_ties == Ties(users=0, tied=0)


def test_at_least_one_is_withheld():
    table = history(*[("u", f"i{at}", at) for at in range(5)])
    split = per_user_last(table, SplittingConfig(test_share=0.01, min_interactions=4))
    assert pairs(split.test) == [("u", "i4")]
    assert pairs(split.validation) == [("u", "i3")]


def test_equal_times_are_ordered_by_item_id_and_counted():
    tied = [("tied", item, 7) for item in ("c", "a", "e", "b", "d")]
    clear = [("clear", item, time) for time, item in enumerate("abcde")]
    split = per_user_last(history(*tied, *clear), SplittingConfig())
    assert set(pairs(split.test)) == {("tied", "e"), ("clear", "e")}
    assert split.test_ties == Ties(users=2, tied=1)


def test_a_tie_away_from_the_border_is_none():
    times = [1, 1, 1, 2, 3, 3, 3, 3, 4, 4]
    table = history(*[("u", f"i{at}", time) for at, time in enumerate(times)])
    assert per_user_last(table, SplittingConfig()).test_ties == Ties(users=1, tied=0)


def test_the_end_of_one_user_and_the_start_of_the_next_are_no_tie():
    first = [("a", f"i{at}", at) for at in range(5)]
    second = [("b", f"i{at}", 4 + at) for at in range(5)]
    assert per_user_last(history(*first, *second), SplittingConfig()).test_ties == Ties(2, 0)


def test_an_empty_table_gives_empty_parts():
    empty = history().astype({"timestamp": "int64"})
    split = per_user_last(empty, SplittingConfig())
    assert all(getattr(split, each).empty for each in PARTS)
    assert split.test_ties == Ties(users=0, tied=0)


def last_of(table, share, minimum):
    """The withheld pairs, a user at a time."""
    withheld, tied = set(), 0
    for user, rows in table.groupby("user_id"):
        if len(rows) >= minimum:
            rows = rows.sort_values(["timestamp", "item_id"])  # noqa: PLW2901
            size = max(1, int(len(rows) * share + 1e-9))
            withheld |= {(user, item) for item in rows["item_id"].tail(size)}
            tied += rows["timestamp"].iloc[-size] == rows["timestamp"].iloc[-size - 1]
    return withheld, tied


@given(histories(), st.sampled_from([0.1, 0.2, 0.5]), st.integers(2, 6))
def test_per_user_agrees_with_a_loop_over_users(table, share, minimum):
    config = SplittingConfig(test_share=share, min_interactions=minimum)
    split = per_user_last(table, config)
    test, test_tied = last_of(table, share, minimum)
    known = table[[pair not in test for pair in pairs(table)]]
    validation, validation_tied = last_of(known, share, minimum)
    assert set(pairs(split.test)) == test
    assert set(pairs(split.validation)) == validation
    assert split.test_ties == Ties(len({user for user, _ in test}), test_tied)
    assert split.validation_ties == Ties(len({user for user, _ in validation}), validation_tied)


@given(histories())
def test_no_pair_stands_in_two_parts_and_none_is_lost(table):
    before = table.copy()
    split = per_user_last(table, SplittingConfig())
    together = [pair for each in PARTS for pair in pairs(getattr(split, each))]
    assert sorted(together) == sorted(pairs(table))
    pd.testing.assert_frame_equal(table, before)


@given(histories())
def test_within_each_user_nothing_in_train_is_later_than_test(table):
    split = per_user_last(table, SplittingConfig())
    for earlier, later in [("train", "validation"), ("train", "test"), ("validation", "test")]:
        latest = getattr(split, earlier).groupby("user_id")["timestamp"].max()
        earliest = getattr(split, later).groupby("user_id")["timestamp"].min()
        both = latest.index.intersection(earliest.index)
        assert (latest[both] <= earliest[both]).all()


@given(histories())
def test_the_order_of_rows_does_not_matter(table):
    split = per_user_last(table, SplittingConfig())
    turned = per_user_last(table.iloc[::-1], SplittingConfig())
    for each in PARTS:
        assert sorted(pairs(getattr(split, each))) == sorted(pairs(getattr(turned, each)))


def test_a_global_cut_parts_everybody_at_the_same_times():
    table = history(*[(f"u{at % 3}", f"i{at}", 10 * at) for at in range(101)])
    split = global_cut(table, SplittingConfig())
    # the 0.8 quantile of 0, 10 .. 1000 is 800; that of 0 .. 790 lies at 63.2, lower: 630
    assert (split.validation_cut, split.test_cut) == (630, 800)
    assert split.train["timestamp"].tolist() == list(range(0, 630, 10))
    assert split.validation["timestamp"].tolist() == list(range(630, 800, 10))
    assert split.test["timestamp"].tolist() == list(range(800, 1010, 10))
    assert split.split_id == "global_cut_0.8"
    assert split.test_ties is None
    assert split.for_test().cut == 800
    assert split.for_validation().cut == 630


@given(histories(), st.sampled_from([0.5, 0.8, 0.9]))
def test_every_training_time_is_before_every_test_time(table, quantile):
    try:
        split = global_cut(table, SplittingConfig(cut_quantile=quantile))
    except InputError:
        return
    train, validation, test = (getattr(split, each)["timestamp"] for each in PARTS)
    assert train.max() < validation.min()
    assert validation.max() < test.min()
    assert len(train) + len(validation) + len(test) == len(table)


def test_a_cut_with_nothing_before_it_is_refused():
    table = history(("u", "a", 5), ("u", "b", 5), ("v", "a", 5))
    for split in (global_cut, fold_in):
        with pytest.raises(InputError) as caught:
            split(table, SplittingConfig())
        assert caught.value.problem == (
            "the 0.8 quantile of 3 times is their earliest, 5: nothing is before the cut"
        )
        assert caught.value.hint == (
            "raise `cut_quantile`, or split per user where most times are equal"
        )


def test_a_cut_through_nothing_is_refused():
    empty = history().astype({"timestamp": "int64"})
    with pytest.raises(InputError) as caught:
        global_cut(empty, SplittingConfig())
    assert caught.value.problem == "a cut in time needs interactions; there are none"
    assert caught.value.hint == "read more data"


@pytest.mark.parametrize(
    ("split", "wanted_by"),
    [
        (per_user_last, "a per-user split by time"),
        (global_cut, "a global split by time"),
        (fold_in, "a fold-in by time"),
    ],
)
def test_without_times_there_is_no_split_by_time(split, wanted_by):
    bare = pd.DataFrame({"user_id": ["u"], "item_id": ["a"]})
    with pytest.raises(InputError) as caught:
        split(bare, SplittingConfig())
    assert caught.value.problem.startswith(f"{wanted_by} needs the column 'timestamp'")


def folding_world():
    """Cut at 90: `ten` has ten after it, `nine` one too few, `new` ten and nothing before."""
    rows = [("old", f"o{at}", at) for at in range(115)]
    rows += [("ten", "early", 50)]
    rows += [("ten", f"t{at}", 200 + at) for at in range(10)]
    rows += [("nine", f"n{at}", 200 + at) for at in range(9)]
    rows += [("new", f"w{at:02}", 300 + at) for at in range(11)]
    return history(*rows)


def test_folding_in_judges_the_end_of_what_active_people_did_after_the_cut():
    # 146 rows; the cut is at place floor(q * 145) in the order of time
    table, cut = folding_world(), 90
    holdout = fold_in(table, SplittingConfig(cut_quantile=91 / 145 + 1e-9, min_after_cut=10))
    assert holdout.cut == cut
    assert holdout.fit["timestamp"].max() == cut - 1
    assert len(holdout.fit) == 91
    # `old` has 25 after the cut: floor(20) profile, 5 withheld; `ten` 8 and 2; `new` 8 and 3
    assert pairs(holdout.withheld) == [
        *[("old", f"o{at}") for at in range(110, 115)],
        ("ten", "t8"),
        ("ten", "t9"),
        *[("new", f"w{at:02}") for at in (8, 9, 10)],
    ]
    profiles = set(pairs(holdout.profiles))
    assert ("ten", "early") in profiles
    assert {item for user, item in profiles if user == "ten"} == {
        "early",
        *[f"t{at}" for at in range(8)],
    }
    assert {user for user, _ in profiles} == {"old", "ten", "new"}
    assert len([user for user, _ in profiles if user == "old"]) == 110
    assert list(holdout.profiles.index) == list(range(len(holdout.profiles)))
    assert holdout.ties == Ties(users=3, tied=0)
    assert holdout.split_id == "global_cut_0.627586_fold_in_0.8"


def test_ties_in_a_fold_in_are_ordered_by_item_id_and_counted():
    early = [("old", f"o{at}", at) for at in range(40)]
    late = [("u", item, 100) for item in "jihgfedcba"]
    holdout = fold_in(history(*early, *late), SplittingConfig(cut_quantile=0.81))
    assert sorted(pairs(holdout.withheld)) == [("u", "i"), ("u", "j")]
    assert holdout.ties == Ties(users=1, tied=1)


@given(histories(), st.integers(2, 12), st.sampled_from([0.1, 0.5, 0.8]))
def test_folding_in_leaks_nothing(table, minimum, share):
    config = SplittingConfig(cut_quantile=0.4, min_after_cut=minimum, profile_share=share)
    before = table.copy()
    try:
        holdout = fold_in(table, config)
    except InputError:
        return
    pd.testing.assert_frame_equal(table, before)
    assert holdout.fit["timestamp"].max() < holdout.cut
    assert (table["timestamp"] < holdout.cut).sum() == len(holdout.fit)
    assert set(pairs(holdout.withheld)).isdisjoint(pairs(holdout.profiles))
    assert set(pairs(holdout.withheld)).isdisjoint(pairs(holdout.fit))
    after = table[table["timestamp"] >= holdout.cut]
    counts = after["user_id"].value_counts()
    active = set(counts[counts >= minimum].index)
    assert set(holdout.withheld["user_id"]) == active
    assert set(holdout.profiles["user_id"]) <= active
    for user in active:
        withheld = holdout.withheld[holdout.withheld["user_id"] == user]
        profile = holdout.profiles[holdout.profiles["user_id"] == user]
        assert len(withheld) == counts[user] - int(counts[user] * share + 1e-9)
        assert len(withheld) + len(profile) == (table["user_id"] == user).sum()
        if len(profile):
            assert profile["timestamp"].max() <= withheld["timestamp"].min()


@pytest.fixture(scope="module")
def snapshot_ratings():
    columns = {"userId": "user_id", "movieId": "item_id"}
    raw = pd.read_csv(SNAPSHOT, dtype=dict.fromkeys(columns, str)).rename(columns=columns)
    return raw[["user_id", "item_id", "timestamp", "rating"]]


def test_the_snapshot_per_user(snapshot_ratings):
    split = per_user_last(snapshot_ratings, SplittingConfig())
    sizes = snapshot_ratings["user_id"].value_counts()
    assert len(split.test) == (sizes * 2 // 10).sum() == 19_753
    assert split.test["user_id"].nunique() == 671
    # counted by hand: the users whose times at the two sides of the border are equal
    assert split.test_ties == Ties(users=671, tied=153)
    assert len(split.train) + len(split.validation) == 100_004 - 19_753


def test_the_snapshot_folded_in(snapshot_ratings):
    holdout = fold_in(snapshot_ratings, SplittingConfig())
    assert holdout.withheld["user_id"].nunique() == 144
    assert set(holdout.profiles["user_id"]) == set(holdout.withheld["user_id"])
    assert holdout.cut == np.sort(snapshot_ratings["timestamp"])[int(0.8 * 100_003)]


def test_the_snapshot_cut_at_one_time_leaves_few_with_a_history(snapshot_ratings):
    split = global_cut(snapshot_ratings, SplittingConfig())
    known = set(split.for_test().profiles["user_id"])
    assert len(known & set(split.test["user_id"])) == 23


ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 2), st.integers(0, 9)), max_size=20)


@given(ROWS, st.sampled_from([1, 10**9, 2**61]))
def test_rows_are_sorted_as_by_three_keys(rows, scale):
    users, times, items = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    times = times * scale
    found = sorted_rows(users, times, items)
    assert found.tolist() == np.lexsort((items, times, users)).tolist()
