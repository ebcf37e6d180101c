"""Lists written so that other sites read them: Letterboxd lists, Goodreads shelves, plain CSV.

A cell that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from artrec.data.enrich.matching import imdb_key
from artrec.data.titles import names_of

# Letterboxd's import format: any of its columns, by name
LETTERBOXD: Final = ("imdbID", "Title", "Year", "Directors", "Rating")
# Goodreads' import format
GOODREADS: Final = (
    "Title",
    "Author",
    "ISBN",
    "My Rating",
    "Average Rating",
    "Publisher",
    "Binding",
    "Year Published",
    "Original Publication Year",
    "Date Read",
    "Date Added",
    "Bookshelves",
    "My Review",
)
PLAIN: Final = ("Item", "Title", "Year", "Creators", "Rating")
TO_READ: Final = "to-read"
READ: Final = "read"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class ListedWork:
    """One work of a list to be written.

    Attributes:
        item: Outer id (``movies:42``).
        title: As the catalogue writes it.
        year: None where unknown.
        creators: Directors or authors, the first one first.
        imdb_id: With or without "tt"; None where unknown.
        isbn: ISBN-10 or -13; None where unknown.
        rating: In stars from 0.5 to 5; None without one.
        is_seen: Whether the person knows it.
    """

    item: str
    title: str
    year: int | None = None
    creators: tuple[str, ...] = ()
    imdb_id: str | None = None
    isbn: str | None = None
    rating: float | None = None
    is_seen: bool = False


def letterboxd_list(works: Iterable[ListedWork]) -> Iterator[str]:
    """Lines of a CSV file that Letterboxd imports into a list or the watchlist.

    Only the main name of a title is written; ratings are rounded to half stars.
    """

    def cells(work: ListedWork) -> list[str]:
        key = imdb_key(work.imdb_id) if work.imdb_id else None
        return [
            key or "",
            main_name(work.title),
            _plain(work.year),
            ", ".join(work.creators),
            _stars(work.rating, 0.5),
        ]

    return _lines(LETTERBOXD, works, cells)


def goodreads_shelf(works: Iterable[ListedWork], shelf: str = TO_READ) -> Iterator[str]:
    """Lines of a CSV file that Goodreads (and StoryGraph) import.

    Ratings are rounded to whole stars, no rating is 0, and a book the person knows is on the
    shelf `READ`.

    Args:
        works: The books.
        shelf: Shelf of the others.
    """

    def cells(work: ListedWork) -> list[str]:
        told = dict.fromkeys(GOODREADS, "")
        told["Title"] = main_name(work.title)
        told["Author"] = ", ".join(work.creators)
        told["ISBN"] = work.isbn or ""
        told["My Rating"] = _stars(work.rating, 1.0) or "0"
        told["Original Publication Year"] = _plain(work.year)
        told["Bookshelves"] = READ if work.is_seen or work.rating is not None else shelf
        return list(told.values())

    return _lines(GOODREADS, works, cells)


def plain_csv(works: Iterable[ListedWork]) -> Iterator[str]:
    """Lines of a CSV file with ids, titles as the catalogue has them, years, creators, ratings."""

    def cells(work: ListedWork) -> list[str]:
        rating = "" if work.rating is None else f"{work.rating:g}"
        return [work.item, work.title, _plain(work.year), ", ".join(work.creators), rating]

    return _lines(PLAIN, works, cells)


def main_name(title: str) -> str:
    """The first of a title's names, the article in front: what other sites call the work.

    Examples:
        >>> main_name("City of Lost Children, The (Cité des enfants perdus, La)")
        'The City of Lost Children'
    """
    return names_of(title)[0] if title.strip() else title


def safe_cell(text: str) -> str:
    """Text that no spreadsheet runs.

    Examples:
        >>> safe_cell("=cmd|' /C calc'!A0")
        "'=cmd|' /C calc'!A0"
        >>> safe_cell("Alien")
        'Alien'
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def _lines(
    header: tuple[str, ...], works: Iterable[ListedWork], cells: Callable[[ListedWork], list[str]]
) -> Iterator[str]:
    yield _line(list(header))
    for work in works:
        yield _line([safe_cell(cell) for cell in cells(work)])


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _plain(number: int | None) -> str:
    return "" if number is None else str(number)


def _stars(rating: float | None, step: float) -> str:
    """A rating in steps, halves up: no step below the first."""
    if rating is None:
        return ""
    return f"{max(step, step * int(rating / step + 0.5)):g}"
