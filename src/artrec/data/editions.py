"""Groups the editions of one book: works by the same author with the same normalised title.

Beside equal titles these count as one book: a work and a part of it, a comic, play or script that
names the author, a volume named for the work that adds shorter pieces, a translation under the
same original title, and two collections of the same volumes. Volumes of a series, a collection and
one of its works, and guides are books of their own. Where a book is held out, its editions must be
too, for they would give it away.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import pandas as pd

from artrec import schema
from artrec.data.edition_titles import EditionTitle, edition_title
from artrec.data.titles import normalise, without_article

# names that many different books share are no authors
NO_AUTHOR: Final = re.compile(
    r"\b(?:company|disney|inc|ltd|press|publish\w*|editors|staff|anonymous|various|unknown)\b"
)
# larger groups of books by one author with one key are no editions
MAX_GROUP: Final = 50


@dataclass(frozen=True)
class Book:
    """What is compared of one work.

    Attributes:
        authors: Normalised names, the first one first.
        title: Its title taken apart.
        original: Normalised original title; empty if unknown.
        series: Normalised series -> its number there, as written.
        language: Empty if unknown.
    """

    authors: tuple[str, ...]
    title: EditionTitle
    original: str
    series: dict[str, str]
    language: str


def edition_groups(works: pd.DataFrame) -> pd.Series:
    """The group of editions each work belongs to.

    Args:
        works: `schema.WORKS`; title, creators and, where there are any, original_title, series,
            series_number and languages are looked at.

    Returns:
        Text, aligned with the rows of `works`: the first item id (in text order) of the group; a
        work alone, or without title or author, is a group of its own.
    """
    ids = works[schema.ITEM_ID].tolist()
    books = _books(works)
    parent = list(range(len(ids)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for one, other in _candidates(books):
        if same_book(books[one], books[other]):
            low, high = sorted((root(one), root(other)), key=lambda at: (str(ids[at]), at))
            parent[high] = low
    groups = [ids[root(at)] for at in range(len(ids))]
    return pd.Series(groups, index=works.index, dtype=object, name="edition_of")


def same_book(one: Book, other: Book) -> bool:
    """Whether two books are editions of one.

    Parts are compared with the whole only: two parts meet through it.
    """
    if not set(one.authors) & set(other.authors) or one.title.is_guide or other.title.is_guide:
        return False
    return (
        _same_title(one, other)
        or _same_number(one, other)
        or _same_original(one, other)
        or _named_part(one, other)
        or _named_part(other, one)
        or _named_with_series(one, other)
        or _named_with_series(other, one)
        or _adapted_by_another(one, other)
        or _adapted_by_another(other, one)
    )


def _same_title(one: Book, other: Book) -> bool:
    if not one.title.key or one.title.key != other.title.key:
        return False
    if one.title.is_part and other.title.is_part:
        return False
    if one.title.is_adapted or other.title.is_adapted:
        return True
    return _series_agree(one, other)


def _series_agree(one: Book, other: Book) -> bool:
    """Whether series and numbers leave room for one book."""
    shared = one.series.keys() & other.series.keys()
    if shared:
        return any(_main_number(one, name) == _main_number(other, name) for name in shared)
    if not one.series or not other.series:
        # a range of volumes is no edition of one of them
        alone, beside = (one, other) if not one.series else (other, one)
        spans = any(map(_is_range, beside.series.values()))
        return beside.title.is_part if spans else not (alone.title.is_span and beside.series)
    key = one.title.key
    return any(key in name for name in (*one.series, *other.series))


def _same_number(one: Book, other: Book) -> bool:
    """The same volume of a series, whole and in part, or two collections of the same volumes."""
    for name in one.series.keys() & other.series.keys():
        number = _main_number(one, name)
        if not number or number != _main_number(other, name):
            continue
        if _is_range(number) and not one.title.is_part and not other.title.is_part:
            return True
        parts = [_is_part_of_number(book, name) for book in (one, other)]
        if any(parts) and (all(parts) or _overlap(one.title.key, other.title.key)):
            return True
    return False


def _same_original(one: Book, other: Book) -> bool:
    """One original title, and one title that begins with the other, or two languages."""
    if not one.original or one.original != other.original:
        return False
    if one.title.is_collection or other.title.is_collection:
        return False
    short, long = sorted((one.title.key, other.title.key), key=len)
    begins = bool(short) and f"{long} ".startswith(f"{short} ")
    languages = {one.language, other.language}
    translated = len(languages) == 2 and one.original in (one.title.key, other.title.key)
    shared = one.series.keys() & other.series.keys()
    agree = all(_within(one.series[name], other.series[name]) for name in shared)
    return (begins or translated) and agree


def _named_part(whole: Book, part: Book) -> bool:
    """A volume whose series is called a book's title and "part"."""
    key = whole.title.key
    return bool(key) and f"{key} part" in part.series


