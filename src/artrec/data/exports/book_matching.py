"""Which book of the catalogue a record means: by ISBN, else by title, series and author.

An ISBN is of one edition, and catalogues keep one edition a book: so most lines are matched by
title and author. Editions of one book (`edition_of`) count as that book. A comic of a book, and a
part of one, are not the book, but may be what the person means; a book about it is another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.exports.book_titles import BookTitle, book_title
from artrec.data.exports.outcomes import (
    Outcome,
    ambiguous,
    best_of,
    gathered,
    matched,
    unmatched,
)
from artrec.data.exports.people import share_a_name
from artrec.data.exports.records import Record
from artrec.data.isbn import isbn13
from artrec.data.titles import normalise

# how a title fits, best first
EQUAL, EQUAL_BUT_BLANKS, WITHOUT_SUBTITLE, PART_OF_TITLE, SPELT = range(5)
SPELT_ALIKE: Final = 92.0
LONG_ENOUGH: Final = 8
NEAR_YEARS: Final = 1
SEVERAL: Final = "several books fit equally well"


@dataclass(frozen=True)
class _Known:
    """One title of one book of the catalogue."""

    at: int
    title: BookTitle
    is_original: bool


class BookMatcher:
    """Finds books; made once a catalogue.

    Args:
        works: Table `schema.WORKS`; its titles may carry their series in brackets.
    """

    def __init__(self, works: pd.DataFrame) -> None:
        self._years = works[schema.YEAR].to_numpy(dtype=np.float64, na_value=np.nan).tolist()
        self._creators = [_split(cell) for cell in works[schema.CREATORS]]
        self._editions = _column(works, "edition_of")
        self._raw = [normalise(title or "") for title in _column(works, schema.TITLE)]
        isbns = (isbn13(cell or "") for cell in _column(works, "isbn"))
        self._by_isbn = gathered((isbn, at) for at, isbn in enumerate(isbns) if isbn)
        known = list(_titles(works, self._creators))
        self._by_words = gathered((each.title.words, each) for each in known)
        self._by_letters = gathered((each.title.words.replace(" ", ""), each) for each in known)
        self._by_key = gathered((each.title.told.key, each) for each in known)
        self._by_part = gathered(
            (part, each) for each in known for part in (each.title.before, each.title.after) if part
        )
        self._by_name = gathered(
            (token, each)
            for each in known
            for token in {t for name in self._creators[each.at] for t in normalise(name).split()}
            if len(token) > 2
        )

    def match(self, record: Record) -> Outcome:
        """The book a record means."""
        title = book_title(record.title, record.creators)
        by_isbn = [at for isbn in record.isbns for at in self._by_isbn.get(isbn, [])]
        ranks = self._ranked(record, title)
        if by_isbn:
            return self._by_number(record, dict.fromkeys(by_isbn), ranks)
        if ranks:
            return self._chosen(record, ranks)
        maybe = self._perhaps(record, title)
        if maybe:
            return ambiguous(maybe, "a part or an adaptation of it")
        return unmatched("no book of that title by that author")

    def _by_number(
        self, record: Record, places: dict[int, None], ranks: dict[int, tuple[int, ...]]
    ) -> Outcome:
        """Settle an ISBN with what title and author say."""
        agreeing = [at for at in places if at in ranks]
        if len(agreeing) == 1:
            return matched(agreeing[0], "ISBN")
        told = [at for at in places if share_a_name(record.creators, self._creators[at]) is False]
        if len(places) == 1 and not told:
            return matched(next(iter(places)), "ISBN")
        others = best_of(ranks) if ranks else []
        return ambiguous([*places, *others], "the ISBN says one book, title and author another")

    def _ranked(self, record: Record, title: BookTitle) -> dict[int, tuple[int, ...]]:
        """Books that fit, place to rank."""
        ranks: dict[int, tuple[int, ...]] = {}
        for level, known in self._fitting(record, title):
            rank = self._rank(record, title, level, known)
            if rank is not None:
                ranks[known.at] = min(rank, ranks.get(known.at, rank))
        return ranks

    def _fitting(self, record: Record, title: BookTitle) -> Iterator[tuple[int, _Known]]:
        """Titles that fit, and how well."""
        if not title.words:
            return
        for each in self._by_words.get(title.words, []):
            yield EQUAL, each
        for each in self._by_letters.get(title.words.replace(" ", ""), []):
            yield EQUAL_BUT_BLANKS, each
        if title.is_about or not record.creators:
            return
        yield from self._without_subtitle(title)
        for each in self._by_part.get(title.words, []):
            yield PART_OF_TITLE, each
        if title.after:
            for each in self._by_words.get(title.after, []):
                yield PART_OF_TITLE, each
        yield from self._spelt_alike(record, title)

    def _without_subtitle(self, title: BookTitle) -> Iterator[tuple[int, _Known]]:
        for each in self._by_words.get(title.before, []) if title.before else []:
            series_behind = title.after in each.title.series
            if series_behind or not (title.told.is_part or title.told.is_adapted):
                yield WITHOUT_SUBTITLE, each
        whole = not (title.told.is_part or title.told.is_adapted or title.is_part)
        for each in self._by_key.get(title.told.key, []) if whole else []:
            told = each.title.told
            if not (told.is_part or told.is_adapted or each.title.is_about):
                yield WITHOUT_SUBTITLE, each

    def _spelt_alike(self, record: Record, title: BookTitle) -> Iterator[tuple[int, _Known]]:
        from rapidfuzz import fuzz

        if len(title.words) < LONG_ENOUGH or title.told.is_adapted:
            return
        tokens = {token for name in record.creators for token in normalise(name).split()}
        for token in sorted(tokens):
            for each in self._by_name.get(token, []):
                words = each.title.words
                near = abs(len(words) - len(title.words)) <= 3
                numbered = near and _numbers(words) == _numbers(title.words)
                if numbered and fuzz.ratio(words, title.words) >= SPELT_ALIKE:
                    yield SPELT, each

    def _rank(
        self, record: Record, title: BookTitle, level: int, known: _Known
    ) -> tuple[int, ...] | None:
        """How well a book fits whose title does, lower is better; None where it does not."""
        same = share_a_name(record.creators, self._creators[known.at])
        if same is False or (same is None and level > EQUAL_BUT_BLANKS):
            return None
        gap = self._gap(record, known.at)
        if same is None and record.creators and (gap is None or gap > NEAR_YEARS):
            return None  # names in two scripts: the year must tell
        if not _volumes_agree(title, known.title):
            return None
        other = title.told.is_collection != known.title.told.is_collection
        if level > EQUAL_BUT_BLANKS and (other or title.is_span != known.title.is_span):
            return None
        return level, int(same is not True), int(known.is_original)

    def _chosen(self, record: Record, ranks: dict[int, tuple[int, ...]]) -> Outcome:
        best = best_of(ranks)
        why = "title and author" if record.creators else "title"
        if len(best) == 1:
            return matched(best[0], why)
        editions = {self._editions[at] for at in best}
        if len(editions) > 1 or None in editions:
            return ambiguous(best, SEVERAL)
        wanted = normalise(record.title)
        best.sort(key=lambda at: (self._raw[at] != wanted, self._gap(record, at) or 0, at))
        return matched(best[0], f"{why}; one of several editions")

    def _perhaps(self, record: Record, title: BookTitle) -> list[int]:
        """Books that the record is a part or an adaptation of."""
        if not (title.told.is_part or title.told.is_adapted or title.is_part) or title.is_about:
            return []
        return [
            each.at
            for each in self._by_key.get(title.told.key, [])
            if share_a_name(record.creators, self._creators[each.at])
            and not each.title.told.is_part
            and not each.title.told.is_adapted
        ]

    def _gap(self, record: Record, at: int) -> int | None:
        year = self._years[at]
        return None if record.year is None or math.isnan(year) else abs(record.year - int(year))


def _volumes_agree(one: BookTitle, other: BookTitle) -> bool:
    """Whether the numbers in series that both name leave room for one book."""
    if one.is_part != other.is_part:
        return False
    for series in one.series.keys() & other.series.keys():
        numbers = one.number_in(series), other.number_in(series)
        if all(numbers) and (numbers[0] != numbers[1] or one.is_span != other.is_span):
            return False
    return True


def _titles(works: pd.DataFrame, creators: list[tuple[str, ...]]) -> Iterator[_Known]:
    """Each title of each book, the original one as well."""
    columns = ("title", "original_title", "series", "series_number")
    rows = zip(*(_column(works, name) for name in columns), strict=True)
    for at, (title, original, names, numbers) in enumerate(rows):
        split = zip(_cells(names), _cells(numbers), strict=False)
        series = tuple((name, number) for name, number in split if name)
        for text, is_original in ((title, False), (original, True)):
            if text and (not is_original or text != title):
                yield _Known(at, book_title(text, creators[at], series), is_original)


def _column(works: pd.DataFrame, name: str) -> list[str | None]:
    if name not in works:
        return [None] * len(works)
    return [cell if isinstance(cell, str) and cell else None for cell in works[name]]


def _cells(cell: str | None) -> list[str]:
    return cell.split(schema.SEPARATOR) if cell else []


def _split(cell: object) -> tuple[str, ...]:
    return tuple(cell.split(schema.SEPARATOR)) if isinstance(cell, str) else ()


def _numbers(key: str) -> list[str]:
    """Words that count: two volumes are no spellings of one title."""
    return [word for word in key.split() if word.isdigit()]
