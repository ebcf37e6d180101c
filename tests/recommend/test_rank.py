"""Ranking: the blocked search against brute force, ties, exclusions, and the table it becomes."""

from __future__ import annotations

import threading
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from threadpoolctl import threadpool_info

from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, InputError
from artrec.models.base import ProductScores
from artrec.models.item_knn import ItemKnn, ItemKnnConfig
from artrec.recommend.rank import NOTHING, Blocks, liked_counts, recommend, top_k
from artrec.recommend.threads import single_threaded_blas


class GivenScores:
    """Scores written down beforehand, handed out as read-only views."""

    def __init__(self, values):
        self.values = np.asarray(values)
        self.values.flags.writeable = False
        self.shape = self.values.shape

    def block(self, rows, columns):
        return self.values[rows, columns]


class GivenScorer:
    """A scorer whose every user gets the same scores."""

    def __init__(self, scores):
        self.items = IdMap.of(scores)
        self.values = np.array([scores[item] for item in self.items.index], dtype=np.float32)

    def score(self, profiles):
        assert profiles.items is self.items
        return GivenScores(np.broadcast_to(self.values, profiles.shape))


def brute_force(values, k, excluded):
    """Lists by sorting every row whole by (-score, item)."""
    indices = np.full((len(values), k), NOTHING)
    best = np.full((len(values), k), -np.inf)
    for user, row in enumerate(values):
        ordered = [i for i in np.lexsort((np.arange(len(row)), -row)) if not excluded[user, i]]
        indices[user, : len(ordered)] = ordered[:k]
        best[user, : len(ordered)] = row[ordered[:k]]
    return indices, best


@st.composite
def searches(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_users, n_items = draw(st.integers(1, 20)), draw(st.integers(1, 60))
    n_levels = draw(st.sampled_from([1, 2, 4, 1000]))
    values = rng.integers(-n_levels, n_levels, (n_users, n_items)).astype(
        draw(st.sampled_from(["float32", "float64"]))
    )
    values[(values == 0) & (rng.random(values.shape) < 0.5)] = -0.0
    share = rng.choice(draw(st.sampled_from([[0.0], [0.2], [0.9, 1.0], [0.0, 0.5, 0.95]])), n_users)
    excluded = rng.random((n_users, n_items)) < share[:, None]
    blocks = Blocks(draw(st.integers(1, 9)), draw(st.integers(1, 20)))
    return (
        values,
        draw(st.integers(1, 70) | st.integers(1, 8)),
        excluded,
        blocks,
        draw(st.integers(1, 3)),
    )


@settings(max_examples=300, deadline=None)
@given(searches())
def test_blocked_search_agrees_with_sorting_whole_rows(search):
    values, k, excluded, blocks, n_threads = search
    indices, best = top_k(
        GivenScores(values), k, sparse.csr_array(excluded), n_threads, blocks=blocks
    )
    wanted_indices, wanted_best = brute_force(values, k, excluded)
    np.testing.assert_array_equal(indices, wanted_indices)
    np.testing.assert_array_equal(best, wanted_best)
    assert indices.dtype == np.int64
    assert best.dtype == values.dtype


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_allowed_items_are_the_only_ones_ranked(seed, k):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 5, (7, 30)).astype(np.float32)
    allowed = rng.random(30) < 0.4
    indices, _ = top_k(GivenScores(values), k, allowed=allowed, blocks=Blocks(3, 8))
    wanted, _ = brute_force(values, k, np.broadcast_to(~allowed, values.shape))
    np.testing.assert_array_equal(indices, wanted)


def test_ties_go_to_the_lower_item_across_blocks_and_at_the_end_of_the_list():
    # items:            0  1  2  3  4  5  6
    scores = GivenScores([[1.0, 2, 1, 2, 3, 2, 1]])
    for width in range(1, 8):
        indices, best = top_k(scores, 5, blocks=Blocks(1, width))
        assert indices.tolist() == [[4, 1, 3, 5, 0]]
        assert best.tolist() == [[3, 2, 2, 2, 1]]


def test_a_list_ends_where_nothing_remains():
    seen = sparse.csr_array(np.array([[1, 0, 1], [1, 1, 1]]))
    indices, best = top_k(GivenScores([[5.0, 6, 7], [5, 6, 7]]), 4, seen)
    assert indices.tolist() == [[1, -1, -1, -1], [-1, -1, -1, -1]]
    assert best[0].tolist() == [6, -np.inf, -np.inf, -np.inf]


def test_a_stored_zero_is_excluded_and_unsorted_or_repeated_pairs_do_no_harm():
    excluded = sparse.csr_array(
        (np.array([1.0, 0.0, 1.0]), np.array([2, 0, 2]), np.array([0, 3])), shape=(1, 4)
    )
    assert top_k(GivenScores([[9.0, 1, 8, 2]]), 4, excluded)[0].tolist() == [[3, 1, -1, -1]]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_no_users_or_no_items_give_empty_lists(shape):
    indices, best = top_k(GivenScores(np.zeros(shape)), 2)
    assert indices.tolist() == [[-1, -1]] * shape[0]
    assert best.shape == (shape[0], 2)


