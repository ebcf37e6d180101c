"""Biased SVD: the rating model, a global mean, two biases and a product of factors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy import sparse
from scipy.linalg import lapack

from artrec.config import Config
from artrec.data.ids import MISSING, IdMap
from artrec.data.interactions import Interactions
from artrec.errors import InputError
from artrec.models.base import FloatArray, ProductScores
from artrec.models.checks import as_config, check_fit, check_profiles, sealed

Real = npt.NDArray[np.float64]


class BiasedSvdConfig(Config):
    """Size and shrinkage of the rating model."""

    n_factors: int = Field(default=16, ge=1, description="Length of the factor vectors.")
    n_epochs: int = Field(
        default=12, ge=1, description="Rounds of solving all users, then all items."
    )
    regularization: float = Field(
        default=12.0,
        gt=0,
        allow_inf_nan=False,
        description="Penalty on the squares of the factors.",
    )
    bias_regularization: float = Field(
        default=4.0,
        gt=0,
        allow_inf_nan=False,
        description="Penalty on the squares of the user and item biases.",
    )
    initial_scale: float = Field(
        default=0.1,
        gt=0,
        allow_inf_nan=False,
        description="Standard deviation of the item factors before the first epoch.",
    )


class Side(NamedTuple):
    """Parameters of all users or of all items: biases (n,) and factors (n, n_factors)."""

    biases: Real
    factors: Real


@dataclass(frozen=True, eq=False)
class BiasedSvd:
    """``r_ui = mean + b_u + b_i + p_u . q_i``, fitted by alternating least squares.

    Minimises ``sum (r_ui - prediction)^2 + bias_regularization (sum b_u^2 + sum b_i^2) +
    regularization (sum |p_u|^2 + sum |q_i|^2)`` over the known ratings; each half of an epoch is an
    exact ridge solution, so the sum never rises. Users are not kept: b_u and p_u of a profile are
    the ridge solution given the items. An empty or unrated profile has b_u = 0 and p_u = 0: it is
    scored ``mean + b_i``. Scores are unclipped, predicted ratings are clipped to the range seen.

    Source: Koren, Bell and Volinsky, "Matrix factorization techniques for recommender systems",
    IEEE Computer 2009, equations 4 and 5.

    Attributes:
        items: Items it scores.
        config: Its configuration.
        mean: Mean of the ratings of the fit.
        lowest: Lowest rating of the fit.
        highest: Highest rating of the fit.
        item_side: Item biases (n_items,) and factors (n_items, n_factors), float64.
    """

    name: ClassVar[str] = "biased_svd"

    items: IdMap
    config: BiasedSvdConfig
    mean: float
    lowest: float
    highest: float
    item_side: Side

    @classmethod
    def fit(
        cls, interactions: Interactions, config: BiasedSvdConfig, rng: np.random.Generator
    ) -> Self:
        """Fit on every known rating, positive or not.

        Args:
            interactions: What happened before the cut; interactions without a rating are left out.
            config: Size and shrinkage.
            rng: Draws the first item factors.

        Raises:
            InputError: There is no rating.
        """
        check_fit(interactions, cls.name)
        ratings = rating_matrix(interactions)
        if ratings.nnz == 0:
            raise InputError(
                f"model 'biased_svd' needs ratings; none of {len(interactions)} interactions has "
                "one",
                "leave it out for implicit feedback",
            )
        mean = float(ratings.data.mean())
        item_side = Side(np.empty(0), np.empty(0))
        for _, fitted in epochs(ratings, mean, config, rng):
            item_side = fitted
        sealed(item_side.biases)
        sealed(item_side.factors)
        bounds = (float(ratings.data.min()), float(ratings.data.max()))
        return cls(interactions.items, config, mean, *bounds, item_side)

    def score(self, profiles: Interactions) -> ProductScores:
        """See `Scorer.score`; an empty profile scores the mean plus the item's bias."""
        users = self._fold_in(profiles)
        ones = np.ones((len(users.biases), 1))
        left = np.hstack([users.factors, (self.mean + users.biases)[:, None], ones])
        return ProductScores(left.astype(np.float32), self._right)

    @cached_property
    def _right(self) -> npt.NDArray[np.float32]:
        """Item factors, ones and item biases: shape (n_factors + 2, n_items)."""
        one = np.ones((1, len(self.items)))
        right = np.vstack([self.item_side.factors.T, one, self.item_side.biases[None, :]])
        return right.astype(np.float32)

    def predict(
        self, profiles: Interactions, rows: npt.NDArray[np.int64], item_ids: npt.ArrayLike
    ) -> FloatArray:
        """See `RatingPredictor.predict`."""
        users = self._fold_in(profiles)
        columns = self.items.find(np.asarray(item_ids, dtype=object))
        known = columns != MISSING
        predicted = self.mean + users.biases[rows]
        factors = self.item_side.factors[columns[known]]
        taste = np.einsum("nf,nf->n", users.factors[rows[known]], factors)
        predicted[known] += self.item_side.biases[columns[known]] + taste
        return np.clip(predicted, self.lowest, self.highest)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`."""
        return {
            "level": np.array([self.mean, self.lowest, self.highest]),
            "item_biases": self.item_side.biases,
            "item_factors": self.item_side.factors,
        }

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: Config, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """See `Scorer.from_arrays`."""
        mean, lowest, highest = (float(each) for each in arrays["level"])
        side = Side(arrays["item_biases"], arrays["item_factors"])
        return cls(items, as_config(config, BiasedSvdConfig), mean, lowest, highest, side)

    def _fold_in(self, profiles: Interactions) -> Side:
        check_profiles(profiles, self.items, self.name)
        return solve_side(rating_matrix(profiles), self.mean, self.item_side, self.config)


def rating_matrix(interactions: Interactions) -> sparse.csr_array:
    """Known ratings as they are (a rating of 0 is stored), csr_array of (n_users, n_items)."""
    known = ~np.isnan(interactions.ratings)
    counts = np.bincount(interactions.rows()[known], minlength=len(interactions.users))
    indptr = np.concatenate(([0], np.cumsum(counts)))
    values = interactions.ratings[known].astype(np.float64)
    parts = (values, interactions.indices[known], indptr)
    return sparse.csr_array(parts, shape=interactions.shape)


def epochs(
    ratings: sparse.csr_array, mean: float, config: BiasedSvdConfig, rng: np.random.Generator
) -> Iterator[tuple[Side, Side]]:
    """Users and items after each epoch.

    Args:
        ratings: csr_array of shape (n_users, n_items).
        mean: What biases and factors explain departures from.
        config: Size and shrinkage.
        rng: Draws the first item factors.
    """
    by_item = ratings.T.tocsr()
    n_items = ratings.shape[1]
    start = rng.normal(scale=config.initial_scale, size=(n_items, config.n_factors))
    items = Side(np.zeros(n_items), start)
    for _ in range(config.n_epochs):
        users = solve_side(ratings, mean, items, config)
        items = solve_side(by_item, mean, users, config)
        yield users, items


def solve_side(
    ratings: sparse.csr_array, mean: float, other: Side, config: BiasedSvdConfig
) -> Side:
    """Bias and factors of every row by ridge regression on the other side's parameters.

    Args:
        ratings: csr_array of shape (n_rows, n_columns).
        mean: Global mean.
        other: Biases and factors of the columns.
        config: Penalties.
    """
    residual = ratings.data - mean - other.biases[ratings.indices]
    # of all columns those that are needed: few, where few rows are
    used = np.flatnonzero(np.bincount(ratings.indices, minlength=ratings.shape[1]))
    place = np.zeros(ratings.shape[1], dtype=np.int64)
    place[used] = np.arange(len(used))
    design = np.column_stack([np.ones(len(used)), other.factors[used]])  # (n_used, d)
    width = design.shape[1]
    penalty = np.full(width, config.regularization)
    penalty[0] = config.bias_regularization
    solved = np.zeros((ratings.shape[0], width))
    ends = ratings.indptr.tolist()
    for row in np.flatnonzero(np.diff(ratings.indptr)).tolist():
        known = slice(ends[row], ends[row + 1])
        met = design[place[ratings.indices[known]]]  # (n_known, d)
        solved[row] = _ridge(met, residual[known], penalty)
    return Side(solved[:, 0].copy(), solved[:, 1:].copy())


def _ridge(design: Real, targets: Real, penalty: Real) -> Real:
    """``(Z'Z + diag(penalty))^-1 Z't``, shape (d,); Z is `design`; solved on its smaller side."""
    if len(design) < len(penalty):
        scaled = design / penalty
        kernel = scaled @ design.T
        np.einsum("ii->i", kernel)[...] += 1
        return np.asarray(lapack.dposv(kernel, targets)[1] @ scaled)
    normal = design.T @ design
    np.einsum("ii->i", normal)[...] += penalty
    _, found, _ = lapack.dposv(normal, targets @ design)  # penalties make it positive definite
    return np.asarray(found)


def objective(
    ratings: sparse.csr_array, mean: float, users: Side, items: Side, config: BiasedSvdConfig
) -> float:
    """What `epochs` minimises: squared errors plus penalties."""
    rows = np.repeat(np.arange(ratings.shape[0]), np.diff(ratings.indptr))
    columns = ratings.indices
    taste = np.einsum("nf,nf->n", users.factors[rows], items.factors[columns])
    errors = ratings.data - mean - users.biases[rows] - items.biases[columns] - taste
    factors = (users.factors**2).sum() + (items.factors**2).sum()
    biases = (users.biases**2).sum() + (items.biases**2).sum()
    penalty = config.regularization * factors + config.bias_regularization * biases
    return float((errors**2).sum() + penalty)