def _named_with_series(book: Book, other: Book) -> bool:
    """A title that puts the other's series in front: "The Fen Tales: Reed Mace, Volume 1"."""
    title = other.title
    return bool(title.after_colon) and (
        title.after_colon == book.title.key and title.before_colon in book.series
    )


def _adapted_by_another(whole: Book, adapted: Book) -> bool:
    """The whole title before a colon, by another first author who names the author beside."""
    key = whole.title.key
    if not key or key in whole.series or whole.title.before_colon or whole.title.is_part:
        return False
    author = whole.authors[0]
    return (
        adapted.title.before_colon == key
        and adapted.authors[0] != author
        and author in adapted.authors
    )


def _books(works: pd.DataFrame) -> list[Book]:
    told = schema.WORKS.conform(works)
    told = told.reindex(
        columns=["title", "creators", "original_title", "series", "series_number", "languages"]
    )
    return [_book(*[_cell(each) for each in row]) for row in told.itertuples(index=False)]


def _book(
    title: str, creators: str, original: str, series: str, numbers: str, language: str
) -> Book:
    names = tuple(name for name in creators.split(schema.SEPARATOR) if name)
    authors = tuple(normalise(name) for name in names)
    named = zip(series.split(schema.SEPARATOR), numbers.split(schema.SEPARATOR), strict=False)
    return Book(
        authors=tuple(name for name in authors if name and not NO_AUTHOR.search(name)),
        title=edition_title(title, names),
        original=edition_title(original, names).plain if original else "",
        series={without_article(normalise(name)): number for name, number in named if name},
        language=language,
    )


def _cell(cell: object) -> str:
    return cell if isinstance(cell, str) else ""


def _candidates(books: Sequence[Book]) -> Iterator[tuple[int, int]]:
    """Pairs that share an author and a key of any kind, each once, in order."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, book in enumerate(books):
        for author in book.authors:
            for key in _keys(book):
                groups[author, key].append(at)
    pairs = {
        pair
        for members in groups.values()
        if len(members) <= MAX_GROUP
        for pair in combinations(sorted(set(members)), 2)
    }
    return iter(sorted(pairs))


def _keys(book: Book) -> Iterable[str]:
    title = book.title
    names = {title.key, title.plain, title.before_colon, title.after_colon, book.original}
    for name, number in book.series.items():
        names |= {name.removesuffix(" part"), f"{name} #{_plain_number(number)}"}
    return names - {""}


def _main_number(book: Book, series: str) -> str:
    return _plain_number(book.series[series])


def _plain_number(number: str) -> str:
    """The volume without a remark on the part: "3: Part 2 of 2" is 3, "1-1" is 1."""
    found = re.match(r"[\d.]+(?:\s*[-\u2013]\s*[\d.]+)?(?:,\s*[\d.]+)*", number)
    if found is None:
        return ""
    plain = re.sub(r"\s*[-\u2013]\s*", "-", found.group().rstrip("."))
    low, dash, high = plain.partition("-")
    return low if dash and low == high else plain


def _is_range(number: str) -> bool:
    return "-" in _plain_number(number)


def _is_part_of_number(book: Book, series: str) -> bool:
    number = book.series[series]
    return "part" in number.casefold() or book.title.is_part


def _overlap(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return bool(short) and f" {short} " in f" {long} "


def _within(one: str, other: str) -> bool:
    """Whether one number is the other, or lies in its range."""
    one, other = _plain_number(one), _plain_number(other)
    if one == other:
        return True
    for number, span in ((one, other), (other, one)):
        low, dash, high = span.partition("-")
        if dash and "-" not in number and number:
            return float(low) <= float(number) <= float(high)
    return False
