"""Reader of MovieLens as GroupLens packs it: ml-latest-small, 25M and 32M.

Ratings are read in chunks: 32 million take no more memory than their numbers. Titles, years and
genres are as in the embedded snapshot: an article stays behind its comma, no genre is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from artrec import schema
from artrec.data.sources.base import Parsed, SourceConfig
from artrec.data.sources.film_titles import titles_and_years
from artrec.data.sources.movielens_snapshot import RATING_COLUMNS
from artrec.data.sources.movielens_tags import GENOME_SCORES, GENOME_TAGS, TAGS, with_tags
from artrec.data.sources.rating_rows import RATINGS, gather_ratings
from artrec.data.sources.raw import RawRows, Sieve, require_columns
from artrec.data.sources.registry import Reader
from artrec.data.sources.tables import NO_GENRES, first_of_each, whole_number_id
from artrec.data.sources.variants import Fingerprint

MOVIES, LINKS, WORKS = "movies", "links", "works"
MOVIE_ID, IMDB_ID = "movieId", "imdbId"
MOVIE_COLUMNS = {schema.ITEM_ID: MOVIE_ID, schema.TITLE: "title", schema.GENRES: "genres"}
IMDB_DIGITS = 7


def parse(tables: Mapping[str, RawRows], config: SourceConfig) -> Parsed:
    """Read the tables of a MovieLens archive.

    Ratings of films that the catalogue lacks stay; validation counts them and sets them aside.
    Films have the tags of people and of the tag genome (`artrec.data.sources.movielens_tags`).

    Args:
        tables: ``ratings`` and ``movies``; where they are there ``links``, ``tags``, and
            ``genome_scores`` with ``genome_tags``.
        config: Names the data set; `tag_rules`.

    Raises:
        InputError: A column is missing, or a table has no row.
    """
    fingerprint = Fingerprint()
    gathered = gather_ratings(tables[RATINGS], RATING_COLUMNS, config, fingerprint)
    works, rejected = _movies(tables[MOVIES], config, fingerprint)
    rejected = [gathered.rejected(), rejected]
    if LINKS in tables:
        imdb, bad_links = _links(tables[LINKS], config, fingerprint)
        works["imdb_id"] = works[schema.ITEM_ID].map(imdb)
        rejected.append(bad_links)
    works, bad_tags = with_tags(works, tables, config, fingerprint)
    return Parsed(
        gathered.interactions(),
        schema.WORKS.conform(works),
        schema.REJECTED.conform(pd.concat([*rejected, *bad_tags], ignore_index=True)),
        fingerprint.variant(config.name),
    )


def _movies(
    rows: RawRows, config: SourceConfig, fingerprint: Fingerprint
) -> tuple[pd.DataFrame, pd.DataFrame]:
    raw = rows.whole()
    require_columns(raw, MOVIE_COLUMNS, f"{MOVIES} of {config.name}")
    fingerprint.add(MOVIES, raw, MOVIE_COLUMNS.values())
    sieve = Sieve(WORKS, raw)
    films = titles_and_years(raw["title"]).assign(
        **{
            schema.ITEM_ID: sieve.ids(MOVIE_ID).map(whole_number_id, na_action="ignore"),
            schema.GENRES: raw["genres"].replace({NO_GENRES: None}),
            schema.CREATORS: None,
        }
    )
    return first_of_each(sieve, films), sieve.rejected()


def _links(
    rows: RawRows, config: SourceConfig, fingerprint: Fingerprint
) -> tuple[pd.Series, pd.DataFrame]:
    """IMDb id of each film; a film that is linked again keeps the first."""
    raw = rows.whole()
    wanted = {schema.ITEM_ID: MOVIE_ID, "imdb_id": IMDB_ID}
    require_columns(raw, wanted, f"{LINKS} of {config.name}")
    fingerprint.add(LINKS, raw, wanted.values())
    sieve = Sieve(LINKS, raw)
    ids = sieve.ids(MOVIE_ID).map(whole_number_id, na_action="ignore")
    sieve.reject(ids.duplicated() & ids.notna(), lambda at: f"film {ids.iloc[at]} came before")
    imdb = raw[IMDB_ID].map(imdb_id, na_action="ignore")
    sieve.reject(
        raw[IMDB_ID].notna() & imdb.isna(),
        lambda at: f"{IMDB_ID} {raw[IMDB_ID].iloc[at]!r} is no IMDb id",
    )
    linked = pd.Series(imdb.to_numpy(), index=ids.to_numpy(), dtype=object)
    return linked[sieve.accepted()].dropna(), sieve.rejected()


def imdb_id(text: str) -> str | None:
    """A film's IMDb id as IMDb writes it, leading zeros and all; None if it is none.

    Examples:
        >>> imdb_id("0114709"), imdb_id("114709.0"), imdb_id("tt0114709"), imdb_id("toy")
        ('tt0114709', 'tt0114709', 'tt0114709', None)
    """
    number = whole_number_id(text.strip()).removeprefix("tt")
    return f"tt{number.zfill(IMDB_DIGITS)}" if number.isdecimal() else None


READER = Reader(
    parse,
    tables=(RATINGS, MOVIES),
    optional=(LINKS, TAGS, GENOME_SCORES, GENOME_TAGS),
)
