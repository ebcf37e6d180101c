"""EASE against the direct inverse, on both sides and in both precisions."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import worlds
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError
from artrec.models import ease_solve
from artrec.models.ease import Ease, EaseConfig
from artrec.models.ease_solve import solve_columns

EVERYTHING = slice(None)
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def feelings() -> Interactions:
    return worlds.mixed_feelings(np.random.default_rng(9), n_users=60, n_items=45).interactions


def by_definition(data: Interactions, config: EaseConfig) -> np.ndarray:
    """D_i^-b B D_i^b by numpy's inverse, in float64, of shape (n_items, n_items)."""
    x = data.weights(config.below_in_fit).toarray().astype(float)
    users, items = x.sum(axis=1), x.sum(axis=0)
    by_user = np.where(users > 0, users, 1) ** config.user_exponent
    by_item = np.where(items > 0, items, 1) ** config.item_exponent
    scaled = x / by_user[:, None] / by_item
    p = np.linalg.inv(scaled.T @ scaled + config.regularization * np.eye(x.shape[1]))
    b = -p / np.diag(p)
    np.fill_diagonal(b, 0)
    return b / by_item[:, None] * by_item


def scores_of(data: Interactions, config: EaseConfig) -> np.ndarray:
    return Ease.fit(data, config, RNG).score(data).block(EVERYTHING, EVERYTHING)


@pytest.mark.parametrize("side", ["items", "users"])
@pytest.mark.parametrize("regularization", [0.5, 20.0])
@pytest.mark.parametrize("exponents", [(0.0, 0.0), (0.25, 0.25), (0.5, 0.0), (0.0, 0.7)])
@pytest.mark.parametrize("below", [(0.0, 0.0), (0.5, 0.25), (0.0, 1.0)])
def test_scores_are_those_of_the_direct_inverse(
    feelings: Interactions,
    side: str,
    regularization: float,
    exponents: tuple[float, float],
    below: tuple[float, float],
) -> None:
    parameters = {
        "regularization": regularization,
        "side": side,
        "user_exponent": exponents[0],
        "item_exponent": exponents[1],
        "below_in_fit": below[0],
        "below_in_profile": below[1],
    }
    exact = EaseConfig(**parameters, dtype="float64")
    expected = feelings.weights(below[1]) @ by_definition(feelings, exact)
    np.testing.assert_allclose(scores_of(feelings, exact), expected, atol=1e-6, rtol=0)
    short = EaseConfig(**parameters, dtype="float32")
    # stated bound of float32: 1e-4 of the largest score
    bound = 1e-4 * np.abs(expected).max()
    np.testing.assert_allclose(scores_of(feelings, short), expected, atol=bound, rtol=0)


@settings(max_examples=40, deadline=None)
@given(
    cells=st.integers(1, 9).flatmap(
        lambda width: st.lists(
            st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=9
        )
    ),
    regularization=st.floats(0.1, 100),
    exponent=st.floats(0, 1),
)
def test_both_sides_give_the_same_scores(
    cells: list[list[bool]], regularization: float, exponent: float
) -> None:
    pairs = [(f"u{u}", f"i{i}", 5.0) for u, i in np.argwhere(np.array(cells))]
    pairs.append(("someone", "something", 5.0))
    data = Interactions.from_table(worlds.table_of(pairs), 4.0)
    items, users = (
        EaseConfig(
            regularization=regularization, item_exponent=exponent, side=side, dtype="float64"
        )
        for side in ("items", "users")
    )
    np.testing.assert_allclose(scores_of(data, items), scores_of(data, users), atol=1e-9)


def test_auto_takes_the_smaller_side() -> None:
    wide = worlds.mixed_feelings(np.random.default_rng(1), n_users=8, n_items=20).interactions
    tall = worlds.mixed_feelings(np.random.default_rng(1), n_users=30, n_items=10).interactions
    assert Ease.fit(wide, EaseConfig(), RNG).by_users
    assert not Ease.fit(tall, EaseConfig(), RNG).by_users


def test_the_diagonal_is_zero(feelings: Interactions) -> None:
    for side in ("items", "users"):
        model = Ease.fit(feelings, EaseConfig(side=side, regularization=2), RNG)
        lone = sparse.eye_array(feelings.shape[1], format="csr", dtype=np.float32)
        alone = Interactions(
            feelings.items,
            feelings.items,
            lone.indptr.astype(np.int64),
            lone.indices.astype(np.int32),
            lone.data * 5,
            np.zeros(len(lone.data), dtype=np.int64),
            lone.data > 0,
        )
        scores = model.score(alone).block(EVERYTHING, EVERYTHING)
        np.testing.assert_allclose(np.diag(scores), 0, atol=1e-6)
        assert np.abs(scores).max() > 0.01


