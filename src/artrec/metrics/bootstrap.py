"""Bootstrap over users: how far a figure would move if other people of the same kind came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from artrec.errors import InputError

FloatArray = npt.NDArray[np.float64]

# users x resamples held at once: 4 MB of draws, which stay in the processor's cache
BLOCK = 500_000


@dataclass(frozen=True, eq=False)
class Measured:
    """One metric as a ratio of two sums over users, so that means and rates resample alike.

    Attributes:
        metric: Name in result rows.
        k: List cut-off; 0 where there is none.
        numerators: ndarray of shape (n_users,).
        denominators: ndarray of shape (n_users,); 1 for a plain mean, 0 for a user without a
            value.
        finish: Applied to the ratio of the sums, for example a square root.
    """

    metric: str
    k: int
    numerators: FloatArray
    denominators: FloatArray
    finish: Callable[[FloatArray], FloatArray] = np.asarray

    @property
    def n_users(self) -> int:
        """Users with a value."""
        return int(np.count_nonzero(self.denominators))

    @property
    def figure(self) -> float:
        """The metric over all users; NaN where none has a value."""
        return float(self.of_sums(self.numerators.sum(), self.denominators.sum()))

    def of_sums(self, numerators: npt.ArrayLike, denominators: npt.ArrayLike) -> FloatArray:
        """The metric of summed numerators and denominators; NaN where nothing was summed."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.asarray(numerators, dtype=np.float64) / np.asarray(denominators)
        return self.finish(np.where(np.asarray(denominators) == 0, np.nan, ratio))


def plain_mean(metric: str, k: int, values: FloatArray) -> Measured:
    """A metric whose figure is the mean over users; NaN marks a user without a value."""
    present = ~np.isnan(values)
    return Measured(metric, k, np.where(present, values, 0.0), present.astype(np.float64))


def resampled_sums(values: FloatArray, n_bootstrap: int, rng: np.random.Generator) -> FloatArray:
    """Column sums over as many users as there are, drawn with replacement, many times.

    All columns share the draws, so that differences between columns are paired.

    Args:
        values: ndarray of shape (n_users, n_columns), at least one user.
        n_bootstrap: How many resamples.
        rng: The only randomness.

    Returns:
        ndarray of shape (n_bootstrap, n_columns).
    """
    size = len(values)
    if not size:
        raise InputError("nothing to resample: no user has a value", "is the test part empty?")
    sums = np.empty((n_bootstrap, values.shape[1]))
    step = max(1, BLOCK // size)
    for start in range(0, n_bootstrap, step):
        rows = min(step, n_bootstrap - start)
        drawn = rng.integers(size, size=(rows, size))
        # shape (rows, n_users): how often each user was drawn
        drawn += np.arange(rows)[:, None] * size
        times = np.bincount(drawn.ravel(), minlength=rows * size).reshape(rows, size)
        sums[start : start + rows] = times.astype(np.float64) @ values
    return sums


def intervals(
    measured: Sequence[Measured], n_bootstrap: int, confidence: float, rng: np.random.Generator
) -> FloatArray:
    """Percentile bootstrap intervals over users.

    Metrics over equally many users share the resamples, which depend on that number and the
    generator alone: a metric more changes no other's interval.

    Source: Efron, Tibshirani, An Introduction to the Bootstrap (1993), section 13.3.

    Args:
        measured: Metrics, each over its own users.
        n_bootstrap: How many resamples.
        confidence: Share of the resampled figures inside, for example 0.95.
        rng: The only randomness.

    Returns:
        ndarray of shape (n_metrics, 2), low and high; NaN where no user has a value.
    """
    bounds = np.full((len(measured), 2), np.nan)
    start = int(rng.integers(2**32))
    valued = [at for at, each in enumerate(measured) if each.n_users]
    for size in dict.fromkeys(len(measured[at].numerators) for at in valued):
        group = [at for at in valued if len(measured[at].numerators) == size]
        # a mean over everybody divides by their number, whoever was drawn
        rates = [at for at in group if not (measured[at].denominators == 1).all()]
        columns = [measured[at].numerators for at in group]
        columns += [measured[at].denominators for at in rates]
        draws = np.random.default_rng([start, size])
        sums = resampled_sums(np.column_stack(columns), n_bootstrap, draws)
        for place, at in enumerate(group):
            divisors = sums[:, len(group) + rates.index(at)] if at in rates else float(size)
            figures = measured[at].of_sums(sums[:, place], divisors)
            bounds[at] = np.nanquantile(figures, tails(confidence))
    return bounds


def tails(confidence: float) -> tuple[float, float]:
    """Quantiles of the two ends of an interval."""
    return (1 - confidence) / 2, (1 + confidence) / 2
