"""Reader of the embedded film metadata from Wikidata: who made a film, where and how long it is.

Critic scores, box office and Oscars in the raw table are as of 2026 and are not read here: they
must never become features of a model that is evaluated as of an earlier time.
"""

from __future__ import annotations

import re

import pandas as pd

from artrec import schema
from artrec.data.sources.raw import Sieve, as_text, require_columns

TABLE = "wikidata_films"
FILMS = schema.Table(
    name="wikidata films",
    required={
        "wikidata_id": schema.TEXT,
        "imdb_id": schema.TEXT,
        schema.TITLE: schema.TEXT,
        schema.YEAR: schema.INTEGER,
        schema.GENRES: schema.TEXT,
        "directors": schema.TEXT,
        "writers": schema.TEXT,
        "cast": schema.TEXT,
        "countries": schema.TEXT,
        "languages": schema.TEXT,
        "companies": schema.TEXT,
        "runtime_minutes": schema.REAL,
    },
    optional={},
    key=("wikidata_id",),
)
LISTS = (schema.GENRES, "directors", "writers", "cast", "countries", "languages", "companies")
# a comma before one of these belongs to the name
NAME_ENDINGS = r"(?:[JS]r|Inc|Ltd|LLC|L\.?L\.?C|Co|S\.?A|I{2,3}|IV)\b"
BETWEEN_NAMES = re.compile(rf",\s+(?!{NAME_ENDINGS})")


def parse(films: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the film table.

    Args:
        films: Raw table of ``data/01_raw/wikidata_films``; a table without columns, where there is
            no metadata, gives an empty one.

    Returns:
        `FILMS`, ordered by Wikidata id, and the rows set aside (`schema.REJECTED`).

    Raises:
        InputError: A column is missing, or there is no row.
    """
    if films.shape[1] == 0:
        return no_films(), schema.REJECTED.conform(
            pd.DataFrame(columns=list(schema.REJECTED.required))
        )
    raw = as_text(films)
    require_columns(raw, {name: name for name in FILMS.required}, TABLE)
    sieve = Sieve(TABLE, raw)
    ids = sieve.text("wikidata_id")
    sieve.text(schema.TITLE)
    sieve.text(schema.YEAR)
    table = raw.loc[:, list(FILMS.required)].copy()
    table[schema.YEAR] = sieve.whole_number(schema.YEAR)
    table["runtime_minutes"] = sieve.number("runtime_minutes", required=False)
    sieve.reject(ids.duplicated() & ids.notna(), lambda at: f"{ids.iloc[at]} came before")
    for name in LISTS:
        table[name] = table[name].map(split_names, na_action="ignore")
    kept = table.loc[sieve.accepted()].sort_values("wikidata_id", kind="stable")
    return FILMS.conform(kept), sieve.rejected()


def no_films() -> pd.DataFrame:
    """`FILMS` without a row."""
    return FILMS.conform(pd.DataFrame(columns=list(FILMS.required)))


def split_names(cell: str) -> str:
    """Comma-separated names as `schema.SEPARATOR`-joined ones.

    Examples:
        >>> split_names("Max Baer, Jr., Spike Lee")
        'Max Baer, Jr.|Spike Lee'
    """
    return BETWEEN_NAMES.sub(schema.SEPARATOR, cell)
