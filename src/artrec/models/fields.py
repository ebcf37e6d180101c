"""Works as vectors in a space of weighted fields: what content-based models measure closeness in.

The similarity of two works is ``k(i, j) = sum over fields f of w_f <f_i, f_j>``, and centred
``<x_i - m, x_j - m> / (|x_i - m| |x_j - m|)`` for the stacked rows ``x_i = (sqrt(w_f) f_i)_f`` and
their mean m over the works of the fit: a work close to everything is close to nothing in
particular. Rows are never centred in memory, which would fill them: the mean is subtracted from
the products.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from artrec.data.content import Content, Field
from artrec.data.ids import IdMap
from artrec.errors import ConfigError, InputError, near_names

FloatArray = npt.NDArray[np.float32]

NEAR_ZERO = 1e-6
PANEL = 512
COMMON = 0.05  # a feature of a larger share of the works is multiplied as a dense column


class _Unit(NamedTuple):
    """Works of length 1 from the centre on, before it is subtracted.

    Attributes:
        flat: Their sparse fields side by side.
        full: Their dense fields side by side.
        level: ndarray of shape (n_rows,): their product with the centre.
        scale: ndarray of shape (n_rows,): one over their length from the centre.
    """

    flat: sparse.csr_array
    full: FloatArray
    level: FloatArray
    scale: FloatArray


class _Index(NamedTuple):
    """Features of all weighted fields, sorted by how many works have them.

    A product with a work's rare features looks only at the works that share one; common
    features, and dense fields, are multiplied as dense columns.

    Attributes:
        common: ndarray of shape (n_items, n_common), times the root of their weights.
        common_mean: ndarray of shape (n_common,), likewise.
        rare: csr_array of shape (n_items, n_rare), likewise.
        sharing: Its transpose, by feature.
        rare_mean: ndarray of shape (n_rare,), likewise.
        level: ndarray of shape (n_items,): each work's rare features times their mean.
    """

    common: FloatArray
    common_mean: FloatArray
    rare: sparse.csr_array
    sharing: sparse.csr_array
    rare_mean: FloatArray
    level: FloatArray


@dataclass(frozen=True, eq=False)
class FieldSpace:
    """Weighted fields of all works, and where their centre lies.

    Attributes:
        weights: Field name to w_f, all above 0.
        fields: Field name to csr_array or ndarray of shape (n_items, n_features).
        means: Field name to the mean row over the works of the fit, shape (n_features,); zeros
            where nothing is centred.
        lengths: ndarray of shape (n_items,): ``|x_i - m|``; 0 for a work of which no weighted
            field says anything.
    """

    weights: Mapping[str, float]
    fields: Mapping[str, Field]
    means: Mapping[str, FloatArray]
    lengths: FloatArray

    @classmethod
    def of(
        cls,
        content: Content,
        weights: Mapping[str, float],
        fitted: npt.NDArray[np.int64],
        centred: bool,
    ) -> Self:
        """Weigh the fields of a content.

        Args:
            content: Works as rows.
            weights: Field name to weight; fields of weight 0, and those the content lacks, are
                left out.
            fitted: Rows that the centre is the mean of.
            centred: Whether anything is centred at all.

        Raises:
            ConfigError: The content has none of the weighted fields.
        """
        used = {name: float(weight) for name, weight in sorted(weights.items()) if weight > 0}
        used = {name: weight for name, weight in used.items() if name in content.fields}
        if not used:
            wanted = ", ".join(repr(each) for each in weights)
            raise ConfigError(
                f"none of the weighted fields ({wanted}) is among the content's "
                f"{sorted(content.fields)}",
                near_names(next(iter(weights), "text"), content.fields),
            )
        fields = {name: content.fields[name] for name in used}
        means = {name: _mean(field, fitted, centred) for name, field in fields.items()}
        return cls(used, fields, means, _lengths(used, fields, means))

    def closeness(self, left: sparse.csr_array) -> FloatArray:
        """``sum over i of left_ui <x_i - m, x_j - m>`` for every work j.

        Args:
            left: csr_array of shape (n_users, n_items): how much of each work.

        Returns:
            ndarray of shape (n_users, n_items), float32.
        """
        index = self._index
        amounts = np.asarray(left.sum(axis=1), dtype=np.float32)[:, np.newaxis]
        taste = np.asarray(left @ index.common) - amounts * index.common_mean
        rare = sparse.csr_array(left @ index.rare)
        found = taste @ index.common.T
        found -= taste @ index.common_mean[:, np.newaxis]
        if len(found) == 1:  # a vector is multiplied sooner than a matrix of one row
            found += index.rare @ rare.toarray()[0]
        else:
            found += (rare @ index.sharing).toarray()
        found -= amounts * index.level
        found -= (rare @ index.rare_mean)[:, np.newaxis]
        found += amounts * (index.rare_mean @ index.rare_mean)
        return np.asarray(found, dtype=np.float32)

    @cached_property
    def _index(self) -> _Index:
        n_items = len(self.lengths)
        common, rare = [np.empty((n_items, 0), np.float32)], [sparse.csr_array((n_items, 0))]
        common_mean, rare_mean = [np.empty(0, np.float32)], [np.empty(0, np.float32)]
        for name, field in self.fields.items():
            root, mean = np.sqrt(np.float32(self.weights[name])), self.means[name]
            if not isinstance(field, sparse.csr_array):
                common.append(root * field)
                common_mean.append(root * mean)
                continue
            often = np.bincount(field.indices, minlength=field.shape[1]) > COMMON * n_items
            common.append(root * field[:, np.flatnonzero(often)].toarray())
            common_mean.append(root * mean[often])
            rare.append(root * sparse.csr_array(field[:, np.flatnonzero(~often)]))
            rare_mean.append(root * mean[~often])
        stacked = sparse.csr_array(sparse.hstack(rare, format="csr", dtype=np.float32))
        means = np.concatenate(rare_mean)
        own = (np.hstack(common), np.concatenate(common_mean))
        return _Index(*own, stacked, stacked.T.tocsr(), means, stacked @ means)

    def towards(self, left: sparse.csr_array, name: str) -> Any:
        """What users add up to in one field, centred and weighted.

        Args:
            left: csr_array of shape (n_users, n_items): how much of each work.
            name: The field.

        Returns:
            ndarray of shape (n_features, n_users): ``w_f sum over i of left_ui (f_i - m)``.
        """
        field = self.fields[name]
        summed = left @ field
        dense = summed.toarray() if sparse.issparse(summed) else np.asarray(summed)
        amounts = np.asarray(left.sum(axis=1), dtype=np.float32)
        dense -= amounts[:, np.newaxis] * self.means[name]
        return np.ascontiguousarray((np.float32(self.weights[name]) * dense).T)

    def product(self, name: str, columns: FloatArray, rows: slice) -> FloatArray:
        """``(f_j - m) . column`` for some works j, ndarray of shape (n_rows, n_columns).

        Args:
            name: The field.
            columns: ndarray of shape (n_features, n_columns).
            rows: Which works.
        """
        field = self.fields[name]
        whole = rows == slice(0, len(self.lengths))
        part = np.asarray((field if whole else field[rows]) @ columns)
        part -= self.means[name] @ columns
        return part

    def cosines(
        self, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64] | None = None
    ) -> FloatArray:
        """Centred cosine of every work of one list and every work of another.

        A work of which no field says anything has cosine 0 with all.

        Args:
            left: Rows of works.
            right: Rows of works; by default those of `left` again, and then only what stands on
                and above the diagonal is computed, the rest is 0.

        Returns:
            ndarray of shape (n_left, n_right), float32.
        """
        one = self._unit(left)
        other = one if right is None else self._unit(right)
        shares = np.bincount(one.flat.indices, minlength=one.flat.shape[1]) / max(1, len(left))
        common = np.flatnonzero(shares > COMMON)
        square = sum(w * (self.means[n] @ self.means[n]) for n, w in self.weights.items())
        # x.y - x.m - m.y + m.m, the last three terms as two more columns
        ends = (np.float32(square) * one.scale - one.level, one.scale)
        mine = np.column_stack((one.full, one.flat[:, common].toarray(), *ends))
        ends = (other.scale, -other.level)
        theirs = np.column_stack((other.full, other.flat[:, common].toarray(), *ends))
        rare = sparse.diags_array((shares <= COMMON).astype(np.float32))
        thin, others = sparse.csr_array(one.flat @ rare), sparse.csr_array(other.flat @ rare)
        thin.eliminate_zeros()
        others.eliminate_zeros()
        near = np.zeros((len(mine), len(theirs)), dtype=np.float32)
        for start in range(0, len(mine), PANEL):
            rows = slice(start, start + PANEL)
            columns = slice(start if right is None else 0, None)
            panel = near[rows, columns]
            np.matmul(mine[rows], theirs[columns].T, out=panel)
            if thin.nnz:
                panel += (thin[rows] @ others[columns].T).toarray()
        return near

    def near(self, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> FloatArray:
        """What `cosines` says of two short lists, sooner: ndarray of shape (n_left, n_right)."""
        index = self._index
        near = (index.common[left] - index.common_mean) @ (
            index.common[right] - index.common_mean
        ).T
        rare = sparse.csr_array(index.rare[left] @ index.rare[right].T)
        near += rare.toarray()
        near -= index.level[left][:, np.newaxis] + index.level[right]
        near += index.rare_mean @ index.rare_mean
        near *= inverse(self.lengths[left])[:, np.newaxis]
        return np.asarray(near * inverse(self.lengths[right]))

    def _unit(self, rows: npt.NDArray[np.int64]) -> _Unit:
        """Rows of some works, ``x / |x - m|``."""
        scale = inverse(self.lengths[rows])
        flat = [sparse.csr_array((len(rows), 0), dtype=np.float32)]
        full = [np.zeros((len(rows), 0), dtype=np.float32)]
        level = np.zeros(len(rows), dtype=np.float32)
        for name, field in self.fields.items():
            factor = np.sqrt(np.float32(self.weights[name]))
            level += factor**2 * scale * (field[rows] @ self.means[name])
            if isinstance(field, sparse.csr_array):
                flat.append(sparse.diags_array(factor * scale) @ field[rows])
            else:
                full.append((factor * scale)[:, np.newaxis] * field[rows])
        stacked = sparse.csr_array(sparse.hstack(flat, format="csr"))
        return _Unit(stacked, np.hstack(full), level, scale)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Plain arrays, from which `from_arrays` makes the same space."""
        stored: dict[str, npt.NDArray[Any]] = {"lengths": self.lengths}
        for name, field in self.fields.items():
            stored[f"{name}_mean"] = self.means[name]
            if isinstance(field, sparse.csr_array):
                stored[f"{name}_data"] = field.data.astype(np.float32)
                stored[f"{name}_indices"] = field.indices.astype(np.int32)
                stored[f"{name}_indptr"] = field.indptr.astype(np.int64)
            else:
                stored[f"{name}_rows"] = np.asarray(field, dtype=np.float32)
        return stored

    @classmethod
    def from_arrays(
        cls, items: IdMap, weights: Mapping[str, float], arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """Inverse of `arrays`; `weights` are those it was made with."""
        fields: dict[str, Field] = {}
        for name in sorted(weights):
            if f"{name}_rows" in arrays:
                fields[name] = arrays[f"{name}_rows"]
            elif f"{name}_mean" in arrays:
                parts = tuple(arrays[f"{name}_{part}"] for part in ("data", "indices", "indptr"))
                shape = (len(items), len(arrays[f"{name}_mean"]))
                fields[name] = sparse.csr_array(parts, shape=shape)
        means = {name: arrays[f"{name}_mean"] for name in fields}
        used = {name: float(weights[name]) for name in fields}
        return cls(used, fields, means, arrays["lengths"])


def inverse(lengths: FloatArray) -> FloatArray:
    """One over each length, 0 where it is 0."""
    return np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)


