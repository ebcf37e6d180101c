"""Nodes of ingest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from artrec.data.enrich.registry import enrichment
from artrec.data.feedback import parse_feedback, with_feedback
from artrec.data.sources.base import SourceConfig
from artrec.data.sources.raw import RawRows
from artrec.data.sources.registry import parse


def parse_source(
    source: SourceConfig, **tables: RawRows
) -> tuple[pd.DataFrame | None, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Interactions, works, rows set aside, and which variant of the source this is."""
    parsed = parse(tables, source)
    return parsed.interactions, parsed.works, parsed.rejected, parsed.variant.to_dict()


def parse_works(
    source: SourceConfig, **tables: RawRows
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """The same of a source without interactions."""
    return parse_source(source, **tables)[1:]


def take_in_feedback(
    raw: RawRows, interactions: pd.DataFrame, variant: dict[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """What people told the service, rows set aside, and the variant of the source with them."""
    found = parse_feedback(raw, interactions)
    return found.interactions, found.rejected, with_feedback(variant, found.variant)


def enriching(name: str) -> Callable[..., tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]]:
    """Make the node function that adds what another source says of works."""

    def enrich(
        works: pd.DataFrame, raw: RawRows
    ) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        found = enrichment(name).enrich(works, raw)
        return found.works, found.links, found.rejected

    enrich.__name__ = enrich.__qualname__ = f"link_{name}"
    enrich.__doc__ = f"Works with what {name} says of them, the links, and its rows set aside."
    return enrich


def join_rejected(*rejected: pd.DataFrame) -> pd.DataFrame:
    """All rows set aside on the way in."""
    return pd.concat(rejected, ignore_index=True)
