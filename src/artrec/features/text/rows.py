"""Rows of encoded texts: unit length, and words as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Dense = npt.NDArray[np.float32]

ROUNDING = 1e-5  # of a row of length 1 in float32


def unit_rows(matrix: sparse.csr_array) -> sparse.csr_array:
    """Rows of length 1, float32; a zero row stays zero. Shape (n_texts, n_features)."""
    values = matrix.data.astype(np.float64)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    lengths = np.sqrt(np.bincount(rows, weights=values**2, minlength=matrix.shape[0]))
    lengths[lengths == 0] = 1
    scaled = (values / lengths[rows]).astype(np.float32)
    return sparse.csr_array((scaled, matrix.indices, matrix.indptr), shape=matrix.shape)


def unit_dense(matrix: npt.NDArray[Any]) -> Dense:
    """The same for an ndarray of shape (n_texts, n_features)."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    return np.ascontiguousarray(matrix / lengths, dtype=np.float32)


def centred(matrix: Dense, mean: Dense) -> Dense:
    """Unit rows of what departs from the mean; a zero row (nothing said) stays zero.

    So does one that departs by no more than rounding.

    Args:
        matrix: ndarray of shape (n_texts, n_features).
        mean: Of the rows of training texts, shape (n_features,).
    """
    said = matrix.any(axis=1, keepdims=True)
    departs = np.where(said, matrix - mean, 0)
    departs[np.linalg.norm(departs, axis=1) < ROUNDING] = 0
    return unit_dense(departs)


def mean_row(matrix: Dense) -> Dense:
    """Mean of the rows that say anything, shape (n_features,); zeros where there is none."""
    said = matrix[matrix.any(axis=1)]
    if not len(said):
        return np.zeros(matrix.shape[1], dtype=np.float32)
    return np.asarray(said.mean(axis=0), dtype=np.float32)


def words_to_arrays(words: Sequence[str], name: str) -> dict[str, npt.NDArray[Any]]:
    """Words as two plain arrays: their UTF-8 bytes one after another, and where each ends.

    Args:
        words: Any texts.
        name: What the arrays' names begin with.
    """
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    ends = np.cumsum([len(each) for each in encoded], dtype=np.int64)
    return {
        f"{name}_bytes": np.frombuffer(b"".join(encoded), dtype=np.uint8),
        f"{name}_ends": ends,
    }


def words_from_arrays(arrays: Mapping[str, npt.NDArray[Any]], name: str) -> tuple[str, ...]:
    """Inverse of `words_to_arrays`."""
    raw = arrays[f"{name}_bytes"].tobytes()
    ends = arrays[f"{name}_ends"].tolist()
    starts = [0, *ends][: len(ends)]
    return tuple(
        raw[start:end].decode("utf-8", "surrogatepass")
        for start, end in zip(starts, ends, strict=True)
    )
