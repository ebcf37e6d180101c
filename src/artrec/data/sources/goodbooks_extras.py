"""Beside the books of goodbooks-10k: readers' shelves, and descriptions from elsewhere.

The descriptions (Vančura et al. 2024, beeFormer) were written by a language model from a book's
metadata: what a model gains by them must be compared with what it gains by the metadata alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from artrec import schema
from artrec.data.shelves import genre_of, says_something
from artrec.data.sources.raw import RawRows, Sieve, require_columns, shown
from artrec.data.sources.variants import Fingerprint

TAGS, BOOK_TAGS, DESCRIPTIONS = "tags", "book_tags", "descriptions"
TAG, TAG_NAME, COUNT, GOODREADS, BOOK = (
    "tag_id",
    "tag_name",
    "count",
    "goodreads_book_id",
    "book_id",
)
TEXT_COLUMNS: Final = ("llama31_description", "description", "text")
# a shelf says something of a book when at least so many readers put the book there; the published
# table lists a hundred shelves a book, down to a single reader
MIN_SHELVERS: Final = 100
MAX_GENRES: Final = 5
# a genre counts when its shelf is used at least this share as often as the book's first genre
GENRE_SHARE: Final = 0.1


def shelves_of(
    tables: Mapping[str, RawRows], goodreads: pd.Series, source: str, fingerprint: Fingerprint
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Tags and genres of books, the most used first.

    A tag is a shelf that at least `MIN_SHELVERS` readers used and whose name says something of the
    book (`artrec.data.shelves`). Genres are those of its shelves that name one, at most
    `MAX_GENRES`, each used at least `GENRE_SHARE` as often as the first.

    Args:
        tables: With `TAGS` and `BOOK_TAGS`.
        goodreads: Goodreads' id (index) -> item id.
        source: Name of the data set, for errors.
        fingerprint: Takes in both tables.

    Returns:
        item_id, genres, tags; and the rows set aside of either table.
    """
    names, bad_names = _tag_names(tables[TAGS], source, fingerprint)
    kept, rejected = [], [bad_names]
    for chunk in tables[BOOK_TAGS]:
        wanted = {each: each for each in (GOODREADS, TAG, COUNT)}
        require_columns(chunk, wanted, f"{BOOK_TAGS} of {source}")
        fingerprint.add(BOOK_TAGS, chunk, wanted)
        sieve = Sieve(BOOK_TAGS, chunk)
        shelves = _counted(sieve, goodreads, names)
        kept.append(shelves.loc[sieve.accepted()])
        rejected.append(sieve.rejected())
    shelves = pd.concat(kept)
    shelves = shelves.drop_duplicates([schema.ITEM_ID, "shelf"])
    used = shelves[(shelves[COUNT] >= MIN_SHELVERS) & shelves["shelf"].map(says_something)]
    used = used.sort_values([schema.ITEM_ID, COUNT, "shelf"], ascending=[True, False, True])
    tags = used.groupby(schema.ITEM_ID)["shelf"].agg(schema.SEPARATOR.join).rename("tags")
    both = pd.concat([_genres(used), tags], axis="columns").rename_axis(schema.ITEM_ID)
    return both.reset_index(), rejected


def texts_of(
    rows: RawRows, known: pd.Series, source: str, fingerprint: Fingerprint
) -> tuple[pd.Series, pd.DataFrame]:
    """Descriptions of books, without the quotation marks some stand in.

    Args:
        rows: Table with `BOOK` and one of `TEXT_COLUMNS`.
        known: Item ids of the catalogue.
        source: Name of the data set, for errors.
        fingerprint: Takes in the table.

    Returns:
        Texts by item id, empty ones left out, and the rows set aside: of books that are not in
        the catalogue, or came before.
    """
    raw = rows.whole()
    column = next((each for each in TEXT_COLUMNS if each in raw), TEXT_COLUMNS[0])
    wanted = {BOOK: BOOK, "text": column}
    require_columns(raw, wanted, f"{DESCRIPTIONS} of {source}")
    fingerprint.add(DESCRIPTIONS, raw, wanted.values())
    sieve = Sieve(DESCRIPTIONS, raw)
    ids = whole_ids(sieve.ids(BOOK))
    sieve.reject(
        ids.notna() & ~ids.isin(known), lambda at: f"book {shown(ids.iloc[at])} is not in the books"
    )
    sieve.reject(
        ids.duplicated() & ids.notna(), lambda at: f"book {shown(ids.iloc[at])} came before"
    )
    texts = raw[column].map(_unquoted, na_action="ignore")
    texts = pd.Series(texts.to_numpy(), index=ids.to_numpy(), dtype=object)[sieve.accepted()]
    return texts.dropna(), sieve.rejected()


