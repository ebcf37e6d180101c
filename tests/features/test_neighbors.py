"""Neighbour lists against brute force."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import worlds
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.features.neighbors import (
    SHRINKAGE,
    Places,
    alike,
    largest,
    liked_together,
)


def unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def test_liked_together_is_the_shrunk_cosine_of_what_was_liked() -> None:
    mixed = worlds.mixed_feelings(np.random.default_rng(3)).interactions
    liked = mixed.weights().toarray()
    scaled = liked / np.sqrt(np.maximum(liked.sum(axis=1, keepdims=True), 1))
    norms = np.linalg.norm(scaled, axis=0)
    wanted = scaled.T @ scaled / (np.outer(norms, norms) + SHRINKAGE)
    np.fill_diagonal(wanted, 0)
    found = liked_together(mixed, len(mixed.items))
    np.testing.assert_allclose(found.toarray(), wanted, atol=1e-5)


def test_only_the_closest_are_kept_and_never_the_item_itself() -> None:
    field = unit(np.random.default_rng(1).random((12, 5)))
    whole = field @ field.T
    np.fill_diagonal(whole, 0)
    for given_as in (field, sparse.csr_array(field)):
        found = alike(given_as, 3)
        assert (np.diff(found.indptr) == 3).all()
        assert not found.diagonal().any()
        for item in range(12):
            kept = found.toarray()[item]
            assert kept[kept > 0].min() >= np.sort(whole[item])[-3] - 1e-6


def test_works_that_say_nothing_have_no_neighbours() -> None:
    field = unit(np.array([[1.0, 0], [1, 0], [0, 0]]))
    found = alike(sparse.csr_array(field), 5)
    assert np.diff(found.indptr).tolist() == [1, 1, 0]


def test_few_and_many_neighbours_are_found_the_same_way() -> None:
    rng = np.random.default_rng(4)
    field = unit((rng.random((30, 12)) < 0.15) * rng.random((30, 12)))
    whole = field @ field.T
    np.fill_diagonal(whole, 0)
    assert len(set(np.count_nonzero(whole, axis=1) > 6)) == 2
    found = alike(sparse.csr_array(field), 6)
    np.testing.assert_allclose(found.toarray(), largest(whole, 6).toarray(), atol=1e-6)
    assert found.has_sorted_indices


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_what_candidates_meet_sums_to_the_matrix_product(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [
        (f"u{user}", f"i{item}", 5.0)
        for user in range(4)
        for item in range(6)
        if rng.random() < 0.4
    ]
    items = IdMap.of([f"i{item}" for item in range(6)])
    users = IdMap.of([f"u{user}" for user in range(4)])
    profiles = Interactions.from_table(worlds.table_of(rows), worlds.POSITIVE_FROM, users, items)
    neighbors = sparse.csr_array(rng.random((6, 6)) * (rng.random((6, 6)) < 0.5))
    candidates = np.array([rng.permutation(6)[:3] for _ in range(4)])
    candidates[0, 2] = -1
    places = Places.of(candidates, 6)
    met = places.met(profiles, neighbors.astype(np.float32))
    passed = neighbors.toarray()[profiles.indices]
    total, highest = np.zeros((4, 6)), np.zeros((4, 6))
    np.add.at(total, profiles.rows(), passed)
    np.maximum.at(highest, profiles.rows(), passed)
    absent = candidates < 0
    for wanted, found in (
        (total, places.total(met.places, met.similar)),
        (highest, places.highest(met.places, met.similar, 0.0)),
    ):
        picked = np.take_along_axis(wanted, np.maximum(candidates, 0), axis=1)
        np.testing.assert_allclose(found, np.where(absent, 0, picked), atol=1e-5)
    assert (met.sources < len(profiles)).all()


@settings(deadline=None)
@given(
    rows=st.integers(1, 5).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 3), min_size=width, max_size=width), min_size=1, max_size=6
        )
    ),
    n=st.integers(1, 7),
)
def test_largest_is_a_stable_descending_sort_cut_off_where_positive(
    rows: list[list[int]], n: int
) -> None:
    values = np.array(rows, dtype=float)
    expected = np.zeros(values.shape, dtype=bool)
    leading = np.argsort(-values, axis=1, kind="stable")[:, :n]
    np.put_along_axis(expected, leading, True, axis=1)
    expected &= values > 0
    np.testing.assert_array_equal(largest(values, n).toarray(), np.where(expected, values, 0))
