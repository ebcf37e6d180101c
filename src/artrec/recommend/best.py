"""The running best k of some users, fed with blocks of scores in ascending order of item.

Only scores that exceed a user's k-th best so far are copied out of a block; they are merged once
enough have come together. Float32 scores are packed with their item into one 64-bit key, which
sorts by (score, -item); float64 scores, which do not fit, stay beside their items.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

from artrec.errors import InputError
from artrec.models.base import FloatArray

IntArray = npt.NDArray[np.int64]
NOTHING = -1

LOW_BITS = np.int64(0xFFFFFFFF)
ALL_TRUE = np.uint64(0x0101010101010101)


def running_best(n_rows: int, k: int, dtype: np.dtype[np.floating]) -> RunningBest:
    """An empty `RunningBest` fit for scores of this type (float32 or float64)."""
    return PackedBest(n_rows, k) if dtype == np.float32 else PairedBest(n_rows, k, dtype)


class RunningBest(ABC):
    """Best k so far of n_rows users; see `running_best`.

    Args:
        n_rows: Number of users.
        k: Length of a list.
        dtype: Type of the scores.

    Attributes:
        least: ndarray of shape (n_rows,); what a later item must exceed: the k-th best of the
            items merged so far, ``-inf`` where there are fewer.
        filled: ndarray of shape (n_rows,); number of places in use in each user's store.
    """

    def __init__(self, n_rows: int, k: int, dtype: np.dtype[np.floating]) -> None:
        self.k = k
        self.least = np.full(n_rows, -np.inf, dtype=dtype)
        self.filled = np.zeros(n_rows, dtype=np.int64)
        self.width = 4 * k
        self._started = False
        self._mask = np.empty(0, dtype=np.bool_)

    def offer(self, block: FloatArray, first: int) -> None:
        """Take out of the scores of items ``first, first + 1, ...`` what may be among the best.

        Args:
            block: Shape (n_rows, n_columns); ``-inf`` where an item may not appear.
            first: Item of the first column; above those of every block before.

        Raises:
            InputError: A score is NaN or infinite.
        """
        n_rows, n_columns = block.shape
        found = self._may_be_best(block)
        if not len(found):
            return
        values = block.ravel()[found] if block.flags.c_contiguous else block.flat[found]
        if not values.max() < np.inf:  # the maximum is NaN where any is
            raise _not_finite(first, n_columns)
        rows = np.arange(n_rows)
        starts = np.searchsorted(found, np.append(rows, n_rows) * n_columns)
        counts = np.diff(starts)
        if int((self.filled + counts).max()) > self.width:
            self.merge()
            self._widen(int((self.filled + counts).max()))
        items = found - np.repeat(rows * n_columns - first, counts)
        shift = rows * self.width + self.filled - starts[:-1]
        self._store(np.arange(len(found)) + np.repeat(shift, counts), values, items)
        self.filled += counts
        if int(self.filled.max()) > 2 * self.k:
            self.merge()

    def merge(self) -> None:
        """Keep the best k of each user's store, and raise `least` accordingly."""
        used = int(self.filled.max(initial=0))
        if used > self.k:
            self._keep_best(used)
            self.filled[:] = self.k  # where there were fewer, the rest of the places are empty

    @abstractmethod
    def ranked(self) -> tuple[IntArray, FloatArray]:
        """Items and scores of the best k, best first; ``-1`` and ``-inf`` where there are none."""

    @abstractmethod
    def _store(self, places: IntArray, values: FloatArray, items: IntArray) -> None: ...

    @abstractmethod
    def _widen(self, width: int) -> None: ...

    @abstractmethod
    def _keep_best(self, used: int) -> None: ...

    def _may_be_best(self, block: FloatArray) -> IntArray:
        """Flat places of the scores that exceed `least`, or are NaN, in ascending order."""
        if self._mask.size < block.size:
            self._mask = np.empty(block.size + -block.size % 8, dtype=np.bool_)
        words = self._mask[: block.size + -block.size % 8]
        words[block.size :] = True
        too_low = words[: block.size].reshape(block.shape)
        if not self._started and block.shape[1] >= self.k:
            # nothing is stored yet, so what equals the k-th best of this block must come too
            at = block.shape[1] - self.k
            self.least = np.partition(block, at, axis=1)[:, at].copy()
            np.less(block, self.least[:, None], out=too_low)
        else:
            np.less_equal(block, self.least[:, None], out=too_low)
        self._started = True
        return _places_of_false(words)


