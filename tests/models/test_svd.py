"""SVD against numpy's full decomposition."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from artrec.data.interactions import Interactions
from artrec.models.svd import Svd, SvdConfig

EVERYTHING = slice(None)


@pytest.fixture(scope="module")
def tastes() -> worlds.World:
    return worlds.two_tastes(np.random.default_rng(2))


@pytest.mark.parametrize("n_factors", [1, 2, 10, 20, 21, 1000])
def test_scores_are_the_best_approximation_of_that_rank(
    n_factors: int, tastes: worlds.World
) -> None:
    data = tastes.interactions
    config = SvdConfig(n_factors=n_factors, n_iterations=60)
    model = Svd.fit(data, config, np.random.default_rng(1))
    u, s, vt = np.linalg.svd(data.weights().toarray().astype(float), full_matrices=False)
    kept = min(n_factors, min(data.weights().shape) // 2)
    expected = (u[:, :kept] * s[:kept]) @ vt[:kept]
    scores = model.score(data).block(EVERYTHING, EVERYTHING)
    np.testing.assert_allclose(scores, expected, atol=2e-4)


def test_a_small_catalogue_is_still_ranked(tastes: worlds.World) -> None:
    # all directions together repeat the profile: unseen items would be ordered by rounding errors
    data = tastes.interactions
    model = Svd.fit(data, SvdConfig(n_factors=1000), np.random.default_rng(1))
    scores = model.score(data).block(EVERYTHING, EVERYTHING)
    unseen = data.weights().toarray() == 0
    assert np.abs(scores[unseen]).mean() > 0.01


def test_components_are_orthonormal_and_of_a_stated_sign(tastes: worlds.World) -> None:
    model = Svd.fit(tastes.interactions, SvdConfig(n_factors=5), np.random.default_rng(1))
    np.testing.assert_allclose(model.components @ model.components.T, np.eye(5), atol=1e-5)
    peaks = np.abs(model.components).argmax(axis=1)
    assert (model.components[np.arange(5), peaks] > 0).all()


def test_another_seed_finds_the_same_directions_and_signs(tastes: worlds.World) -> None:
    config = SvdConfig(n_factors=2, n_iterations=30)
    one, two = (
        Svd.fit(tastes.interactions, config, np.random.default_rng(seed)) for seed in (1, 2)
    )
    np.testing.assert_allclose(one.components, two.components, atol=1e-4)


def test_dislikes_weigh_at_fit_and_in_profiles_what_the_config_says() -> None:
    data = worlds.mixed_feelings(np.random.default_rng(6)).interactions
    config = SvdConfig(n_factors=3, n_iterations=60, below_in_fit=0.5, below_in_profile=0.25)
    model = Svd.fit(data, config, np.random.default_rng(1))
    _, _, vt = np.linalg.svd(data.weights(0.5).toarray().astype(float))
    expected = data.weights(0.25).toarray() @ vt[:3].T @ vt[:3]
    scores = model.score(data).block(EVERYTHING, EVERYTHING)
    np.testing.assert_allclose(scores, expected, atol=2e-4)


def test_directions_without_weight_are_dropped() -> None:
    # everybody likes everything: one direction, whatever is asked for
    rows = [(user, item, 5.0) for user in "uvw" for item in "abcd"]
    data = Interactions.from_table(worlds.table_of(rows), 4.0)
    model = Svd.fit(data, SvdConfig(n_factors=3), np.random.default_rng(1))
    stranger = Interactions.from_table(worlds.table_of([("x", "a", 5.0)]), 4.0, items=data.items)
    scores = model.score(stranger).block(EVERYTHING, EVERYTHING)
    np.testing.assert_allclose(scores, [[0.25] * 4], atol=1e-6)
