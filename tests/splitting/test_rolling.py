"""Rolling cuts: no training time is after a cut, and what comes later changes nothing before."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.data.sources.files import RawFile, read_raw
from artrec.errors import ConfigError, InputError
from artrec.splitting.rolling import (
    SECONDS_A_DAY,
    RollingConfig,
    cuts_of,
    holdout_at,
    rolling,
    rolling_one,
    with_taste,
)

DAY = SECONDS_A_DAY
MIRROR = os.environ.get("ARTREC_MIRROR", "")
COLUMNS = ["user_id", "item_id", "timestamp", "rating"]


def daily(n_days, per_day=1):
    """One user a row; day d has the items d0, d1, ..; every second rating is a 9, the others 4."""
    rows = [
        (f"u{day}-{at}", f"d{day}", day * DAY, 9.0 if day % 2 else 4.0)
        for day in range(n_days)
        for at in range(per_day)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


@st.composite
def histories(draw):
    """Any times over some weeks, unique pairs, in any order."""
    times = draw(st.lists(st.integers(0, 60 * DAY), min_size=12, max_size=60))
    rows = [
        (f"u{draw(st.integers(0, 5))}", f"i{at}", time, float(draw(st.integers(0, 10))))
        for at, time in enumerate(times)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def small(**changes):
    given = {"n_test_cuts": 3, "n_validation_cuts": 2, "width_days": 4, "first_share": 1e-9}
    return RollingConfig(**{**given, **changes})


def rows_of(table):
    return sorted(table.itertuples(index=False, name=None))


def test_windows_follow_each_other_and_end_with_the_data():
    cuts = cuts_of(daily(40), small())
    assert cuts.width == 4 * DAY
    # the last second with data is that of day 39: a window may end after it
    assert cuts.test == tuple(39 * DAY + 1 - back * 4 * DAY for back in (3, 2, 1))
    assert cuts.validation == tuple(39 * DAY + 1 - back * 4 * DAY for back in (5, 4))


@given(histories())
def test_every_training_time_is_before_every_test_time(table):
    try:
        found = rolling(table, small())
    except InputError:
        return
    holdouts = [*found.validation, *found.test]
    assert len(holdouts) == 5
    for each in holdouts:
        assert (each.fit["timestamp"] < each.cut).all()
        assert (each.withheld["timestamp"] >= each.cut).all()
        assert (each.withheld["timestamp"] < each.cut + 4 * DAY).all()
        assert each.profiles is each.fit
        assert set(each.candidates) == set(each.fit["item_id"])
        inside = table["timestamp"] < each.cut + 4 * DAY
        assert rows_of(pd.concat([each.fit, each.withheld])) == rows_of(table[inside])
    cuts = [each.cut for each in holdouts]
    assert np.diff(cuts).tolist() == [4 * DAY] * 4
    withheld = pd.concat([each.withheld for each in holdouts])
    assert not withheld.duplicated(["user_id", "item_id"]).any()
    assert found.validation[-1].withheld["timestamp"].max() < found.test[0].cut or (
        found.validation[-1].withheld.empty
    )


@given(histories(), st.integers(1, 9))
def test_moving_the_future_changes_nothing_before_the_cut(table, rating):
    cut = int(table["timestamp"].median())
    late = table["timestamp"] >= cut
    moved = table.copy()
    moved.loc[late, "rating"] = float(rating)
    moved.loc[late, "item_id"] = "later " + moved.loc[late, "item_id"]
    moved.loc[late, "timestamp"] += DAY
    first, second = (holdout_at(each, cut, 4 * DAY) for each in (table, moved))
    assert first.split_id == second.split_id
    assert first.candidates == second.candidates
    pd.testing.assert_frame_equal(first.fit, second.fit)


def test_the_edges_of_a_window():
    table = pd.DataFrame([("u", f"i{at}", at, 9.0) for at in (9, 10, 19, 20)], columns=COLUMNS)
    found = holdout_at(table, cut=10, width=10)
    assert found.fit["timestamp"].tolist() == [9]
    assert found.withheld["timestamp"].tolist() == [10, 19]
    assert found.split_id == "rolling_0.000115741d_19700101T000010"


def test_items_nobody_has_met_are_candidates_only_where_another_source_lists_them():
    table = daily(10)
    assert holdout_at(table, 2 * DAY, DAY).candidates == ("d0", "d1")
    listed = holdout_at(table, 2 * DAY, DAY, listed=["d7", "d1"])
    assert listed.candidates == ("d0", "d1", "d7")
    through = rolling(daily(40), small(), listed=iter(["new"]))
    assert all("new" in each.candidates for each in (*through.validation, *through.test))


def test_one_holdout_is_as_all_are():
    table, config = daily(40), small()
    every = rolling(table, config)
    for kind, expected in (("validation", every.validation), ("test", every.test)):
        for number, each in enumerate(expected, start=1):
            one = rolling_one(table, config, kind, number)
            assert (one.split_id, one.cut, one.candidates) == (
                each.split_id,
                each.cut,
                each.candidates,
            )
            pd.testing.assert_frame_equal(one.withheld, each.withheld)
    assert rolling_one(table, config, "test", 1, listed=["new"]).candidates[-1] == "new"
    for wrong in (0, 4):
        with pytest.raises(ConfigError, match=f"no test cut {wrong}; there are 3"):
            rolling_one(table, config, "test", wrong)


def test_the_order_of_rows_does_not_matter():
    table = daily(40, per_day=2)
    turned = table.iloc[::-1]
    for one, other in zip(rolling(table, small()).test, rolling(turned, small()).test, strict=True):
        assert rows_of(one.fit) == rows_of(other.fit)
        assert rows_of(one.withheld) == rows_of(other.withheld)


def test_claims_are_about_people_with_a_positive_before_the_cut():
    holdout = holdout_at(daily(10), 4 * DAY, DAY)
    assert list(with_taste(holdout, 8.0).index) == ["u1-0", "u3-0"]
    assert list(with_taste(holdout, None).index) == ["u0-0", "u1-0", "u2-0", "u3-0"]
    unrated = holdout_at(daily(10).assign(rating=np.nan), 4 * DAY, DAY)
    assert len(with_taste(unrated, 8.0)) == 4
    implicit = holdout_at(daily(10).drop(columns="rating"), 4 * DAY, DAY)
    assert len(with_taste(implicit, 8.0)) == 4


def test_too_short_a_history_says_so():
    with pytest.raises(InputError, match=r"5 cuts of 4 days leave 0.0% .* spans 9 days"):
        rolling(daily(10), small())
    with pytest.raises(InputError, match=r"wanted 60\.0%"):
        rolling(daily(40), small(first_share=0.6))
    with pytest.raises(InputError, match="there are none"):
        rolling(daily(10).iloc[:0], small())
    with pytest.raises(InputError, match="timestamp"):
        rolling(daily(10).drop(columns="timestamp"), small())


@pytest.mark.mirror
@pytest.mark.skipif(not MIRROR, reason="ARTREC_MIRROR names no mirror of public data")
def test_movietweetings_has_people_with_taste_at_every_cut():
    columns = ("user_id", "item_id", "rating", "timestamp")
    file = RawFile(f"{MIRROR}/movietweetings/ratings.dat", delimiter="::", columns=columns)
    table = read_raw(file).astype({"rating": float, "timestamp": int})
    found = rolling(table, RollingConfig())
    for each in (*found.validation, *found.test):
        assert each.fit["timestamp"].max() < each.cut <= each.withheld["timestamp"].min()
        liked = each.withheld[each.withheld["rating"] >= 8]
        known = liked["item_id"].isin(each.candidates).mean()
        assert 0.5 < known < 1  # some films are new in every window: nobody can find them
        assert liked["user_id"].isin(with_taste(each, 8.0).index).sum() > 1000
