"""Trees over candidate lists: groups of one, lists that teach nothing, the same bytes."""

from __future__ import annotations

import numpy as np
import pytest

from artrec.models.trees import Ensemble, Forest, TreesConfig, best_share, grow

CONFIG = TreesConfig(n_rounds=25, min_leaf=3, n_leaves=4, learning_rate=0.2, n_threads=1)
NAMES = ("a.telling", "b.noise")


def lists(
    n_users: int = 60, n_candidates: int = 12, seed: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One relevant candidate a user, told by the first feature."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n_users, n_candidates, 2)).astype(np.float32)
    labels = np.zeros((n_users, n_candidates), dtype=bool)
    labels[np.arange(n_users), features[:, :, 0].argmax(axis=1)] = True
    return features, labels, np.ones_like(labels)


def grown(
    features: np.ndarray, labels: np.ndarray, present: np.ndarray, seed: int = 3
) -> tuple[Ensemble, ...]:
    stopping = np.arange(len(labels)) % 5 == 0
    return grow(features, labels, present, NAMES, stopping, CONFIG, seed)


def test_an_order_is_learned() -> None:
    features, labels, present = lists()
    forest = Forest([each.text for each in grown(features, labels, present)], [1.0, 1.0])
    scores = forest.predict(features.reshape(-1, 2)).reshape(labels.shape)
    assert np.mean(scores.argmax(axis=1) == labels.argmax(axis=1)) > 0.7


def test_contributions_sum_to_the_scores_and_name_the_telling_feature() -> None:
    features, labels, present = lists()
    ensembles = grown(features, labels, present)
    forest = Forest([each.text for each in ensembles], [each.scale for each in ensembles])
    flat = features[:9].reshape(-1, 2)
    added = forest.contributions(flat)
    np.testing.assert_allclose(added.sum(axis=1), forest.predict(flat), atol=1e-9)
    assert np.abs(added[:, 0]).mean() > 2 * np.abs(added[:, 1]).mean()


def test_same_seed_same_text() -> None:
    made = [grown(*lists()) for _ in range(2)]
    assert [each.text for each in made[0]] == [each.text for each in made[1]]


def test_growth_is_ended_by_the_stopping_users_unless_all_rounds_are_kept() -> None:
    features, labels, present = lists()
    features[:, :, 0] = np.random.default_rng(9).normal(size=labels.shape)  # nothing to learn
    stopping = np.arange(len(labels)) % 5 == 0
    rounds = {}
    for stop_after in (2, None):
        config = CONFIG.model_copy(update={"stop_after": stop_after})
        made = grow(features, labels, present, NAMES, stopping, config, 3)
        rounds[stop_after] = [each.n_rounds for each in made]
    assert max(rounds[2]) < 25
    assert rounds[None] == [25, 25]


@pytest.mark.parametrize("case", ["one candidate", "all relevant", "none relevant"])
def test_lists_that_teach_no_order_teach_nothing(case: str) -> None:
    features, labels, present = lists(n_users=10)
    if case == "one candidate":
        present[:, 1:] = False
        labels[:] = False
        labels[:, 0] = True
    else:
        labels[:] = case == "all relevant"
    assert grown(features, labels, present) == ()


def test_short_lists_and_features_that_are_constant_or_missing() -> None:
    features, labels, present = lists()
    present[::3, 6:] = False
    labels &= present
    features[:, :, 1] = np.nan
    ensembles = grown(features, labels, present)
    scores = Forest([each.text for each in ensembles], [1.0, 1.0]).predict(features[0])
    assert np.isfinite(scores).all()


def test_without_stopping_users_all_rounds_are_kept() -> None:
    features, labels, present = lists()
    ensembles = grow(features, labels, present, NAMES, np.zeros(60, dtype=bool), CONFIG, 1)
    assert [each.n_rounds for each in ensembles] == [25, 25]
    assert [each.stopped_at for each in ensembles] == [0, 0]


def test_the_better_ranking_gets_the_share() -> None:
    _, labels, _ = lists()
    right, wrong = labels.astype(float), -labels.astype(float)
    assert best_share(wrong, right, labels, (0.0, 0.5, 4.0)) == 4
    assert best_share(right, wrong, labels, (0.0, 0.5, 4.0)) == 0
    assert best_share(right, right, labels & False, (0.25, 1.0)) == 0.25
