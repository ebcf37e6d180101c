"""Which of two models is better: paired bootstrap over users, with Holm's correction."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.errors import ConfigError, InputError, near_names
from artrec.metrics.bootstrap import FloatArray, resampled_sums, tails
from artrec.metrics.ranking import EvaluationConfig, column

COMPARISON_COLUMNS: Final = (
    "metric",
    "k",
    "model",
    "other",
    "n_users",
    "difference",
    "low",
    "high",
    "p",
    "p_holm",
)


def compare(
    per_user: Mapping[str, pd.DataFrame],
    metric: str,
    k: int,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Compare every pair of models on one metric, user by user.

    The interval is the percentile bootstrap of the mean difference. The p-value is two-sided:
    how often a resampled mean difference, shifted to have mean zero, is at least as far from
    zero as the one seen, ``(1 + times) / (1 + n_bootstrap)``; 1 where no user differs.
    Holm's correction is over the pairs of this one metric and cut-off.

    Source: Efron, Tibshirani, An Introduction to the Bootstrap (1993), section 13.3 and chapter 16;
    Davison, Hinkley, Bootstrap Methods (1997), chapter 4, for the added ones.

    Args:
        per_user: Model name to its frame of `artrec.metrics.ranking.per_user`, all over the
            same users.
        metric: Metric compared.
        k: Its cut-off.
        config: Resamples and confidence.
        rng: The only randomness.

    Returns:
        Table of `COMPARISON_COLUMNS`, a row a pair, the better model first; equal means in the
        order of names.

    Raises:
        ConfigError: A frame does not hold the metric at that cut-off.
        InputError: The models were not judged on the same users.
    """
    names = sorted(per_user)
    values = np.column_stack([_values(per_user, name, metric, k, names[0]) for name in names])
    means = values.mean(axis=0)
    pairs = [
        (first, second) if means[first] >= means[second] else (second, first)
        for first, second in combinations(range(len(names)), 2)
    ]
    if not pairs:
        return pd.DataFrame(columns=list(COMPARISON_COLUMNS))
    firsts, seconds = (list(side) for side in zip(*pairs, strict=True))
    differences = values[:, firsts] - values[:, seconds]
    seen = differences.mean(axis=0)
    resampled = resampled_sums(differences, config.n_bootstrap, rng) / len(values)
    low, high = np.quantile(resampled, tails(config.confidence), axis=0)
    p_values = _two_sided(seen, resampled)
    return pd.DataFrame(
        {
            "metric": metric,
            "k": k,
            "model": [names[each] for each in firsts],
            "other": [names[each] for each in seconds],
            "n_users": len(values),
            "difference": seen,
            "low": low,
            "high": high,
            "p": p_values,
            "p_holm": holm(p_values),
        }
    )


def holm(p_values: npt.ArrayLike) -> FloatArray:
    """Adjust p-values for the number of tests, so that all together err at the stated rate.

    The i-th smallest of m is multiplied by m - i + 1, raised to the largest before it, capped
    at 1. Source: Holm, A simple sequentially rejective multiple test procedure (1979).

    Args:
        p_values: array-like of shape (m,).

    Returns:
        ndarray of shape (m,), in the order of the input.

    Examples:
        >>> holm([0.01, 0.04, 0.03]).round(4).tolist()
        [0.03, 0.06, 0.06]
    """
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given)
    scaled = given[order] * np.arange(len(given), 0, -1)
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def _two_sided(seen: FloatArray, resampled: FloatArray) -> FloatArray:
    # a resample may miss the mean by rounding alone
    far = np.abs(resampled - seen) >= np.abs(seen) - 1e-12
    return np.asarray((1.0 + far.sum(axis=0)) / (1.0 + len(resampled)))


def _values(
    per_user: Mapping[str, pd.DataFrame], name: str, metric: str, k: int, reference: str
) -> FloatArray:
    frame, wanted = per_user[name], column(metric, k)
    if wanted not in frame.columns:
        raise ConfigError(
            f"model {name!r} has no figure {wanted!r}", near_names(wanted, map(str, frame.columns))
        )
    if not np.array_equal(frame[schema.USER_ID], per_user[reference][schema.USER_ID]):
        raise InputError(
            f"models {reference!r} and {name!r} were not judged on the same users",
            "compare lists made for the same holdout",
        )
    values: FloatArray = frame[wanted].to_numpy(dtype=np.float64)
    return values