def require_known(n_fitted: int, n_known: int, model: str) -> None:
    """Refuse a content that knows none of the works people met.

    Raises:
        InputError: It knows none.
    """
    if n_known == 0:
        raise InputError(
            f"model {model!r} got no work to fit on: none of the {n_fitted} works that people "
            "met is among those of the content with enough interactions",
            "build the content from the works table of the same medium, or lower `min_support`",
        )


def _mean(field: Field, fitted: npt.NDArray[np.int64], centred: bool) -> FloatArray:
    if not centred or not len(fitted):
        return np.zeros(field.shape[1], dtype=np.float32)
    return np.asarray(field[fitted].sum(axis=0) / len(fitted), dtype=np.float32).ravel()


def _lengths(
    weights: Mapping[str, float], fields: Mapping[str, Field], means: Mapping[str, FloatArray]
) -> FloatArray:
    n_items = next(iter(fields.values())).shape[0]
    squares = np.zeros(n_items)
    said = np.zeros(n_items, dtype=bool)
    for name, field in fields.items():
        mean = means[name].astype(np.float64)
        squared = field.multiply(field) if isinstance(field, sparse.csr_array) else np.square(field)
        own = np.asarray(squared.sum(axis=1), dtype=np.float64).ravel()
        said |= own > 0
        squares += weights[name] * (own - 2 * (field @ mean) + mean @ mean)
    lengths = np.sqrt(np.maximum(squares, 0))
    lengths[(lengths < NEAR_ZERO) | ~said] = 0
    return lengths.astype(np.float32)
