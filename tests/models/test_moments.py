"""Moments: traits of items and people as of the latest interaction, and nothing later."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.models.moments import (
    ITEM_TRAITS,
    QUALITY_SHRINKAGE,
    SECONDS_A_DAY,
    SHRINKAGE,
    TASTE_SHRINKAGE,
    USER_TRAITS,
    Described,
    Moment,
)

DAY = SECONDS_A_DAY
NOW = 1_000_000_000  # 2001-09-09


@pytest.fixture
def works():
    return pd.DataFrame(
        {
            "item_id": ["a", "b", "c", "elsewhere"],
            "title": list("ABCX"),
            "year": pd.array([2001, 1999, None, 1950], dtype="Int64"),
            "genres": ["Drama|War", "War", None, "Silent"],
            "creators": [None] * 4,
        }
    )


@pytest.fixture
def table():
    rows = [
        ("u", "a", NOW, 5.0),
        ("u", "b", NOW - 20 * DAY, 2.0),
        ("v", "a", NOW - 20 * DAY, 4.0),
        ("v", "c", NOW - DAY, 4.0),
    ]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp", "rating"])


def moment_of(table, works, items=("a", "b", "c")):
    items = IdMap.of(list(items))
    known = Interactions.from_table(table, 4.0, items=items)
    levels = np.arange(len(items), dtype=np.float32)
    return Moment.of(known, Described.of(items, works), levels), known


def trait(moment, name):
    return moment.traits[:, ITEM_TRAITS.index(name)].tolist()


def person(moment, people, name):
    return people[:, USER_TRAITS.index(name)].tolist()


def test_what_the_catalogue_says(works):
    described = Described.of(IdMap.of(["a", "b", "c", "d"]), works)
    # Drama, War, then the nineties and the noughties
    assert described.n_genres == 2
    assert described.taste.tolist() == [[0.5, 0.5, 0, 1], [0, 1, 1, 0], [0] * 4, [0] * 4]
    assert described.years[:2].tolist() == [2001, 1999]
    assert np.isnan(described.years[2:]).all()
    nothing = Described.of(IdMap.of(["a"]), None)
    assert nothing.taste.shape == (1, 0)


def test_traits_of_items(table, works):
    moment, _ = moment_of(table, works)
    assert moment.as_of == NOW
    assert trait(moment, "ever") == pytest.approx(np.log1p([2, 0, 1]).tolist())
    assert trait(moment, "lately") == [0, 1, 2]
    assert trait(moment, "new") == pytest.approx([1, np.exp(-2), 0])
    mean = 15 / 4
    quality = [(9 - 2 * mean) / (2 + QUALITY_SHRINKAGE), (2 - mean) / (1 + QUALITY_SHRINKAGE)]
    assert trait(moment, "quality")[:2] == pytest.approx(quality, rel=1e-5)
    assert trait(moment, "year") == pytest.approx([0.1, -0.1, 0])


def test_traits_of_people_start_from_the_mean_over_interactions(table, works):
    moment, known = moment_of(table, works)
    people = moment.people(known)
    assert person(moment, people, "length") == pytest.approx(np.log1p([2, 2]).tolist())
    # u met a in its year and b two years after; v met a in its year, and c, whose year is unknown
    fresh = np.array([1 + np.exp(-2), 1.0])
    usual = fresh.sum() / 4
    expected = (fresh - 2 * usual) / (2 + SHRINKAGE)
    assert person(moment, people, "fresh") == pytest.approx(expected.tolist(), rel=1e-4)
    generous = (np.array([7, 8]) - 2 * 15 / 4) / (2 + SHRINKAGE)
    assert person(moment, people, "generous") == pytest.approx(generous.tolist(), rel=1e-5)
    assert person(moment, people, "pace") == pytest.approx(np.log1p([1, 1]).tolist())
    drama = (np.array([0.5, 0.5]) - 2 * 0.25) / (2 + TASTE_SHRINKAGE)
    war = (np.array([1.5, 0.5]) - 2 * 0.5) / (2 + TASTE_SHRINKAGE)
    tastes = people[:, len(USER_TRAITS) : len(USER_TRAITS) + 2]
    assert tastes == pytest.approx(np.column_stack([drama, war]), abs=1e-6)


def test_newness_is_that_of_the_time_somebody_met_a_work(works):
    long_ago, now = [
        pd.DataFrame(
            [("u", "a", when, 5.0), ("x", "b", NOW, 5.0)],
            columns=["user_id", "item_id", "timestamp", "rating"],
        )
        for when in (NOW - 2 * 365 * DAY, NOW)
    ]
    items = IdMap.of(["a", "b"])
    described = Described.of(items, works.assign(year=pd.array([1999] * 4, dtype="Int64")))
    fresh = []
    for table in (long_ago, now):
        known = Interactions.from_table(table, 4.0, items=items)
        moment = Moment.of(known, described, np.zeros(2, dtype=np.float32))
        fresh.append(person(moment, moment.people(known), "fresh")[0])
    assert fresh[0] > fresh[1]


def test_without_a_history_everything_is_zero(table, works):
    moment, _ = moment_of(table, works)
    nobody = Interactions.from_table(table.iloc[:0], 4.0, IdMap.of(["w"]), moment.described.items)
    assert not moment.people(nobody).any()


def test_without_times_ratings_or_catalogue(table):
    bare = table[["user_id", "item_id"]]
    moment, known = moment_of(bare, None)
    people = moment.people(known)
    assert np.isfinite(moment.traits).all()
    assert np.isfinite(people).all()
    assert person(moment, people, "pace") == [0, 0]
    assert trait(moment, "quality") == [0, 0, 0]


def test_it_comes_back_from_its_arrays(table, works):
    moment, known = moment_of(table, works)
    back = Moment.from_arrays(moment.described.items, moment.arrays())
    assert np.array_equal(back.people(known), moment.people(known))
    assert np.array_equal(back.traits, moment.traits)
