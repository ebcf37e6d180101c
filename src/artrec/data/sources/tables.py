"""From raw text tables to canonical ones: what the readers of all sources share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from artrec import schema
from artrec.data.sources.base import RatingColumns
from artrec.data.sources.raw import Sieve, shown

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
    return schema.INTERACTIONS.conform(pd.DataFrame(converted).loc[sieve.accepted()])


def works_from(
    sieve: Sieve, columns: Mapping[str, str], value_separator: str = schema.SEPARATOR
) -> pd.DataFrame:
    """Convert a raw table of works; a repeated item id keeps its first row.

    Args:
        sieve: Over the raw table.
        columns: Canonical column name to raw column name; those left out become missing.
        value_separator: What parts several values in one cell.

    Returns:
        `schema.WORKS`, ordered by item id.
    """
    works = pd.DataFrame({schema.ITEM_ID: sieve.ids(columns[schema.ITEM_ID])})
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
    ids = works[schema.ITEM_ID]
    repeated = ids.duplicated() & ids.notna()
    sieve.reject(repeated, lambda at: f"{schema.ITEM_ID} {shown(ids.iloc[at])} came before")
    return in_order(works.loc[sieve.accepted()])


def bare_works(interactions: pd.DataFrame) -> pd.DataFrame:
    """A catalogue of ids only, `schema.WORKS`, for a source without a works table."""
    works = pd.DataFrame({schema.ITEM_ID: interactions[schema.ITEM_ID].unique()}, dtype="object")
    return in_order(works.reindex(columns=list(schema.WORKS.required)))


def in_order(works: pd.DataFrame) -> pd.DataFrame:
    """`schema.WORKS`, ordered by item id."""
    return schema.WORKS.conform(works.sort_values(schema.ITEM_ID, kind="stable"))


def _with_canonical_separator(works: pd.DataFrame, separator: str) -> pd.DataFrame:
    parted = works.copy()
    whole = {schema.ITEM_ID, schema.TITLE, "imdb_id"}
    for name, kind in {**schema.WORKS.required, **schema.WORKS.optional}.items():
        if name in parted and kind == schema.TEXT and name not in whole:
            parted[name] = parted[name].map(
                lambda cell: schema.SEPARATOR.join(part.strip() for part in cell.split(separator)),
                na_action="ignore",
            )
    return parted
