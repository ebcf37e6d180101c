"""EASE with content: works that are alike count as liked together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, NonNegativeFloat
from scipy import sparse

from artrec.data.content import Content
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, near_names
from artrec.features.neighbors import dense
from artrec.models.base import FloatArray, InputConfig, ProductScores
from artrec.models.checks import as_config, check_fit, check_profiles, degree_scale, sealed
from artrec.models.ease_solve import gram, invert_lower, mirror_upper, side_of

PANEL_ITEMS = 1024


class ContentEaseConfig(InputConfig):
    """Regularisation, input weights and how much content weighs beside interactions."""

    regularization: float = Field(
        default=6.0,
        gt=0,
        allow_inf_nan=False,
        description="Added to the diagonal of the Gram matrix; lambda in the paper.",
    )
    user_exponent: float = Field(
        default=0.25,
        ge=0,
        le=1,
        description="A user's row is divided by the user's degree to this power; 0 is plain EASE.",
    )
    field_weights: dict[str, NonNegativeFloat] = Field(
        default_factory=dict,
        description="Weight of each content field in the Gram matrix; fields not named weigh 0.",
    )


@dataclass(frozen=True, eq=False)
class ContentEase:
    """EASE whose Gram matrix is that of the interactions and, weighted, of the content's fields.

    With X~ = D_u^-a X, G = X~' X~ + sum over the fields of w_f F_f F_f', P = (G + lambda I)^-1
    and B_ij = -P_ij / P_jj (B_jj = 0), a profile x scores ``x B``: as if every feature of a field
    were a user who likes what has it. An empty profile scores 0.

    Source: Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019, equation 8;
    the added rows after Jeunen, Van Balen and Goethals, "Closed-form models for collaborative
    filtering with side-information", RecSys 2020.

    Attributes:
        items: Items it scores: those of the fit.
        config: Its configuration.
        kernel: ndarray of shape (n_items, n_items), float32: P off its diagonal, 0 on it.
        diagonal: ndarray of shape (n_items,): P_jj.
    """

    name: ClassVar[str] = "content_ease"

    items: IdMap
    config: ContentEaseConfig
    kernel: FloatArray
    diagonal: FloatArray

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        config: ContentEaseConfig,
        rng: np.random.Generator,  # noqa: ARG003 every model is fitted the same way
        content: Content,
    ) -> Self:
        """Solve the closed form.

        Args:
            interactions: What happened before the cut.
            config: Regularisation and weights.
            rng: Not used; nothing here is random.
            content: Works' fields; an item that is not among its works has none.

        Raises:
            ConfigError: A field is not among the content's, the items are beyond what 32-bit
                LAPACK can address, or the regularisation is too small.
            InputError: There is no interaction.
        """
        check_fit(interactions, cls.name)
        matrix = interactions.weights(config.below_in_fit)
        side_of(matrix.shape, "items")
        scale = degree_scale(np.asarray(matrix.sum(axis=1)), -config.user_exponent)
        matrix.data *= np.repeat(scale, np.diff(matrix.indptr)).astype(np.float32)
        lower = gram(matrix)  # Fortran order, lower triangle
        _add_content(lower, content.take(interactions.items), config.field_weights)
        np.einsum("ii->i", lower)[...] += config.regularization
        kernel = invert_lower(lower, config.regularization).T  # C order, upper triangle
        diagonal = np.diagonal(kernel).copy()
        np.einsum("ii->i", kernel)[...] = 0
        mirror_upper(kernel)
        return cls(interactions.items, config, sealed(kernel), sealed(diagonal))

    def score(self, profiles: Interactions) -> ScaledProduct:
        """See `Scorer.score`; an empty profile scores 0 everywhere."""
        check_profiles(profiles, self.items, self.name)
        weights = profiles.weights(self.config.below_in_profile)
        return ScaledProduct(weights, self.kernel, -1 / self.diagonal)

    def contributions(
        self, profile: Interactions, item: int
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """See `ExplainingScorer.contributions`; the scored item itself never counts."""
        check_profiles(profile, self.items, self.name)
        weights = profile.weights(self.config.below_in_profile)
        kept = weights.indices != item
        chosen = weights.indices[kept].astype(np.int64)
        return chosen, np.asarray(
            -weights.data[kept] * self.kernel[chosen, item] / self.diagonal[item]
        )

    def adds(self, sources: npt.NDArray[np.int64], items: npt.NDArray[np.int64]) -> FloatArray:
        """See `LinearScorer.adds`."""
        scale = -1 / self.diagonal
        return np.asarray(self.kernel[sources[:, np.newaxis], items] * scale[items])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`: the kernel whole, so that it is mapped and not rebuilt."""
        return {"kernel": self.kernel, "diagonal": self.diagonal}

    @classmethod
    def from_arrays(cls, items: IdMap, config: Any, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """See `Scorer.from_arrays`."""
        parts = (arrays["kernel"], arrays["diagonal"])
        return cls(items, as_config(config, ContentEaseConfig), *parts)


class ScaledProduct(ProductScores):
    """A product whose columns are scaled last, so that the right side can be shared.

    Args:
        left: csr_array of shape (n_users, n_items).
        right: ndarray of shape (n_items, n_items).
        scale: Of shape (n_items,).
    """

    def __init__(self, left: sparse.csr_array, right: FloatArray, scale: FloatArray) -> None:
        super().__init__(left, right)
        self.scale = scale

    def block(self, rows: slice, columns: slice) -> FloatArray:
        """See `Scores.block`."""
        return super().block(rows, columns) * self.scale[columns]


def _add_content(lower: FloatArray, content: Content, weights: Mapping[str, float]) -> None:
    """Add each field's weighted cosines to the lower triangle, in place."""
    for name, weight in weights.items():
        if name not in content.fields:
            raise ConfigError(
                f"content_ease weighs the field {name!r}; the content has {list(content.fields)}",
                near_names(name, content.fields),
            )
        if weight == 0:
            continue
        field = content.fields[name]
        for start in range(0, len(lower), PANEL_ITEMS):
            stop = min(start + PANEL_ITEMS, len(lower))
            lower[start:, start:stop] += np.float32(weight) * dense(
                field[start:] @ field[start:stop].T
            )
