"""Parquet files read by path: Arrow opens them itself.

Given a Python file object, as pandas gives it one, Arrow reads on threads of its own that need the
interpreter; one still alive when the interpreter ends can abort the process or hang it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd


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
        frame: pd.DataFrame = file.read(columns=chosen).to_pandas()
    return frame
