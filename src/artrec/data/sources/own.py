"""Reader of a person's own ratings, and of their own works table if they have one."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from artrec.data.sources.base import OwnLayout, Parsed, SourceConfig
from artrec.data.sources.raw import RawRows, Sieve, require_columns, without
from artrec.data.sources.registry import Reader
from artrec.data.sources.tables import (
    Gathered,
    bare_works,
    interactions_from,
    whole_number_id,
    works_from,
)
from artrec.data.sources.variants import Fingerprint

RATINGS, WORKS = "ratings", "works"


def parse(tables: Mapping[str, RawRows], config: SourceConfig) -> Parsed:
    """Read the person's tables by the column names of ``config.own``.

    Args:
        tables: ``ratings``, one row an interaction, and perhaps ``works``, one row a work; columns
            the layout does not name are left alone. Without works the catalogue is the ids of the
            interactions. Ids are text as it stands, but that of ``31.0``, which tables with gaps
            make of 31, is ``31``.
        config: Names the data set and its layout.

    Raises:
        InputError: A column the layout names is missing, or a table has no row.
    """
    fingerprint = Fingerprint()
    gathered = _ratings(tables[RATINGS], config, fingerprint)
    interactions, rejected = gathered.interactions(), gathered.rejected()
    if WORKS not in tables:
        return Parsed(
            interactions, bare_works(interactions), rejected, fingerprint.variant(config.name)
        )
    works, bad_works = _works(tables[WORKS], config, fingerprint)
    rejected = pd.concat([rejected, bad_works], ignore_index=True)
    return Parsed(interactions, works, rejected, fingerprint.variant(config.name))


def _ratings(rows: RawRows, config: SourceConfig, fingerprint: Fingerprint) -> Gathered:
    layout = config.own
    wanted = {name: column for name, column in layout.columns if column is not None}
    gathered = Gathered(user=whole_number_id, item=whole_number_id)
    for chunk in rows:
        told = f"{RATINGS} of {config.name}"
        require_columns(chunk, wanted, told, optional=("rating",), parameter="columns")
        raw = without(chunk, layout.missing)
        fingerprint.add(RATINGS, raw, wanted.values())
        sieve = Sieve(RATINGS, raw)
        gathered.add(interactions_from(sieve, layout.columns, layout.timestamp_unit), sieve)
    return gathered


def _works(
    rows: RawRows, config: SourceConfig, fingerprint: Fingerprint
) -> tuple[pd.DataFrame, pd.DataFrame]:
    layout: OwnLayout = config.own
    names = {name: column for name, column in layout.works_columns if column is not None}
    optional = [name for name in names if name not in ("item_id", "title")]
    raw = without(rows.whole(), layout.missing)
    require_columns(raw, names, f"{WORKS} of {config.name}", optional, parameter="works_columns")
    fingerprint.add(WORKS, raw, names.values())
    sieve = Sieve(WORKS, raw)
    works = works_from(sieve, names, layout.value_separator, whole_number_id)
    return works, sieve.rejected()


READER = Reader(parse, tables=(RATINGS,), optional=(WORKS,))