@pytest.mark.parametrize("side", ["items", "users"])
def test_an_item_without_weight_at_the_fit_neither_scores_nor_counts(side: str) -> None:
    rows = [("u", "a", 5.0), ("u", "b", 5.0), ("v", "a", 5.0), ("v", "b", 5.0), ("v", "bad", 1.0)]
    data = Interactions.from_table(worlds.table_of(rows), 4.0)
    config = EaseConfig(
        regularization=1, item_exponent=0.5, user_exponent=0.5, below_in_profile=1, side=side
    )
    scores = scores_of(data, config)
    np.testing.assert_allclose(scores[:, 2], 0, atol=1e-6)
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-6)
    assert scores[0, 0] > 0.1


@pytest.mark.parametrize("side", ["items", "users"])
def test_what_is_stored_is_mapped_as_it_is(feelings: Interactions, side: str) -> None:
    model = Ease.fit(feelings, EaseConfig(side=side), RNG)
    arrays = model.arrays()
    restored = Ease.from_arrays(feelings.items, model.config, arrays)
    assert restored.kernel is next(iter(arrays.values())), "loading should build nothing"
    np.testing.assert_array_equal(restored.kernel, model.kernel)
    assert arrays["diagonal"].dtype == np.float32


@pytest.mark.parametrize("density", [0.005, 0.6])  # the sparse product and the dense one
@pytest.mark.parametrize("panel_cells", [1, 300, 10**6])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gram_in_panels_and_as_sparse_product(
    density: float, panel_cells: int, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ease_solve, "PANEL_CELLS", panel_cells)
    monkeypatch.setattr(ease_solve, "PANEL_ITEMS", 32)
    rng = np.random.default_rng(4)
    dense = (rng.random((70, 90)) < density) * rng.random((70, 90))
    result = ease_solve.gram(sparse.csr_array(dense.astype(dtype)))
    assert result.flags.f_contiguous
    assert result.dtype == dtype
    np.testing.assert_allclose(np.tril(result), np.tril(dense.T @ dense), atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "side", "taken"),
    [
        ((46_340, 10**6), "auto", "users"),
        ((10**6, 46_340), "auto", "items"),
        ((5, 5), "auto", "items"),
        ((4, 5), "auto", "users"),
        ((4, 5), "items", "items"),
    ],
)
def test_side(shape: tuple[int, int], side: str, taken: str) -> None:
    assert ease_solve.side_of(shape, side) == taken


@pytest.mark.parametrize(
    ("shape", "side"),
    [((46_341, 46_341), "auto"), ((10, 46_341), "items"), ((46_341, 10), "users")],
)
def test_a_side_beyond_lapack_is_refused_with_alternatives(
    shape: tuple[int, int], side: str
) -> None:
    with pytest.raises(ConfigError, match="46341 x 46341") as refused:
        ease_solve.side_of(shape, side)
    assert "item_knn" in refused.value.hint


@pytest.mark.parametrize("side", ["items", "users"])
def test_a_matrix_that_is_not_definite_in_its_precision_is_refused(side: str) -> None:
    # many identical columns and rows and next to no regularisation
    pairs = [(f"u{u}", f"i{i:02}", 5.0) for u in range(40) for i in range(40)]
    data = Interactions.from_table(worlds.table_of(pairs), 4.0)
    with pytest.raises(ConfigError, match="regularization"):
        Ease.fit(data, EaseConfig(side=side, regularization=1e-9), RNG)


@pytest.mark.parametrize("side", ["items", "users"])
def test_no_sparse_copy_of_the_square_matrix_is_made(side: str) -> None:
    shape = (300, 2000) if side == "items" else (2000, 300)
    draws = np.random.default_rng(3)
    matrix = sparse.random_array(shape, density=0.2, format="csr", rng=draws, dtype=np.float32)
    solve = ease_solve.invert_gram if side == "items" else ease_solve.solve_users
    tracemalloc.start()
    solve(matrix, 100.0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1.6 * 2000**2 * matrix.dtype.itemsize


@pytest.mark.parametrize("n_users", [6, 40])
def test_columns_are_those_of_the_inverse_on_either_side(n_users: int) -> None:
    rng = np.random.default_rng(4)
    x = (rng.random((n_users, 12)) < 0.4).astype(np.float64)
    p = np.linalg.inv(x.T @ x + 3 * np.eye(12))
    expected = -p / np.diag(p)
    np.fill_diagonal(expected, 0)
    columns = solve_columns(sparse.csr_array(x.astype(np.float32)), 3.0)
    assert (columns.factors is None) == (n_users > 12)
    np.testing.assert_allclose(columns.weights, expected, atol=1e-5)
    rows = rng.standard_normal((5, 12)).astype(np.float32)
    np.testing.assert_allclose(columns.mixed(rows), rows @ expected.T, atol=1e-4)
