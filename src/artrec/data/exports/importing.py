"""From an uploaded export to records, one a work: the door of `artrec.data.exports`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from artrec.data.exports import letterboxd, plain
from artrec.data.exports.bounds import EXPORT_AGAIN, ExportBounds, Sheet
from artrec.data.exports.detect import check_site, layout_of, refuse_wrong_site, unknown
from artrec.data.exports.reading import Table, sheets_of, table_of
from artrec.data.exports.records import Gathered, Record, Row
from artrec.errors import InputError

NO_TITLE: Final = "without title"


@dataclass
class Export:
    """A personal export, read.

    Attributes:
        site: Whose it is.
        medium: What it is about; None where that is open.
        records: One a work.
        rows: Rows read.
        files: Files read, in their order.
        problems: What a person should know of how it was read.
    """

    site: str
    medium: str | None
    records: list[Record]
    rows: int
    files: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_export(
    stream: BinaryIO, name: str, bounds: ExportBounds, site: str | None = None
) -> Export:
    """Read an export, whatever site it is of.

    Args:
        stream: The upload, which can be sought in.
        name: What the file was called.
        bounds: What it may not exceed.
        site: Where the person says it is from; None to be told by its columns.

    Returns:
        Works that say something of a taste. Rows that are set aside are counted in `problems`.

    Raises:
        InputError: It is no export, one of another site than `site`, or exceeds a bound.
    """
    check_site(site)
    with sheets_of(stream, name, bounds) as sheets:
        reading = _Reading(bounds, site, name)
        for sheet in _chosen(sheets):
            reading.read(sheet, alone=len(sheets) == 1)
        return reading.export()


def _chosen(sheets: list[Sheet]) -> list[Sheet]:
    """Of Letterboxd's archive the files that are read, of another all."""
    by_name = {sheet.name: sheet for sheet in sheets}
    known = [by_name[name] for name in letterboxd.MEMBERS if name in by_name]
    return known if len(known) > 1 or len(sheets) > len(known) > 0 else sheets


class _Reading:
    """One export while it is read."""

    def __init__(self, bounds: ExportBounds, wanted: str | None, name: str) -> None:
        self._bounds, self._wanted, self._name = bounds, wanted, name
        self._gathered = Gathered()
        self._site: str | None = None
        self._medium: str | None = None
        self._files: list[str] = []
        self._problems: list[str] = []
        self._aside: dict[str, int] = {}

    def read(self, sheet: Sheet, *, alone: bool) -> None:
        """Add what a file holds; beside others a file of no known layout is passed over."""
        table = table_of(sheet, self._bounds)
        layout = layout_of(table)
        if layout is not None:
            if self._site not in (None, layout.site):
                raise InputError(
                    f"{self._name} holds files of {self._site} and of {layout.site}",
                    "send them one by one",
                )
            self._begin(layout.site, layout.medium, table)
            if layout.note:
                self._problems.append(f"{table.name}: {layout.note}")
            self._add(table, layout.read, layout.precedence)
        elif not alone:
            self._problems.append(f"{table.name} was not read: it is of no known layout")
        else:
            self._read_plain(table)

    def export(self) -> Export:
        """What was read.

        Raises:
            InputError: No file was.
        """
        if self._site is None:
            raise InputError(f"{self._name} holds no file of a known export", EXPORT_AGAIN)
        records = self._gathered.records
        told = [each for each in records if each.says_something]
        if len(told) < len(records):
            self._set_aside("neither rated, nor seen, nor wanted", len(records) - len(told))
        if self._site == plain.SITE:
            told, best = plain.with_best(told)
            self._problems.append(f"ratings were taken to be out of {best:g}")
        problems = self._problems + [
            f"{count:,} {'row' if count == 1 else 'rows'} set aside: {why}"
            for why, count in self._aside.items()
        ]
        if not self._gathered.rows:
            problems.append("there are column names and no row")
        return Export(self._site, self._medium, told, self._gathered.rows, self._files, problems)

    def _read_plain(self, table: Table) -> None:
        guess = plain.guess(table.columns)
        if guess is None:
            raise unknown(table)
        self._begin(plain.SITE, guess.medium, table)
        self._problems.append(guess.told)
        self._add(table, plain.reader_of(guess), 0)

    def _begin(self, site: str, medium: str | None, table: Table) -> None:
        refuse_wrong_site(self._wanted, site, table.name)
        self._site, self._medium = site, medium
        self._files.append(table.name)
        if table.encoding == "cp1252":
            self._problems.append(f"{table.name} is not UTF-8; it was read as Windows-1252")

    def _add(self, table: Table, read: Callable[[Row], Record | None], precedence: int) -> None:
        for line, row in table.rows:
            self._gathered.rows += 1
            if self._gathered.rows > self._bounds.rows:
                raise InputError(
                    f"{self._name} has more than {self._bounds.rows:,} rows",
                    "send a part of it",
                )
            record = None if row is None else read(row)
            if record is None:
                self._set_aside("more cells than columns" if row is None else NO_TITLE, 1)
            else:
                self._gathered.add(replace(record, line=line, file=table.name), precedence)

    def _set_aside(self, why: str, count: int) -> None:
        self._aside[why] = self._aside.get(why, 0) + count
