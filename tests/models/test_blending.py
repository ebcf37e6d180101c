"""Blend weights: what they find, and that unknown scores never break them."""

from __future__ import annotations

import numpy as np
import pytest

from artrec.models.blending import (
    Blending,
    learn_weights,
    ndcg_at,
    pick,
    tune_weights,
    views_of,
)


def told(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The first view tells the relevant candidate, the second nothing, the third the contrary."""
    rng = np.random.default_rng(seed)
    views = rng.normal(size=(300, 20, 3)).astype(np.float32)
    labels = np.zeros((300, 20), dtype=bool)
    noisy = views[:, :, 0] + rng.normal(size=(300, 20))
    labels[np.arange(300), noisy.argmax(axis=1)] = True
    views[:, :, 2] = -views[:, :, 0]
    return views, labels


def test_weights_find_what_tells_and_are_never_negative() -> None:
    views, labels = told()
    weights = learn_weights(views, labels, 1e-3)
    assert (weights >= 0).all()
    assert weights[0] > 5 * weights[1]
    assert weights[2] == pytest.approx(0, abs=1e-3)


def test_nobody_to_learn_from_gives_equal_weights() -> None:
    views, labels = told()
    assert learn_weights(views, labels & False, 0.1).tolist() == pytest.approx([1 / 3] * 3)


def test_tuning_never_lowers_the_figure_it_tunes() -> None:
    views, labels = told()
    start = np.array([0.2, 1.0, 0.3], dtype=np.float32)
    tuned = tune_weights(views, labels, start)
    assert (tuned >= 0).all()
    assert ndcg_at(views @ tuned, labels) > ndcg_at(views @ start, labels) + 0.1
    unlabelled = tune_weights(views, labels & False, start)
    np.testing.assert_array_equal(unlabelled, start)


def test_ndcg_by_hand() -> None:
    scores = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]], dtype=np.float32)
    labels = np.array([[False, True, False], [False, False, True]])
    assert ndcg_at(scores, labels) == pytest.approx((1 / np.log2(3) + 1) / 2)


def test_views_are_finite_where_nothing_is_known() -> None:
    picked = np.full((2, 1, 4), np.nan, dtype=np.float32)
    picked[0, 0, :2] = [5, 3]
    views = views_of(picked)
    assert np.isfinite(views).all()
    scaled, ranks = views[0, :, 0], views[0, :, 1]
    assert scaled[2] == scaled[3] == scaled[1]
    assert ranks.tolist() == pytest.approx([0, -np.log(2), -np.log(4), -np.log(4)])


def test_blend_of_candidates_is_that_of_their_views() -> None:
    rng = np.random.default_rng(2)
    stacked = rng.normal(size=(3, 5, 30)).astype(np.float32)
    stacked[1, :, 20:] = np.nan
    candidates = np.sort(rng.permuted(np.tile(np.arange(30), (5, 1)), axis=1)[:, :12], axis=1)
    weights = rng.random(6).astype(np.float32)
    blended = Blending(stacked, candidates, weights).all()
    assert np.isfinite(blended).all()
    views = views_of(pick(stacked, candidates))
    known = ~np.isnan(pick(stacked, candidates)).any(axis=0)
    own = np.take_along_axis(blended, candidates, axis=1)
    np.testing.assert_allclose(own[known], (views @ weights)[known], atol=1e-4)
