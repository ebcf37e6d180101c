"""Reader of goodbooks-10k, releases 1 and 2: ratings from 1 to 5 without times, and books.

The releases order the columns of their ratings differently, and name the ids of their books
differently: in release 1 ``books.id`` is the id that ratings use and ``book_id`` is Goodreads', in
release 2 they are ``book_id`` and ``goodreads_book_id``. Columns are found by name.

What readers did with a book (`FROM_READERS`) is nothing that a new book would have: an evaluation
of cold books must hide those columns. Original titles are the source's, and sometimes another
book's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import pandas as pd

from artrec import schema
from artrec.data.editions import edition_groups
from artrec.data.isbn import SHORT, is_isbn10
from artrec.data.series import split_series
from artrec.data.sources.base import Parsed, SourceConfig
from artrec.data.sources.goodbooks_extras import (
    BOOK_TAGS,
    DESCRIPTIONS,
    TAGS,
    shelves_of,
    texts_of,
    whole_ids,
)
from artrec.data.sources.raw import RawRows, Sieve, require_columns, shown
from artrec.data.sources.registry import Reader
from artrec.data.sources.tables import Gathered, in_order, reject_repeats
from artrec.data.sources.variants import Fingerprint

RATINGS, BOOKS = "ratings", "books"
WORKS = "works"  # what rejected rows of the books are filed under; validation counts them as works
# cells of these columns that do not convert are filed under the column's name; their books stay
ISBN, YEAR, COUNT, MEAN = "isbn", "original_publication_year", "ratings_count", "average_rating"
CONVERTED: Final = (ISBN, YEAR, COUNT, MEAN)
USER, BOOK, RATING, GOODREADS = "user_id", "book_id", "rating", "goodreads_book_id"
FROM_READERS: Final = (schema.GENRES, "tags", "ratings_count", "average_rating")
DETAILS: Final = (*CONVERTED, "authors", "original_title", "title", "language_code")
# the source's codes, ISO 639-2/B and a few of two letters; "en-US" and the like count as "en"
LANGUAGES: Final = {
    "ara": "Arabic",
    "dan": "Danish",
    "en": "English",
    "eng": "English",
    "fil": "Filipino",
    "fre": "French",
    "ger": "German",
    "ind": "Indonesian",
    "ita": "Italian",
    "jpn": "Japanese",
    "nl": "Dutch",
    "nor": "Norwegian",
    "per": "Persian",
    "pol": "Polish",
    "por": "Portuguese",
    "rum": "Romanian",
    "rus": "Russian",
    "spa": "Spanish",
    "swe": "Swedish",
    "tur": "Turkish",
    "vie": "Vietnamese",
}


class BookIds(NamedTuple):
    """Columns of books.csv with the id that ratings use, and with Goodreads' own."""

    ours: str
    goodreads: str


def parse(tables: Mapping[str, RawRows], config: SourceConfig) -> Parsed:
    """Read the tables of goodbooks-10k.

    Repeated ratings stay; a repeated book keeps its first row. Books without text, shelves or year
    stay in the catalogue with those missing, and so do books of which such a cell does not
    convert: the cell is set aside under the name of its column.

    Args:
        tables: ``ratings`` and ``books``; where they are there ``tags`` and ``book_tags``, and
            ``descriptions`` (book_id and a text).
        config: Names the data set.

    Raises:
        InputError: A column is missing, or a table has no row.
    """
    fingerprint = Fingerprint()
    gathered = _ratings(tables[RATINGS], config, fingerprint)
    works, goodreads, rejected = _works(tables[BOOKS], config, fingerprint)
    rejected = [gathered.rejected(), *rejected]
    if TAGS in tables and BOOK_TAGS in tables:
        shelves, bad = shelves_of(tables, goodreads, config.name, fingerprint)
        works = works.merge(shelves, on=schema.ITEM_ID, how="left", suffixes=("_none", ""))
        rejected += bad
    if DESCRIPTIONS in tables:
        known = works[schema.ITEM_ID]
        texts, bad_texts = texts_of(tables[DESCRIPTIONS], known, config.name, fingerprint)
        works["text"] = known.map(texts)
        rejected.append(bad_texts)
    works["edition_of"] = edition_groups(schema.WORKS.conform(works))
    return Parsed(
        gathered.interactions(),
        schema.WORKS.conform(works),
        schema.REJECTED.conform(pd.concat(rejected, ignore_index=True)),
        fingerprint.variant(config.name),
    )


