"""Parquet files read by path: Arrow opens them itself.

Given a Python file object, as pandas gives it one, Arrow reads on threads of its own that need the
interpreter; one still alive when the interpreter ends can abort the process or hang it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MANY_ROWS = 10_000
BYTES_A_NUMBER = 4


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a Parquet file of the local file system.

    Args:
        path: The file.
        columns: Those to read; by default all.

    Raises:
        OSError: The file is missing or cannot be read (FileNotFoundError and
            pyarrow.ArrowInvalid among them, which is also a ValueError).
    """
    import pyarrow.parquet as pq

    chosen = None if columns is None else list(columns)
    with pq.ParquetFile(str(path), pre_buffer=False) as file:
        repeated = _repeated_texts(file)
        if not repeated:
            return _framed(file.read(columns=chosen))
    with pq.ParquetFile(str(path), pre_buffer=False, read_dictionary=repeated) as file:
        table = file.read(columns=chosen).unify_dictionaries()
    frame = _framed(table)
    for name in set(repeated) & set(table.column_names):
        frame[name] = _texts(table[name])
    return frame


def _framed(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _repeated_texts(file: pq.ParquetFile) -> list[str]:
    """Columns of text that repeat: their cells are numbers in the file."""
    import pyarrow as pa

    fields = file.schema_arrow
    if len(fields) != file.metadata.num_columns or file.metadata.num_rows < MANY_ROWS:
        return []
    first = file.metadata.row_group(0)
    return [
        field.name
        for at, field in enumerate(fields)
        if pa.types.is_string(field.type)
        and first.column(at).total_uncompressed_size < BYTES_A_NUMBER * first.num_rows
    ]


def _texts(column: pa.ChunkedArray) -> npt.NDArray[np.object_]:
    """Each different text is made once, and missing cells are None."""
    if not column.num_chunks:
        return np.zeros(0, dtype=object)
    # the dictionaries are one
    texts = np.array([*column.chunk(0).dictionary.to_pylist(), None], dtype=object)
    places = [chunk.indices.fill_null(len(texts) - 1).to_numpy() for chunk in column.chunks]
    return np.asarray(texts[np.concatenate(places)])
