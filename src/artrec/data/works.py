"""The catalogue of works: what a source says of them, joined with linked film metadata."""

from __future__ import annotations

import pandas as pd

from artrec import schema
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


def with_film_metadata(
    works: pd.DataFrame, films: pd.DataFrame, links: pd.DataFrame
) -> pd.DataFrame:
    """Fill what the source does not say from the film each work is linked to.

    Title, year and genres stay the source's: the film table's genres are another vocabulary.

    Args:
        works: `schema.WORKS` of a source.
        films: `artrec.data.sources.wikidata_films.FILMS`.
        links: `artrec.data.linking.LINKS`; ambiguous and unmatched works have no film there and
            get nothing.

    Returns:
        `schema.WORKS` with every column of `FROM_FILMS`, rows in the order of `works`.
    """
    works = schema.WORKS.conform(works)
    linked = works[schema.ITEM_ID].map(links.set_index(schema.ITEM_ID)["wikidata_id"])
    known = FILMS.conform(films).set_index("wikidata_id")
    filled = works.copy()
    for column, film_column in FROM_FILMS.items():
        told = linked.map(known[film_column])
        filled[column] = (
            filled[column].where(filled[column].notna(), told) if (column in filled) else told
        )
    return schema.WORKS.conform(filled)
