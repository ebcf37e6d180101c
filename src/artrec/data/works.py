"""Works joined with film metadata, under its first name; see `artrec.data.enrich`."""

from __future__ import annotations

from artrec.data.enrich.wikidata_films import FROM_FILMS, with_film_metadata

__all__ = ["FROM_FILMS", "with_film_metadata"]
