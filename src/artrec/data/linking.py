"""Links of works to the film table, under their first name; see `artrec.data.enrich`."""

from __future__ import annotations

from artrec.data.enrich.base import LINKS, LinkCounts, count_links
from artrec.data.enrich.wikidata_films import link_films

__all__ = ["LINKS", "LinkCounts", "count_links", "link_films"]
