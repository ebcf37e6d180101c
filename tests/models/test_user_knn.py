"""User-kNN against its definition, cell by cell; and what it keeps of people."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.models import user_knn
from artrec.models.user_knn import UserKnn, UserKnnConfig

EVERYTHING = slice(None)


def by_definition(data: Interactions, config: UserKnnConfig) -> np.ndarray:
    """Scores of the fitted users' own profiles, of shape (n_users, n_items)."""
    people = data.weights(config.below_in_fit).toarray().astype(float)
    people = people[people.any(axis=1)]
    profiles = data.weights(config.below_in_profile).toarray().astype(float)
    met = np.maximum((people > 0).sum(axis=0), 1)
    weight = met ** -float(config.item_exponent)
    scores = np.zeros(profiles.shape)
    for row, profile in enumerate(profiles):
        likeness = []
        for v, person in enumerate(people):
            common = float(np.sum(weight * profile * person))
            lengths = np.sqrt(np.sum(weight * profile**2) * np.sum(weight * person**2))
            if common > 0:
                # rounded, so that what ties in float32 ties here
                likeness.append((-round(common / (lengths + config.shrinkage), 6), v))
        for value, v in sorted(likeness)[: config.n_neighbors]:
            scores[row] -= value * people[v]
    return scores


@pytest.mark.parametrize("n_neighbors", [1, 4, 100])
@pytest.mark.parametrize("shrinkage", [0.0, 3.0])
@pytest.mark.parametrize("below", [0.0, 0.5])
@pytest.mark.parametrize("item_exponent", [0.0, 0.5])
@pytest.mark.parametrize("block_cells", [1, 10_000])
def test_scores_are_those_of_the_definition(
    n_neighbors: int,
    shrinkage: float,
    below: float,
    item_exponent: float,
    block_cells: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(user_knn, "BLOCK_CELLS", block_cells)
    data = worlds.mixed_feelings(np.random.default_rng(5)).interactions
    config = UserKnnConfig(
        n_neighbors=n_neighbors,
        shrinkage=shrinkage,
        below_in_fit=below,
        below_in_profile=0.25,
        item_exponent=item_exponent,
    )
    model = UserKnn.fit(data, config, np.random.default_rng(0))
    scores = model.score(data).block(EVERYTHING, EVERYTHING)
    np.testing.assert_allclose(scores, by_definition(data, config), rtol=1e-4, atol=1e-5)


def test_of_equally_similar_people_the_smaller_ids_count() -> None:
    rows = [(user, "shared", 5.0) for user in "dcba"]
    rows += [(user, f"of {user}", 5.0) for user in "dcba"]
    data = Interactions.from_table(worlds.table_of(rows), 4.0)
    config = UserKnnConfig(n_neighbors=2)
    model = UserKnn.fit(data, config, np.random.default_rng(0))
    stranger = Interactions.from_table(
        worlds.table_of([("zoe", "shared", 5.0)]), 4.0, items=data.items
    )
    scores = model.score(stranger).block(EVERYTHING, EVERYTHING)[0]
    assert set(data.items.to_id(np.flatnonzero(scores))) == {"shared", "of a", "of b"}


def test_items_that_everybody_met_say_less_of_likeness() -> None:
    rows = [(f"u{at}", "hit", 5.0) for at in range(20)] + [("u00", "hit", 5.0)]
    rows += [("u00", "other", 5.0), ("kin", "rare", 5.0), ("kin", "found", 5.0)]
    data = Interactions.from_table(worlds.table_of(rows), 4.0)
    asked = Interactions.from_table(
        worlds.table_of([("me", "hit", 5.0), ("me", "rare", 5.0)]), 4.0, items=data.items
    )
    scores = {}
    for exponent in (0.0, 1.0):
        config = UserKnnConfig(item_exponent=exponent, shrinkage=0)
        model = UserKnn.fit(data, config, np.random.default_rng(0))
        row = model.score(asked).block(EVERYTHING, EVERYTHING)[0]
        scores[exponent] = dict(zip(data.items.index, row, strict=True))
    assert scores[0.0]["found"] == pytest.approx(scores[0.0]["other"], rel=1e-5)
    assert scores[1.0]["found"] > 3 * scores[1.0]["other"]


def test_people_are_kept_without_their_ids_and_only_where_they_liked_something() -> None:
    rows = [("ann", "a", 5.0), ("bob", "a", 1.0), ("cid", "b", 4.0)]
    data = Interactions.from_table(worlds.table_of(rows), 4.0)
    model = UserKnn.fit(data, UserKnnConfig(), np.random.default_rng(0))
    assert model.people.toarray().tolist() == [[1, 0], [0, 1]]
    assert {each.dtype.kind for each in model.arrays().values()} <= {"f", "i"}


def test_contributions_sum_to_the_score() -> None:
    data = worlds.mixed_feelings(np.random.default_rng(8)).interactions
    config = UserKnnConfig(n_neighbors=6, below_in_profile=0.5, item_exponent=0.5)
    model = UserKnn.fit(data, config, np.random.default_rng(0))
    scores = model.score(data).block(EVERYTHING, EVERYTHING)
    for row in range(5):
        profile = data.take_users([row])
        for item in range(len(data.items)):
            chosen, added = model.contributions(profile, item)
            assert set(chosen) <= set(profile.indices)
            assert added.sum() == pytest.approx(scores[row, item], abs=1e-5)


def test_nobody_asked_nothing_scored() -> None:
    data = worlds.mixed_feelings(np.random.default_rng(8)).interactions
    model = UserKnn.fit(data, UserKnnConfig(), np.random.default_rng(0))
    nobody = Interactions.from_table(worlds.table_of([]), 4.0, IdMap.of([]), data.items)
    assert model.score(nobody).block(EVERYTHING, EVERYTHING).shape == (0, len(data.items))
