"""Rows of a large table of ratings, gathered chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.sources.base import RatingColumns, SourceConfig
from artrec.data.sources.raw import (
    EXACT_LIMIT,
    RawRows,
    Sieve,
    numbers_of,
    require_columns,
    whole_numbers,
)
from artrec.data.sources.tables import Coded, Gathered, interactions_from, whole_number_id
from artrec.data.sources.variants import Fingerprint

if TYPE_CHECKING:
    import pyarrow as pa

RATINGS = "ratings"


def gather_ratings(
    rows: RawRows,
    columns: RatingColumns,
    config: SourceConfig,
    fingerprint: Fingerprint,
    item: Callable[[str], str] = whole_number_id,
) -> Gathered:
    """Read a table of ratings; of each chunk no more is kept than its numbers.

    Args:
        rows: The table, in chunks.
        columns: How it names its columns.
        config: Names the data set in errors.
        fingerprint: Is told of every chunk.
        item: Makes an item id of a cell.

    Raises:
        InputError: A column is missing.
    """
    gathered = Gathered(user=whole_number_id, item=item)
    wanted = {name: column for name, column in columns if column is not None}
    for chunk in rows.text_chunks():
        coded = None if chunk.table is None else coded_ratings(chunk.table, columns)
        if coded is not None:
            fingerprint.add(RATINGS, chunk.table, wanted.values())
            gathered.add_coded(coded)
            continue
        frame = chunk.frame()
        require_columns(frame, wanted, f"{RATINGS} of {config.name}")
        fingerprint.add(RATINGS, frame, wanted.values())
        sieve = Sieve(RATINGS, frame)
        gathered.add(interactions_from(sieve, columns), sieve)
    return gathered


def coded_ratings(table: pa.Table, columns: RatingColumns) -> Coded | None:
    """Convert rows of ratings all at once; None where a cell does not convert.

    Then whoever looks at each cell has to say which, and why.

    Args:
        table: Cells text or null.
        columns: How it names its columns; times are in seconds.
    """
    names = set(table.column_names)
    wanted = [column for _, column in columns if column is not None]
    if any(column not in names or f"{column}.1" in names for column in wanted):
        return None
    if not len(table) or any(table[column].null_count for column in wanted):
        return None
    times = whole_numbers(table[columns.timestamp])
    if times is None:
        return None
    seconds = times.to_numpy()
    if seconds.min() <= -EXACT_LIMIT or seconds.max() >= EXACT_LIMIT:
        return None
    cells = {schema.TIMESTAMP: seconds}
    if columns.rating is not None:
        codes, texts = _coded(table[columns.rating])
        numbers = numbers_of(pd.Series(texts, dtype=object)).to_numpy()
        if not np.isfinite(numbers).all():
            return None
        cells[schema.RATING] = numbers[codes]
    ids = {schema.USER_ID: columns.user_id, schema.ITEM_ID: columns.item_id}
    return Coded({name: _coded(table[column]) for name, column in ids.items()}, cells)


def _coded(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Number of each cell, and the different texts in the order they first come."""
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
