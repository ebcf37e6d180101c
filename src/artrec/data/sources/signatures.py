"""What a file is by how it begins, where it calls itself a table of text and is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from artrec.data.sources.archives import ZIP_MAGIC
from artrec.data.sources.arrow_files import PARQUET_MAGIC
from artrec.errors import InputError

UNPACK: Final = "unpack it, and name the table that is inside"
EXPORT: Final = "save the table in it as CSV, and name that file"
# first bytes, what begins with them, and what to do
KNOWN: Final = (
    (PARQUET_MAGIC, "a Parquet file", "name it with the suffix .parquet"),
    (
        ZIP_MAGIC,
        "a zip archive",
        "name it with the suffix .zip, and its file as 'member' in the catalog; if it is an Excel "
        "workbook, save its table as CSV",
    ),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (b"BZh", "packed by bzip2", UNPACK),
    (b"\xfd7zXZ\x00", "packed by xz", UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", UNPACK),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook", EXPORT),
    (b"SQLite format 3\x00", "an SQLite database", EXPORT),
    (b"%PDF-", "a PDF document", EXPORT),
)
# an object with a field, alone or the first of a list; no header of a table begins like that
JSON: Final = re.compile(r'\s*(?:\[\s*)?\{\s*"(?:[^"\\]|\\.)*"\s*:')


def refuse_binary(path: Path, head: bytes) -> None:
    """Refuse what its first bytes say is no text.

    Args:
        path: The file.
        head: Its first bytes, at least 16 where it has as many.

    Raises:
        InputError: They do; says what it is.
    """
    for magic, kind, hint in KNOWN:
        if head.startswith(magic):
            raise InputError(f"{path} is {kind}, not CSV", hint)


def refuse_json(name: str, head: str) -> None:
    """Refuse JSON records under the name of a table.

    Args:
        name: What errors call the file.
        head: The beginning of its text.

    Raises:
        InputError: It begins like an object with fields, or a list of such.
    """
    if JSON.match(head):
        raise InputError(
            f"{name} is JSON, not CSV",
            "write its records as a table, one row each; a published file may lie beside it as "
            "CSV, and an entry of the catalog can read JSON as artrec.datasets.files.RawRecords",
        )
