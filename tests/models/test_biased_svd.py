"""Biased SVD: the objective falls, planted biases come back, folding in is refitting."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import sparse

import worlds
from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.models import biased_svd
from artrec.models.biased_svd import BiasedSvd, BiasedSvdConfig, epochs, objective, rating_matrix

EVERYTHING = slice(None)
CONFIG = BiasedSvdConfig(n_factors=3, n_epochs=15, regularization=2, bias_regularization=0.5)


@pytest.fixture(scope="module")
def planted() -> worlds.RatingWorld:
    return worlds.rating_world(np.random.default_rng(21))


@pytest.fixture(scope="module")
def rated(planted: worlds.RatingWorld) -> Interactions:
    return Interactions.from_table(planted.table, worlds.POSITIVE_FROM)


@pytest.fixture(scope="module")
def recovered(rated: Interactions) -> BiasedSvd:
    return BiasedSvd.fit(rated, CONFIG, np.random.default_rng(0))


@pytest.mark.parametrize("n_factors", [1, 8])
@pytest.mark.parametrize("regularization", [0.1, 10.0])
def test_the_objective_never_rises(
    rated: Interactions, n_factors: int, regularization: float
) -> None:
    config = BiasedSvdConfig(n_factors=n_factors, n_epochs=8, regularization=regularization)
    ratings = rating_matrix(rated)
    mean = float(ratings.data.mean())
    values = [
        objective(ratings, mean, users, items, config)
        for users, items in epochs(ratings, mean, config, np.random.default_rng(1))
    ]
    assert len(values) == 8
    assert all(later <= earlier for earlier, later in itertools.pairwise(values))
    assert values[-1] < values[0]


def test_planted_item_biases_come_back(
    planted: worlds.RatingWorld, rated: Interactions, recovered: BiasedSvd
) -> None:
    truth = np.array([planted.item_biases[item] for item in rated.items.index])
    found = recovered.item_side.biases
    assert np.abs((found - found.mean()) - truth).max() < 0.15
    assert recovered.mean == pytest.approx(planted.mean, abs=0.05)


def test_withheld_ratings_are_predicted_nearly_to_the_noise(
    planted: worlds.RatingWorld, rated: Interactions, recovered: BiasedSvd
) -> None:
    withheld = planted.withheld
    rows = rated.users.to_index(withheld[schema.USER_ID])
    truth = withheld[schema.RATING].to_numpy()

    def rmse(predicted: np.ndarray | float) -> float:
        return float(np.sqrt(np.mean((predicted - truth) ** 2)))

    error = rmse(recovered.predict(rated, rows, withheld[schema.ITEM_ID]))
    assert error < 1.5 * planted.noise
    assert error < 0.2 * rmse(recovered.mean)


def test_scores_are_unclipped_predictions(rated: Interactions, recovered: BiasedSvd) -> None:
    scores = recovered.score(rated).block(EVERYTHING, EVERYTHING)
    rows = np.repeat(np.arange(rated.shape[0]), rated.shape[1])
    predicted = recovered.predict(rated, rows, np.tile(rated.items.index, rated.shape[0]))
    clipped = np.clip(scores, recovered.lowest, recovered.highest)
    np.testing.assert_allclose(predicted.reshape(scores.shape), clipped, atol=1e-5)


def test_an_unknown_item_gets_the_users_own_level(
    rated: Interactions, recovered: BiasedSvd
) -> None:
    users = biased_svd.solve_side(
        rating_matrix(rated), recovered.mean, recovered.item_side, recovered.config
    )
    known = rated.items.index[0]
    rows = np.array([3, 3, 7])
    predicted = recovered.predict(rated, rows, ["no such item", known, "no such item"])
    level = recovered.mean + users.biases
    assert predicted[[0, 2]].tolist() == pytest.approx([level[3], level[7]])
    assert predicted[1] != pytest.approx(level[3])


@pytest.mark.parametrize("shortened", [False, True])  # more ratings than parameters, and fewer
def test_folding_in_is_the_ridge_solution_user_by_user(
    rated: Interactions, recovered: BiasedSvd, shortened: bool
) -> None:
    ratings = rating_matrix(rated)
    if shortened:
        ratings = sparse.csr_array(ratings.multiply(np.arange(rated.shape[1]) % 9 == 0))
    solved = biased_svd.solve_side(ratings, recovered.mean, recovered.item_side, CONFIG)
    penalty = np.diag([0.5, 2, 2, 2])
    for user in range(0, rated.shape[0], 17):
        met = ratings.indices[ratings.indptr[user] : ratings.indptr[user + 1]]
        target = ratings[[user]].data - recovered.mean - recovered.item_side.biases[met]
        z = np.column_stack([np.ones(len(met)), recovered.item_side.factors[met]])
        expected = np.linalg.solve(z.T @ z + penalty, z.T @ target)
        assert solved.biases[user] == pytest.approx(expected[0])
        np.testing.assert_allclose(solved.factors[user], expected[1:], atol=1e-9)


def test_folding_in_what_was_fitted_is_refitting_the_users(rated: Interactions) -> None:
    config = BiasedSvdConfig(n_factors=2, n_epochs=200, regularization=5)
    ratings = rating_matrix(rated)
    mean = float(ratings.data.mean())
    fitted = list(epochs(ratings, mean, config, np.random.default_rng(3)))[-1]
    folded = biased_svd.solve_side(ratings, mean, fitted[1], config)
    np.testing.assert_allclose(folded.biases, fitted[0].biases, atol=1e-3)
    np.testing.assert_allclose(folded.factors, fitted[0].factors, atol=1e-3)


def test_a_rating_of_zero_is_a_rating() -> None:
    rows = [("u", "a", 0.0), ("u", "b", 4.0), ("v", "a", 0.0)]
    data = Interactions.from_table(worlds.table_of(rows), 4.0)
    assert rating_matrix(data).nnz == 3
    model = BiasedSvd.fit(data, BiasedSvdConfig(bias_regularization=0.1), np.random.default_rng(0))
    assert model.mean == pytest.approx(4 / 3)
    a, b = model.item_side.biases
    assert a < b


def test_unrated_profiles_have_the_item_level(recovered: BiasedSvd) -> None:
    table = worlds.table_of([("x", recovered.items.index[0], 5.0)]).drop(columns=schema.RATING)
    unrated = Interactions.from_table(table, 4.0, IdMap.of(["x"]), recovered.items)
    scores = recovered.score(unrated).block(EVERYTHING, EVERYTHING)[0]
    np.testing.assert_allclose(scores, recovered.mean + recovered.item_side.biases, atol=1e-5)