def _ratings(rows: RawRows, config: SourceConfig, fingerprint: Fingerprint) -> Gathered:
    wanted = {schema.USER_ID: USER, schema.ITEM_ID: BOOK, schema.RATING: RATING}
    gathered = Gathered()
    for chunk in rows:
        require_columns(chunk, wanted, f"{RATINGS} of {config.name}")
        fingerprint.add(RATINGS, chunk, wanted.values())
        sieve = Sieve(RATINGS, chunk)
        converted = pd.DataFrame(
            {
                schema.USER_ID: whole_ids(sieve.ids(USER)),
                schema.ITEM_ID: whole_ids(sieve.ids(BOOK)),
                schema.RATING: sieve.number(RATING),
            }
        )
        gathered.add(schema.INTERACTIONS.conform(converted.loc[sieve.accepted()]), sieve)
    return gathered


def _works(
    rows: RawRows, config: SourceConfig, fingerprint: Fingerprint
) -> tuple[pd.DataFrame, pd.Series, list[pd.DataFrame]]:
    """The works, Goodreads' id -> item id, and the rows set aside."""
    raw = rows.whole()
    ids = BookIds(BOOK, GOODREADS) if GOODREADS in raw else BookIds("id", BOOK)
    wanted = {each: each for each in (*ids, *DETAILS)}
    require_columns(raw, wanted, f"{BOOKS} of {config.name}")
    fingerprint.add(BOOKS, raw, wanted)
    sieve, cells = Sieve(WORKS, raw), {name: Sieve(name, raw) for name in CONVERTED}
    item_ids = whole_ids(sieve.ids(ids.ours))
    reject_repeats(sieve, item_ids, raw["title"], "book")
    titles = raw["title"].map(split_series, na_action="ignore")
    works = pd.DataFrame(
        {
            schema.ITEM_ID: item_ids,
            schema.TITLE: titles.map(lambda each: _plain(each.title), na_action="ignore"),
            schema.YEAR: cells[YEAR].whole_number(YEAR),
            schema.GENRES: None,
            schema.CREATORS: raw["authors"].map(_names, na_action="ignore"),
            "languages": raw["language_code"].map(_language, na_action="ignore"),
            "isbn": _isbns(cells[ISBN]),
            "original_title": raw["original_title"].map(_original_title, na_action="ignore"),
            "series": titles.map(lambda each: each.series_cell, na_action="ignore"),
            "series_number": titles.map(lambda each: each.numbers_cell, na_action="ignore"),
            "ratings_count": cells[COUNT].number(COUNT, required=False),
            "average_rating": cells[MEAN].number(MEAN, required=False),
        }
    )
    kept = sieve.accepted()
    goodreads = whole_ids(raw[ids.goodreads])[kept]
    by_goodreads = pd.Series(item_ids[kept].to_numpy(), index=goodreads.to_numpy(), dtype=object)
    rejected = [sieve.rejected(), *(each.rejected() for each in cells.values())]
    return in_order(works.loc[kept]), by_goodreads, rejected


def _isbns(sieve: Sieve) -> pd.Series:
    """ISBN-10 with the zeros in front that the source lost; one of a wrong check digit is none."""
    told = sieve.raw["isbn"].str.strip().str.upper()
    padded = told.str.zfill(SHORT)
    wrong = told.notna() & ~padded.map(is_isbn10, na_action="ignore").eq(True)
    sieve.reject(wrong, lambda at: f"isbn {shown(told.iloc[at])} has a wrong check digit")
    return padded.where(told.notna() & ~wrong, None)


def _names(cell: str) -> str | None:
    """Names parted by commas, each once."""
    names = dict.fromkeys(_plain(name) for name in cell.split(","))
    return schema.SEPARATOR.join(name for name in names if name) or None


def _original_title(cell: str) -> str | None:
    return _plain(split_series(cell).title)


def _language(code: str) -> str | None:
    """The language's English name; a code nobody listed stays as it is, several languages none."""
    if code == "mul":
        return None
    return LANGUAGES.get(code.strip().partition("-")[0].lower(), code.strip()) or None


def _plain(text: str) -> str | None:
    return " ".join(text.replace(schema.SEPARATOR, " ").split()) or None


READER = Reader(parse, tables=(RATINGS, BOOKS), optional=(TAGS, BOOK_TAGS, DESCRIPTIONS))
