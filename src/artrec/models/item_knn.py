"""Item-kNN: an item scores by its cosine similarity to what the profile liked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy import sparse

from artrec.config import Config
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.features.neighbors import at_columns, dense, in_blocks, largest
from artrec.models.base import FloatArray, InputConfig, ProductScores
from artrec.models.checks import as_config, check_fit, check_profiles, sealed


class ItemKnnConfig(InputConfig):
    """Which similar items count, and how much."""

    n_neighbors: int = Field(
        default=100, ge=1, description="Most similar items kept for each item."
    )
    shrinkage: float = Field(
        default=10.0,
        ge=0,
        allow_inf_nan=False,
        description="Added to the cosine's denominator, so that few common users weigh little.",
    )


@dataclass(frozen=True, eq=False)
class ItemKnn:
    """Item-based neighbourhood model with shrunk cosine similarity.

    ``s_ij = x_i . x_j / (|x_i| |x_j| + shrinkage)`` over the columns of the fitted matrix; item j
    keeps its `n_neighbors` largest positive s_ij (i != j; ties go to the smaller id), and
    ``score(u, j) = sum over the profile's i of weight_ui * s_ij``. An empty profile scores 0.

    Source: Deshpande and Karypis, "Item-based top-N recommendation algorithms", TOIS 2004;
    the shrinkage after Bell and Koren, KDD Cup 2007.

    Attributes:
        items: Items it scores.
        config: Its configuration.
        similarity: csr_array of shape (n_items, n_items), float32; column j holds the neighbours
            of item j.
    """

    name: ClassVar[str] = "item_knn"

    items: IdMap
    config: ItemKnnConfig
    similarity: sparse.csr_array

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        config: ItemKnnConfig,
        rng: np.random.Generator,  # noqa: ARG003 every model is fitted the same way
    ) -> Self:
        """Find the neighbours of every item, a block of items at a time, on two threads.

        Args:
            interactions: What happened before the cut.
            config: Neighbours, shrinkage and weights.
            rng: Not used; nothing here is random.

        Raises:
            InputError: There is no interaction.
        """
        check_fit(interactions, cls.name)
        matrix = interactions.weights(config.below_in_fit)  # (n_users, n_items)
        columns = matrix.T.tocsr()  # (n_items, n_users)
        norms = np.sqrt(np.asarray(columns.multiply(columns).sum(axis=1))).ravel()

        def closest(start: int, similar: Any) -> sparse.csr_array:
            return _nearest(dense(similar), norms, start, config)

        by_target = in_blocks(columns, matrix, closest)  # row j: the neighbours of j
        similarity = by_target.T.tocsr()
        sealed(similarity.data)
        return cls(interactions.items, config, similarity)

    def score(self, profiles: Interactions) -> ProductScores:
        """See `Scorer.score`; an empty profile scores 0 everywhere."""
        check_profiles(profiles, self.items, self.name)
        return ProductScores(profiles.weights(self.config.below_in_profile), self.similarity)

    def contributions(
        self, profile: Interactions, item: int
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """See `ExplainingScorer.contributions`."""
        chosen, added = self.contributions_to(profile, np.array([item]))
        return chosen[added[0] != 0], added[0, added[0] != 0]

    def contributions_to(
        self, profile: Interactions, items: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """See `ManyExplainingScorer.contributions_to`."""
        check_profiles(profile, self.items, self.name)
        weights = profile.weights(self.config.below_in_profile)
        chosen = weights.indices.astype(np.int64)
        alike = at_columns(self.similarity[chosen], items)  # (n_counting, n_items asked)
        return chosen, np.asarray(alike.T * weights.data)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`: the three arrays of the compressed rows."""
        return {
            "data": self.similarity.data,
            "indices": self.similarity.indices.astype(np.int32),
            "indptr": self.similarity.indptr.astype(np.int64),
        }

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: Config, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """See `Scorer.from_arrays`."""
        parts = (arrays["data"], arrays["indices"], arrays["indptr"])
        similarity = sparse.csr_array(parts, shape=(len(items), len(items)))
        return cls(items, as_config(config, ItemKnnConfig), similarity)


def _nearest(
    similar: npt.NDArray[np.float32],
    norms: npt.NDArray[np.float32],
    start: int,
    config: ItemKnnConfig,
) -> sparse.csr_array:
    """Neighbours of the items from `start` on: csr_array of shape (n_rows, n_items).

    Args:
        similar: Products of their columns with all, shape (n_rows, n_items); overwritten.
        norms: Lengths of all columns.
        start: The first item.
        config: Neighbours and shrinkage.
    """
    own = np.arange(start, start + len(similar))
    similar[own - start, own] = 0
    denominator = norms[own, np.newaxis] * norms[np.newaxis, :] + np.float32(config.shrinkage)
    np.divide(similar, denominator, out=similar, where=similar > 0)
    return largest(similar, config.n_neighbors)
