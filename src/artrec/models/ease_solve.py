"""The dense linear algebra of EASE: in place, one Cholesky factorisation."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy import sparse
from scipy.linalg import blas, lapack

from artrec.errors import ConfigError
from artrec.models.base import FloatArray

MAX_SIDE: Final = 46_340  # the largest n with n * n < 2^31, what 32-bit LAPACK can address
PANEL_CELLS: Final = 8_000_000
PANEL_ITEMS: Final = 512
TILE: Final = 128


class EaseColumns(NamedTuple):
    """Weights of EASE, and what they are a product of where that is smaller.

    Attributes:
        weights: B, ndarray of shape (n_items, n_items), float32, zero diagonal.
        factors: W with ``B_ij = <w_i, w_j> / d_j`` off the diagonal, ndarray of shape
            (n_users, n_items), where people are fewer than works; else None.
        diagonal: d of those, ndarray of shape (n_items,), with ``d_j = 1 - <w_j, w_j>``; else
            None.
    """

    weights: FloatArray
    factors: FloatArray | None = None
    diagonal: FloatArray | None = None

    def mixed(self, rows: FloatArray) -> FloatArray:
        """``rows B'``, rows of shape (n_rows, n_items)."""
        if self.factors is None or self.diagonal is None:
            return np.asarray(rows @ self.weights.T)
        scaled = rows / self.diagonal
        mixed = (scaled @ self.factors.T) @ self.factors
        mixed -= scaled * (1 - self.diagonal)
        return np.asarray(mixed)


def side_of(shape: tuple[int, int], side: str) -> str:
    """Which side to solve: ``users`` or ``items``.

    Args:
        shape: (n_users, n_items) of the fitted matrix.
        side: ``auto``, ``users`` or ``items``.

    Raises:
        ConfigError: The side has more than `MAX_SIDE` rows.
    """
    n_users, n_items = shape
    if side == "auto":
        side = "users" if n_users < n_items else "items"
    size = n_users if side == "users" else n_items
    if size > MAX_SIDE:
        raise ConfigError(
            f"EASE factorises a dense matrix of {size} x {size} ({side}); "
            f"32-bit LAPACK ends at {MAX_SIDE}",
            "raise the minimum support, try the other side, or use item_knn or svd, "
            "which stay sparse or low-rank",
        )
    return side


def invert_gram(matrix: sparse.csr_array, regularization: float) -> tuple[FloatArray, FloatArray]:
    """P = (X'X + lambda I)^-1.

    Args:
        matrix: csr_array X of shape (n_users, n_items), float32 or float64.
        regularization: lambda.

    Returns:
        P with zeros on its diagonal, of shape (n_items, n_items), and its diagonal.

    Raises:
        ConfigError: The matrix is not positive definite in this precision.
    """
    lower = gram(matrix)  # Fortran order, lower triangle
    np.einsum("ii->i", lower)[...] += regularization
    inverse = invert_lower(lower, regularization).T  # C order, upper triangle
    diagonal = np.diagonal(inverse).copy()
    np.einsum("ii->i", inverse)[...] = 0
    mirror_upper(inverse)
    return inverse, diagonal


def invert_lower(lower: FloatArray, regularization: float) -> FloatArray:
    """Inverse of a symmetric positive definite matrix, lower triangle in and out.

    A Fortran-ordered argument is overwritten and returned; any other is copied by LAPACK.
    """
    potrf, potri = lapack.get_lapack_funcs(("potrf", "potri"), (lower,))
    inverse, failed = potrf(lower, lower=1, overwrite_a=1, clean=0)
    if failed == 0:
        inverse, failed = potri(inverse, lower=1, overwrite_c=1)
    check_definite(failed, lower, regularization)
    return np.asarray(inverse)


def check_definite(failed: int, matrix: FloatArray, regularization: float) -> None:
    """Refuse a factorisation that broke off.

    Raises:
        ConfigError: LAPACK reported that the matrix is not positive definite.
    """
    if failed != 0:
        raise ConfigError(
            f"EASE needs a positive definite matrix; with regularization {regularization:g} "
            f"it is not in {matrix.dtype}",
            "raise the regularization, or set dtype to float64",
        )


