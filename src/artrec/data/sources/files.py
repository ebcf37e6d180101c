"""Reading one raw file as text: every trouble with the file itself becomes a clear error."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path, PurePath
from typing import Any, Final

import pandas as pd
from tqdm import tqdm

from artrec.data.sources.archives import is_zip
from artrec.data.sources.arrow_files import ARROW_SUFFIXES, open_arrow
from artrec.data.sources.blocks import record_blocks
from artrec.data.sources.raw import BYTE_ORDER_MARK, RawRows
from artrec.data.sources.signatures import refuse_binary, refuse_json
from artrec.data.sources.streams import (
    HEAD,
    DecodedText,
    head_of,
    open_bytes,
    refuse_web_page,
    require_file,
)
from artrec.data.sources.text_chunks import TextChunk, plain_table
from artrec.errors import InputError

CSV_SUFFIXES = (".csv", ".tsv", ".txt", ".dat")
CHUNK_CHARACTERS = 2**24
ROW_CHARACTERS = 32  # of a row of ratings
STAND_IN = "\x1f"  # for a separator of several characters
BAR_AFTER = 2.0  # seconds
LONE_RETURN: Final = re.compile(r"\r(?!\n)")


@dataclass(frozen=True)
class RawFile:
    """A file somebody else wrote.

    Attributes:
        path: The file; its suffix (.csv, .tsv, .txt, .dat, each also .gz, .parquet, .feather, or
            .zip) says its format.
        delimiter: Column separator of a text file. One of several characters (``::``) parts a
            file without quoting.
        encoding: Encoding of a text file; a UTF-8 byte order mark is read over.
        member: Which file of a zip archive, by its base name in whatever folder.
        columns: Names of the columns of a text file without a header; None: it has one.
        chunk_characters: About how much text is read at a time.
    """

    path: str
    delimiter: str = ","
    encoding: str = "utf-8"
    member: str | None = None
    columns: tuple[str, ...] | None = None
    chunk_characters: int = CHUNK_CHARACTERS


def read_raw(file: RawFile) -> pd.DataFrame:
    """Read a file with every cell as text, missing and empty cells as None.

    Raises:
        InputError: See `open_raw`.
    """
    return open_raw(file).whole()


def open_raw(file: RawFile) -> RawRows:
    """Open a file, whose rows are read when asked for: every cell text, empty cells None.

    Raises:
        InputError: The file is missing, unreadable, empty, truncated, of another format or
            encoding, or its lines do not fit its header. Here where the beginning of the file
            tells, else when its rows are read.
    """
    path = Path(file.path)
    require_file(path)
    suffixes = [each.lower() for each in path.suffixes]
    if suffixes and suffixes[-1] in ARROW_SUFFIXES:
        return open_arrow(path, max(file.chunk_characters // ROW_CHARACTERS, 1))
    in_archive = is_zip(path) or file.member is not None
    if not in_archive:
        _refuse_foreign(path, suffixes)
    columns = file.columns or _header_of(file)
    return RawRows(
        tuple(columns),
        lambda: (chunk.frame() for chunk in _chunks(file, columns)),
        lambda: _chunks(file, columns, by_arrow=True),
    )


def _refuse_foreign(path: Path, suffixes: list[str]) -> None:
    if not any(each in CSV_SUFFIXES for each in suffixes) and ".gz" not in suffixes:
        raise InputError(
            f"{path} is neither CSV nor Parquet by its name",
            "save the table as .csv, .csv.gz, .tsv or .parquet and name that file",
        )
    refuse_binary(path, head_of(path))


def _header_of(file: RawFile) -> tuple[str, ...]:
    with _text_of(file) as text, _plain_errors(text.name, file.delimiter, 0):
        first = next(block for block in _blocks(text, file, HEAD) if not _is_blank(block))
        names = pd.read_csv(StringIO(first), nrows=0, header=0, **_options(file)).columns
    return tuple(str(name).removeprefix(BYTE_ORDER_MARK) for name in names)


def _chunks(file: RawFile, columns: tuple[str, ...], by_arrow: bool = False) -> Iterator[TextChunk]:
    n_rows, n_lines = 0, 0
    has_header = file.columns is None
    with _text_of(file) as text, _bar(text) as bar:
        for block in _blocks(text, file, file.chunk_characters):
            if _is_blank(block):
                n_lines += block.count("\n")
                continue
            table = plain_table(block, columns, file.delimiter, has_header) if by_arrow else None
            if table is None:
                with _plain_errors(text.name, file.delimiter, n_lines):
                    frame = pd.read_csv(
                        StringIO(block),
                        header=0 if has_header else None,
                        names=list(columns),
                        **_options(file),
                    )
            has_header = False
            n_lines += block.count("\n")
            bar.update(text.stream.n_bytes - bar.n)
            if table is not None and len(table):
                yield TextChunk(table=table, first_row=n_rows)
                n_rows += len(table)
            elif table is None and len(frame):
                yield TextChunk(_with_none(frame, n_rows))
                n_rows += len(frame)
    if not n_rows:
        yield TextChunk(pd.DataFrame(columns=list(columns), dtype="object"))


def _blocks(text: _Text, file: RawFile, n_characters: int) -> Iterator[str]:
    quoted = len(file.delimiter) == 1
    separator = file.delimiter if quoted else STAND_IN
    blocks = record_blocks(text.stream, text.name, n_characters, separator, quoted)
    return (_with_one_line_end(block, separator, quoted) for block in blocks)


def _with_one_line_end(block: str, separator: str, quoted: bool) -> str:
    """A block whose lines end by a newline, not by a lone carriage return; cells stay.

    Over some short texts whose lines end in both ways pandas takes all of the memory.
    """
    if LONE_RETURN.search(block) is None:
        return block
    if not quoted:
        return LONE_RETURN.sub("\n", block)
    cell = rf'(?<![^{re.escape(separator)}\r\n])"[^"]*+(?:""[^"]*+)*+"?'
    ends = re.compile(rf"{cell}|{LONE_RETURN.pattern}")
    return ends.sub(lambda found: "\n" if found[0] == "\r" else found[0], block)


def _is_blank(block: str) -> bool:
    """Whether a block holds no row, of which pandas makes an error."""
    return not block.strip("\r\n")


def _options(file: RawFile) -> dict[str, Any]:
    several = len(file.delimiter) > 1
    return {
        "sep": STAND_IN if several else file.delimiter,
        "quoting": csv.QUOTE_NONE if several else csv.QUOTE_MINIMAL,
        "dtype": str,
        "keep_default_na": False,
        "na_values": [""],
        "index_col": False,
        "low_memory": False,
    }


def _with_none(frame: pd.DataFrame, first_row: int) -> pd.DataFrame:
    cells = {name: frame.iloc[:, at].to_numpy(dtype=object) for at, name in enumerate(frame)}
    for column in cells.values():
        absent = pd.isna(column)
        if absent.any():
            column[absent] = None
    rows = pd.RangeIndex(first_row, first_row + len(frame))
    return pd.DataFrame(cells, index=rows, columns=list(cells), dtype="object")


@dataclass(frozen=True)
class _Text:
    name: str
    stream: DecodedText
    size: int | None


@contextmanager
def _text_of(file: RawFile) -> Iterator[_Text]:
    """Open the file as text, once its beginning has been looked at."""
    replace = (file.delimiter, STAND_IN) if len(file.delimiter) > 1 else None
    with open_bytes(Path(file.path), file.member) as source:
        stream = DecodedText(source, file.encoding, replace)
        head = stream.peek()
        refuse_web_page(source.name, head)
        refuse_json(source.name, head)
        if not head.strip():
            raise InputError(f"{source.name} is empty: it has no header", "copy or export it again")
        yield _Text(source.name, stream, source.size)


@contextmanager
def _plain_errors(name: str, delimiter: str, n_lines: int) -> Iterator[None]:
    """Say what pandas says of a block that stands below `n_lines` lines of the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            yield
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        told = str(error).strip().removeprefix("Error tokenizing data. C error: ")
        reason = re.sub(r"(?<=line )\d+", lambda line: str(int(line[0]) + n_lines), told)
        raise InputError(
            f"{name} has lines that do not fit its header: {reason}",
            "put cells that hold the delimiter, a quote or a line break in double quotes; "
            f"the delimiter is set to {delimiter!r}",
        ) from error


def _bar(text: _Text) -> tqdm[Any]:
    """Bytes read so far; silent without a terminal, and for what is read at once."""
    return tqdm(
        desc=f"reading {PurePath(text.name).name}",
        total=text.size,
        unit="B",
        unit_scale=True,
        delay=BAR_AFTER,
        disable=None,
        leave=False,
    )