def test_whole_number_scores_are_ranked():
    assert top_k(GivenScores(np.array([[3, 1, 2]])), 2)[0].tolist() == [[0, 2]]


@pytest.mark.parametrize("make_sparse", [(False, False), (True, False), (True, True)])
def test_products_of_dense_and_sparse_factors(make_sparse):
    rng = np.random.default_rng(0)
    left = rng.integers(0, 3, (150, 6)).astype(np.float32)
    right = rng.integers(-2, 3, (6, 5000)).astype(np.float32)
    product = ProductScores(
        sparse.csr_array(left) if make_sparse[0] else left,
        sparse.csr_array(right) if make_sparse[1] else right,
    )
    excluded = rng.random((150, 5000)) < 0.3
    indices, _ = top_k(product, 25, sparse.csr_array(excluded))
    np.testing.assert_array_equal(indices, brute_force(left @ right, 25, excluded)[0])


def test_threads_blocks_and_batches_do_not_change_the_lists():
    rng = np.random.default_rng(1)
    values = rng.integers(0, 50, (70, 900)).astype(np.float32)
    excluded = sparse.csr_array(rng.random(values.shape) < 0.1)
    wanted = top_k(GivenScores(values), 30, excluded, n_threads=1)
    for n_threads, blocks in [(2, Blocks(8, 64)), (3, Blocks(7, 1000)), (2, Blocks(1, 7))]:
        found = top_k(GivenScores(values), 30, excluded, n_threads, blocks=blocks)
        np.testing.assert_array_equal(found[0], wanted[0])
        np.testing.assert_array_equal(found[1], wanted[1])
    for user in (0, 33, 69):
        alone, _ = top_k(GivenScores(values[[user]]), 30, excluded[[user]])
        np.testing.assert_array_equal(alone[0], wanted[0][user])


def test_inputs_stay_as_they_are():
    values = np.arange(12, dtype=np.float32).reshape(3, 4)
    excluded = sparse.csr_array(
        (np.ones(2), np.array([3, 1]), np.array([0, 2, 2, 2])), shape=values.shape
    )
    top_k(GivenScores(values), 2, excluded)
    assert values.tolist() == np.arange(12).reshape(3, 4).tolist()
    assert excluded.indices.tolist() == [3, 1]


@pytest.mark.parametrize("k", [0, -3, 2.5, True])
def test_a_senseless_k_is_refused_with_a_hint(k):
    with pytest.raises(ConfigError, match="k must be a whole number") as caught:
        top_k(GivenScores([[1.0]]), k)
    assert caught.value.hint


def test_no_thread_is_refused():
    with pytest.raises(ConfigError, match="n_threads"):
        top_k(GivenScores([[1.0]]), 1, n_threads=0)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("place", [0, 39])
def test_scores_that_are_not_finite_are_an_error(bad, place):
    values = np.zeros((1, 40), dtype=np.float32)
    values[0, place] = bad
    with pytest.raises(InputError, match="scores must be finite"):
        top_k(GivenScores(values), 3, blocks=Blocks(1, 10))


def test_a_block_of_nothing_is_refused():
    with pytest.raises(ConfigError, match="columns must be a whole number"):
        Blocks(1, 0)


def test_long_lists_are_kept_for_few_users_at_a_time():
    class Watched(GivenScores):
        most = 0

        def block(self, rows, columns):
            Watched.most = max(Watched.most, rows.stop - rows.start)
            return super().block(rows, columns)

    scores = Watched(np.zeros((40, 2**15), dtype=np.float32))
    top_k(scores, 10)
    assert Watched.most == 40
    Watched.most = 0
    indices, _ = top_k(scores, 2**15)
    assert Watched.most == 8  # 8 x 2**15 kept
    assert (indices == np.arange(2**15)).all()


def test_exclusions_of_another_shape_are_an_error():
    with pytest.raises(InputError, match=r"excluded must have the shape \(1, 2\)"):
        top_k(GivenScores([[1.0, 2.0]]), 1, sparse.csr_array((2, 2)))


