"""A table of a person's own: columns are guessed by their names, and the guess is told.

Ratings are taken to be out of 5 where none is above 5, else out of 10, else out of 100; a rating
may say so itself ("4/5", "80%").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from artrec.data.enrich.matching import imdb_key
from artrec.data.exports.records import (
    BOOKS,
    FILMS,
    Record,
    Row,
    names_in_cell,
    number_of,
    text_of,
    year_of,
)
from artrec.data.isbn import isbn13
from artrec.data.sources.film_titles import split_year

SITE: Final = "plain"
BESTS: Final = (5.0, 10.0, 100.0)
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title", "name", "film", "movie", "book", "work", "titel", "titre", "título",
              "titolo", "original title"),
    "year": ("year", "release year", "released", "published", "year published", "date released",
             "jahr", "année", "año", "anno"),
    "director": ("director", "directors", "directed by", "regie", "réalisateur"),
    "author": ("author", "authors", "writer", "written by", "autor", "auteur", "autore"),
    "creator": ("creator", "creators", "artist", "by", "made by"),
    "rating": ("rating", "my rating", "your rating", "stars", "score", "rate", "rating10", "mark",
               "grade", "bewertung", "note", "nota"),
    "imdb": ("imdb_id", "imdb id", "imdbid", "imdb", "const", "tconst"),
    "isbn": ("isbn", "isbn13", "isbn-13", "isbn10", "isbn/uid"),
    "date": ("date", "watched date", "watcheddate", "date read", "date rated", "watched"),
}  # fmt: skip
FILM_WORDS: Final = ("film", "movie")
BOOK_WORDS: Final = ("book",)
SHARE: Final = re.compile(r"(?P<number>[\d.,]+)\s*(?:/|out of|von|sur)\s*(?P<best>\d+)")


@dataclass(frozen=True)
class Guess:
    """Which column is what.

    Attributes:
        columns: What is meant to the column's name.
        medium: What the table is about; None where that is open.
    """

    columns: Mapping[str, str]
    medium: str | None

    @property
    def told(self) -> str:
        """The guess in words."""
        named = ", ".join(f"{what} from {column!r}" for what, column in self.columns.items())
        return f"columns were guessed by their names: {named}"


def guess(columns: Iterable[str]) -> Guess | None:
    """What the columns of a table seem to be; None where no column names works."""
    known = [column for column in columns if column]
    found: dict[str, str] = {}
    for what, names in NAMES.items():
        match = next((name for name in names if name in known), None)
        if match is not None and match not in found.values():
            found[what] = match
    if "title" not in found and "imdb" not in found:
        return None
    return Guess(found, _medium(found))


def _medium(found: Mapping[str, str]) -> str | None:
    title = found.get("title", "")
    if "imdb" in found or "director" in found or title in FILM_WORDS:
        return FILMS
    if "isbn" in found or "author" in found or title in BOOK_WORDS:
        return BOOKS
    return None


def reader_of(told: Guess) -> Callable[[Row], Record | None]:
    """Reads rows by a guess; ratings stay as they are until `with_best`."""

    def read(row: Row) -> Record | None:
        def cell(what: str) -> str:
            column = told.columns.get(what)
            return text_of(row, column) if column else ""

        title, year = split_year(cell("title"))
        key = imdb_key(cell("imdb")) or ""
        if not title and not key:
            return None
        return Record(
            title,
            year_of(cell("year")) or year_of(year or ""),
            creators=_creators(cell("director") or cell("author") or cell("creator")),
            imdb_id=key,
            isbns=tuple(filter(None, (isbn13(cell("isbn")),))),
            rating=_rating(cell("rating")),
            seen=True,
            date=cell("date"),
        )

    return read


def with_best(records: list[Record]) -> tuple[list[Record], float]:
    """Ratings as shares of the best one, which is guessed from the largest; and that guess.

    A rating that said itself what it is out of is a share already, and negative here.
    """
    largest = max((each.rating or 0.0 for each in records), default=0.0)
    best = next((each for each in BESTS if largest <= each), BESTS[-1])

    def share(rating: float | None) -> float | None:
        if rating is None or rating > best:
            return None
        return -rating if rating < 0 else rating / best

    return [replace(each, rating=share(each.rating)) for each in records], best


def _rating(text: str) -> float | None:
    """A bare rating as it is, one that says its best as its share with a minus in front."""
    stars = text.count("\u2605")
    if stars:
        return -min(1.0, (stars + ("\u00bd" in text) / 2) / BESTS[0])
    if text.endswith("%"):
        number = number_of(text[:-1].strip())
        return -number / BESTS[-1] if number and 0 < number <= BESTS[-1] else None
    found = SHARE.fullmatch(text)
    if found is not None:
        number, best = number_of(found["number"]), float(found["best"])
        return -number / best if number and 0 < number <= best else None
    number = number_of(text)
    return number if number and number > 0 else None


def _creators(text: str) -> tuple[str, ...]:
    """Names of a cell; "Campion, Jane" is one name, as is every cell of one comma and two parts."""
    for separator in (";", "|", " & ", " and ", "/"):
        if separator in text:
            return names_in_cell(text, separator)
    parts = names_in_cell(text)
    if len(parts) == 2 and " " not in parts[0]:
        return (f"{parts[1]} {parts[0]}",)
    return parts
