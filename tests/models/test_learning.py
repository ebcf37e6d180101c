"""Planted worlds: what every personal model must find there, and popularity must not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import worlds
from artrec.models.base import Model, Scorer
from artrec.models.registry import config_class, model_class

# sized for two directions of taste among a hundred people
LEARNERS = {
    "popularity": ("popularity", {}),
    "item_knn": ("item_knn", {"n_neighbors": 30}),
    "svd": ("svd", {"n_factors": 2}),
    "ease": ("ease", {"regularization": 50, "side": "items"}),
    "ease-users": ("ease", {"regularization": 50, "side": "users"}),
    "ease-scaled": (
        "ease",
        {"regularization": 10, "item_exponent": 0.25, "user_exponent": 0.25},
    ),
}
PERSONAL = [each for each in LEARNERS if each != "popularity"]


# sized for circles of ten
NEAR = {
    "item_knn": ("item_knn", {"n_neighbors": 5}),
    "ease": ("ease", {"regularization": 5, "side": "items"}),
    "ease-users": ("ease", {"regularization": 5, "side": "users"}),
    "ease-scaled": (
        "ease",
        {"regularization": 1, "item_exponent": 0.25, "user_exponent": 0.25, "side": "items"},
    ),
}


def learnt(
    learner: str,
    world: worlds.World,
    learners: dict[str, tuple[str, dict[str, Any]]] = LEARNERS,
) -> Model:
    name, parameters = learners[learner]
    config = config_class(name)(**parameters)
    return model_class(name).fit(world.interactions, config, np.random.default_rng(7))


def share_of_right_answers(scorer: Scorer, world: worlds.World) -> float:
    """Mean over asked users of the share of answers among as many leading unseen items."""
    data = world.interactions
    scores = np.where(
        data.seen().toarray() > 0, -np.inf, scorer.score(data).block(slice(None), slice(None))
    )
    shares = []
    for user, answer in world.answers.items():
        row = int(data.users.to_index([user])[0])
        leading = data.items.to_id(np.argsort(-scores[row], kind="stable")[: len(answer)])
        shares.append(len(answer & set(leading)) / len(answer))
    return float(np.mean(shares))


@pytest.mark.parametrize("personal", PERSONAL)
def test_checkerboard_is_learnt(personal: str) -> None:
    world = worlds.checkerboard()
    assert share_of_right_answers(learnt(personal, world), world) == 1


@pytest.mark.parametrize("personal", PERSONAL)
def test_two_tastes_are_learnt_and_popularity_beaten(personal: str) -> None:
    world = worlds.two_tastes(np.random.default_rng(11))
    share = share_of_right_answers(learnt(personal, world), world)
    popular = share_of_right_answers(learnt("popularity", world), world)
    assert popular < 0.75
    assert share > 0.97


@pytest.mark.parametrize("personal", NEAR)
def test_popularity_trap_is_not_fallen_into(personal: str) -> None:
    world = worlds.popularity_trap()
    assert share_of_right_answers(learnt(personal, world, NEAR), world) == 1
    assert share_of_right_answers(learnt("popularity", world), world) == 0
