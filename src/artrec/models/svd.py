"""SVD: a ranking model that projects a profile onto the strongest directions of taste."""

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
from artrec.models.base import InputConfig, ProductScores
from artrec.models.checks import as_config, check_fit, check_profiles, sealed


class SvdConfig(InputConfig):
    """Size and input of the truncated singular value decomposition."""

    n_factors: int = Field(
        default=32,
        ge=1,
        description=(
            "Singular vectors kept, at most half as many as there are users or items: with all of "
            "them a profile would only be repeated, and every unseen item score 0."
        ),
    )
    n_iterations: int = Field(
        default=8, ge=1, description="Power iterations of the randomised decomposition."
    )


@dataclass(frozen=True, eq=False)
class Svd:
    """PureSVD: unknown cells are zeros, scores are ``x V V'`` for any profile x.

    For a user of the fit this equals that user's row of the rank-limited reconstruction. An empty
    profile scores 0. The sign of each singular vector is fixed: its largest entry by magnitude
    (the first of equals) is positive.

    Source: Cremonesi, Koren and Turrin, "Performance of recommender algorithms on top-N
    recommendation tasks", RecSys 2010, equation 9; scikit-learn's TruncatedSVD.

    Attributes:
        items: Items it scores.
        config: Its configuration.
        components: ndarray of shape (n_factors, n_items), float32; orthonormal rows (V').
    """

    name: ClassVar[str] = "svd"

    items: IdMap
    config: SvdConfig
    components: npt.NDArray[np.float32]

    @classmethod
    def fit(cls, interactions: Interactions, config: SvdConfig, rng: np.random.Generator) -> Self:
        """Decompose the weights of the interactions.

        Args:
            interactions: What happened before the cut.
            config: Number of factors and weights.
            rng: Starts the randomised decomposition.

        Raises:
            InputError: There is no interaction.
        """
        check_fit(interactions, cls.name)
        matrix = interactions.weights(config.below_in_fit)
        components = _right_singular_vectors(matrix, config, int(rng.integers(2**31)))
        return cls(interactions.items, config, sealed(components))

    def score(self, profiles: Interactions) -> ProductScores:
        """See `Scorer.score`; an empty profile scores 0 everywhere."""
        check_profiles(profiles, self.items, self.name)
        folded = self._fold(profiles.weights(self.config.below_in_profile))
        return ProductScores(folded, self.components)  # (n_users, n_factors) @ (n_factors, n_items)

    def _fold(self, weights: sparse.csr_array) -> npt.NDArray[np.float32]:
        """Factors of users, ``weights @ components.T``, of the items alone that they met.

        The product itself would first copy all components, for a single user too.
        """
        met, columns = np.unique(weights.indices, return_inverse=True)
        narrow = sparse.csr_array(
            (weights.data, columns, weights.indptr), shape=(weights.shape[0], len(met))
        )
        return np.asarray(narrow @ np.ascontiguousarray(self.components[:, met].T))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`."""
        return {"components": self.components}

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: Config, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """See `Scorer.from_arrays`."""
        return cls(items, as_config(config, SvdConfig), arrays["components"])


def _right_singular_vectors(
    matrix: sparse.csr_array, config: SvdConfig, seed: int
) -> npt.NDArray[np.float32]:
    from sklearn.decomposition import TruncatedSVD

    n_items = matrix.shape[1]
    if n_items == 1:  # scikit-learn wants two columns
        return np.ones((1, 1), dtype=np.float32)
    model = TruncatedSVD(
        n_components=min(config.n_factors, max(1, min(matrix.shape) // 2)),
        n_iter=config.n_iterations,
        random_state=seed,
    )
    with np.errstate(invalid="ignore"):  # its share of explained variance, not read here, is 0 / 0
        model.fit(sparse.csr_matrix(matrix.astype(np.float64)))
    # directions without any weight are dropped: all of them where nobody liked anything
    kept = model.singular_values_ > model.singular_values_[0] * 1e-10
    return np.asarray(model.components_[kept], dtype=np.float32)
