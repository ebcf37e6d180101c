"""Chunks of a raw table of text that Arrow holds: no Python object a cell until one is asked for.

What Arrow would read otherwise than pandas (quotes, lines of another length, blank lines, blanks at
a line's beginning) it is not given: such a block is left to pandas.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

# what pandas gives a meaning of its own, wherever it stands
MEANINGFUL = ('"', "\r", "\x00", "\n\n", "\n ", "\n\t")
BLOCK_BYTES = 2**20


def plain_table(
    block: str, columns: Sequence[str], delimiter: str, has_header: bool
) -> pa.Table | None:
    """A block of CSV as columns of text, empty cells null; None where pandas had better read it.

    Args:
        block: Whole records.
        columns: Names of the columns; two at least, else None.
        delimiter: Column separator, one character.
        has_header: Whether the first line is one, which is left out.
    """
    import pyarrow as pa
    from pyarrow import csv

    text = block.replace("\r\n", "\n") if "\r" in block else block
    if len(columns) < 2 or not _plain(text, len(columns), delimiter):
        return None
    try:
        return csv.read_csv(
            pa.BufferReader(text.encode("utf-8")),
            read_options=csv.ReadOptions(
                column_names=list(columns), skip_rows=int(has_header), block_size=BLOCK_BYTES
            ),
            parse_options=csv.ParseOptions(delimiter=delimiter, quote_char=False),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowInvalid, UnicodeEncodeError):
        return None


def _plain(text: str, n_columns: int, delimiter: str) -> bool:
    if len(delimiter) != 1 or not delimiter.isascii() or any(each in text for each in MEANINGFUL):
        return False
    first = text[: text.find("\n")] if "\n" in text else text
    if first.count(delimiter) != n_columns - 1:
        return False
    return text[0] not in " \t"


class TextChunk:
    """Some rows of a raw table.

    Args:
        frame: The rows, cells text or None, its index the table's rows from 0; or
        table: the same as Arrow has them, cells text or null.
        first_row: Place of the first row in the table, where `table` is given.
    """

    def __init__(
        self,
        frame: pd.DataFrame | None = None,
        table: pa.Table | None = None,
        first_row: int = 0,
    ) -> None:
        self._frame, self.table, self._first_row = frame, table, first_row

    def frame(self) -> pd.DataFrame:
        """The rows as pandas has them."""
        if self._frame is None:
            assert self.table is not None
            cells = {name: objects_of(self.table[name]) for name in self.table.column_names}
            rows = pd.RangeIndex(self._first_row, self._first_row + len(self.table))
            self._frame = pd.DataFrame(cells, index=rows, columns=list(cells), dtype="object")
        return self._frame


def objects_of(column: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.object_]:
    """A column of text as an object array, null as None."""
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)
