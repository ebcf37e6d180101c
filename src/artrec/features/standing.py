"""Where candidates stand among a user's candidates by one scorer's scores."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

EPSILON: Final = np.float32(1e-6)


def moments(scores: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each row's known scores, shape (n_users, 1).

    A tiny number is added to the deviation; a row without a known score has mean 0.
    """
    known = ~np.isnan(scores)
    counted = np.maximum(known.sum(axis=1, keepdims=True), 1)
    mean = np.where(known, scores, 0).sum(axis=1, keepdims=True) / counted
    variance = (np.where(known, scores - mean, 0) ** 2).sum(axis=1, keepdims=True) / counted
    return mean.astype(np.float32), (np.sqrt(variance) + EPSILON).astype(np.float32)


def log_ranks(scores: Floats) -> Floats:
    """Minus the logarithm of each score's rank in its row, from 0 down; NaN stays NaN.

    Examples:
        >>> ranks = log_ranks(np.array([[0.5, 2.0, np.nan]], dtype=np.float32))
        >>> ranks.astype(float).round(2).tolist()
        [[-0.69, -0.0, nan]]
    """
    order = np.argsort(-scores, axis=1, kind="stable")  # NaN comes last
    levels = -np.log(np.arange(1, scores.shape[1] + 1, dtype=np.float32))
    ranks = np.empty(scores.shape, dtype=np.float32)
    np.put_along_axis(ranks, order, np.broadcast_to(levels, scores.shape), axis=1)
    ranks[np.isnan(scores)] = np.nan
    return ranks
