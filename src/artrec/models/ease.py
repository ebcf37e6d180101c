"""EASE: a linear item-item model in closed form, solved on the smaller side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy import sparse

from artrec.config import Config
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.models.base import FloatArray, InputConfig
from artrec.models.checks import as_config, check_fit, check_profiles, degree_scale, sealed
from artrec.models.ease_solve import invert_gram, side_of, solve_users


class EaseConfig(InputConfig):
    """Regularisation, input weights and scaling of EASE."""

    regularization: float = Field(
        default=100.0,
        gt=0,
        allow_inf_nan=False,
        description="Added to the diagonal of the (scaled) Gram matrix; lambda in the paper.",
    )
    user_exponent: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="A user's row is divided by the user's degree to this power; 0 is plain EASE.",
    )
    item_exponent: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="An item's column is divided by the item's degree to this power while solving, "
        "so popular items are regularised more; 0 is plain EASE.",
    )
    side: Literal["auto", "items", "users"] = Field(
        default="auto",
        description="Which square matrix is factorised; auto takes the smaller one. "
        "Both give the same scores.",
    )
    dtype: Literal["float32", "float64"] = Field(
        default="float32", description="Precision of the solution and of what is stored."
    )


@dataclass(frozen=True, eq=False)
class Ease:
    """Embarrassingly shallow autoencoder, degree-scaled.

    With X~ = D_u^-a X D_i^-b, P = (X~' X~ + lambda I)^-1 and B_ij = -P_ij / P_jj (B_jj = 0),
    a profile x scores ``x D_i^-b B D_i^b``. On the item side P is kept; on the user side
    C C' = X~ X~' + lambda I gives W = C^-1 X~, and lambda P = I - W'W. An empty profile scores 0.
    An item without weight at the fit scores 0.

    Source: Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019, equation 8;
    the user side by Woodbury's identity.

    Attributes:
        items: Items it scores.
        config: Its configuration.
        kernel: Item side: ndarray of shape (n_items, n_items), P off its diagonal, 0 on it. User
            side: W, of shape (n_users, n_items). Precision as configured.
        diagonal: ndarray of shape (n_items,): P_jj on the item side, lambda P_jj on the user side.
        item_scale: ndarray of shape (n_items,): degrees to the power b.
        by_users: Whether the user side was solved.
    """

    name: ClassVar[str] = "ease"

    items: IdMap
    config: EaseConfig
    kernel: FloatArray
    diagonal: FloatArray
    item_scale: FloatArray
    by_users: bool

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        config: EaseConfig,
        rng: np.random.Generator,  # noqa: ARG003 every model is fitted the same way
    ) -> Self:
        """Solve the closed form.

        Args:
            interactions: What happened before the cut.
            config: Regularisation, weights, scaling, precision.
            rng: Not used; nothing here is random.

        Raises:
            ConfigError: The side is beyond what 32-bit LAPACK can address, or the regularisation
                is too small for the precision.
            InputError: There is no interaction.
        """
        check_fit(interactions, cls.name)
        matrix = interactions.weights(config.below_in_fit)
        side = side_of(matrix.shape, config.side)
        user_scale = degree_scale(np.asarray(matrix.sum(axis=1)), -config.user_exponent)
        item_scale = degree_scale(np.asarray(matrix.sum(axis=0)), config.item_exponent)
        scaled = _scaled(matrix, user_scale, 1 / item_scale, config.dtype)
        solve = solve_users if side == "users" else invert_gram
        kernel, diagonal = solve(scaled, config.regularization)
        item_scale = item_scale.astype(config.dtype)
        parts = (sealed(kernel), sealed(diagonal), sealed(item_scale))
        return cls(interactions.items, config, *parts, side == "users")

    def score(self, profiles: Interactions) -> EaseScores:
        """See `Scorer.score`; an empty profile scores 0 everywhere."""
        check_profiles(profiles, self.items, self.name)
        folded = self._folded(profiles)
        if not self.by_users:
            return EaseScores(folded, self.kernel, -self.item_scale / self.diagonal, None)
        own = folded.copy()
        own.data *= (self.item_scale * (1 - 1 / self.diagonal))[own.indices]
        used = np.unique(folded.indices)  # few of all columns, where few people are asked about
        left = folded[:, used] @ self.kernel.T[used]  # (n_profiles, n_users of the fit)
        return EaseScores(left, self.kernel, self.item_scale / self.diagonal, own)

    def contributions(
        self, profile: Interactions, item: int
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """See `ExplainingScorer.contributions`; the scored item itself never counts."""
        chosen, added = self.contributions_to(profile, np.array([item]))
        others = chosen != item
        return chosen[others], added[0, others]

    def contributions_to(
        self, profile: Interactions, items: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """See `ManyExplainingScorer.contributions_to`."""
        check_profiles(profile, self.items, self.name)
        folded = self._folded(profile)
        chosen = folded.indices.astype(np.int64)
        if self.by_users:
            between = self.kernel.T[items] @ self.kernel.T[chosen].T
        else:
            between = -self.kernel[items[:, np.newaxis], chosen]
        scale = (self.item_scale / self.diagonal)[items]
        added = between * folded.data * scale[:, np.newaxis]
        added[items[:, np.newaxis] == chosen] = 0
        return chosen, np.asarray(added)

    def adds(self, sources: npt.NDArray[np.int64], items: npt.NDArray[np.int64]) -> FloatArray:
        """See `LinearScorer.adds`."""
        if self.by_users:
            pairs = zip(sources, items, strict=True)
            rows = [self.kernel[:, source] @ self.kernel[:, own] for source, own in pairs]
            column = np.reshape(np.asarray(rows, dtype=self.kernel.dtype), items.shape)
            column[sources[:, np.newaxis] == items] = 0
        else:
            column = -self.kernel[sources[:, np.newaxis], items]
        scale = self.item_scale / self.diagonal
        return np.asarray(column * scale[items] / self.item_scale[sources][:, np.newaxis])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`: the kernel whole, so that it is mapped and not rebuilt."""
        kernel = {"factors" if self.by_users else "kernel": self.kernel}
        return {**kernel, "diagonal": self.diagonal, "item_scale": self.item_scale}

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: Config, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """See `Scorer.from_arrays`."""
        by_users = "factors" in arrays
        kernel = arrays["factors" if by_users else "kernel"]
        parts = (kernel, arrays["diagonal"], arrays["item_scale"], by_users)
        return cls(items, as_config(config, EaseConfig), *parts)

    def _folded(self, profiles: Interactions) -> sparse.csr_array:
        weights = profiles.weights(self.config.below_in_profile)
        weights = weights.astype(self.config.dtype)
        weights.data /= self.item_scale[weights.indices]
        return weights


class EaseScores:
    """Scores as a product, scaled by column, plus what a profile's own items add.

    Args:
        left: Of shape (n_users, n_features).
        right: Of shape (n_features, n_items).
        scale: Of shape (n_items,).
        own: None or csr_array of shape (n_users, n_items), added last.

    Attributes:
        whole_rows: Whether some columns cost as much as all: true where `left` is sparse.
    """

    def __init__(
        self,
        left: FloatArray | sparse.csr_array,
        right: FloatArray,
        scale: FloatArray,
        own: sparse.csr_array | None,
    ) -> None:
        self.left = left
        self.right = right
        self.scale = scale
        self.own = own
        self.whole_rows = sparse.issparse(left)
        self.shape = (int(left.shape[0]), int(right.shape[1]))

    def block(self, rows: slice, columns: slice) -> FloatArray:
        """See `Scores.block`."""
        # what is whole is taken as it is: a slice of it would be copied
        every, whole = rows == slice(0, self.shape[0]), columns == slice(0, self.shape[1])
        left = self.left if every else self.left[rows]
        part = np.asarray(left @ (self.right if whole else self.right[:, columns]))
        part *= self.scale[columns]
        if self.own is not None:
            own = self.own if every else self.own[rows]
            own = own if whole else own[:, columns]
            row = np.repeat(np.arange(own.shape[0]), np.diff(own.indptr))
            part[row, own.indices] += own.data
        return part


def _scaled(
    matrix: sparse.csr_array,
    by_row: npt.NDArray[np.float64],
    by_column: npt.NDArray[np.float64],
    dtype: str,
) -> sparse.csr_array:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    values = matrix.data * by_row[rows] * by_column[matrix.indices]
    parts = (values.astype(dtype), matrix.indices, matrix.indptr)
    return sparse.csr_array(parts, shape=matrix.shape)
