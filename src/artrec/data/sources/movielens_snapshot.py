"""Reader of the embedded MovieLens snapshot: ratings and films in one table, one row a rating."""

from __future__ import annotations

import pandas as pd

from artrec import schema
from artrec.data.sources.base import Parsed, RatingColumns, SourceConfig, variant_of
from artrec.data.sources.raw import Sieve, as_text, require_columns
from artrec.data.sources.tables import interactions_from, works_from

RATING_COLUMNS = RatingColumns(
    user_id="userId", item_id="movieId", timestamp="timestamp", rating="rating"
)
WORK_COLUMNS = {
    schema.ITEM_ID: "movieId",
    schema.TITLE: "title",
    schema.YEAR: "year",
    schema.GENRES: "genres",
}
COLUMNS = {**RATING_COLUMNS.model_dump(), **WORK_COLUMNS}
MISSING = ("", "NA")
TABLE = "ratings"


def parse(ratings: pd.DataFrame, config: SourceConfig) -> Parsed:
    """Read the snapshot's table.

    A film's title, year and genres are those of its first rating. Films without title and year
    stay in the catalogue with both missing.

    Args:
        ratings: Raw table with the columns movieId, title, year, genres, userId, rating,
            timestamp, in any order; more columns are left alone.
        config: Names the data set.

    Raises:
        InputError: A column is missing, or there is no row.
    """
    raw = as_text(ratings, MISSING)
    require_columns(raw, COLUMNS, f"{TABLE} of {config.name}")
    sieve = Sieve(TABLE, raw)
    interactions = interactions_from(sieve, RATING_COLUMNS)
    films = raw.loc[sieve.accepted()].drop_duplicates(WORK_COLUMNS[schema.ITEM_ID])
    film_sieve = Sieve("works", films)
    works = works_from(film_sieve, WORK_COLUMNS)
    rejected = pd.concat([sieve.rejected(), film_sieve.rejected()], ignore_index=True)
    variant = variant_of(config.name, {TABLE: raw[list(COLUMNS.values())]})
    return Parsed(interactions, works, rejected, variant)
