"""Reasons: the profile items behind a score, their order, their sum and their shares."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artrec import schema
from artrec.config import Config
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, InputError, UnknownIdError
from artrec.models.base import ProductScores
from artrec.recommend.explain import (
    BECAUSE_ITEM_ID,
    BECAUSE_OF,
    CONTRIBUTION,
    SHARE,
    because_of,
    can_explain,
    explaining_part,
)

ITEMS = IdMap.of("abcdef")


class Mute:
    """A scorer that sums a row of weights for every profile item, and cannot explain itself."""

    name = "mute"

    def __init__(self, weights):
        self.items = ITEMS
        self.config = Config()
        self.weights = np.asarray(weights, dtype=np.float32)

    def score(self, profiles):
        return ProductScores(profiles.seen(), self.weights)

    def arrays(self):
        return {"weights": self.weights}

    @classmethod
    def from_arrays(cls, *parts):
        return cls(parts[-1]["weights"])


class ItemToItem(Mute):
    """The same, and can."""

    name = "item_to_item"

    def contributions(self, profile, item):
        items = profile.indices.astype(np.int64)
        return items, self.weights[items, item]


def one_profile(*item_ids):
    table = pd.DataFrame({schema.USER_ID: "u", schema.ITEM_ID: list(item_ids)})
    return Interactions.from_table(table, None, users=IdMap.of(["u"]))


def weights_for_f(**weights):
    table = np.zeros((6, 6))
    for item, weight in weights.items():
        table[ITEMS.to_index([item])[0], 5] = weight
    return ItemToItem(table)


def test_reasons_come_highest_first_with_their_shares():
    scorer = weights_for_f(a=1.0, b=4.0, c=1.0, d=-2.0)
    table = because_of(scorer, one_profile("a", "b", "c", "d", "unknown"), ["f"], n=2)
    # |1| + |4| + |1| + |-2| = 8
    assert table.to_dict("list") == {
        schema.ITEM_ID: ["f", "f"],
        BECAUSE_ITEM_ID: ["b", "a"],
        CONTRIBUTION: [4.0, 1.0],
        SHARE: [4 / 8, 1 / 8],
    }


def test_only_what_raises_the_score_is_a_reason_unless_all_is_asked_for():
    scorer = weights_for_f(a=1.0, b=0.0, d=-2.0)
    profile = one_profile("a", "b", "d")
    assert list(because_of(scorer, profile, ["f"], n=5)[BECAUSE_ITEM_ID]) == ["a"]
    assert list(because_of(scorer, profile, ["f"], n=None)[BECAUSE_ITEM_ID]) == ["a", "b", "d"]


def test_items_keep_the_order_asked():
    scorer = ItemToItem(np.ones((6, 6)))
    table = because_of(scorer, one_profile("b"), ["f", "a", "d"])
    assert list(table[schema.ITEM_ID]) == ["f", "a", "d"]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sets(st.sampled_from("abcdef"), min_size=1))
def test_all_contributions_sum_to_the_score(seed, liked):
    scorer = ItemToItem(np.random.default_rng(seed).standard_normal((6, 6)))
    profile = one_profile(*sorted(liked))
    table = because_of(scorer, profile, list("abcdef"), n=None)
    wanted = scorer.score(profile.onto_items(ITEMS)).block(slice(0, 1), slice(0, 6))[0]
    sums = table.groupby(schema.ITEM_ID)[CONTRIBUTION].sum()
    np.testing.assert_allclose(sums[list("abcdef")], wanted, atol=1e-5)
    np.testing.assert_allclose(table.groupby(schema.ITEM_ID)[SHARE].agg(lambda s: s.abs().sum()), 1)


@pytest.mark.parametrize("history", [[], ["unknown"], ["b"]])
def test_no_reason_gives_an_empty_table(history):
    table = because_of(weights_for_f(b=-1.0), one_profile(*history), ["f"])
    assert table.empty
    assert list(table.columns) == list(BECAUSE_OF.required)
    assert table[SHARE].dtype == np.float64


def test_zero_contributions_have_no_share():
    table = because_of(weights_for_f(), one_profile("a"), ["f"], n=None)
    assert list(table[SHARE]) == [0.0]


def test_a_scorer_that_cannot_explain_says_so():
    mute = Mute(np.zeros((6, 6)))
    assert not can_explain(mute)
    assert can_explain(weights_for_f())
    with pytest.raises(ConfigError, match="'mute' cannot tell") as caught:
        because_of(mute, one_profile("a"), ["f"])
    assert "ease" in caught.value.hint


def test_senseless_questions_are_refused():
    scorer = weights_for_f(a=1.0)
    two = pd.DataFrame({schema.USER_ID: ["u", "v"], schema.ITEM_ID: ["a", "a"]})
    with pytest.raises(InputError, match="the profile has 2 rows"):
        because_of(scorer, Interactions.from_table(two, None), ["f"])
    with pytest.raises(UnknownIdError, match="'zz'"):
        because_of(scorer, one_profile("a"), ["f", "zz"])
    with pytest.raises(ConfigError, match="n must be at least 1"):
        because_of(scorer, one_profile("a"), ["f"], n=0)


class Made:
    """A scorer made of others, as far as reasons look at it."""

    name = "made"

    def __init__(self, weights, **parts):
        self.weights = np.asarray(weights)
        self._parts = parts

    def parts(self):
        return self._parts

    @classmethod
    def from_parts(cls, items, config, arrays, parts):
        raise NotImplementedError


def test_of_what_a_scorer_is_made_of_the_part_that_weighs_most_tells_why():
    mute, low, high = SimpleNamespace(), weights_for_f(a=1.0), weights_for_f(b=1.0)
    assert explaining_part(low) is low
    made = Made([9.0, 9.0, 0.1, 0.2, 0.0, 0.5], mute=mute, low=low, high=high)
    assert explaining_part(made) is high
    assert explaining_part(Made([1.0, 0.0], mute=mute)) is None
    assert explaining_part(mute) is None
