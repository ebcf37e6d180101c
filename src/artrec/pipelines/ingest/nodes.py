"""Nodes of ingest."""

from __future__ import annotations

from typing import Any

import pandas as pd

from artrec.data.linking import link_films
from artrec.data.sources import wikidata_films
from artrec.data.sources.base import SourceConfig
from artrec.data.sources.raw import RawRows
from artrec.data.sources.registry import parse
from artrec.data.works import with_film_metadata


def parse_source(
    raw_ratings: RawRows, raw_works: RawRows, source: SourceConfig
) -> tuple[pd.DataFrame | None, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Interactions, works, rows set aside, and which variant of the source this is."""
    parsed = parse({"ratings": raw_ratings, "works": raw_works}, source)
    return parsed.interactions, parsed.works, parsed.rejected, parsed.variant.to_dict()


def parse_metadata(raw_metadata: RawRows) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The metadata table and its rows set aside."""
    return wikidata_films.parse(raw_metadata.whole())


def link_metadata(works: pd.DataFrame, metadata: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Works with the metadata of the film each is linked to, and the links."""
    links = link_films(works, metadata)
    return with_film_metadata(works, metadata, links), links


def join_rejected(of_source: pd.DataFrame, of_metadata: pd.DataFrame) -> pd.DataFrame:
    """All rows set aside on the way in."""
    return pd.concat([of_source, of_metadata], ignore_index=True)
