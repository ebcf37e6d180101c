"""Reading Parquet and Feather files as text: Arrow opens them itself, and chunks stay small."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from artrec.data.sources.raw import BYTE_ORDER_MARK, RawRows, as_text
from artrec.data.sources.streams import head_of
from artrec.errors import InputError

PARQUET_MAGIC = b"PAR1"
FEATHER_MAGIC = (b"ARROW1", b"FEA1")
KINDS = {".parquet": ("Parquet", (PARQUET_MAGIC,)), ".feather": ("Feather", FEATHER_MAGIC)}
ARROW_SUFFIXES = tuple(KINDS)


def open_arrow(path: Path, chunk_rows: int) -> RawRows:
    """Open a Parquet or Feather file by its suffix.

    Args:
        path: The file, which is there and not empty.
        chunk_rows: Rows read at a time.

    Raises:
        InputError: It is damaged, cut off, or of another format.
    """
    with _plain_errors(path):
        names = tuple(str(name).removeprefix(BYTE_ORDER_MARK) for name in _names(path))
    return RawRows(names, lambda: _chunks(path, names, chunk_rows))


def _chunks(path: Path, names: tuple[str, ...], chunk_rows: int) -> Iterator[pd.DataFrame]:
    n_rows = 0
    with _plain_errors(path):
        for batch in _batches(path, chunk_rows):
            # without arrow's own metadata, which could turn columns into an index
            plain = batch.replace_schema_metadata(None).to_pandas(integer_object_nulls=True)
            text = as_text(plain)
            text.index = pd.RangeIndex(n_rows, n_rows + len(text))
            n_rows += len(text)
            yield text
    if not n_rows:
        yield pd.DataFrame(columns=list(names), dtype="object")


def _names(path: Path) -> list[str]:
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        with pq.ParquetFile(str(path), pre_buffer=False) as file:
            return list(file.schema_arrow.names)
    return list(_feather(path).column_names)


def _batches(path: Path, chunk_rows: int) -> Iterator[Any]:
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        with pq.ParquetFile(str(path), pre_buffer=False) as file:
            yield from file.iter_batches(batch_size=chunk_rows)
    else:
        yield from _feather(path).to_batches(max_chunksize=chunk_rows)


def _feather(path: Path) -> Any:
    from pyarrow import feather

    return feather.read_table(str(path), memory_map=False)


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        format_name, magic = KINDS[path.suffix.lower()]
        known = head_of(path).startswith(magic)
        kind = "damaged or cut off" if known else f"no {format_name} file"
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{path} is {kind}: {first}", "copy or export it again") from error
