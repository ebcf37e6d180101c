"""Reader of the embedded MovieLens snapshot: ratings and films in one table, one row a rating.

MovieLens calls a film by the same id in every release, so that tags of another one join it.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from artrec import schema
from artrec.data.sources.base import Parsed, RatingColumns, SourceConfig
from artrec.data.sources.movielens_tags import TAGS, with_tags
from artrec.data.sources.raw import RawRows, Sieve, require_columns, without
from artrec.data.sources.registry import Reader
from artrec.data.sources.tables import Gathered, interactions_from, works_from
from artrec.data.sources.variants import Fingerprint

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


def parse(tables: Mapping[str, RawRows], config: SourceConfig) -> Parsed:
    """Read the snapshot's table.

    A film's title, year and genres are those of its first rating. Films without title and year
    stay in the catalogue with both missing.

    Args:
        tables: ``ratings`` with the columns movieId, title, year, genres, userId, rating,
            timestamp, in any order; more columns are left alone. Where it is there ``tags`` of
            another release.
        config: Names the data set.

    Raises:
        InputError: A column is missing, or there is no row.
    """
    fingerprint, gathered, films = Fingerprint(), Gathered(), []
    for chunk in tables[TABLE]:
        raw = without(chunk, MISSING)
        require_columns(raw, COLUMNS, f"{TABLE} of {config.name}")
        fingerprint.add(TABLE, raw, COLUMNS.values())
        sieve = Sieve(TABLE, raw)
        gathered.add(interactions_from(sieve, RATING_COLUMNS), sieve)
        films.append(_one_row_a_film(raw.loc[sieve.accepted()]))
    film_sieve = Sieve("works", _one_row_a_film(pd.concat(films)))
    works = works_from(film_sieve, WORK_COLUMNS)
    works, bad_tags = with_tags(works, tables, config, fingerprint)
    rejected = pd.concat([gathered.rejected(), film_sieve.rejected(), *bad_tags], ignore_index=True)
    return Parsed(gathered.interactions(), works, rejected, fingerprint.variant(config.name))


def _one_row_a_film(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop_duplicates(WORK_COLUMNS[schema.ITEM_ID])


READER = Reader(parse, tables=(TABLE,), optional=(TAGS,))
