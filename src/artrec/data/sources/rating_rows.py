"""Rows of a large table of ratings, gathered chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable

from artrec.data.sources.base import RatingColumns, SourceConfig
from artrec.data.sources.raw import RawRows, Sieve, require_columns
from artrec.data.sources.tables import Gathered, interactions_from, whole_number_id
from artrec.data.sources.variants import Fingerprint

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
    for chunk in rows:
        require_columns(chunk, wanted, f"{RATINGS} of {config.name}")
        fingerprint.add(RATINGS, chunk, wanted.values())
        sieve = Sieve(RATINGS, chunk)
        gathered.add(interactions_from(sieve, columns), sieve)
    return gathered
