"""Lists of the most similar items, by who liked them together or by what they are."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from artrec.data.content import Field
from artrec.data.interactions import Interactions

BLOCK_CELLS = 1_000_000  # what a block takes should stay near the processor's cache
N_THREADS = 2
SHRINKAGE = 0.3


def liked_together(known: Interactions, n_neighbors: int) -> sparse.csr_array:
    """Similar items by shared positives: a cosine in which long profiles weigh less.

    ``s_ij = x_i . x_j / (|x_i| |x_j| + 0.3)`` over columns of the positives, each user's row
    divided by the square root of its length.

    Source: Deshpande and Karypis, "Item-based top-N recommendation algorithms", TOIS 2004.

    Args:
        known: What the features may know.
        n_neighbors: Most similar items kept of each item.

    Returns:
        csr_array of shape (n_items, n_items), float32, nothing on the diagonal.
    """
    liked = known.weights()
    lengths = np.diff(liked.indptr)
    liked.data /= np.repeat(np.sqrt(np.maximum(lengths, 1)), lengths).astype(np.float32)
    by_item = sparse.csr_array(liked.T)
    norms = np.sqrt(np.asarray(by_item.multiply(by_item).sum(axis=1), dtype=np.float32)).ravel()

    def closest(start: int, similar: Any) -> sparse.csr_array:
        whole = dense(similar)
        own = np.arange(start, start + len(whole))
        whole[own - start, own] = 0
        whole /= norms[own, np.newaxis] * norms[np.newaxis, :] + np.float32(SHRINKAGE)
        return largest(whole, n_neighbors)

    return in_blocks(by_item, liked, closest)


def alike(field: Field, n_neighbors: int) -> sparse.csr_array:
    """Similar items by the cosine of a content field's rows.

    Items of which the same is told (the same countries, the same year) are looked at once.

    Args:
        field: Rows of length 1 or zero (see `artrec.data.content.Content`).
        n_neighbors: Most similar items kept of each item.

    Returns:
        csr_array of shape (n_items, n_items), float32, nothing on the diagonal, positive.
    """

    def closest(_: int, similar: Any) -> sparse.csr_array:
        return _largest_of(similar, n_neighbors + 1)  # one may be the item itself

    if not sparse.issparse(field):
        found = in_blocks(field, np.ascontiguousarray(field.T), closest)
        return _without_itself(found, n_neighbors)
    first, place = _distinct(field)
    found = in_blocks(field[first], sparse.csr_array(field.T), closest)
    return _without_itself(sparse.csr_array(found[place]), n_neighbors)


def in_blocks(
    rows: Field, columns: Field, find: Callable[[int, Any], sparse.csr_array]
) -> sparse.csr_array:
    """What is found in the product of rows and columns, some rows at a time, on two threads.

    Args:
        rows: Of shape (n_rows, n_features).
        columns: Of shape (n_features, n_columns).
        find: From the first row of a block and the block's product, ndarray or csr_array of shape
            (n_block, n_columns), to what is kept of it.

    Returns:
        What is kept, one block above the other.
    """
    n_rows, n_items = rows.shape[0], columns.shape[1]
    if not n_rows:
        return sparse.csr_array((0, n_items), dtype=np.float32)
    step = max(1, BLOCK_CELLS // n_items)

    def found(start: int) -> sparse.csr_array:
        return find(start, rows[start : start + step] @ columns)

    with ThreadPoolExecutor(N_THREADS) as pool:
        parts = list(pool.map(found, range(0, n_rows, step)))
    return sparse.csr_array(sparse.vstack(parts, format="csr"))


def _distinct(rows: sparse.csr_array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First rows of their kind, and of each row the place of its like among them."""
    numbers: dict[tuple[bytes, bytes], int] = {}
    first: list[int] = []
    place = np.empty(rows.shape[0], dtype=np.int64)
    for row, (start, stop) in enumerate(pairwise(rows.indptr.tolist())):
        told = (rows.indices[start:stop].tobytes(), rows.data[start:stop].tobytes())
        if told not in numbers:
            numbers[told] = len(first)
            first.append(row)
        place[row] = numbers[told]
    return np.array(first, dtype=np.int64), place


def _largest_of(similar: Any, n: int) -> sparse.csr_array:
    """The n largest positive values of each row of a dense or sparse product."""
    if not sparse.issparse(similar):
        return largest(dense(similar), n)
    crowded = np.diff(similar.indptr) > n
    if crowded.all():
        return largest(dense(similar), n)
    few = sparse.csr_array(similar[~crowded])  # has no need of the search
    few.data[few.data < 0] = 0
    few.eliminate_zeros()
    few.sort_indices()
    order = np.argsort(np.argsort(crowded, kind="stable"))
    parts = (few, largest(dense(similar[crowded]), n))
    return sparse.csr_array(sparse.vstack(parts, format="csr")[order])


def _without_itself(lists: sparse.csr_array, n: int) -> sparse.csr_array:
    """Lists of at most n + 1 items without the item whose list it is, or else without the last."""
    rows = np.repeat(np.arange(lists.shape[0]), np.diff(lists.indptr))
    kept = np.asarray(lists.indices != rows)
    over = np.bincount(rows[kept], minlength=lists.shape[0]) > n
    for row in np.flatnonzero(over).tolist():
        values = lists.data[lists.indptr[row] : lists.indptr[row + 1]]
        kept[lists.indptr[row + 1] - 1 - int(values[::-1].argmin())] = False
    indptr = np.concatenate(([0], np.cumsum(np.bincount(rows[kept], minlength=lists.shape[0]))))
    parts = (lists.data[kept], lists.indices[kept], indptr.astype(np.int32))
    return sparse.csr_array(parts, shape=lists.shape)


