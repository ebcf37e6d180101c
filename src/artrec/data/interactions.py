"""Interactions: who met what, frozen, as one user x item matrix in compressed rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from artrec import schema
from artrec.data.ids import MISSING, IdMap
from artrec.errors import InputError

NO_TIME = np.int64(np.iinfo(np.int64).min)


@dataclass(frozen=True, eq=False)
class Interactions:
    """User-item events in compressed sparse rows; also the profiles that scorers fold in.

    Within a row, columns ascend. All arrays after `indptr` are aligned and of length nnz.

    Attributes:
        users: Outer user ids, one a row.
        items: Outer item ids, one a column.
        indptr: ndarray of shape (n_users + 1,); row u is ``indptr[u]:indptr[u + 1]``.
        indices: ndarray of shape (nnz,); dense item index of each interaction.
        ratings: ndarray of shape (nnz,), float32; NaN where the source has no rating.
        timestamps: ndarray of shape (nnz,), int64 seconds; `NO_TIME` where there is none.
        positive: ndarray of shape (nnz,), bool; whether the interaction says "liked".
    """

    users: IdMap
    items: IdMap
    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    ratings: npt.NDArray[np.float32]
    timestamps: npt.NDArray[np.int64]
    positive: npt.NDArray[np.bool_]

    @classmethod
    def from_table(
        cls,
        table: pd.DataFrame,
        positive_from: float | None,
        users: IdMap | None = None,
        items: IdMap | None = None,
    ) -> Interactions:
        """Build from an interactions table (`schema.INTERACTIONS`).

        Args:
            table: One row an interaction; (user, item) pairs are unique.
            positive_from: Lowest rating that counts as positive; None where every interaction
                does (implicit feedback). A missing rating is positive.
            users: Rows of the matrix; by default the users of the table.
            items: Columns of the matrix; by default the items of the table.

        Raises:
            InputError: A (user, item) pair is repeated.
            UnknownIdError: A user or item is not in the map given.
        """
        users, rows = _numbered(table[schema.USER_ID], users)
        items, columns = _numbered(table[schema.ITEM_ID], items)
        order = np.argsort(rows * len(items) + columns, kind="stable")
        rows, columns = rows[order], columns[order]
        repeated = (np.diff(rows) == 0) & (np.diff(columns) == 0)
        if repeated.any():
            at = int(np.argmax(repeated))
            raise InputError(
                f"(user, item) pairs must be unique; user {users.index[rows[at]]!r} and item "
                f"{items.index[columns[at]]!r} come more than once",
                "call artrec.data.filters.keep_latest first",
            )
        size = len(table)
        ratings = np.full(size, np.nan, dtype=np.float32)
        if schema.RATING in table:
            ratings = table[schema.RATING].to_numpy(dtype=np.float32, na_value=np.nan)[order]
        timestamps = np.full(size, NO_TIME, dtype=np.int64)
        if schema.TIMESTAMP in table:
            timestamps = table[schema.TIMESTAMP].to_numpy(dtype=np.int64)[order]
        positive = np.ones(size, dtype=bool)
        if positive_from is not None:
            positive = ~(ratings < positive_from)
        indptr = np.searchsorted(rows, np.arange(len(users) + 1)).astype(np.int64)
        return cls(users, items, indptr, columns.astype(np.int32), ratings, timestamps, positive)

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of users and of items."""
        return len(self.users), len(self.items)

    def rows(self) -> npt.NDArray[np.int64]:
        """Dense user index of each interaction, shape (nnz,)."""
        return np.repeat(np.arange(len(self.users)), np.diff(self.indptr))

    def seen(self) -> sparse.csr_array:
        """Every interaction, of any rating, as 1: csr_array of shape (n_users, n_items)."""
        return self._matrix(np.ones(len(self), dtype=np.float32))

    def weights(self, below: float = 0.0) -> sparse.csr_array:
        """Positives as 1, the other interactions as `below`; stored zeros are dropped.

        Returns:
            csr_array of shape (n_users, n_items), float32.
        """
        matrix = self._matrix(np.where(self.positive, 1.0, below).astype(np.float32))
        matrix.eliminate_zeros()
        return matrix

    def item_counts(self) -> npt.NDArray[np.int64]:
        """Interactions of any rating an item has, shape (n_items,)."""
        return np.bincount(self.indices, minlength=len(self.items)).astype(np.int64)

    def take_users(self, rows: npt.ArrayLike) -> Interactions:
        """The given rows only (distinct dense user indices), in ascending order of user."""
        chosen = np.sort(np.asarray(rows, dtype=np.int64))
        keep = np.zeros(len(self.users), dtype=bool)
        keep[chosen] = True
        lengths = np.diff(self.indptr)[chosen]
        return self._keep(
            keep[self.rows()],
            IdMap(self.users.index[chosen]),
            np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        )

    def onto_items(self, items: IdMap) -> Interactions:
        """The same users over other columns; interactions with items not among them are left out.

        ``len(before) - len(after)`` is the number left out.
        """
        if items is self.items:
            return self
        if len(self.indices) < len(self.items):  # one person of many items: look up theirs alone
            return self._placed(items, items.find(self.items.to_id(self.indices)))
        return self.renamed(items, items.find(self.items.index))

    def renamed(self, items: IdMap, places: npt.NDArray[np.int64]) -> Interactions:
        """`onto_items`, for who knows where these items stand among the others.

        Args:
            items: The other items.
            places: ndarray of shape (n_items,): `items.find` of these items' ids.
        """
        return self if items is self.items else self._placed(items, places[self.indices])

    def _placed(self, items: IdMap, renamed: npt.NDArray[np.int64]) -> Interactions:
        """With new columns, -1 for those that are left out; shape (nnz,)."""
        kept = renamed != MISSING
        counts = np.bincount(self.rows()[kept], minlength=len(self.users))
        indptr = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        # both maps are sorted by outer id, so columns still ascend within a row
        return Interactions(
            self.users,
            items,
            indptr,
            renamed[kept].astype(np.int32),
            self.ratings[kept],
            self.timestamps[kept],
            self.positive[kept],
        )

    def to_table(self) -> pd.DataFrame:
        """Back to an interactions table, ordered by user and item id."""
        columns = {
            schema.USER_ID: self.users.to_id(self.rows()),
            schema.ITEM_ID: self.items.to_id(self.indices),
        }
        table = pd.DataFrame(columns)
        if (self.timestamps != NO_TIME).any():
            table[schema.TIMESTAMP] = self.timestamps
        if not np.isnan(self.ratings).all():
            table[schema.RATING] = self.ratings.astype(np.float64)
        return schema.INTERACTIONS.conform(table)

    def _keep(
        self, kept: npt.NDArray[np.bool_], users: IdMap, indptr: npt.NDArray[np.int64]
    ) -> Interactions:
        return Interactions(
            users,
            self.items,
            indptr,
            self.indices[kept],
            self.ratings[kept],
            self.timestamps[kept],
            self.positive[kept],
        )

    def _matrix(self, values: npt.NDArray[np.float32]) -> sparse.csr_array:
        # copies, so that no caller can change a frozen table through the matrix
        parts = (values, self.indices.copy(), self.indptr.astype(np.int32))
        return sparse.csr_array(parts, shape=self.shape)


def _numbered(ids: pd.Series, known: IdMap | None) -> tuple[IdMap, npt.NDArray[np.int64]]:
    return IdMap.coded(ids) if known is None else (known, known.to_index(ids))
