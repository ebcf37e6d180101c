"""Conditional logit: who chooses what, with a free level for every item in every window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]

NEVER = np.float32(-1e9)
TINY = 1e-2
CONSTANT = 1e-5  # rounding of single precision


@dataclass(frozen=True, eq=False)
class Choices:
    """What some people could choose in one window, and what they chose.

    Attributes:
        features: ndarray of shape (n_users, n_items, n_features), float32.
        chosen: ndarray of shape (n_users, n_items), float32; 1 for what was chosen, else 0.
        possible: ndarray of shape (n_users, n_items), bool; what was chosen is possible.
    """

    features: Floats
    chosen: Floats
    possible: npt.NDArray[np.bool_]


def fit_coefficients(windows: Sequence[Choices], regularization: float, n_iterations: int) -> Reals:
    """Coefficients shared by all windows, by penalised maximum likelihood.

    A choice of user u in window w is item i with probability
    ``exp(a_wi + x_ui . b) / sum over the possible j of exp(a_wj + x_uj . b)``. The levels a_wi
    are free, one for every item in every window: how popular an item becomes explains nothing
    and teaches nothing, and b is learned only from who of several people takes what all could.
    An item that nobody of its window chose has the level minus infinity: it drops out exactly.

    Features are centred within each item and window (which the levels make harmless) and scaled
    to standard deviation 1 over all windows, so that ``regularization / 2 * |b|^2`` means the
    same for each of them. Minimised by L-BFGS over a and b together.

    Source: McFadden, "Conditional logit analysis of qualitative choice behavior" (1974); the
    levels as the alternative-specific constants of Train, Discrete Choice Methods with
    Simulation (2009), section 2.5.

    Args:
        windows: At least one choice in all.
        regularization: Of the scaled coefficients.
        n_iterations: Of L-BFGS at most.

    Returns:
        ndarray of shape (n_features,), for features as they came.
    """
    from scipy.optimize import minimize

    scale = _scale(windows)
    problems = [_Problem.of(each, scale) for each in windows]
    n_features = len(scale)
    starts = np.cumsum([n_features, *(len(each.level) for each in problems)])

    def objective(point: Reals) -> tuple[float, Reals]:
        shared = point[:n_features]
        loss = 0.5 * regularization * float(shared @ shared)
        slope = np.concatenate([regularization * shared, np.zeros(starts[-1] - n_features)])
        for each, start, stop in zip(problems, starts[:-1], starts[1:], strict=True):
            own, by_feature, by_item = each.loss(shared, point[start:stop])
            loss += own
            slope[:n_features] += by_feature
            slope[start:stop] = by_item
        return loss, slope

    start = np.concatenate([np.zeros(n_features), *(each.level for each in problems)])
    found = minimize(
        objective, start, jac=True, method="L-BFGS-B", options={"maxiter": n_iterations}
    )
    return np.asarray(found.x[:n_features] / scale)


@dataclass(frozen=True, eq=False)
class _Problem:
    """One window, reduced to who chose something and what was chosen by somebody.

    Attributes:
        features: ndarray of shape (n_users * n_items, n_features), scaled and centred.
        chosen: ndarray of shape (n_users, n_items).
        closed: ndarray of shape (n_users, n_items): 0 where possible, else `NEVER`.
        level: ndarray of shape (n_items,): where a starts, the logarithm of the counts.
    """

    features: Floats
    chosen: Floats
    closed: Floats
    level: Reals

    @classmethod
    def of(cls, choices: Choices, scale: Reals) -> _Problem:
        users, items = choices.chosen.any(axis=1), choices.chosen.any(axis=0)
        features = np.asarray(choices.features[users][:, items] / scale, dtype=np.float32)
        features -= features.mean(axis=0, keepdims=True) if len(features) else 0
        chosen: Floats = choices.chosen[users][:, items]
        closed = np.full(chosen.shape, NEVER, dtype=np.float32)
        closed[choices.possible[users][:, items]] = 0
        flat = features.reshape(-1, features.shape[2])
        counts: Reals = chosen.sum(axis=0, dtype=np.float64)
        return cls(flat, chosen, closed, np.log(counts + TINY))

    def loss(self, shared: Reals, level: Reals) -> tuple[float, Reals, Reals]:
        """Minus the log-likelihood, and its slopes by coefficient and by level."""
        scores = (self.features @ shared.astype(np.float32)).reshape(self.chosen.shape)
        scores += level.astype(np.float32) + self.closed
        highest = scores.max(axis=1, keepdims=True, initial=0)
        shares = np.exp(scores - highest)
        totals = shares.sum(axis=1, keepdims=True)
        counts = self.chosen.sum(axis=1, keepdims=True)
        spent = counts * (highest + np.log(totals))
        loss = float(spent.sum(dtype=np.float64) - (self.chosen * scores).sum(dtype=np.float64))
        excess = counts * shares / totals - self.chosen
        by_feature = excess.ravel() @ self.features
        return loss, by_feature.astype(np.float64), excess.sum(axis=0, dtype=np.float64)


def _scale(windows: Sequence[Choices]) -> Reals:
    """Standard deviation of each feature within items, over all windows; 1 where it is constant."""
    squares, count = np.zeros(windows[0].features.shape[2]), 0
    for each in windows:
        n_users, n_items, _ = each.features.shape
        if n_users:
            squares += each.features.var(axis=0, dtype=np.float64).sum(axis=0) * n_users
        count += n_users * n_items
    deviation = np.sqrt(squares / max(count, 1))
    return np.where(deviation > CONSTANT, deviation, 1.0)
