"""Told reasons: they are of what is recommended, and sum to its score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import worlds
from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.models.base import ProductScores
from artrec.recommend.person import Opinion
from artrec.recommend.rank import liked_counts, recommend
from artrec.recommend.reasons import LIKED_BY_MOST, recommend_and_tell

N_USERS, N_ITEMS, GROUPS = 70, 40, ("level", "taste")


class TwoGroups:
    """Scores that are a level of each item and what each person adds to it."""

    name = "two_groups"

    def __init__(self, seed: int = 3, grouped: bool = True) -> None:
        rng = np.random.default_rng(seed)
        self.items = IdMap.of(f"i{item:02}" for item in range(N_ITEMS))
        self.level = rng.standard_normal(N_ITEMS)
        self.links = rng.standard_normal((N_ITEMS, N_ITEMS))
        self.grouped = grouped

    def score(self, profiles: Interactions) -> object:
        return _Scores(self, profiles) if self.grouped else _plain(self, profiles)


def _plain(scorer: TwoGroups, profiles: Interactions) -> ProductScores:
    sums = profiles.seen().toarray() @ scorer.links + scorer.level * (
        np.diff(profiles.indptr)[:, np.newaxis] > 0
    )
    return ProductScores(np.eye(len(sums)), sums)


class _Scores:
    groups = GROUPS

    def __init__(self, of: TwoGroups, profiles: Interactions) -> None:
        self.of, self.profiles = of, profiles
        self.shape = profiles.shape

    def block(self, rows: slice, columns: slice) -> np.ndarray:
        return _plain(self.of, self.profiles).block(rows, columns)

    def finished(self, rows: slice) -> _Finished:
        return _Finished(self, rows)


class _Finished:
    def __init__(self, of: _Scores, rows: slice) -> None:
        self.scores = of.block(rows, slice(None))
        self.level = of.of.level * (np.diff(of.profiles.indptr)[rows, np.newaxis] > 0)

    def added(self, items: np.ndarray) -> np.ndarray:
        at = np.maximum(items, 0)
        level = np.take_along_axis(self.level, at, axis=1)
        taste = np.take_along_axis(self.scores, at, axis=1) - level
        return np.stack([level, taste], axis=2) * (items >= 0)[:, :, np.newaxis]


@pytest.fixture(scope="module")
def profiles() -> Interactions:
    rng = np.random.default_rng(5)
    rows = [
        (f"u{user:02}", f"i{item:02}", 5.0)
        for user in range(N_USERS)
        for item in rng.choice(N_ITEMS, 6, replace=False)
    ]
    rows += [("nobody", "elsewhere", 5.0)]
    return Interactions.from_table(worlds.table_of(rows), worlds.POSITIVE_FROM)


@pytest.mark.parametrize("grouped", [True, False])
def test_lists_are_those_of_recommend_and_reasons_sum_to_their_scores(
    profiles: Interactions, grouped: bool
) -> None:
    scorer = TwoGroups(grouped=grouped)
    popular = liked_counts(profiles, scorer.items)
    lists, told = recommend_and_tell(scorer, profiles, 8, 3, popular)
    pd.testing.assert_frame_equal(lists, recommend(scorer, profiles, 8, fallback=popular))
    reasons = told.of(lists, 3)
    assert list(reasons.columns) == list(schema.REASONS.required)
    sums = reasons.groupby(["user_id", "item_id"])["contribution"].sum()
    first = lists[lists["rank"] <= 3].set_index(["user_id", "item_id"])["score"]
    assert sums[first.index].to_numpy() == pytest.approx(first.to_numpy(), abs=1e-5)
    assert len(sums) == len(first) == 3 * (N_USERS + 1)
    known = reasons[reasons["user_id"] != "nobody"]
    assert set(known["group"]) == (set(GROUPS) if grouped else {"two_groups"})
    assert set(reasons[reasons["user_id"] == "nobody"]["group"]) == {LIKED_BY_MOST}


def test_of_each_work_what_counts_most_comes_first_in_the_lists_order(
    profiles: Interactions,
) -> None:
    lists, told = recommend_and_tell(TwoGroups(), profiles, 8, 4)
    reasons = told.of(lists, 4)
    pairs = reasons[["user_id", "item_id"]].drop_duplicates()
    wanted = lists.query("rank <= 4 and user_id != 'nobody'")[["user_id", "item_id"]]
    assert pairs.to_numpy().tolist() == wanted.to_numpy().tolist()
    for _, own in reasons.groupby(["user_id", "item_id"]):
        assert own["contribution"].abs().is_monotonic_decreasing
        assert own["group"].is_unique


def test_lists_in_another_order_are_told_as_far_as_they_were_heard(
    profiles: Interactions,
) -> None:
    lists, told = recommend_and_tell(TwoGroups(), profiles, 8, 8)
    turned = lists.assign(rank=9 - lists["rank"]).sort_values(["user_id", "rank"])
    reasons = told.of(turned, 2)
    last = lists[lists["rank"] >= 7].set_index(["user_id", "item_id"])["score"].drop("nobody")
    sums = reasons.groupby(["user_id", "item_id"])["contribution"].sum()
    assert sums[last.index].to_numpy() == pytest.approx(last.to_numpy(), abs=1e-5)


def test_nothing_asked_for_is_nothing_told(profiles: Interactions) -> None:
    lists, told = recommend_and_tell(TwoGroups(), profiles, 8, 0)
    assert told.of(lists, 0).empty


def test_one_profile_alone_is_told_of_any_item(profiles: Interactions) -> None:
    scorer = TwoGroups()
    one = profiles.onto_items(scorer.items).take_users([4])
    items = np.array([7, 0, 39])
    opinion = Opinion(scorer, one)
    for item, (score, parts) in zip(items, opinion.told(items, 3), strict=True):
        added = {part.group: part.contribution for part in parts}
        assert set(added) <= set(GROUPS)
        assert added[GROUPS[0]] == pytest.approx(scorer.level[item])
        assert sum(added.values()) == pytest.approx(score)
    whole = Opinion(TwoGroups(grouped=False), one).told(items, 3)
    assert [[part.group for part in parts] for _, parts in whole] == [["two_groups"]] * 3
    assert [score for score, _ in whole] == pytest.approx(opinion.scores[items].tolist())
