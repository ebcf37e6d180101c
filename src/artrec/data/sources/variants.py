"""Fingerprints of raw tables, made while they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from artrec.data.sources.base import SourceVariant
from artrec.data.sources.text_chunks import objects_of

if TYPE_CHECKING:
    import pyarrow as pa

CELL_END = "\x1f"
MISSING_CELL = "\x00"
SIGNS = (CELL_END.encode(), MISSING_CELL.encode())


class Fingerprint:
    """Checksum and row counts of raw tables of text, fed chunk by chunk.

    Of each column a SHA-256 is kept of its name and cells; that of the whole is over these, tables
    in the order they come and columns in the order of their names. So neither compression, nor the
    order of columns, nor where chunks end changes it.
    """

    def __init__(self) -> None:
        self._columns: dict[str, dict[str, Any]] = {}
        self._rows: dict[str, int] = {}

    def add(
        self, table: str, chunk: pd.DataFrame | pa.Table, columns: Iterable[str] | None = None
    ) -> None:
        """Take in the next rows of a table.

        Args:
            table: Its name.
            chunk: Text, missing cells None or null; every chunk of a table has the same columns.
            columns: Those that count; by default all.
        """
        digests = self._columns.setdefault(table, {})
        names = chunk.columns if isinstance(chunk, pd.DataFrame) else chunk.column_names
        for column in dict.fromkeys(names if columns is None else columns):
            digest = digests.get(column)
            if digest is None:
                digest = digests[column] = hashlib.sha256(_encoded(column + CELL_END))
            if not isinstance(chunk, pd.DataFrame):
                for part in chunk[column].chunks:
                    _tell(digest, part)
            elif len(chunk):
                digest.update(_bytes_of(chunk[column].tolist(), int(chunk[column].isna().sum())))
        self._rows[table] = self._rows.get(table, 0) + len(chunk)

    def variant(self, source: str) -> SourceVariant:
        """What was read, as a variant of the source.

        Args:
            source: Name of the data set.
        """
        whole = hashlib.sha256()
        for table, digests in self._columns.items():
            whole.update(_encoded(table + CELL_END))
            for column in sorted(digests):
                whole.update(digests[column].digest())
        return SourceVariant(source, dict(self._rows), whole.hexdigest())


def _tell(digest: Any, column: pa.Array) -> None:
    """The same of a column that Arrow holds, joined by Arrow where no cell has a sign."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(column):
        return
    whole = pc.fill_null(column, MISSING_CELL) if column.null_count else column
    row = pa.ListArray.from_arrays(pa.array([0, len(whole)], type=pa.int32()), whole)
    joined = pc.binary_join(row, CELL_END)[0].as_buffer().to_pybytes()
    if joined.count(SIGNS[0]) == len(column) - 1 and joined.count(SIGNS[1]) == column.null_count:
        digest.update(joined)
        digest.update(SIGNS[0])
    else:
        digest.update(_bytes_of(objects_of(column).tolist(), column.null_count))


def _bytes_of(cells: list[str], n_missing: int) -> bytes:
    return _encoded(_joined(cells, n_missing) + CELL_END)


def _joined(cells: list[str], n_missing: int) -> str:
    whole = [MISSING_CELL if cell is None else cell for cell in cells] if n_missing else cells
    text = CELL_END.join(whole)
    if text.count(CELL_END) == len(cells) - 1 and text.count(MISSING_CELL) == n_missing:
        return text
    # a cell holds one of the two signs
    escaped = [
        cell and cell.replace(MISSING_CELL, MISSING_CELL * 2).replace(CELL_END, f"{MISSING_CELL}u")
        for cell in cells
    ]
    return CELL_END.join([MISSING_CELL if cell is None else cell for cell in escaped])


def _encoded(text: str) -> bytes:
    # JSON may hold halves of characters
    return text.encode("utf-8", "surrogatepass")
