"""Reader of MovieTweetings: ratings from 0 to 10 that people tweeted, with their times.

Both files part their columns by ``::`` and have no header: the catalog names the columns. Items are
called by their IMDb id without its letters; leading zeros matter.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from artrec import schema
from artrec.data.sources.base import Parsed, RatingColumns, SourceConfig
from artrec.data.sources.film_titles import titles_and_years
from artrec.data.sources.movielens import imdb_id
from artrec.data.sources.rating_rows import RATINGS, gather_ratings
from artrec.data.sources.raw import RawRows, Sieve, require_columns
from artrec.data.sources.registry import Reader
from artrec.data.sources.tables import (
    first_of_each,
)
from artrec.data.sources.variants import Fingerprint

MOVIES, WORKS = "movies", "works"
RATING_COLUMNS = RatingColumns(
    user_id="user_id", item_id="movie_id", timestamp="timestamp", rating="rating"
)
MOVIE_COLUMNS = {schema.ITEM_ID: "movie_id", schema.TITLE: "title", schema.GENRES: "genres"}


def parse(tables: Mapping[str, RawRows], config: SourceConfig) -> Parsed:
    """Read the two tables.

    Ratings of films that the catalogue lacks stay; validation counts them and sets them aside.

    Args:
        tables: ``ratings`` and ``movies``.
        config: Names the data set. Liked is 8 and more: `positive_from` says so.

    Raises:
        InputError: A column is missing, or a table has no row.
    """
    fingerprint = Fingerprint()
    gathered = gather_ratings(tables[RATINGS], RATING_COLUMNS, config, fingerprint, film_id)
    works, rejected = _movies(tables[MOVIES], config, fingerprint)
    rejected = pd.concat([gathered.rejected(), rejected], ignore_index=True)
    return Parsed(gathered.interactions(), works, rejected, fingerprint.variant(config.name))


def film_id(text: str) -> str:
    """An item id in its one form: the digits of the IMDb id; other text stays as it is.

    Examples:
        >>> film_id("0002844"), film_id("2844.0"), film_id("tt0002844"), film_id("x")
        ('0002844', '0002844', '0002844', 'x')
    """
    found = imdb_id(text)
    return text if found is None else found.removeprefix("tt")


def _movies(
    rows: RawRows, config: SourceConfig, fingerprint: Fingerprint
) -> tuple[pd.DataFrame, pd.DataFrame]:
    raw = rows.whole()
    require_columns(raw, MOVIE_COLUMNS, f"{MOVIES} of {config.name}")
    fingerprint.add(MOVIES, raw, MOVIE_COLUMNS.values())
    sieve = Sieve(WORKS, raw)
    ids = sieve.ids("movie_id").map(film_id, na_action="ignore")
    films = titles_and_years(raw["title"]).assign(
        **{
            schema.ITEM_ID: ids,
            schema.GENRES: raw["genres"],
            schema.CREATORS: None,
            "imdb_id": ids.map(imdb_id, na_action="ignore"),
        }
    )
    return first_of_each(sieve, films), sieve.rejected()


READER = Reader(parse, tables=(RATINGS, MOVIES))
