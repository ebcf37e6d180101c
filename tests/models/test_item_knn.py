"""Item-kNN against its definition, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from artrec.data.interactions import Interactions
from artrec.features import neighbors
from artrec.models.item_knn import ItemKnn, ItemKnnConfig

EVERYTHING = slice(None)


def by_definition(data: Interactions, config: ItemKnnConfig) -> np.ndarray:
    """S, of shape (n_items, n_items); column j holds what item j keeps."""
    x = data.weights(config.below_in_fit).toarray().astype(float)
    n_items = x.shape[1]
    kept = np.zeros((n_items, n_items))
    for j in range(n_items):
        found = []
        for i in range(n_items):
            dot = x[:, i] @ x[:, j]
            if i != j and dot > 0:
                lengths = np.linalg.norm(x[:, i]) * np.linalg.norm(x[:, j])
                # float32, as the model: what ties there must tie here
                similar = np.float32(dot) / (np.float32(lengths) + np.float32(config.shrinkage))
                found.append((-similar, i))
        for similar, i in sorted(found)[: config.n_neighbors]:
            kept[i, j] = -similar
    return kept


@pytest.mark.parametrize("n_neighbors", [1, 4, 100])
@pytest.mark.parametrize("shrinkage", [0.0, 3.0])
@pytest.mark.parametrize("below", [0.0, 0.5])
@pytest.mark.parametrize("block_cells", [1, 70, 10_000])
def test_similarities_are_those_of_the_definition(
    n_neighbors: int,
    shrinkage: float,
    below: float,
    block_cells: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(neighbors, "BLOCK_CELLS", block_cells)
    data = worlds.mixed_feelings(np.random.default_rng(5)).interactions
    config = ItemKnnConfig(
        n_neighbors=n_neighbors, shrinkage=shrinkage, below_in_fit=below, below_in_profile=0.25
    )
    model = ItemKnn.fit(data, config, np.random.default_rng(0))
    expected = by_definition(data, config)
    np.testing.assert_allclose(model.similarity.toarray(), expected, rtol=1e-5)
    scores = model.score(data).block(EVERYTHING, EVERYTHING)
    np.testing.assert_allclose(scores, data.weights(0.25) @ expected, rtol=1e-5, atol=1e-6)


def test_of_equally_similar_items_the_smaller_ids_are_kept() -> None:
    rows = [(user, item, 5.0) for user in ("u", "v") for item in "edcba"]
    data = Interactions.from_table(worlds.table_of(rows), 4.0)
    config = ItemKnnConfig(n_neighbors=2)
    model = ItemKnn.fit(data, config, np.random.default_rng(0))
    kept = {
        target: "".join(data.items.to_id(np.flatnonzero(model.similarity.toarray()[:, j])))
        for j, target in enumerate(data.items.index)
    }
    assert kept == {"a": "bc", "b": "ac", "c": "ab", "d": "ab", "e": "ab"}