def gram(matrix: sparse.csr_array) -> FloatArray:
    """X'X as a Fortran-ordered lower triangle; what stands above is undefined.

    Dense panels of users go through BLAS `syrk`, unless the matrix is so sparse that the sparse
    product needs far fewer operations.
    """
    n_users, n_items = matrix.shape
    lengths = np.diff(matrix.indptr).astype(np.float64)
    # a multiply-add of the sparse product was measured 1,000 to 2,000 times as dear as one of syrk
    if 1000 * (lengths**2).sum() < n_users * float(n_items) ** 2 / 2:
        return sparse_gram(matrix)
    syrk = blas.get_blas_funcs("syrk", dtype=matrix.dtype)
    result = np.zeros((n_items, n_items), dtype=matrix.dtype, order="F")
    step = max(1, PANEL_CELLS // n_items)
    for start in range(0, n_users, step):
        panel = matrix[start : start + step].toarray().T  # (n_items, n_rows), Fortran order
        result = syrk(1.0, panel, beta=1.0, c=result, lower=1, overwrite_c=1)
    return np.asarray(result)


def sparse_gram(matrix: sparse.csr_array) -> FloatArray:
    """X'X by sparse products, a panel of items at a time; laid out as that of `gram`."""
    n_items = matrix.shape[1]
    result = np.zeros((n_items, n_items), dtype=matrix.dtype)
    by_item = matrix.T.tocsr()
    for start in range(0, n_items, PANEL_ITEMS):
        stop = min(start + PANEL_ITEMS, n_items)
        # only what stands on and right of the diagonal block
        result[start:stop, start:] = (by_item[start:stop] @ matrix[:, start:]).toarray()
    return np.asarray(result.T)


def solve_users(matrix: sparse.csr_array, regularization: float) -> tuple[FloatArray, FloatArray]:
    """W = C^-1 X with C C' = X X' + lambda I, and the diagonal of I - W'W.

    Args:
        matrix: csr_array X of shape (n_users, n_items), float32 or float64.
        regularization: lambda.

    Returns:
        W, of shape (n_users, n_items), Fortran order: what a profile's items need lies together;
        and the diagonal, of shape (n_items,).

    Raises:
        ConfigError: The matrix is not positive definite in this precision.
    """
    square = gram(matrix.T.tocsr())  # (n_users, n_users), Fortran order, lower triangle
    np.einsum("ii->i", square)[...] += regularization
    potrf = lapack.get_lapack_funcs("potrf", (square,))
    factor, failed = potrf(square, lower=1, overwrite_a=1, clean=0)
    check_definite(failed, square, regularization)
    trsm = blas.get_blas_funcs("trsm", (factor,))
    whole = matrix.toarray(order="F")  # solved in place
    factors = np.asarray(trsm(1.0, factor, whole, side=0, lower=1, overwrite_b=1))
    squares = np.einsum("ui,ui->i", factors, factors, dtype=np.float64)
    return factors, (1 - squares).astype(matrix.dtype)


def solve_columns(matrix: sparse.csr_array, regularization: float) -> EaseColumns:
    """B of EASE, solved on the smaller side.

    Args:
        matrix: csr_array of shape (n_users, n_items), float32 or float64.
        regularization: lambda.

    Raises:
        ConfigError: The matrix is not positive definite in this precision, or too large.
    """
    if side_of(matrix.shape, "auto") == "items":
        weights, diagonal = invert_gram(matrix, regularization)
        weights /= -diagonal
        np.einsum("ii->i", weights)[...] = 0
        return EaseColumns(weights)
    factors, diagonal = solve_users(matrix, regularization)
    weights = factors.T @ factors
    weights /= diagonal
    np.einsum("ii->i", weights)[...] = 0
    return EaseColumns(weights, factors, diagonal)


def mirror_upper(matrix: FloatArray) -> None:
    """Copy what stands above the diagonal below it, in place, tile by tile."""
    size = len(matrix)
    for top in range(0, size, TILE):
        bottom = min(top + TILE, size)
        corner = matrix[top:bottom, top:bottom]
        below = np.tril_indices(bottom - top, -1)
        corner[below] = corner.T[below]
        for left in range(bottom, size, TILE):
            right = min(left + TILE, size)
            matrix[left:right, top:bottom] = matrix[top:bottom, left:right].T
