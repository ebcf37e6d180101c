"""Conditional logit: planted tastes are found whatever the levels of items do."""

from __future__ import annotations

import numpy as np
import pytest

from artrec.models.conditional_logit import Choices, fit_coefficients

TRUTH = np.array([1.0, -0.5, 0.0])


def window(rng, n_users=400, n_items=30, truth=TRUTH, level_spread=2.0, picks=3):
    """People choose a few times from all items, by a level of this window and their taste."""
    features = rng.normal(size=(n_users, n_items, len(truth))).astype(np.float32)
    utility = rng.normal(scale=level_spread, size=n_items) + features @ truth
    chosen = np.zeros((n_users, n_items), dtype=np.float32)
    for _ in range(picks):
        chosen[np.arange(n_users), (utility + rng.gumbel(size=utility.shape)).argmax(axis=1)] = 1
    return Choices(features, chosen, np.ones(chosen.shape, dtype=bool))


def fit(windows, regularization=1e-6, n_iterations=200):
    return fit_coefficients(windows, regularization, n_iterations)


def test_planted_coefficients_are_found_though_levels_change_between_windows():
    rng = np.random.default_rng(0)
    found = fit([window(rng, picks=1) for _ in range(3)])
    assert found == pytest.approx(TRUTH, abs=0.1)


def test_what_is_the_same_for_everybody_in_a_window_teaches_nothing():
    """A feature may be moved by any amount for an item and window: the level takes it up."""
    one, other = (window(np.random.default_rng(seed)) for seed in (1, 2))
    moved = one.features + np.random.default_rng(3).normal(scale=3, size=(1, 30, 3))
    again = Choices(moved.astype(np.float32), one.chosen, one.possible)
    assert fit([again, other]) == pytest.approx(fit([one, other]), abs=2e-3)


def test_it_is_the_maximum_of_the_likelihood():
    """Against a plain objective, level by level, minimised without slopes' help."""
    from scipy.optimize import minimize

    rng = np.random.default_rng(4)
    given = window(rng, n_users=40, n_items=4, truth=np.array([1.0]))
    possible = rng.random(given.chosen.shape) < 0.8
    possible[given.chosen > 0] = True
    given = Choices(given.features, given.chosen, possible)
    deviation = np.sqrt(given.features.var(axis=0).mean())

    def minus_log_likelihood(point):
        scores = given.features[:, :, 0] * point[0] + point[1:]
        scores = np.where(possible, scores, -np.inf)
        shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        fit_ = -np.log(shares[given.chosen > 0]).sum()
        return fit_ + 0.5 * 2.0 * (point[0] * deviation) ** 2

    expected = minimize(minus_log_likelihood, np.zeros(5), method="BFGS").x[0]
    assert fit([given], regularization=2.0) == pytest.approx([expected], abs=2e-3)


def test_items_nobody_chose_and_people_who_chose_nothing_drop_out():
    given = window(np.random.default_rng(5))
    rng = np.random.default_rng(6)
    features = rng.normal(size=(410, 33, 3)).astype(np.float32)
    features[:400, :30] = given.features
    chosen = np.zeros((410, 33), dtype=np.float32)
    chosen[:400, :30] = given.chosen
    more = Choices(features, chosen, np.ones((410, 33), dtype=bool))
    # the scale of features is that of all that was looked at: without a penalty it is no matter
    assert fit([more]) == pytest.approx(fit([given]), abs=2e-3)


def test_what_was_not_possible_is_not_a_refusal():
    """Half the people could not take the items they would have liked: that says nothing of them."""
    rng = np.random.default_rng(7)
    n_users, truth = 2000, np.array([1.0])
    features = rng.normal(size=(n_users, 12, 1)).astype(np.float32)
    possible = (features[:, :, 0] < 0.5) | (np.arange(n_users) % 2 == 0)[:, np.newaxis]
    utility = np.where(possible, features @ truth, -np.inf)
    picked = (utility + rng.gumbel(size=utility.shape)).argmax(axis=1)
    chosen = np.eye(12, dtype=np.float32)[picked]
    assert fit([Choices(features, chosen, possible)]) == pytest.approx(truth, abs=0.1)
    everything = np.ones(possible.shape, dtype=bool)
    assert fit([Choices(features, chosen, everything)])[0] < 0.8


def test_penalties_and_constant_features_give_nothing():
    given = window(np.random.default_rng(8))
    assert np.abs(fit([given], regularization=1e9)).max() < 1e-3
    features = np.concatenate([given.features, np.ones((400, 30, 1), np.float32)], axis=2)
    found = fit([Choices(features, given.chosen, given.possible)])
    assert found[3] == pytest.approx(0, abs=1e-6)
    assert np.isfinite(found).all()


def test_a_window_in_which_nobody_chose_changes_nothing():
    given = window(np.random.default_rng(9))
    empty = Choices(given.features, np.zeros_like(given.chosen), given.possible)
    assert fit([given, empty]) == pytest.approx(fit([given]), abs=2e-3)
    nobody = Choices(*(each[:0] for each in (given.features, given.chosen, given.possible)))
    assert fit([nobody, given]) == pytest.approx(fit([given]), abs=2e-3)
