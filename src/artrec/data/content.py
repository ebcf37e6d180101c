"""Content: what works are, as one matrix a field, for models that read more than interactions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from artrec.data.ids import IdMap
from artrec.errors import InputError

Field: TypeAlias = sparse.csr_array | npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Content:
    """Works as rows, one matrix a field (text, genres, creators, ...); frozen.

    Attributes:
        items: Outer item ids, one a row; cold works among them.
        fields: Field name to csr_array or ndarray of shape (n_items, n_features), float32. A row
            has length 1 (Euclidean), or is zero where the work says nothing in that field.
    """

    items: IdMap
    fields: Mapping[str, Field]

    def __post_init__(self) -> None:
        for name, matrix in self.fields.items():
            if matrix.shape[0] != len(self.items):
                raise InputError(
                    f"field {name!r} has {matrix.shape[0]} rows; there are {len(self.items)} works",
                    "build it from the same works table",
                )

    def take(self, items: IdMap) -> Content:
        """The same fields for other items; those not among the content's get zero rows."""
        at = self.items.find(items.index)
        known = np.flatnonzero(at >= 0)
        pick = sparse.csr_array(
            (np.ones(len(known), dtype=np.float32), (known, at[known])),
            shape=(len(items), len(self.items)),
        )
        taken: dict[str, Field] = {
            name: sparse.csr_array(pick @ matrix) if sparse.issparse(matrix) else pick @ matrix
            for name, matrix in self.fields.items()
        }
        return Content(items, taken)
