"""Projection: how people who met the other works would meet this one, told from what it is.

EASE gives every known work a column of weights from all works to it. A work that nobody has met
has none; it is predicted from the works' fields by kernel ridge regression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, NonNegativeFloat
from scipy import sparse
from scipy.linalg import lapack

from artrec.config import Config
from artrec.data.content import Content
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError
from artrec.models.base import FloatArray, InputConfig, ProductScores
from artrec.models.checks import as_config, check_fit, check_profiles, sealed
from artrec.models.ease_solve import EaseColumns, side_of, solve_columns
from artrec.models.fields import NEAR_ZERO, FieldSpace, require_known

TEXT: Final = "text"
TOPICS: Final = "topics"
PANEL: Final = 1024  # columns made at a time
OVERSAMPLED: Final = 10
POWER_ITERATIONS: Final = 2

DEFAULT_WEIGHTS: Final = {
    "text": 1.0,
    "topics": 1.0,
    "title": 0.1,
    "creators": 1.0,
    "series": 1.0,
    "genres": 0.5,
    "writers": 0.5,
    "cast": 0.5,
    "languages": 0.05,
    "year": 0.1,
}


class ProjectionConfig(InputConfig):
    """Which fields make works alike, and how their columns are predicted from one another."""

    below_in_fit: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description="Weight at fit of an interaction below the positive threshold; what people "
        "meet tells as much of what works have in common as what they like.",
    )
    below_in_profile: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Weight in a profile of an interaction below the positive threshold.",
    )
    regularization: float = Field(
        default=200.0,
        gt=0,
        allow_inf_nan=False,
        description="Added to the diagonal of the Gram matrix of EASE, whose columns are "
        "predicted.",
    )
    weights: dict[str, NonNegativeFloat] = Field(
        default=DEFAULT_WEIGHTS,
        min_length=1,
        description="Field name to the weight of its cosine in the kernel; fields the works lack "
        "are left out.",
    )
    n_topics: int = Field(
        default=256,
        ge=0,
        description="Directions of a singular value decomposition of the text field that make a "
        "field `topics`, where the content has none; 0 for none.",
    )
    sharpness: float = Field(
        default=1.5,
        gt=0,
        le=20,
        description="g of the kernel exp(g (cosine - 1)); the higher, the more only close works "
        "and those that agree in several fields speak for one another.",
    )
    ridge: float = Field(
        default=0.3,
        gt=0,
        allow_inf_nan=False,
        description="Regularisation of the prediction, as a share of the kernel's range "
        "1 - exp(-g).",
    )
    self_weight: float = Field(
        default=0.15,
        ge=0,
        allow_inf_nan=False,
        description="What a work weighs for itself in the predicted columns, where EASE has 0: so "
        "that having liked a work speaks for works like it.",
    )
    row_exponent: float = Field(
        default=0.7,
        ge=0,
        le=2,
        description="What a work of a profile says of cold works is divided by the length of its "
        "row of EASE to this power, so that works which speak for many others speak no louder.",
    )
    column_exponent: float = Field(
        default=0.6,
        ge=0,
        le=1,
        description="A column is divided by its length to this power, so that works close to many "
        "others do not lead every list.",
    )
    min_support: int = Field(
        default=3,
        ge=1,
        description="Interactions a work needs for a column of its own; with fewer it is "
        "predicted as if it were cold.",
    )
    n_weights: int = Field(
        default=500,
        ge=1,
        description="Weights kept of a column, the largest ones of either sign.",
    )


@dataclass(frozen=True, eq=False)
class Projection:
    """Text-to-interaction projection by kernel ridge regression onto the columns of EASE.

    With B the weights of EASE over the works of the fit, k the kernel ``exp(g (cos - 1))`` of the
    centred cosine over weighted fields, K its matrix over those works and k_c its column for a
    cold work c, the column of c is ``b_c = N (B + s I) (K + r I)^-1 k_c`` (s `self_weight`, r
    `ridge` times the kernel's range, N the lengths of B's rows to the power -`row_exponent`). A
    work of the fit with `min_support` has its own column of B. Columns are scaled to
    ``b / |b|^column_exponent`` and their largest weights kept; a profile x scores ``x b``. An
    empty profile scores 0, and so does a cold work of which no field says anything.

    Source: Gantner et al., "Learning attribute-to-feature mappings for cold-start recommendations",
    ICDM 2010, with EASE's columns (Steck, WWW 2019) in the place of factors; kernel ridge
    regression after Saunders, Gammerman and Vovk, ICML 1998.

    Attributes:
        items: Every work of the content, cold ones too.
        config: Its configuration.
        columns: csr_array of shape (n_items, n_items), float32; column j holds the weights to j.
    """

    name: ClassVar[str] = "projection"

    items: IdMap
    config: ProjectionConfig
    columns: sparse.csr_array

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        config: ProjectionConfig,
        rng: np.random.Generator,
        content: Content,
    ) -> Self:
        """Solve EASE, then predict the columns of all other works.

        Args:
            interactions: What happened before the cut; works that the content lacks are left out.
            config: Regularisation, field weights and kernel.
            rng: Start of the decomposition that finds topics.
            content: Every work that is to be scored.

        Raises:
            ConfigError: There are more works than dense linear algebra can address, the content
                has none of the weighted fields, or a regularisation is too small.
            InputError: There is no interaction, or none with a work of the content.
        """
        check_fit(interactions, cls.name)
        enough = interactions.items.index[interactions.item_counts() >= config.min_support]
        known = IdMap(enough[content.items.find(enough) >= 0])
        require_known(len(interactions.items), len(known), cls.name)
        own = ease_columns(interactions.onto_items(known), config)
        return cls.project(known, own, config, rng, content)

    @classmethod
    def project(
        cls,
        known: IdMap,
        own: EaseColumns,
        config: ProjectionConfig,
        rng: np.random.Generator,
        content: Content,
    ) -> Self:
        """The second half of `fit`: predict the columns of the works that have none.

        Args:
            known: The works that have a column.
            own: What `ease_columns` made of them.
            config: Field weights and kernel.
            rng: Source of randomness.
            content: Every work that is to be scored.
        """
        warm = content.items.find(known.index)
        cold = np.setdiff1d(np.arange(len(content.items)), warm)
        content = _with_topics(content, warm, config, rng)
        space = FieldSpace.of(content, config.weights, warm, centred=True)
        cold = cold[space.lengths[cold] > 0]
        parts = [
            _kept(np.ascontiguousarray(own.weights[:, start : start + PANEL].T), config)
            for start in range(0, len(warm), PANEL)
        ]
        if len(cold):
            parts += _predicted(own, space, warm, cold, config)
        stacked = sparse.vstack(parts, format="csr")  # row: a column of the model, over the warm
        columns = _placed(stacked, np.concatenate((warm, cold)), warm, len(content.items))
        sealed(columns.data)
        return cls(content.items, config, columns)

    def score(self, profiles: Interactions) -> ProductScores:
        """See `Scorer.score`; an empty profile scores 0 everywhere."""
        check_profiles(profiles, self.items, self.name)
        return ProductScores(profiles.weights(self.config.below_in_profile), self.columns)

    def contributions(
        self, profile: Interactions, item: int
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """See `ExplainingScorer.contributions`; the scored item itself never counts."""
        check_profiles(profile, self.items, self.name)
        weights = profile.weights(self.config.below_in_profile)
        chosen = weights.indices.astype(np.int64)
        added = self.columns[chosen].tocsc()[:, [item]].toarray().ravel() * weights.data
        return chosen[added != 0], added[added != 0]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`: the three arrays of the compressed rows."""
        return {
            "data": self.columns.data,
            "indices": self.columns.indices.astype(np.int32),
            "indptr": self.columns.indptr.astype(np.int64),
        }

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: Config, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """See `Scorer.from_arrays`."""
        parts = (arrays["data"], arrays["indices"], arrays["indptr"])
        columns = sparse.csr_array(parts, shape=(len(items), len(items)))
        return cls(items, as_config(config, ProjectionConfig), columns)