class PackedBest(RunningBest):
    """`RunningBest` of float32 scores, as keys of (score, -item) in one array."""

    def __init__(self, n_rows: int, k: int) -> None:
        super().__init__(n_rows, k, np.dtype(np.float32))
        self.nothing = _pack(np.array([-np.inf], dtype=np.float32), np.array([LOW_BITS]))[0]
        self.keys = np.full((n_rows, self.width), self.nothing)

    def ranked(self) -> tuple[IntArray, FloatArray]:
        """See `RunningBest.ranked`."""
        self.merge()
        keys = np.sort(self.keys[:, : self.k], axis=1)[:, ::-1]
        values, items = _unpack(keys)
        items[values == -np.inf] = NOTHING
        return items, values

    def _store(self, places: IntArray, values: FloatArray, items: IntArray) -> None:
        self.keys.reshape(-1)[places] = _pack(values, items)

    def _widen(self, width: int) -> None:
        if width > self.width:
            old, self.width = self.keys, width
            self.keys = np.full((len(old), width), self.nothing)
            self.keys[:, : old.shape[1]] = old

    def _keep_best(self, used: int) -> None:
        at = used - self.k
        best = np.partition(self.keys[:, :used], at, axis=1)[:, at:]
        self.least = _unpack(best[:, 0])[0]
        self.keys[:, : self.k] = best
        self.keys[:, self.k : used] = self.nothing


class PairedBest(RunningBest):
    """`RunningBest` of any scores, in two arrays, each row in ascending order of item."""

    def __init__(self, n_rows: int, k: int, dtype: np.dtype[np.floating]) -> None:
        super().__init__(n_rows, k, dtype)
        self.values = np.full((n_rows, self.width), -np.inf, dtype=dtype)
        self.items = np.full((n_rows, self.width), NOTHING, dtype=np.int64)

    def ranked(self) -> tuple[IntArray, FloatArray]:
        """See `RunningBest.ranked`."""
        self.merge()
        values, items = self.values[:, : self.k], self.items[:, : self.k]
        order = np.argsort(-values, axis=1, kind="stable")
        values = np.take_along_axis(values, order, axis=1)
        items = np.take_along_axis(items, order, axis=1)
        items[values == -np.inf] = NOTHING
        return items, values

    def _store(self, places: IntArray, values: FloatArray, items: IntArray) -> None:
        self.values.reshape(-1)[places] = values
        self.items.reshape(-1)[places] = items

    def _widen(self, width: int) -> None:
        if width > self.width:
            values, items, self.width = self.values, self.items, width
            self.values = np.full((len(values), width), -np.inf, dtype=values.dtype)
            self.items = np.full((len(values), width), NOTHING, dtype=np.int64)
            self.values[:, : values.shape[1]] = values
            self.items[:, : values.shape[1]] = items

    def _keep_best(self, used: int) -> None:
        values, items = self.values[:, :used], self.items[:, :used]
        least = np.partition(values, used - self.k, axis=1)[:, used - self.k, None]
        kept = values > least
        equal = values == least
        # of the equal ones the first, as many as there is room for
        kept |= equal & (np.cumsum(equal, axis=1) <= self.k - kept.sum(axis=1, keepdims=True))
        self.values[:, : self.k] = values[kept].reshape(-1, self.k)
        self.items[:, : self.k] = items[kept].reshape(-1, self.k)
        self.values[:, self.k : used] = -np.inf
        self.least = least[:, 0].copy()


def _places_of_false(mask: npt.NDArray[np.bool_]) -> IntArray:
    """Places of False in a mask of 8n values that is nearly all True: eight at a time first."""
    words = mask.view(np.uint64)
    holding = np.flatnonzero(words != ALL_TRUE)
    places = np.flatnonzero((words[holding] ^ ALL_TRUE).view(np.bool_))
    found: IntArray = (holding[places >> 3] << 3) + (places & 7)
    return found


def _pack(values: FloatArray, items: IntArray) -> IntArray:
    """Keys whose order is that of (score, -item)."""
    # float32 bits as int32 ascend for positive numbers and descend for negative ones: turn those;
    # adding zero makes -0.0 the same as 0.0
    bits = (values + np.float32(0)).view(np.int32)
    ascending = bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF))
    keys: IntArray = (ascending.astype(np.int64) << 32) | (LOW_BITS - items)
    return keys


def _unpack(keys: IntArray) -> tuple[FloatArray, IntArray]:
    """Scores and items of keys, the inverse of `_pack`."""
    ascending = (keys >> 32).astype(np.int32)
    bits = ascending ^ ((ascending >> 31) & np.int32(0x7FFFFFFF))
    return bits.view(np.float32), LOW_BITS - (keys & LOW_BITS)


def _not_finite(first: int, n_columns: int) -> InputError:
    return InputError(
        f"scores must be finite; some of the items {first} to {first + n_columns - 1} "
        "(dense indices) are NaN or infinite",
        "look for an overflow or a division by zero in the model, or in its input",
    )
