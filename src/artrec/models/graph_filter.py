"""Graph filter: a profile smoothed over who liked what together, near and broad."""

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
from artrec.models.base import FloatArray, InputConfig, ProductScores
from artrec.models.checks import as_config, check_fit, check_profiles, degree_scale, sealed
from artrec.models.ease_solve import gram, mirror_upper, side_of


class GraphFilterConfig(InputConfig):
    """Scaling of the graph, and how much its broad directions count beside its single steps."""

    user_exponent: float = Field(
        default=0.35,
        ge=0,
        le=1,
        description="A user's row is divided by the user's degree to this power.",
    )
    item_exponent: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="An item's column is divided by the item's degree to this power.",
    )
    n_factors: int = Field(
        default=256,
        ge=1,
        description="Broad directions kept, at most half as many as there are users or items.",
    )
    broad: float = Field(
        default=0.6,
        ge=0,
        allow_inf_nan=False,
        description="Weight of the broad directions, in their mean singular value.",
    )


@dataclass(frozen=True, eq=False)
class GraphFilter:
    """A linear filter on the graph of users and items, and an ideal low-pass filter beside it.

    With R~ = D_u^-a R D_i^-b and V the leading right singular vectors of R~, of mean singular
    value s, K = R~' R~ + broad * s * V V' without its diagonal, and a profile x scores ``x K``. An
    empty profile scores 0.

    Source: Shen et al., "How powerful is graph convolution for recommendation?", CIKM 2021
    (GF-CF); the exponents and the removed diagonal are additions.

    Attributes:
        items: Items it scores.
        config: Its configuration.
        kernel: ndarray of shape (n_items, n_items), float32, symmetric: K.
    """

    name: ClassVar[str] = "graph_filter"

    items: IdMap
    config: GraphFilterConfig
    kernel: npt.NDArray[np.float32]

    @classmethod
    def fit(
        cls, interactions: Interactions, config: GraphFilterConfig, rng: np.random.Generator
    ) -> Self:
        """Build the kernel.

        Args:
            interactions: What happened before the cut.
            config: Scaling, directions, weights.
            rng: Starts the randomised decomposition.

        Raises:
            ConfigError: There are more items than a dense square matrix may have.
            InputError: There is no interaction.
        """
        check_fit(interactions, cls.name)
        matrix = interactions.weights(config.below_in_fit)
        side_of(matrix.shape, "items")
        by_user = degree_scale(np.asarray(matrix.sum(axis=1)), -config.user_exponent)
        by_item = degree_scale(np.asarray(matrix.sum(axis=0)), -config.item_exponent)
        scaled = by_user[np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))]
        matrix.data *= (scaled * by_item[matrix.indices]).astype(np.float32)
        kernel = np.asarray(gram(matrix).T)  # C order, upper triangle
        if config.broad:
            kernel += config.broad * _broad(matrix, config.n_factors, int(rng.integers(2**31)))
        np.einsum("ii->i", kernel)[...] = 0
        mirror_upper(kernel)
        return cls(interactions.items, config, sealed(kernel))

    def score(self, profiles: Interactions) -> ProductScores:
        """See `Scorer.score`; an empty profile scores 0 everywhere."""
        check_profiles(profiles, self.items, self.name)
        return ProductScores(profiles.weights(self.config.below_in_profile), self.kernel)

    def contributions(
        self, profile: Interactions, item: int
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """See `ExplainingScorer.contributions`; the scored item itself never counts."""
        check_profiles(profile, self.items, self.name)
        weights = profile.weights(self.config.below_in_profile)
        kept = weights.indices != item
        chosen = weights.indices[kept].astype(np.int64)
        return chosen, np.asarray(weights.data[kept] * self.kernel[chosen, item])

    def adds(self, sources: npt.NDArray[np.int64], items: npt.NDArray[np.int64]) -> FloatArray:
        """See `LinearScorer.adds`."""
        return np.asarray(self.kernel[sources[:, np.newaxis], items])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`: the kernel whole, so that it is mapped and not rebuilt."""
        return {"kernel": self.kernel}

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: Config, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """See `Scorer.from_arrays`."""
        return cls(items, as_config(config, GraphFilterConfig), arrays["kernel"])


def _broad(matrix: sparse.csr_array, n_factors: int, seed: int) -> npt.NDArray[np.float32]:
    """Mean singular value times V V' of the leading right singular vectors V."""
    from sklearn.utils.extmath import randomized_svd

    n_kept = min(n_factors, max(1, min(matrix.shape) // 2))
    given = sparse.csr_matrix(matrix.astype(np.float64))
    _, values, vectors = randomized_svd(given, n_kept, n_iter=4, random_state=seed)
    leading = vectors[values > values[0] * 1e-10].astype(np.float32)
    return np.asarray(np.float32(values.mean()) * (leading.T @ leading))