def whole_ids(ids: pd.Series) -> pd.Series:
    """Ids of whole numbers that were written as floats, as the whole numbers they are.

    Examples:
        >>> whole_ids(pd.Series(["7.0", "7", None])).tolist()
        ['7', '7', None]
    """
    floats = ids.str.fullmatch(r"\d+\.0+").eq(True)
    return ids.where(~floats, ids.str.partition(".")[0]) if floats.any() else ids


def _tag_names(
    rows: RawRows, source: str, fingerprint: Fingerprint
) -> tuple[pd.Series, pd.DataFrame]:
    raw = rows.whole()
    wanted = {TAG: TAG, TAG_NAME: TAG_NAME}
    require_columns(raw, wanted, f"{TAGS} of {source}")
    fingerprint.add(TAGS, raw, wanted)
    sieve = Sieve(TAGS, raw)
    ids, names = whole_ids(sieve.ids(TAG)), sieve.text(TAG_NAME)
    sieve.reject(
        ids.duplicated() & ids.notna(), lambda at: f"tag {shown(ids.iloc[at])} came before"
    )
    plain = names.str.replace(schema.SEPARATOR, " ", regex=False).str.strip()
    named = pd.Series(plain.to_numpy(), index=ids.to_numpy(), dtype=object)
    return named[sieve.accepted()], sieve.rejected()


def _counted(sieve: Sieve, goodreads: pd.Series, names: pd.Series) -> pd.DataFrame:
    """item_id, shelf and count of a chunk's rows; those that do not convert are in the sieve."""
    books, tags = whole_ids(sieve.ids(GOODREADS)), whole_ids(sieve.ids(TAG))
    counts = sieve.number(COUNT)
    items, shelves = books.map(goodreads[~goodreads.index.duplicated()]), tags.map(names)
    sieve.reject(
        books.notna() & items.isna(), lambda at: f"book {shown(books.iloc[at])} is not in the books"
    )
    sieve.reject(
        tags.notna() & shelves.isna(), lambda at: f"tag {shown(tags.iloc[at])} is not in the tags"
    )
    sieve.reject(counts < 0, lambda at: f"count {shown(sieve.raw[COUNT].iloc[at])} is negative")
    repeated = pd.DataFrame({"book": books, "tag": tags}).duplicated()
    sieve.reject(repeated, lambda at: f"tag {shown(tags.iloc[at])} of the book came before")
    return pd.DataFrame({schema.ITEM_ID: items, "shelf": shelves, COUNT: counts})


def _genres(used: pd.DataFrame) -> pd.Series:
    """Genres by item id, of shelves that are sorted by how much they are used."""
    genre = used["shelf"].map(genre_of)
    named = used.assign(genre=genre)[genre.notna()].drop_duplicates([schema.ITEM_ID, "genre"])
    by_book = named.groupby(schema.ITEM_ID)[COUNT]
    strong = named[named[COUNT] >= GENRE_SHARE * by_book.transform("max")]
    first = strong.groupby(schema.ITEM_ID).head(MAX_GENRES)
    joined = first.groupby(schema.ITEM_ID)["genre"].agg(schema.SEPARATOR.join)
    return joined.rename(schema.GENRES)


def _unquoted(text: str) -> str | None:
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"' and '"' not in stripped[1:-1]:
        stripped = stripped[1:-1].strip()
    return stripped or None
