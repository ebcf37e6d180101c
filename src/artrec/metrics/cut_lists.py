"""Lists cut at k in dense indices: what the metrics beyond accuracy look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from artrec.metrics.bootstrap import FloatArray


@dataclass(frozen=True, eq=False)
class Lists:
    """Lists cut at k, in dense indices; short lists count as they are.

    Attributes:
        k: The cut-off.
        rows: ndarray of shape (n,); dense user of each recommendation.
        items: ndarray of shape (n,); dense catalogue item of each.
        n_users: Users with a list.
        n_items: Items of the catalogue.
    """

    k: int
    rows: npt.NDArray[np.int64]
    items: npt.NDArray[np.int64]
    n_users: int
    n_items: int

    def mean_of(self, values: FloatArray) -> FloatArray:
        """Mean over each list of a value an item; shape (n_users,)."""
        return means_of(self.rows, values[self.items], self.n_users)


def means_of(rows: npt.NDArray[np.int64], values: FloatArray, size: int) -> FloatArray:
    """Mean of the values of each row, shape (size,); NaN for a row without one."""
    counts = np.bincount(rows, minlength=size)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.bincount(rows, weights=values, minlength=size) / counts)
