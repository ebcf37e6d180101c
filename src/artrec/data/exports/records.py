"""What one line of an export says, whatever the site: a work as the site names it, and a taste."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from artrec.data.titles import normalise

FILMS: Final = "movies"
BOOKS: Final = "books"
LONGEST: Final = 500  # characters kept of a cell that names something
NUMBER: Final = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,9})?")
YEAR: Final = re.compile(r"[12]\d{3}")
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u200b\u200e\u200f\u2060\ufeff]+")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """One line, or several of the same work.

    Attributes:
        title: As the site writes it.
        year: Of the work; None where the site does not say.
        creators: Directors or authors.
        original_title: Empty where the site does not say.
        imdb_id: In the form of `artrec.data.enrich.matching.imdb_key`; empty without one.
        movielens_id: Empty without one.
        isbns: ISBN-13s.
        kind: The site's word for what it is ("TV Episode"); empty where it has none.
        rating: Share of the site's best rating, over 0 and up to 1; None where not rated.
        liked: Whether it is marked as liked.
        seen: Whether the person knows it.
        want: Whether it stands on a list of what they want to see or read.
        date: When the person said so, as written; empty where unknown.
        line: Where it stands in its file; the first line is 1.
        file: The file; of an archive the member.
    """

    title: str
    year: int | None = None
    creators: tuple[str, ...] = ()
    original_title: str = ""
    imdb_id: str = ""
    movielens_id: str = ""
    isbns: tuple[str, ...] = ()
    kind: str = ""
    rating: float | None = None
    liked: bool = False
    seen: bool = False
    want: bool = False
    date: str = ""
    line: int = 0
    file: str = ""

    @property
    def says_something(self) -> bool:
        """Whether there is a taste in it."""
        return self.rating is not None or self.liked or self.seen or self.want


@dataclass(frozen=True)
class Layout:
    """How one kind of file of one site is laid out.

    Attributes:
        site: Name of the site.
        file: What the file holds.
        medium: What the site is about; None where that is open.
        needs: Columns that tell this layout, in small letters.
        read: From a row (column in small letters to cell) to a record, None for a row that says
            nothing.
        named: What the file's name holds, where its columns alone do not tell.
        lacks: Columns that tell another layout.
        note: What a person should know of how it is read.
        precedence: Of several ratings of a work that of the file with the highest counts.
    """

    site: str
    file: str
    medium: str | None
    needs: frozenset[str]
    read: Callable[[Row], Record | None]
    named: tuple[str, ...] = ()
    lacks: frozenset[str] = frozenset()
    note: str = ""
    precedence: int = 0

    def fits(self, columns: frozenset[str], name: str) -> bool:
        """Whether a file of these columns and this name is laid out so."""
        lower = name.lower()
        return (
            self.needs <= columns
            and not self.lacks & columns
            and (not self.named or any(each in lower for each in self.named))
        )


@dataclass
class Gathered:
    """Records of an export, one a work.

    Attributes:
        by_key: What tells works apart, to the record and the precedence of its rating.
        rows: How many rows were read.
    """

    by_key: dict[tuple[object, ...], tuple[Record, int]] = field(default_factory=dict)
    rows: int = 0

    def add(self, record: Record, precedence: int) -> None:
        """Add what a row says; a work that came before is met again."""
        key = _key(record)
        found = self.by_key.get(key)
        if found is None:
            self.by_key[key] = (record, precedence)
            return
        before, rank = found
        self.by_key[key] = (together(before, record, rank, precedence), max(rank, precedence))

    @property
    def records(self) -> list[Record]:
        """One record a work, in the order works came."""
        return [record for record, _ in self.by_key.values()]


def _key(record: Record) -> tuple[object, ...]:
    for told in (record.imdb_id, record.movielens_id):
        if told:
            return (told,)
    creator = normalise(record.creators[0]) if record.creators else ""
    return (normalise(record.title) or record.title, record.year, creator, record.isbns)


def together(before: Record, after: Record, rank: int = 0, precedence: int = 0) -> Record:
    """Two lines of one work: the later rating of the file that counts more, and all marks.

    Args:
        before: The line that came first, whose names stay.
        after: The other.
        rank: How much the file of the first counts.
        precedence: How much that of the other does.
    """
    newer = precedence > rank or (precedence == rank and after.date >= before.date)
    told = after if after.rating is not None and (newer or before.rating is None) else before
    return replace(
        before,
        rating=told.rating,
        date=told.date,
        liked=before.liked or after.liked,
        seen=before.seen or after.seen,
        want=before.want or after.want,
    )


def text_of(row: Row, *columns: str) -> str:
    """The first of some cells that is not empty, as one line of plain text.

    What a spreadsheet would take for a formula stays text; an apostrophe in front of one goes.
    """
    for column in columns:
        cell = CONTROL.sub(" ", row.get(column, "")[: 4 * LONGEST])
        plain = " ".join(cell.split())[:LONGEST]
        if plain.startswith(("'=", "'+", "'-", "'@")):
            plain = plain[1:]
        if plain:
            return plain
    return ""


def number_of(text: str) -> float | None:
    """A number as people and sites write it ("4.5", "4,5"); None for anything else."""
    if NUMBER.fullmatch(text) is None:
        return None
    number = float(text.replace(",", "."))
    return number if math.isfinite(number) else None


def share_of(text: str, best: float) -> float | None:
    """A rating as a share of the best one; None for none, for 0 ("not rated") and for nonsense."""
    number = number_of(text)
    return number / best if number is not None and 0 < number <= best else None


def year_of(text: str) -> int | None:
    """A year; a date gives the year in front."""
    found = YEAR.match(text)
    return int(found.group()) if found else None


def names_in_cell(text: str, separator: str = ",") -> tuple[str, ...]:
    """Names of one cell, each once."""
    return tuple(dict.fromkeys(filter(None, (" ".join(n.split()) for n in text.split(separator)))))


def on_scale(share: float, least: float, best: float, step: float) -> float:
    """A rating on another scale: the same share of its best, to the nearest step.

    A rating halfway between two steps takes the lower one, so that nothing counts as loved that
    was not.

    Args:
        share: Of the best rating.
        least: Lowest rating of the scale.
        best: Highest rating of the scale.
        step: Between two ratings.

    Examples:
        >>> on_scale(0.7, 0.5, 5.0, 0.5)
        3.5
        >>> on_scale(0.7, 1.0, 5.0, 1.0)
        3.0
        >>> on_scale(0.1, 1.0, 5.0, 1.0)
        1.0
    """
    steps = math.ceil(share * best / step - 0.5 - 1e-9)
    return min(best, max(least, steps * step))
