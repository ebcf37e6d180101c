"""Enrichment of films from the embedded Wikidata table: who made them, where, how long they are."""

from __future__ import annotations

import pandas as pd

from artrec import schema
from artrec.data.enrich.base import TARGET_ID, Enriched, Enrichment, filled, linked_targets
from artrec.data.enrich.matching import (
    NO_FILM_OF_ID,
    RANK,
    candidates_by_imdb_id,
    candidates_by_title,
    has_imdb_id,
    settle,
    untitled,
)
from artrec.data.sources import wikidata_films
from artrec.data.sources.raw import RawRows
from artrec.data.sources.wikidata_films import FILMS

# column of the works table -> column of the film table
FROM_FILMS = {
    schema.CREATORS: "directors",
    "writers": "writers",
    "cast": "cast",
    "countries": "countries",
    "languages": "languages",
    "companies": "companies",
    "runtime_minutes": "runtime_minutes",
    "imdb_id": "imdb_id",
}
# ranks of pairs with one IMDb id stand before all others
ID_RANKS = 2


def enrich(works: pd.DataFrame, raw: RawRows) -> Enriched:
    """Read the film table, link works to it and fill what the source does not say.

    Args:
        works: `schema.WORKS` of a source.
        raw: Raw table of ``data/01_raw/wikidata_films``.

    Raises:
        InputError: A column of the raw table is missing, or there is no row.
    """
    films, rejected = wikidata_films.parse(raw.whole())
    links = link_films(works, films)
    return Enriched(with_film_metadata(works, films, links), links, rejected)


ENRICHMENT = Enrichment(enrich, table="wikidata_films")


def link_films(works: pd.DataFrame, films: pd.DataFrame) -> pd.DataFrame:
    """Link each work to at most one film, and each film to at most one work.

    A work that has an IMDb id is linked by it and by nothing else: a film of the same title and
    year under another id is another film. A work without one is linked by name and year
    (`artrec.data.enrich.matching`).

    Args:
        works: `schema.WORKS`; item_id, title, year and imdb_id are looked at.
        films: `artrec.data.sources.wikidata_films.FILMS`.

    Returns:
        `artrec.data.enrich.base.LINKS`: one row a work, in the order of `works`.
    """
    works = schema.WORKS.conform(works)
    targets = FILMS.conform(films).rename(columns={"wikidata_id": TARGET_ID})
    numbered = has_imdb_id(works)
    by_id = candidates_by_imdb_id(works[numbered], targets)
    by_title = candidates_by_title(works[~numbered], targets)
    by_title[RANK] += ID_RANKS
    without = untitled(works).mask(numbered, NO_FILM_OF_ID)
    return settle(works, pd.concat([by_id, by_title], ignore_index=True), without)


def with_film_metadata(
    works: pd.DataFrame, films: pd.DataFrame, links: pd.DataFrame
) -> pd.DataFrame:
    """Fill what the source does not say from the film each work is linked to.

    Title, year and genres stay the source's: the film table's genres are another vocabulary.

    Args:
        works: `schema.WORKS` of a source.
        films: `artrec.data.sources.wikidata_films.FILMS`.
        links: `artrec.data.enrich.base.LINKS`; ambiguous and unmatched works have no film there
            and get nothing.

    Returns:
        `schema.WORKS` with every column of `FROM_FILMS`, rows in the order of `works`.
    """
    works = schema.WORKS.conform(works)
    known = FILMS.conform(films).set_index("wikidata_id")
    linked = linked_targets(works, links)
    told = {column: linked.map(known[of_film]) for column, of_film in FROM_FILMS.items()}
    return filled(works, pd.DataFrame(told))
