"""IdMap: the one place where outer ids (text) and dense indices (integers) cross."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec.data.texts import Texts
from artrec.errors import InputError, UnknownIdError, near_names

MISSING = -1
NUL = "\x00"
MANY = 1_000  # from so many on, all stored ids are read at once


@dataclass(frozen=True, eq=False)
class IdMap:
    """Sorted, unique outer ids; an id's dense index is its place in that order.

    Because the order is that of the text, ties broken by dense index are ties broken by outer id.

    Attributes:
        index: Sorted unique ids, of length n.
    """

    index: pd.Index

    @classmethod
    def of(cls, ids: Iterable[str]) -> IdMap:
        """Build a map from ids in any order, repeats allowed.

        Raises:
            InputError: An id is not text, is missing or holds a NUL character.
        """
        # not pandas.unique, which takes a NUL for the end of a text
        unique = pd.Index(list(dict.fromkeys(ids)), dtype="object")
        for each in unique:
            if not isinstance(each, str):
                raise InputError(
                    f"ids are text; got {each!r} of type {type(each).__name__}",
                    "read id columns as text (leading zeros matter) and set missing ids aside",
                )
            if NUL in each:
                raise InputError(f"id {each[:60]!r} holds a NUL character", "remove it")
        return cls(unique.sort_values())

    @classmethod
    def coded(cls, ids: pd.Series) -> tuple[IdMap, npt.NDArray[np.int64]]:
        """The map of a column of ids and the dense index of each: `of` and `to_index` at once.

        Raises:
            InputError: See `of`.
        """
        cells = ids.to_numpy(dtype=object)
        if pd.api.types.infer_dtype(cells, skipna=False) != "string" or NUL in "".join(cells):
            found = cls.of(cells)
            return found, found.to_index(cells)
        codes, unique = pd.factorize(cells)
        index, order = pd.Index(unique, dtype="object").sort_values(return_indexer=True)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        return cls(index), place[codes]

    def __len__(self) -> int:
        return len(self.index)

    def __contains__(self, outer: object) -> bool:
        return outer in self.index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdMap) and self.index.equals(other.index)

    __hash__ = None  # type: ignore[assignment]

    def find(self, ids: Iterable[str]) -> npt.NDArray[np.int64]:
        """Dense indices of outer ids, ``-1`` where an id is not in the map."""
        return np.asarray(self.index.get_indexer(pd.Index(ids, dtype="object")), dtype=np.int64)

    def to_index(self, ids: Iterable[str]) -> npt.NDArray[np.int64]:
        """Dense indices of outer ids.

        Raises:
            UnknownIdError: An id is not in the map; the first such id is named.
        """
        asked = pd.Index(ids, dtype="object")
        found = self.find(asked)
        if (found == MISSING).any():
            first = str(asked[int(np.argmax(found == MISSING))])
            near = near_names(first, map(str, self.index[:5000]))
            raise UnknownIdError(f"id {first!r} is not among the {len(self)} known ids", near)
        return found

    def to_id(self, indices: npt.ArrayLike) -> npt.NDArray[np.object_]:
        """Outer ids of dense indices, as an object array of the same length."""
        return np.asarray(self.index.to_numpy(dtype=object)[np.asarray(indices, dtype=np.int64)])


class StoredIds(IdMap):
    """Ids that stay in their file: few are looked up, and no object is made of each.

    Args:
        texts: The ids, in ascending order, each once.
    """

    def __init__(self, texts: Texts) -> None:
        object.__setattr__(self, "texts", texts)

    texts: Texts

    @cached_property
    def index(self) -> pd.Index:
        """All of them, made when first asked for."""
        return pd.Index(self.texts.tolist(), dtype="object")

    def __len__(self) -> int:
        return len(self.texts)

    def __contains__(self, outer: object) -> bool:
        return isinstance(outer, str) and self.texts.place(outer) != MISSING

    def find(self, ids: Iterable[str]) -> npt.NDArray[np.int64]:
        """See `IdMap.find`."""
        asked = list(ids)
        if len(asked) < MANY:
            return np.array([self.texts.place(each) for each in asked], dtype=np.int64)
        places = {each: at for at, each in enumerate(self.texts.tolist())}
        return np.array([places.get(each, MISSING) for each in asked], dtype=np.int64)

    def to_id(self, indices: npt.ArrayLike) -> npt.NDArray[np.object_]:
        """See `IdMap.to_id`."""
        places = np.asarray(indices, dtype=np.int64)
        if places.size > len(self):
            return super().to_id(places)
        found = np.empty(places.shape, dtype=object)
        found.ravel()[:] = [self.texts[at] for at in places.ravel().tolist()]
        return found
