"""From raw text tables to canonical ones: what the readers of all sources share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.sources.base import RatingColumns
from artrec.data.sources.raw import Sieve, shown

Canonical = Callable[[str], str]
NO_GENRES = "(no genres listed)"


def interactions_from(
    sieve: Sieve, columns: RatingColumns, timestamp_unit: Literal["s", "ms", "iso"] = "s"
) -> pd.DataFrame:
    """Convert a raw ratings table; what does not convert is in the sieve afterwards.

    Args:
        sieve: Over the raw table.
        columns: What the table calls its columns.
        timestamp_unit: How times are written.

    Returns:
        `schema.INTERACTIONS`, in the raw order.
    """
    converted = {
        schema.USER_ID: sieve.ids(columns.user_id),
        schema.ITEM_ID: sieve.ids(columns.item_id),
        schema.TIMESTAMP: sieve.seconds(columns.timestamp, timestamp_unit),
    }
    if columns.rating is not None:
        converted[schema.RATING] = sieve.number(columns.rating)
    kept = sieve.accepted()
    cells = {name: column.to_numpy()[kept] for name, column in converted.items()}
    # whole numbers by now
    cells[schema.TIMESTAMP] = cells[schema.TIMESTAMP].astype(np.int64)
    return pd.DataFrame(cells)


@dataclass(frozen=True, eq=False)
class Coded:
    """Interactions of a chunk all of whose rows convert.

    Attributes:
        ids: Of each column of ids, the number of each row and the different ids as they are
            written, in the order they first come.
        cells: The other columns of `schema.INTERACTIONS`, each of shape (n_rows,).
    """

    ids: Mapping[str, tuple[npt.NDArray[Any], Sequence[str]]]
    cells: Mapping[str, npt.NDArray[Any]]


class Gathered:
    """Interactions and rejected rows of a table that is read chunk by chunk.

    Each id is kept once, however many rows name it.

    Args:
        user: From a user id as the table writes it to its one form; by default it stays.
        item: The same for item ids.
    """

    def __init__(self, *, user: Canonical = str, item: Canonical = str) -> None:
        self._canonical = {schema.USER_ID: user, schema.ITEM_ID: item}
        self._ids: dict[str, dict[str, int]] = {schema.USER_ID: {}, schema.ITEM_ID: {}}
        self._columns: dict[str, list[npt.NDArray[Any]]] = {}
        self._rejected: list[pd.DataFrame] = []

    def add(self, interactions: pd.DataFrame, sieve: Sieve) -> None:
        """Take in what came of a chunk.

        Args:
            interactions: `schema.INTERACTIONS`.
            sieve: Over the chunk, all columns read.
        """
        for name in interactions:
            known = self._ids.get(str(name))
            cells = interactions[name].to_numpy()
            if known is not None:
                cells = codes_of(cells, known, self._canonical[str(name)])
            self._columns.setdefault(str(name), []).append(cells)
        self._rejected.append(sieve.rejected())

    def add_coded(self, chunk: Coded) -> None:
        """Take in a chunk of which no row is set aside."""
        for name, (codes, written) in chunk.ids.items():
            numbers = _numbers_of_ids(written, self._ids[name], self._canonical[name])
            self._columns.setdefault(name, []).append(numbers[codes])
        for name, cells in chunk.cells.items():
            self._columns.setdefault(name, []).append(cells)

    def interactions(self) -> pd.DataFrame:
        """All of them, `schema.INTERACTIONS`, in the raw order."""
        columns = {name: np.concatenate(parts) for name, parts in self._columns.items()}
        for name, known in self._ids.items():
            columns[name] = np.array([*known, None], dtype=object)[columns[name]]
        # their types are those of the chunks
        return pd.DataFrame(columns)

    def rejected(self) -> pd.DataFrame:
        """All rows set aside, `schema.REJECTED`, in the raw order."""
        none = schema.REJECTED.conform(pd.DataFrame(columns=list(schema.REJECTED.required)))
        return pd.concat(self._rejected or [none], ignore_index=True)


def codes_of(
    ids: npt.NDArray[Any], known: dict[str, int], canonical: Canonical = str
) -> npt.NDArray[np.int32]:
    """Number of each id in `known`, which takes in those that are new.

    Args:
        ids: Object array of text, without NUL characters.
        known: Id to number, from 0 in the order they first came; grows.
        canonical: From an id as it is written to the one it is.
    """
    codes, unique = pd.factorize(ids)
    numbers = _numbers_of_ids(unique, known, canonical)
    return numbers[codes] if len(unique) else np.zeros(0, dtype=np.int32)


def _numbers_of_ids(
    ids: Sequence[str], known: dict[str, int], canonical: Canonical
) -> npt.NDArray[np.int32]:
    return np.array([known.setdefault(canonical(each), len(known)) for each in ids], dtype=np.int32)


def works_from(
    sieve: Sieve,
    columns: Mapping[str, str],
    value_separator: str = schema.SEPARATOR,
    item: Canonical = str,
) -> pd.DataFrame:
    """Convert a raw table of works; a repeated item id keeps its first row.

    Args:
        sieve: Over the raw table.
        columns: Canonical column name to raw column name; those left out become missing.
        value_separator: What parts several values in one cell.
        item: From an item id as the table writes it to its one form; by default it stays.

    Returns:
        `schema.WORKS`, ordered by item id.
    """
    ids = sieve.ids(columns[schema.ITEM_ID]).map(item, na_action="ignore")
    works = pd.DataFrame({schema.ITEM_ID: ids})
    for name, kind in {**schema.WORKS.required, **schema.WORKS.optional}.items():
        if name == schema.ITEM_ID:
            continue
        if name not in columns:
            if name in schema.WORKS.required:
                works[name] = None
        elif kind == schema.NULLABLE_INTEGER:
            works[name] = sieve.whole_number(columns[name])
        elif kind == schema.REAL:
            works[name] = sieve.number(columns[name], required=False)
        else:
            works[name] = sieve.raw[columns[name]]
    if schema.GENRES in columns:
        works[schema.GENRES] = works[schema.GENRES].replace(NO_GENRES, None)
    if value_separator != schema.SEPARATOR:
        works = _with_canonical_separator(works, value_separator)
    return first_of_each(sieve, works)


def first_of_each(sieve: Sieve, works: pd.DataFrame) -> pd.DataFrame:
    """Set repeats of an item id aside; where the title differs, the reason says so.

    Args:
        sieve: Over the raw table.
        works: What was read of it, row for row, `schema.WORKS` but for the order.

    Returns:
        `schema.WORKS`, ordered by item id.
    """
    reject_repeats(sieve, works[schema.ITEM_ID], works[schema.TITLE], schema.ITEM_ID)
    return in_order(works.loc[sieve.accepted()])


def reject_repeats(sieve: Sieve, ids: pd.Series, titles: pd.Series, called: str) -> None:
    """Of rows with one id the first stays; where the title differs, the reason says so.

    Args:
        sieve: Over the raw table.
        ids: Its ids, row for row, None where there is none.
        titles: Its titles, as they are compared.
        called: What the reason calls an id.
    """
    first = titles.groupby(ids).transform("first")
    other = titles.notna() & (titles != first)

    def reason(at: int) -> str:
        told = f"{called} {shown(ids.iloc[at])} came before"
        return told + (f", as {shown(first.iloc[at])}" if other.iloc[at] else "")

    sieve.reject(ids.duplicated() & ids.notna(), reason)


def by_value(column: pd.Series, function: Callable[[str], Any]) -> pd.Series:
    """A column of text mapped, each different text once; missing cells stay None."""
    codes, unique = pd.factorize(column)
    made = np.array([*[function(each) for each in unique], None], dtype=object)
    return pd.Series(made[codes], index=column.index, dtype=object)


def whole_number_id(text: str) -> str:
    """An id that is a whole number, without what a table of floats adds to it.

    Examples:
        >>> whole_number_id("31.0"), whole_number_id("0031"), whole_number_id("31.5")
        ('31', '0031', '31.5')
    """
    whole, point, rest = text.partition(".")
    return whole if point and whole.isdecimal() and not rest.strip("0") else text


def bare_works(interactions: pd.DataFrame) -> pd.DataFrame:
    """A catalogue of ids only, `schema.WORKS`, for a source without a works table."""
    works = pd.DataFrame({schema.ITEM_ID: interactions[schema.ITEM_ID].unique()}, dtype="object")
    return in_order(works.reindex(columns=list(schema.WORKS.required)))


def in_order(works: pd.DataFrame) -> pd.DataFrame:
    """`schema.WORKS`, ordered by item id."""
    return schema.WORKS.conform(works.sort_values(schema.ITEM_ID, kind="stable"))


def _with_canonical_separator(works: pd.DataFrame, separator: str) -> pd.DataFrame:
    parted = works.copy()
    whole = {schema.ITEM_ID, schema.TITLE, "imdb_id", "isbn", "series", "edition_of", "text"}
    for name, kind in {**schema.WORKS.required, **schema.WORKS.optional}.items():
        if name in parted and kind == schema.TEXT and name not in whole:
            parted[name] = parted[name].map(
                lambda cell: schema.SEPARATOR.join(part.strip() for part in cell.split(separator)),
                na_action="ignore",
            )
    return parted
