"""Series of books as titles carry them: "Mort (Death, #1; Discworld, #4)"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from artrec.schema import SEPARATOR

_BRACKET = re.compile(r"\((?P<inside>(?:[^()#]|\([^()]*\))*#(?:[^()]|\([^()]*\))*)\)\s*$")
# the next series starts behind a semicolon or comma, and has a number of its own
_NEXT = re.compile(r"[;,]\s*(?=[^\d\s;,#][^;#]*#)")
_ENTRY = re.compile(r"^(?P<series>[^#]*?)[\s,:]*#\s*(?P<number>.*)$", re.DOTALL)


@dataclass(frozen=True)
class SeriesTitle:
    """A title parted from the series it names.

    Attributes:
        title: Without the bracket.
        series: Names of the series, in the order given.
        numbers: Beside each series the volume, as written ("1", "0.5", "1-3", "5, Part 1 of 2").
    """

    title: str
    series: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def series_cell(self) -> str | None:
        """The series as one cell of a works table."""
        return SEPARATOR.join(self.series) or None

    @property
    def numbers_cell(self) -> str | None:
        """The numbers as one cell of a works table, as many as there are series."""
        return SEPARATOR.join(self.numbers) or None


def split_series(title: str) -> SeriesTitle:
    """Part a title from the bracket with series and number at its end, if it has one.

    Brackets without a number sign stay: they may name an edition.

    Examples:
        >>> split_series("Mort (Death, #1; Discworld, #4)")
        SeriesTitle(title='Mort', series=('Death', 'Discworld'), numbers=('1', '4'))
        >>> split_series("Dracula (Marvel Illustrated)").series
        ()
    """
    found = _BRACKET.search(title)
    if found is None or not title[: found.start()].strip():
        return SeriesTitle(title.strip())
    parts = _split_before_names(found["inside"])
    entries = [entry for part in parts if (entry := _ENTRY.match(part)) is not None]
    named = [entry for entry in entries if _plain(entry["series"])]
    return SeriesTitle(
        title[: found.start()].strip(),
        tuple(_plain(entry["series"]) for entry in named),
        tuple(_plain(entry["number"]) for entry in named),
    )


def _split_before_names(inside: str) -> list[str]:
    """Cut between series; what follows a number up to the next name belongs to the number."""
    parts: list[str] = []
    rest = inside
    while True:
        first = rest.find("#")
        cut = _NEXT.search(rest, first + 1) if first >= 0 else None
        if cut is None:
            return [*parts, rest]
        parts.append(rest[: cut.start()])
        rest = rest[cut.end() :]


def _plain(text: str) -> str:
    return " ".join(text.replace(SEPARATOR, " ").split()).strip(" ,;:")