def blas_threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_blas_gets_its_threads_back_also_when_callers_overlap():
    inside = []

    def limited():
        with single_threaded_blas():
            inside.extend(blas_threads())
            time.sleep(0.01)

    before = blas_threads()
    others = [threading.Thread(target=limited) for _ in range(4)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert set(inside) == {1}
    assert blas_threads() == before


def histories(pairs, items=None):
    table = pd.DataFrame(pairs, columns=[schema.USER_ID, schema.ITEM_ID])
    table[schema.RATING] = 1.0  # disliked, and yet seen
    return Interactions.from_table(table, 4.0, items=items)


def lists_of(table):
    return {
        user: list(rows[schema.ITEM_ID]) for user, rows in table.groupby(schema.USER_ID, sort=False)
    }


def test_recommendations_leave_out_what_was_seen_of_any_rating():
    scorer = GivenScorer({"a": 1, "b": 4, "c": 3, "d": 3})
    profiles = histories([("u2", "b"), ("u1", "c"), ("u1", "unknown"), ("u3", "unknown")])
    table = recommend(scorer, profiles, 2)
    assert lists_of(table) == {"u1": ["b", "d"], "u2": ["c", "d"], "u3": ["b", "c"]}
    assert list(table[schema.RANK]) == [1, 2] * 3
    assert list(table[schema.SCORE]) == [4, 3, 3, 3, 4, 3]
    assert list(table[schema.USER_ID]) == ["u1", "u1", "u2", "u2", "u3", "u3"]
    assert list(table.columns) == list(schema.RECOMMENDATIONS.required)
    assert table[schema.RANK].dtype == np.int64


def test_recommendations_can_include_what_was_seen():
    scorer = GivenScorer({"a": 1, "b": 2})
    table = recommend(scorer, histories([("u", "b")]), 5, exclude_seen=False)
    assert lists_of(table) == {"u": ["b", "a"]}


def test_candidates_restrict_the_lists():
    scorer = GivenScorer({"a": 1, "b": 4, "c": 3, "d": 2})
    table = recommend(scorer, histories([("u", "c")]), 3, candidates=["d", "a", "c", "elsewhere"])
    assert lists_of(table) == {"u": ["d", "a"]}


def test_who_has_seen_everything_gets_no_rows():
    scorer = GivenScorer({"a": 1, "b": 2})
    table = recommend(scorer, histories([("all", "a"), ("all", "b"), ("one", "a")]), 2)
    assert lists_of(table) == {"one": ["b"]}


def test_one_user_and_one_item():
    scorer = GivenScorer({"a": 1})
    assert lists_of(recommend(scorer, histories([("u", "b")]), 3)) == {"u": ["a"]}
    assert recommend(scorer, histories([("u", "a")]), 3).empty


def test_no_users_give_an_empty_table_of_the_right_types():
    table = recommend(GivenScorer({"a": 1}), histories([]), 3)
    assert table.empty
    assert list(table.columns) == list(schema.RECOMMENDATIONS.required)
    assert table[schema.SCORE].dtype == np.float64


class _Silent:
    """Says nothing of anybody."""

    name = "silent"

    def __init__(self, items: IdMap) -> None:
        self.items = items

    def score(self, profiles: Interactions) -> ProductScores:
        return ProductScores(np.zeros((len(profiles.users), 1)), np.zeros((1, len(self.items))))


def test_somebody_the_model_knows_nothing_of_gets_what_most_people_liked() -> None:
    table = pd.DataFrame(
        [("u", "a", 5.0), ("v", "b", 5.0), ("w", "b", 4.0), ("w", "c", 1.0), ("x", "c", 1.0)],
        columns=["user_id", "item_id", "rating"],
    )
    everybody = Interactions.from_table(table, 4.0)
    popular = liked_counts(everybody, everybody.items)
    assert popular.tolist() == [1, 2, 0]
    stranger = everybody.take_users([3])
    scorer = _Silent(everybody.items)
    listed = recommend(scorer, stranger, 2, fallback=popular)
    assert listed["item_id"].tolist() == ["b", "a"]
    assert listed["score"].tolist() == [2, 1]
    assert recommend(scorer, stranger, 2)["item_id"].tolist() == ["a", "b"]


def test_somebody_who_liked_only_what_nobody_else_did_gets_what_most_people_liked() -> None:
    rows = [(f"u{user}", item, 5.0) for user in range(4) for item in ("p", "q")]
    rows += [(f"u{user}", "disliked", 1.0) for user in range(4)] + [("u0", "rare", 1.0)]
    everybody = Interactions.from_table(
        pd.DataFrame(rows, columns=["user_id", "item_id", "rating"]), 4.0
    )
    scorer = ItemKnn.fit(everybody, ItemKnnConfig(), np.random.default_rng(0))
    popular = liked_counts(everybody, everybody.items)
    table = recommend(scorer, histories([("v", "disliked"), ("w", "p")]), 2, fallback=popular)
    assert lists_of(table) == {"v": ["p", "q"], "w": ["q", "disliked"]}
    assert table["score"].tolist()[:2] == [4, 4]


def test_equal_scores_at_the_top_alone_are_no_silence() -> None:
    scorer = GivenScorer({"a": 2, "b": 2, "c": 2, "d": 1})
    popular = np.array([0.0, 1.0, 2.0, 3.0])
    table = recommend(scorer, histories([("u", "a")]), 2, fallback=popular)
    assert lists_of(table) == {"u": ["b", "c"]}
