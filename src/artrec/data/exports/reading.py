"""Reads an uploaded export as a stream: bounded, nothing unpacked to disk, whatever it holds."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO, Final, cast
from zipfile import ZipFile

from artrec.data.exports.archives import check_directory, members_of
from artrec.data.exports.bounds import BLOCK, EXPORT_AGAIN, ExportBounds, Sheet, mib
from artrec.data.exports.records import Row
from artrec.data.sources.archives import DAMAGE, ZIP_MAGIC
from artrec.data.sources.streams import HEAD, UTF16_MARKS, damaged, refuse_web_page
from artrec.errors import InputError

DELIMITERS: Final = ",;\t"
OTHER_FILES: Final = {
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"SQLite": "a database",
}


@dataclass(frozen=True)
class Table:
    """A sheet as rows.

    Attributes:
        name: The sheet's.
        columns: Its columns, in small letters and without blanks around.
        rows: Line and row; a row of too many cells is None. Can be gone through once.
        encoding: What it was read as.
    """

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Row | None]]
    encoding: str


@contextmanager
def sheets_of(stream: BinaryIO, name: str, bounds: ExportBounds) -> Iterator[list[Sheet]]:
    """The files of an upload: itself, or the CSV members of a zip archive.

    Raises:
        InputError: It is empty, too large, no text, or an archive that is damaged, locked, too
            deep or built to do harm.
    """
    size = stream.seek(0, io.SEEK_END)
    if size == 0:
        raise InputError(f"{name} is empty (0 bytes)", EXPORT_AGAIN)
    if size > bounds.bytes:
        raise InputError(
            f"{name} has {mib(size)}; an export may have {mib(bounds.bytes)}",
            "send the archive as the site gives it, or the ratings' file out of it alone",
        )
    stream.seek(0)
    head = stream.read(BLOCK)
    if not head.startswith(ZIP_MAGIC):
        _refuse_other(name, head)
        yield [Sheet(name, size, lambda: cast(IO[bytes], _Unclosed(stream)))]
        return
    check_directory(stream, size, name, bounds)
    try:
        archive = ZipFile(stream)
    except DAMAGE as error:
        raise damaged(name, error) from error
    with archive:
        yield members_of(archive, name, bounds)


def table_of(sheet: Sheet, bounds: ExportBounds) -> Table:
    """A sheet's columns and rows; rows are read as they are asked for.

    Raises:
        InputError: No text, no column names, or (from the rows) a row without end.
    """
    encoding = _encoding_of(sheet)
    lines = _Lines(_text_of(sheet, encoding), sheet.name, bounds.row)
    first = lines.peek().lstrip("\ufeff")
    refuse_web_page(sheet.name, first)
    if first.lower().startswith("sep="):  # what Excel writes for itself
        next(lines)
        first = lines.peek()
    reader = csv.reader(lines, delimiter=_delimiter_of(first))
    columns = _columns_of(next(_rows(reader, lines), (0, []))[1], sheet.name, bounds)
    return Table(sheet.name, columns, _as_dicts(reader, lines, columns), encoding)


def _as_dicts(
    reader: Iterator[list[str]], lines: _Lines, columns: tuple[str, ...]
) -> Iterator[tuple[int, Row | None]]:
    for line, cells in _rows(reader, lines):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            yield line, None
            continue
        # of two columns of one name the first counts
        yield line, dict(zip(reversed(columns), reversed(_padded(cells, columns)), strict=True))


def _padded(cells: list[str], columns: tuple[str, ...]) -> list[str]:
    return cells[: len(columns)] + [""] * (len(columns) - len(cells))


def _rows(reader: Iterator[list[str]], lines: _Lines) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line each begins in."""
    while True:
        start = lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise lines.trouble(start, str(error)) from error
        yield start, cells


class _Lines:
    """Lines of a text, none without end, and no row of them either."""

    def __init__(self, text: io.TextIOBase, name: str, longest: int) -> None:
        self._text, self._name, self._longest = text, name, longest
        self._held: str | None = None
        self._line, self._start, self._n_characters = 0, 1, 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._read() if self._held is None else self._held
        self._held = None
        if not line:
            raise StopIteration
        self._line += 1
        self._n_characters += len(line)
        if self._n_characters > self._longest:
            raise self.trouble(self._start, f"is longer than {self._longest:,} characters")
        return line.replace("\0", "")

    def peek(self) -> str:
        """The next line, which stays the next."""
        if self._held is None:
            self._held = self._read()
        return self._held

    def begin_row(self) -> int:
        """Count a new row from here; the line it begins in."""
        self._start, self._n_characters = self._line + 1, 0
        return self._start

    def trouble(self, line: int, what: str) -> InputError:
        """What to say of a row that cannot be read."""
        return InputError(
            f"{self._name}: the row that begins in line {line:,} {what}",
            "a quotation mark may be open in it, or the file is no table",
        )

    def _read(self) -> str:
        try:
            return self._text.readline(self._longest + 1)
        except DAMAGE as error:
            raise damaged(self._name, error) from error


def _columns_of(cells: list[str], name: str, bounds: ExportBounds) -> tuple[str, ...]:
    columns = tuple(cell.strip().lstrip("\ufeff").strip().lower() for cell in cells)
    if not any(columns):
        raise InputError(f"{name} has no column names in its first line", EXPORT_AGAIN)
    if len(columns) > bounds.columns:
        raise InputError(
            f"{name} has {len(columns):,} columns; at most {bounds.columns} may be", EXPORT_AGAIN
        )
    return columns


def _delimiter_of(line: str) -> str:
    """What parts the columns: of comma, semicolon and tab the most frequent outside of quotes."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


# --- encodings ------------------------------------------------------------------------------------


def _encoding_of(sheet: Sheet) -> str:
    """UTF-8 if the whole sheet is, UTF-16 if it says so, else Windows-1252; one pass over it."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    encoding = "utf-8-sig"
    left, first = sheet.size, True
    with sheet.open() as stream:
        while content := _block(stream, sheet.name):
            left -= len(content)
            if left < 0:
                raise damaged(sheet.name, ValueError("it is larger than it says"))
            if first:
                first = False
                if content.startswith(UTF16_MARKS):
                    return "utf-16"
                _refuse_other(sheet.name, content)
            if encoding == "cp1252":
                continue
            try:
                decoder.decode(content)
            except UnicodeDecodeError:
                encoding = "cp1252"
    if first:
        raise InputError(f"{sheet.name} is empty (0 bytes)", EXPORT_AGAIN)
    return encoding


def _text_of(sheet: Sheet, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(sheet.open(), encoding=encoding, errors="replace", newline="")


def _block(stream: IO[bytes], name: str) -> bytes:
    try:
        return stream.read(BLOCK)
    except DAMAGE as error:
        raise damaged(name, error) from error


def _refuse_other(name: str, head: bytes) -> None:
    """Refuse what is no text.

    Raises:
        InputError: Says what it is, where that can be told.
    """
    for magic, what in OTHER_FILES.items():
        if head.startswith(magic):
            raise InputError(f"{name} is {what}, not an export", EXPORT_AGAIN)
    if b"\0" in head and not head.startswith(UTF16_MARKS):
        raise InputError(f"{name} is no text: it holds NUL bytes", EXPORT_AGAIN)
    refuse_web_page(name, head[:HEAD].decode("utf-8", "replace").lstrip("\ufeff"))


class _Unclosed(io.RawIOBase):
    """An upload read from its start, as often as one likes; closing it closes nothing."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        stream.seek(0)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read into a buffer (`io.RawIOBase`)."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        content = self._stream.read(len(view))
        view[: len(content)] = content
        return len(content)