def at_columns(rows: sparse.csr_array, columns: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Some columns of a few sparse rows, dense.

    Args:
        rows: Of shape (n_rows, n_columns).
        columns: Dense indices, each once, shape (n,).

    Returns:
        ndarray of shape (n_rows, n).
    """
    place = np.full(rows.shape[1], -1, dtype=np.int64)
    place[columns] = np.arange(len(columns))
    at = place[rows.indices]
    found = np.flatnonzero(at >= 0)
    owners = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    picked = np.zeros((rows.shape[0], len(columns)), dtype=np.float32)
    picked[owners[found], at[found]] = rows.data[found]
    return picked


def dense(values: Any) -> npt.NDArray[np.float32]:
    """A sparse or dense matrix as an ndarray, float32."""
    whole = values.toarray() if sparse.issparse(values) else values
    return np.asarray(whole, dtype=np.float32)


def largest(similar: npt.NDArray[np.floating[Any]], n: int) -> sparse.csr_array:
    """The n largest positive values of each row; of equal values the leftmost are taken.

    Args:
        similar: ndarray of shape (n_rows, n_columns).
        n: How many a row at most.

    Examples:
        >>> values = np.array([[1.0, 3.0, 3.0, 3.0], [0.0, 0.0, 2.0, 0.0]])
        >>> largest(values, 2).toarray()
        array([[0., 3., 3., 0.],
               [0., 0., 2., 0.]])
    """
    n_rows, n_columns = similar.shape
    bound = np.full(n_rows, np.finfo(similar.dtype).tiny, dtype=similar.dtype)
    if n < n_columns:  # the n-th largest of each row
        place = n_columns - n
        bound = np.maximum(bound, np.partition(similar, place, axis=1)[:, place])
    kept = np.flatnonzero(similar >= bound[:, np.newaxis])
    rows, columns = np.divmod(kept, max(1, n_columns))
    values = similar[rows, columns]
    best = _without_excess(rows, values == bound[rows], n, n_rows)
    rows, columns, values = rows[best], columns[best], values[best]
    indptr = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=n_rows))))
    parts = (values, columns.astype(np.int32), indptr.astype(np.int32))
    return sparse.csr_array(parts, shape=similar.shape)


def _without_excess(
    rows: npt.NDArray[np.int64], tied: npt.NDArray[np.bool_], n: int, n_rows: int
) -> npt.NDArray[np.bool_]:
    """Mask without the rightmost of equal values where a row has more than n.

    Args:
        rows: Ascending rows of the values.
        tied: Which of them are equal to their row's least.
        n: How many a row at most.
        n_rows: Rows there are.
    """
    best = np.ones(len(rows), dtype=bool)
    excess = np.bincount(rows, minlength=n_rows) - n
    if excess.max(initial=0) <= 0:
        return best
    places = np.flatnonzero(tied)
    owners = rows[places]
    lengths = np.bincount(owners, minlength=n_rows)
    from_right = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(places))
    best[places[from_right <= excess[owners]]] = False
    return best


@dataclass(frozen=True)
class Met:
    """Candidates met among the neighbours of profiles' works, in the works' order.

    Attributes:
        places: Flat place of each candidate met in the table of candidates.
        similar: Its similarity to the work.
        sources: Place of the work among the profiles' interactions.
    """

    places: npt.NDArray[np.int64]
    similar: npt.NDArray[np.float32]
    sources: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Where each user's candidates stand, so that only what meets one is looked at.

    Attributes:
        candidates: Shape (n_users, n_candidates), -1 where there is none.
        n_items: Items there are.
        found: Flat place in `candidates` by ``user * (n_items + 1) + item``, int32; -1 for others.
    """

    candidates: npt.NDArray[np.int64]
    n_items: int
    found: npt.NDArray[np.int32]

    @classmethod
    def of(cls, candidates: npt.NDArray[np.int64], n_items: int) -> Self:
        """Look up candidates of some users, each at most once a user."""
        found = np.full((len(candidates), n_items + 1), -1, dtype=np.int32)
        rows, places = np.nonzero(candidates >= 0)
        flat = rows * candidates.shape[1] + places
        found[rows, candidates[rows, places]] = flat
        return cls(candidates, n_items, found.ravel())

    def met(self, profiles: Interactions, neighbors: sparse.csr_array) -> Met:
        """The candidates that are neighbours of works of the profiles.

        Args:
            profiles: Histories over the items, as many as rows of the candidates.
            neighbors: csr_array of shape (n_items, n_items); its arrays may be mapped.
        """
        first = profiles.rows() * (self.n_items + 1)
        begin = neighbors.indptr[profiles.indices].astype(np.int64)
        lengths = neighbors.indptr[profiles.indices + 1] - begin
        sources = np.repeat(np.arange(len(lengths)), lengths)
        # the rows of the works, one after the other
        near = np.arange(len(sources)) + np.repeat(begin - (np.cumsum(lengths) - lengths), lengths)
        at = self.found[neighbors.indices[near] + first[sources]]
        hits = np.flatnonzero(at >= 0)
        return Met(at[hits].astype(np.int64), neighbors.data[near[hits]], sources[hits])

    def total(
        self, at: npt.NDArray[np.int64], values: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """Sum of the values at each candidate's place, of the candidates' shape."""
        sums = np.bincount(at, values, minlength=self.candidates.size)
        return sums.reshape(self.candidates.shape).astype(np.float32)

    def highest(
        self, at: npt.NDArray[np.int64], values: npt.NDArray[np.float32], nothing: float
    ) -> npt.NDArray[np.float32]:
        """Highest of the values at each candidate's place, and of what stands for nothing."""
        found = np.full(self.candidates.size, nothing, dtype=np.float32)
        np.maximum.at(found, at, values)
        return found.reshape(self.candidates.shape)
