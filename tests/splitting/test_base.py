"""Splits hand out holdouts that keep test out of what is chosen by."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from artrec.errors import InputError
from artrec.splitting.base import (
    Holdout,
    Split,
    SplittingConfig,
    Ties,
    judged_on_at_most,
    part,
    require_times,
    share_of,
)


def rows(*items):
    return pd.DataFrame({"user_id": "u", "item_id": list(items), "timestamp": 1})


def a_split():
    return Split(
        "named", rows("a"), rows("b", "c"), rows("d"), 10, 20, Ties(users=4, tied=1), Ties(5, 0)
    )


def test_the_holdout_for_validation_knows_nothing_of_test():
    holdout = a_split().for_validation()
    assert holdout.split_id == "named"
    assert list(holdout.fit["item_id"]) == ["a"]
    assert list(holdout.profiles["item_id"]) == ["a"]
    assert list(holdout.withheld["item_id"]) == ["b", "c"]
    assert (holdout.cut, holdout.ties) == (10, Ties(users=4, tied=1))


def test_the_holdout_for_test_is_fitted_on_train_and_validation():
    holdout = a_split().for_test()
    assert holdout.split_id == "named"
    assert list(holdout.fit["item_id"]) == ["a", "b", "c"]
    assert list(holdout.fit.index) == [0, 1, 2]
    assert list(holdout.profiles["item_id"]) == ["a", "b", "c"]
    assert list(holdout.withheld["item_id"]) == ["d"]
    assert (holdout.cut, holdout.ties) == (20, Ties(users=5, tied=0))


def test_the_share_of_ties_is_over_users_with_something_withheld():
    assert Ties(users=4, tied=1).share == 1 / 4
    assert Ties(users=1, tied=1).share == 1.0
    assert Ties(users=0, tied=0).share == 0.0


@pytest.mark.parametrize(
    ("count", "share", "expected"),
    [
        (100, 0.29, 29),  # 0.29 * 100 is 28.999999999999996
        (4, 0.2, 0),
        (5, 0.2, 1),
        (9, 0.2, 1),
        (10, 0.8, 8),
        (1_000_000, 0.0000015, 1),
    ],
)
def test_a_share_is_rounded_down_whatever_floating_point_says(count, share, expected):
    shares = share_of(np.array([count], dtype=np.int64), share)
    assert shares.tolist() == [expected]
    assert shares.dtype == np.int64


def test_times_are_asked_for_by_name():
    bare = pd.DataFrame({"user_id": ["u"], "item_id": ["a"]})
    with pytest.raises(InputError) as caught:
        require_times(bare, "a split")
    assert caught.value.problem == (
        "a split needs the column 'timestamp'; the table has ['user_id', 'item_id']"
    )
    assert caught.value.hint == (
        "where a source has no times, use artrec.splitting.holdout.random_holdout"
    )


def test_missing_times_are_counted():
    table = rows("a", "b", "c").assign(timestamp=[1, None, 2])
    with pytest.raises(InputError) as caught:
        require_times(table, "a split")
    assert caught.value.problem == "a split needs a time in every row; 1 of 3 have none"
    assert caught.value.hint == "set the rows without a time aside, or use random_holdout"


def test_a_part_keeps_the_order_counts_from_zero_and_is_a_copy():
    table = rows("a", "b", "c").set_axis([7, 7, 9])
    chosen = part(table, np.array([False, True, True]))
    assert list(chosen["item_id"]) == ["b", "c"]
    assert list(chosen.index) == [0, 1]
    chosen.loc[0, "item_id"] = "z"
    assert list(table["item_id"]) == ["a", "b", "c"]


def test_the_default_cuts_are_those_of_the_protocol():
    assert SplittingConfig().model_dump() == {
        "test_share": 0.2,
        "validation_share": None,
        "min_interactions": 5,
        "cut_quantile": 0.8,
        "min_after_cut": 10,
        "profile_share": 0.8,
        "max_judged_users": None,
    }


@pytest.mark.parametrize(
    "name", ["test_share", "validation_share", "cut_quantile", "profile_share"]
)
@pytest.mark.parametrize("value", [0, 1, -0.1, 1.1])
def test_a_share_lies_between_nothing_and_all(name, value):
    with pytest.raises(ValidationError, match=name):
        SplittingConfig(**{name: value})


@pytest.mark.parametrize("name", ["min_interactions", "min_after_cut"])
def test_two_interactions_are_the_least_that_can_be_parted(name):
    assert getattr(SplittingConfig(**{name: 2}), name) == 2
    with pytest.raises(ValidationError, match=name):
        SplittingConfig(**{name: 1})


def test_a_misspelt_parameter_gets_the_near_name():
    with pytest.raises(ValidationError, match="did you mean 'test_share'"):
        SplittingConfig(test_shares=0.1)


def test_a_sample_of_people_is_judged_and_nobody_else_changes():
    withheld = pd.DataFrame({"user_id": list("aabbcc"), "item_id": list("xyxyxy")})
    holdout = Holdout("by_chance", withheld, withheld, withheld)
    few = judged_on_at_most(holdout, 2, np.random.default_rng(0))
    assert few.withheld["user_id"].nunique() == 2
    assert len(few.withheld) == 4
    assert few.fit is withheld
    assert few.split_id == "by_chance_of_2_users"
    assert judged_on_at_most(holdout, 3, np.random.default_rng(0)) is holdout
    assert judged_on_at_most(holdout, None, np.random.default_rng(0)) is holdout


def test_a_holdout_begins_at_its_cut_or_with_the_first_thing_withheld() -> None:
    table = pd.DataFrame({"user_id": ["a", "b"], "item_id": ["x", "y"], "timestamp": [30, 20]})
    assert Holdout("each", table, table, table).begins == 20
    assert Holdout("cut", table, table, table, cut=10).begins == 10
    assert Holdout("none", table, table, table.iloc[:0]).begins is None
    assert Holdout("chance", table, table, table[["user_id", "item_id"]]).begins is None
