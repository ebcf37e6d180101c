"""Reader of a person's own ratings, and of their own works table if they have one."""

from __future__ import annotations

import pandas as pd

from artrec.data.sources.base import Parsed, SourceConfig, variant_of
from artrec.data.sources.raw import Sieve, as_text, require_columns
from artrec.data.sources.tables import bare_works, interactions_from, works_from

RATINGS, WORKS = "ratings", "works"


def parse(ratings: pd.DataFrame, config: SourceConfig, works: pd.DataFrame | None = None) -> Parsed:
    """Read the person's tables by the column names of ``config.own``.

    Args:
        ratings: Raw table, one row an interaction; columns the layout does not name are left
            alone.
        config: Names the data set and its layout.
        works: Raw table, one row a work; None, or a table without columns, where there is none:
            then the catalogue is the ids of the interactions.

    Raises:
        InputError: A column the layout names is missing, or a table has no row.
    """
    layout = config.own
    raw = as_text(ratings, layout.missing)
    wanted = {name: column for name, column in layout.columns if column is not None}
    require_columns(raw, wanted, f"{RATINGS} of {config.name}", optional=("rating",))
    sieve = Sieve(RATINGS, raw)
    interactions = interactions_from(sieve, layout.columns, layout.timestamp_unit)
    tables = {RATINGS: raw[list(dict.fromkeys(wanted.values()))]}
    if works is None or works.shape[1] == 0:
        variant = variant_of(config.name, tables)
        return Parsed(interactions, bare_works(interactions), sieve.rejected(), variant)
    raw_works = as_text(works, layout.missing)
    names = {name: column for name, column in layout.works_columns if column is not None}
    optional = [name for name in names if name not in ("item_id", "title")]
    require_columns(
        raw_works, names, f"{WORKS} of {config.name}", optional, parameter="works_columns"
    )
    works_sieve = Sieve(WORKS, raw_works)
    catalogue = works_from(works_sieve, names, layout.value_separator)
    rejected = pd.concat([sieve.rejected(), works_sieve.rejected()], ignore_index=True)
    tables[WORKS] = raw_works[list(dict.fromkeys(names.values()))]
    return Parsed(interactions, catalogue, rejected, variant_of(config.name, tables))
