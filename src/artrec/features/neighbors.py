"""Lists of the most similar items, by who liked them together or by what they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

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
    return _closest(by_item, liked, n_neighbors, norms)


def alike(field: Field, n_neighbors: int) -> sparse.csr_array:
    """Similar items by the cosine of a content field's rows.

    Args:
        field: Rows of length 1 or zero (see `artrec.data.content.Content`).
        n_neighbors: Most similar items kept of each item.

    Returns:
        csr_array of shape (n_items, n_items), float32, nothing on the diagonal, positive.
    """
    if not sparse.issparse(field):
        return _closest(field, np.ascontiguousarray(field.T), n_neighbors, None)
    return _closest(field, sparse.csr_array(field.T), n_neighbors, None)


def _closest(
    rows: Field, columns: Field, n_neighbors: int, norms: npt.NDArray[np.float32] | None
) -> sparse.csr_array:
    n_items = rows.shape[0]
    if not n_items:
        return sparse.csr_array((0, 0), dtype=np.float32)
    step = max(1, BLOCK_CELLS // n_items)

    def closest(start: int) -> sparse.csr_array:
        stop = min(start + step, n_items)
        similar = dense(rows[start:stop] @ columns)
        similar[np.arange(stop - start), np.arange(start, stop)] = 0
        if norms is not None:
            similar /= norms[start:stop, np.newaxis] * norms[np.newaxis, :] + SHRINKAGE
        return largest(similar, n_neighbors)

    with ThreadPoolExecutor(N_THREADS) as pool:
        parts = list(pool.map(closest, range(0, n_items, step)))
    return sparse.csr_array(sparse.vstack(parts, format="csr"))


def dense(values: Any) -> npt.NDArray[np.float32]:
    """A sparse or dense matrix as an ndarray, float32."""
    whole = values.toarray() if sparse.issparse(values) else values
    return np.asarray(whole, dtype=np.float32)


def largest(similar: npt.NDArray[np.floating[Any]], n: int) -> sparse.csr_array:
    """The n largest positive values of each row, as `largest_mask` finds them."""
    kept = largest_mask(similar, n)
    indptr = np.concatenate(([0], np.cumsum(kept.sum(axis=1)))).astype(np.int32)
    parts = (similar[kept], np.nonzero(kept)[1].astype(np.int32), indptr)
    return sparse.csr_array(parts, shape=similar.shape)


def largest_mask(values: npt.NDArray[np.floating[Any]], n: int) -> npt.NDArray[np.bool_]:
    """Mask of the n largest positive values of each row; of equal values the leftmost are taken.

    Args:
        values: ndarray of shape (n_rows, n_columns).
        n: How many a row at most.

    Examples:
        >>> largest_mask(np.array([[1.0, 3.0, 3.0, 3.0], [0.0, 0.0, 2.0, 0.0]]), 2)
        array([[False,  True,  True, False],
               [False, False,  True, False]])
    """
    kept = np.asarray(values > 0)
    crowded = np.flatnonzero(kept.sum(axis=1) > n)
    if not len(crowded):
        return kept
    some = values[crowded]
    bound = np.partition(some, -n, axis=1)[:, -n, np.newaxis]  # the n-th largest of each row
    best = some >= bound
    # where several are equal to the n-th, too many are kept
    rows, columns = np.nonzero(some == bound)
    excess = best.sum(axis=1) - n
    lengths = np.bincount(rows, minlength=len(some))
    from_right = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(rows))
    dropped = from_right <= excess[rows]
    best[rows[dropped], columns[dropped]] = False
    kept[crowded] = best
    return kept


def spread(
    profiles: sparse.csr_array, neighbors: sparse.csr_array, values: npt.NDArray[np.float32] | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Every neighbour of every profile item.

    Args:
        profiles: csr_array of shape (n_users, n_items).
        neighbors: csr_array of shape (n_items, n_items).
        values: What a profile item passes on instead of its similarity, shape (n_items,).

    Returns:
        Flat place ``user * n_items + neighbour`` of each pair met, its similarity (or value), and
        the weight of the profile item.
    """
    sources = profiles.indices
    lengths = np.diff(neighbors.indptr)[sources]
    owners = np.repeat(np.arange(profiles.shape[0]), np.diff(profiles.indptr))
    first = neighbors.indptr[:-1][sources].astype(np.int64)
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    places = np.arange(total) + np.repeat(first - ends + lengths, lengths)
    keys = np.repeat(owners, lengths) * np.int64(neighbors.shape[1]) + neighbors.indices[places]
    if values is not None:
        return keys, np.repeat(values[sources], lengths), np.repeat(profiles.data, lengths)
    return keys, neighbors.data[places], np.repeat(profiles.data, lengths)
