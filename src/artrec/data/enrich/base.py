"""What every enrichment returns: works with more columns, and a link table that says from where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from artrec import schema
from artrec.data.sources.raw import RawRows

LINKED, AMBIGUOUS, UNMATCHED = "linked", "ambiguous", "unmatched"
TARGET_ID = "target_id"

LINKS = schema.Table(
    name="metadata links",
    required={
        schema.ITEM_ID: schema.TEXT,
        "status": schema.TEXT,
        TARGET_ID: schema.TEXT,
        "reason": schema.TEXT,
        "candidates": schema.TEXT,
    },
    optional={},
    key=(schema.ITEM_ID,),
)


@dataclass(frozen=True, eq=False)
class Enriched:
    """Works after one enrichment.

    Attributes:
        works: `schema.WORKS`, the rows of the works given, in their order, with more columns.
        links: `LINKS`: one row a work, in the same order.
        rejected: `schema.REJECTED`: raw rows of the other source that could not be used.
    """

    works: pd.DataFrame
    links: pd.DataFrame
    rejected: pd.DataFrame


Enrich: TypeAlias = Callable[[pd.DataFrame, RawRows], Enriched]


@dataclass(frozen=True)
class Enrichment:
    """How one other source enriches works.

    Attributes:
        enrich: From works and the raw table to works with more columns.
        table: Name of the raw table it reads.
    """

    enrich: Enrich
    table: str


@dataclass(frozen=True)
class LinkCounts:
    """How many works, and how many of their interactions, were linked.

    Attributes:
        linked: Works linked to one record.
        ambiguous: Works left apart because more than one answer is possible.
        unmatched: Works of which the other source has nothing.
        linked_interactions: Interactions with linked works.
        interactions: All interactions.
    """

    linked: int
    ambiguous: int
    unmatched: int
    linked_interactions: int
    interactions: int

    @property
    def share_of_interactions(self) -> float:
        """Interactions with linked works over all interactions."""
        return self.linked_interactions / max(self.interactions, 1)


def count_links(links: pd.DataFrame, interactions: pd.DataFrame) -> LinkCounts:
    """Count links, and the interactions they reach.

    Args:
        links: `LINKS`.
        interactions: `schema.INTERACTIONS`.
    """
    of_status = links["status"].value_counts()
    linked_ids = links.loc[links["status"] == LINKED, schema.ITEM_ID]
    return LinkCounts(
        linked=int(of_status.get(LINKED, 0)),
        ambiguous=int(of_status.get(AMBIGUOUS, 0)),
        unmatched=int(of_status.get(UNMATCHED, 0)),
        linked_interactions=int(interactions[schema.ITEM_ID].isin(linked_ids).sum()),
        interactions=len(interactions),
    )


def linked_targets(works: pd.DataFrame, links: pd.DataFrame) -> pd.Series:
    """The id each work is linked to, in the rows of `works`; None without a link."""
    return works[schema.ITEM_ID].map(links.set_index(schema.ITEM_ID)[TARGET_ID])


def filled(works: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Works with the columns of `told` where they say nothing themselves.

    Args:
        works: `schema.WORKS`.
        told: Columns of `schema.WORKS` by name, in the rows of `works`.

    Returns:
        `schema.WORKS`; what a work said before stays.
    """
    more = works.copy()
    for column in told.columns:
        own = more[column].where(more[column].notna(), told[column]) if column in more else None
        more[column] = told[column] if own is None else own
    return schema.WORKS.conform(more)
