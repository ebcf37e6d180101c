"""Random hold-out: sizes per user, nothing lost, and chance comes from the generator alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from artrec.splitting.base import SplittingConfig
from artrec.splitting.holdout import random_holdout

PARTS = ("train", "validation", "test")


def history(sizes):
    """Users u0, u1 .. with so many items each, without times."""
    rows = [(f"u{u}", f"i{i}") for u, size in enumerate(sizes) for i in range(size)]
    return pd.DataFrame(rows, columns=["user_id", "item_id"]).astype(object)


def pairs(table):
    return list(zip(table["user_id"], table["item_id"], strict=True))


def split_of(table, seed=0, **config):
    return random_holdout(table, SplittingConfig(**config), np.random.default_rng(seed))


@given(
    st.lists(st.integers(1, 30), max_size=6),
    st.sampled_from([0.1, 0.2, 0.5]),
    st.integers(2, 6),
)
def test_sizes_are_those_of_the_split_by_time(sizes, share, minimum):
    table = history(sizes)
    before = table.copy()
    split = split_of(table, test_share=share, min_interactions=minimum)
    for user, size in enumerate(sizes):
        tested = max(1, int(size * share + 1e-9)) if size >= minimum else 0
        left = size - tested
        validated = max(1, int(left * share + 1e-9)) if left >= minimum else 0
        found = [(getattr(split, each)["user_id"] == f"u{user}").sum() for each in PARTS]
        assert found == [left - validated, validated, tested]
    together = [pair for each in PARTS for pair in pairs(getattr(split, each))]
    assert sorted(together) == sorted(pairs(table))
    pd.testing.assert_frame_equal(table, before)


def test_validation_may_withhold_another_share_than_the_test():
    alone, less = split_of(history([50])), split_of(history([50]), validation_share=0.1)
    assert [len(getattr(less, each)) for each in PARTS] == [36, 4, 10]
    assert [len(getattr(alone, each)) for each in PARTS] == [32, 8, 10]
    assert pairs(less.test) == pairs(alone.test)


def test_it_is_named_and_knows_no_time():
    split = split_of(history([10]), test_share=0.3)
    assert split.split_id == "random_0.3"
    assert split.test_ties is None
    assert split.for_test().cut is None


def test_the_same_seed_gives_the_same_split_in_any_order_of_rows():
    table = history([20, 30])
    split, turned = split_of(table, seed=3), split_of(table.iloc[::-1], seed=3)
    for each in PARTS:
        assert sorted(pairs(getattr(split, each))) == sorted(pairs(getattr(turned, each)))
    assert pairs(split_of(table, seed=4).test) != pairs(split.test)


def test_every_interaction_is_withheld_equally_often():
    table = history([10, 40])
    counts = pd.Series(0, index=pd.MultiIndex.from_tuples(pairs(table)))
    rng = np.random.default_rng(0)
    for _ in range(500):
        counts[pairs(random_holdout(table, SplittingConfig(), rng).test)] += 1
    # binomial(500, 0.2): mean 100, standard deviation 8.9
    assert counts.between(100 - 5 * 8.9, 100 + 5 * 8.9).all()


def test_parts_keep_the_order_of_the_table():
    table = history([50]).iloc[::-1]
    places = {pair: at for at, pair in enumerate(pairs(table))}
    split = split_of(table)
    for each in PARTS:
        found = [places[pair] for pair in pairs(getattr(split, each))]
        assert found == sorted(found)