def ease_columns(interactions: Interactions, config: ProjectionConfig) -> EaseColumns:
    """B of EASE, solved on the smaller side: what is predicted of cold works.

    Args:
        interactions: With the works that get a column of their own, and no others.
        config: `regularization` and `below_in_fit`; nothing else is looked at.

    Raises:
        ConfigError: There are more works than dense linear algebra can address, or the
            regularisation is too small.
    """
    matrix = interactions.weights(config.below_in_fit)
    side_of(matrix.shape, "items")  # B is that large, whichever side it is solved on
    return solve_columns(matrix, config.regularization)


def _with_topics(
    content: Content,
    warm: npt.NDArray[np.int64],
    config: ProjectionConfig,
    rng: np.random.Generator,
) -> Content:
    """The content with a field `topics`: the text in the main directions of the known works' text.

    Source: Deerwester et al., "Indexing by latent semantic analysis", JASIS 1990.
    """
    text = content.fields.get(TEXT)
    seed = int(rng.integers(2**31))
    if TOPICS in content.fields or not isinstance(text, sparse.csr_array):
        return content
    known = sparse.csr_array(text[warm])
    n_topics = min(config.n_topics, min(known.shape) - 1)
    if n_topics < 1 or not known.nnz:
        return content
    rows = text @ _main_directions(known, n_topics, np.random.default_rng(seed))
    rows -= rows[warm].mean(axis=0)
    rows[np.diff(text.indptr) == 0] = 0
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(lengths > 0, lengths, 1)
    return Content(content.items, {**content.fields, TOPICS: rows})


