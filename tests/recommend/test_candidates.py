"""Candidates come from several scorers by quota, never from what was seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import worlds
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError
from artrec.models.item_knn import ItemKnn, ItemKnnConfig
from artrec.models.popularity import Popularity, PopularityConfig
from artrec.models.svd import Svd, SvdConfig
from artrec.recommend.candidates import (
    CandidateConfig,
    Panel,
    candidate_recall,
    choose_candidates,
    labels_of,
    relevant_matrix,
)

NAMES = ("one", "two", "popularity")


def nothing_seen(n_users: int, n_items: int) -> sparse.csr_array:
    return sparse.csr_array((n_users, n_items), dtype=np.float32)


def stack(*scores: list[float]) -> np.ndarray:
    return np.asarray(scores, dtype=np.float32)[:, np.newaxis, :]


def panel_of(mixed: Interactions) -> Panel:
    rng = np.random.default_rng(1)
    return Panel.of(
        {
            "item_knn": ItemKnn.fit(mixed, ItemKnnConfig(), rng),
            "svd": Svd.fit(mixed, SvdConfig(n_factors=4), rng),
            "popularity": Popularity.fit(mixed, PopularityConfig(), rng),
        }
    )


def test_each_scorer_proposes_in_turn() -> None:
    stacked = stack([9, 8, 7, 0, 0, 0], [0, 0, 0, 9, 8, 7])
    found = choose_candidates(
        stacked, ("one", "two"), nothing_seen(1, 6), CandidateConfig(n_candidates=4)
    )
    assert found.tolist() == [[0, 1, 3, 4]]


def test_a_quota_gives_a_scorer_more_places() -> None:
    stacked = stack([9, 8, 7, 0, 0, 0], [0, 0, 0, 9, 8, 7])
    config = CandidateConfig(n_candidates=4, quotas={"one": 3})
    found = choose_candidates(stacked, ("one", "two"), nothing_seen(1, 6), config)
    assert found.tolist() == [[0, 1, 2, 3]]
    none = CandidateConfig(n_candidates=3, quotas={"one": 0})
    found = choose_candidates(stacked, ("one", "two"), nothing_seen(1, 6), none)
    assert found.tolist() == [[3, 4, 5]]


def test_what_was_seen_is_no_candidate_and_places_stay_empty() -> None:
    stacked = stack([9, 8, 7], [1, 2, 3])
    seen = sparse.csr_array(np.array([[1, 0, 0]], dtype=np.float32))
    found = choose_candidates(stacked, ("one", "two"), seen, CandidateConfig(n_candidates=5))
    assert found.tolist() == [[1, 2, -1, -1, -1]]


def test_a_scorer_that_says_the_same_of_all_items_proposes_nothing() -> None:
    stacked = stack([4, 4, 4, 4], [1, 2, 3, 4])
    found = choose_candidates(
        stacked, ("one", "two"), nothing_seen(1, 4), CandidateConfig(n_candidates=2)
    )
    assert found.tolist() == [[2, 3]]


def test_items_a_scorer_does_not_know_are_left_to_the_others() -> None:
    nan = float("nan")
    stacked = stack([nan, nan, 2, 1], [2, 1, nan, nan])
    found = choose_candidates(
        stacked, ("one", "two"), nothing_seen(1, 4), CandidateConfig(n_candidates=2)
    )
    assert found.tolist() == [[0, 2]]


def test_only_allowed_items_are_candidates() -> None:
    stacked = stack([9, 8, 7], [1, 2, 3])
    allowed = np.array([False, True, True])
    found = choose_candidates(
        stacked, ("a", "b"), nothing_seen(1, 3), CandidateConfig(n_candidates=3), allowed
    )
    assert found.tolist() == [[1, 2, -1]]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n_items=st.integers(1, 12), n=st.integers(1, 15))
def test_candidates_are_distinct_unseen_and_as_many_as_there_can_be(
    seed: int, n_items: int, n: int
) -> None:
    rng = np.random.default_rng(seed)
    stacked = rng.integers(0, 4, size=(3, 5, n_items)).astype(np.float32)
    stacked[0][:, rng.random(n_items) < 0.3] = np.nan
    seen = sparse.csr_array((rng.random((5, n_items)) < 0.3).astype(np.float32))
    found = choose_candidates(stacked, NAMES, seen, CandidateConfig(n_candidates=n))
    assert found.shape == (5, n)
    for row, listed in enumerate(found):
        chosen = listed[listed >= 0]
        assert len(set(chosen)) == len(chosen)
        assert not seen.toarray()[row, chosen].any()
        assert (np.diff(chosen) > 0).all()
        free = ~(seen.toarray()[row] != 0)
        speaking = [
            each[row]
            for each in stacked
            if len(np.unique(each[row][free & ~np.isnan(each[row])])) > 1
        ]
        could = np.zeros(n_items, dtype=bool)
        for each in speaking:
            could |= free & ~np.isnan(each)
        assert len(chosen) == min(n, int(could.sum()))


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n_items=st.integers(2, 14),
    n=st.integers(1, 12),
    quotas=st.lists(st.sampled_from([0.0, 0.05, 0.5, 1.0, 2.0, 3.0]), min_size=3, max_size=3),
)
def test_candidates_are_those_of_the_least_rank_by_quota(
    seed: int, n_items: int, n: int, quotas: list[float]
) -> None:
    rng = np.random.default_rng(seed)
    stacked = rng.random((3, 4, n_items), dtype=np.float32)
    stacked[2] = rng.integers(0, 4, size=(4, n_items))  # counts: many are equal
    if seed % 2:
        stacked[rng.random(stacked.shape) < 0.1] = np.nan
        stacked[:, 0] = rng.integers(2)  # of one person some scorers say nothing
        stacked[1, 0] = rng.random(n_items)
    config = CandidateConfig(n_candidates=n, quotas=dict(zip(NAMES, quotas, strict=True)))
    found = choose_candidates(stacked, NAMES, nothing_seen(4, n_items), config)
    for row, listed in enumerate(found):
        places = np.full(n_items, np.inf)
        for scores, quota in zip(stacked[:, row], quotas, strict=True):
            known = np.flatnonzero(~np.isnan(scores))
            if quota and len(np.unique(scores[known])) > 1:
                order = known[np.argsort(-scores[known], kind="stable")]
                ranks = np.arange(1, len(order) + 1) / quota
                places[order] = np.minimum(places[order], ranks)
        expected = np.argsort(places, kind="stable")[: np.isfinite(places).sum()][:n]
        assert listed[listed >= 0].tolist() == sorted(expected.tolist())


def test_recall_counts_users_with_something_to_find() -> None:
    relevant = sparse.csr_array(np.array([[1, 1, 0], [0, 0, 0], [0, 0, 1]], dtype=np.float32))
    candidates = np.array([[0, 2], [0, 1], [1, 2]])
    assert labels_of(candidates, relevant).tolist() == [
        [True, False],
        [False, False],
        [False, True],
    ]
    assert candidate_recall(candidates, relevant) == pytest.approx((1 / 2 + 1) / 2)
    assert np.isnan(candidate_recall(candidates[:0], relevant[:0]))


def test_an_absent_candidate_is_never_relevant() -> None:
    relevant = sparse.csr_array(np.array([[0, 1], [1, 0]], dtype=np.float32))
    assert labels_of(np.array([[1, -1], [-1, -1]]), relevant).tolist() == [
        [True, False],
        [False, False],
    ]


def test_relevant_items_are_set_on_the_profiles_axes() -> None:
    profiles = worlds.checkerboard().interactions
    withheld = worlds.table_of(
        [("u01", "i00", 5.0), ("u01", "unknown", 5.0), ("nobody", "i00", 5.0)]
    )
    matrix = relevant_matrix(withheld, profiles)
    assert matrix.shape == profiles.shape
    assert np.argwhere(matrix.toarray()).tolist() == [[1, 0]]


def test_a_panel_stacks_scores_over_the_union_of_items() -> None:
    mixed = worlds.mixed_feelings(np.random.default_rng(3)).interactions
    few = mixed.onto_items(IdMap(mixed.items.index[:8]))
    whole = panel_of(mixed)
    scorers = dict(whole.scorers)
    scorers["svd"] = Svd.fit(few, SvdConfig(n_factors=2), np.random.default_rng(1))
    panel = Panel.of(scorers)
    assert panel.items == mixed.items
    block = panel.score(mixed).block(slice(2, 7))
    assert block.shape == (3, 5, len(mixed.items))
    assert np.isnan(block[1][:, 8:]).all()
    alone = scorers["svd"].score(few).block(slice(2, 7), slice(0, 8))
    np.testing.assert_allclose(block[1][:, :8], alone, atol=1e-5)


def test_blocks_of_a_panel_cover_every_user_once() -> None:
    mixed = worlds.mixed_feelings(np.random.default_rng(3)).interactions
    spans = list(panel_of(mixed).score(mixed).spans())
    rows = [row for span in spans for row in range(span.start, span.stop)]
    assert rows == list(range(len(mixed.users)))


def test_fewer_than_three_scorers_or_no_popularity_is_refused() -> None:
    mixed = worlds.mixed_feelings(np.random.default_rng(3)).interactions
    scorers = dict(panel_of(mixed).scorers)
    with pytest.raises(ConfigError, match="at least 3"):
        Panel.of({name: scorers[name] for name in ("svd", "popularity")})
    with pytest.raises(ConfigError, match="popularity"):
        Panel.of({"a": scorers["svd"], "b": scorers["item_knn"], "c": scorers["svd"]})