def _main_directions(
    rows: sparse.csr_array, n_directions: int, rng: np.random.Generator
) -> FloatArray:
    """Leading right singular vectors, float32 of shape (n_features, n_directions).

    Only matrices as tall as the rows are made orthonormal, for there are fewer works than terms.

    Source: Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 2011,
    algorithm 4.4.
    """
    across = rows.T.tocsr()
    width = min(n_directions + OVERSAMPLED, *rows.shape)
    found = rows @ rng.standard_normal((rows.shape[1], width), dtype=np.float32)
    for _ in range(POWER_ITERATIONS):
        found = rows @ (across @ np.linalg.qr(found)[0])
    small = across @ np.linalg.qr(found)[0]  # (n_features, width)
    values, vectors = np.linalg.eigh(small.T @ small)  # ascending
    leading = slice(-1, -1 - n_directions, -1)
    lengths = np.sqrt(np.maximum(values[leading], 0))
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > NEAR_ZERO)
    return np.asarray(small @ (vectors[:, leading] * scale), dtype=np.float32)


def _predicted(
    own: EaseColumns,
    space: FieldSpace,
    warm: npt.NDArray[np.int64],
    cold: npt.NDArray[np.int64],
    config: ProjectionConfig,
) -> list[sparse.csr_array]:
    """Columns of the cold works as rows over the warm, a panel of works at a time."""
    g = np.float32(config.sharpness)
    # the upper triangle in C order is the lower one in LAPACK's Fortran order
    kernel = _kernel(space.cosines(warm), g).T
    np.einsum("ii->i", kernel)[...] += np.float32(config.ridge * -np.expm1(-config.sharpness))
    lower, failed = lapack.spotrf(kernel, lower=1, overwrite_a=1, clean=0)
    if failed != 0:
        raise ConfigError(
            f"kernel ridge needs a positive definite matrix; with ridge {config.ridge:g} it is "
            "not in float32",
            "raise `ridge`",
        )
    lengths = np.sqrt(np.einsum("ij,ij->i", own.weights, own.weights))
    lengths[lengths == 0] = 1
    scale = lengths ** np.float32(-config.row_exponent)
    parts: list[sparse.csr_array] = []
    for start in range(0, len(cold), PANEL):
        near = _kernel(space.cosines(warm, cold[start : start + PANEL]), g)
        solved, _ = lapack.spotrs(lower, near, lower=1)  # (n_warm, n_panel)
        rows = own.mixed(solved.T)
        rows += np.float32(config.self_weight) * solved.T
        rows *= scale
        parts.append(_kept(rows, config))
    return parts


def _kernel(cosines: FloatArray, g: np.float32) -> FloatArray:
    """``exp(g (cos - 1))``, in place."""
    cosines -= 1
    cosines *= g
    return np.asarray(np.exp(cosines, out=cosines))


def _kept(rows: FloatArray, config: ProjectionConfig) -> sparse.csr_array:
    """Columns as rows, shape (n_columns, n_warm), scaled in place; their largest weights only."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    lengths[lengths == 0] = 1
    rows /= (lengths ** np.float32(config.column_exponent))[:, np.newaxis]
    sizes = np.abs(rows)
    kept = sizes > 0
    if config.n_weights < rows.shape[1]:
        bound = np.partition(sizes, -config.n_weights, axis=1)[:, -config.n_weights]
        kept &= sizes >= bound[:, np.newaxis]
    starts = np.concatenate(([0], np.cumsum(np.count_nonzero(kept, axis=1))))
    indices = np.flatnonzero(kept) % rows.shape[1]
    return sparse.csr_array((rows[kept], indices, starts), shape=rows.shape)


def _placed(
    stacked: sparse.csr_array,
    targets: npt.NDArray[np.int64],
    warm: npt.NDArray[np.int64],
    n_items: int,
) -> sparse.csr_array:
    """From rows a target over the warm works to (n_items, n_items), targets as columns."""
    counts = np.zeros(n_items, dtype=np.int64)
    counts[targets] = np.diff(stacked.indptr)
    ordered = stacked[np.argsort(targets)]
    starts = np.concatenate(([0], np.cumsum(counts)))
    by_target = (ordered.data, warm[ordered.indices], starts)
    return sparse.csr_array(sparse.csc_array(by_target, shape=(n_items, n_items)))
