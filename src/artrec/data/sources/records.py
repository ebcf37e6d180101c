"""Reading JSON records as a text table: a folder of files, one list, or files inside a zip."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
from tqdm import tqdm

from artrec.data.sources.archives import DAMAGE, is_zip, members, opened, refuse_locked
from artrec.data.sources.raw import RawRows
from artrec.data.sources.streams import damaged, refuse_web_page, require_file
from artrec.errors import InputError

BAR_AFTER = 2.0  # seconds
Record = dict[str, Any]


@dataclass(frozen=True)
class RecordFiles:
    """Where JSON records lie.

    Attributes:
        path: A .json file, a folder, or a .zip archive.
        pattern: Which files of the folder or archive hold records, by their base name; those of
            inner folders too.
    """

    path: str
    pattern: str = "*.json"


def open_records(files: RecordFiles) -> RawRows:
    """Read JSON records; a file holds one (an object) or many (a list of objects).

    Text stays as it is, numbers and truth values are written as in JSON, lists and objects are
    kept as JSON text; null and empty text become None. Columns are the fields of all records, in
    the order they first come; files are read in the order of their paths.

    Raises:
        InputError: There is no such file, or one holds something else, or is damaged.
    """
    path = Path(files.path)
    records = [
        {str(field): as_cell(value) for field, value in record.items()}
        for name, content in tqdm(
            _contents(path, files.pattern),
            desc=f"reading {path.name}",
            unit=" files",
            delay=BAR_AFTER,
            disable=None,
            leave=False,
        )
        for record in _records(name, content)
    ]
    columns = list(dict.fromkeys(field for record in records for field in record))
    cells = {column: [record.get(column) for record in records] for column in columns}
    return RawRows.of(pd.DataFrame(cells, columns=columns, dtype="object"))


def as_cell(value: Any) -> str | None:
    """One field of a record as text.

    Examples:
        >>> as_cell("1913"), as_cell(1913), as_cell(""), as_cell(True)
        ('1913', '1913', None, 'true')
        >>> as_cell(["Drama", "Crime"])
        '["Drama", "Crime"]'
    """
    if value is None or isinstance(value, str):
        return _whole(value) if value else None
    return _whole(json.dumps(value, ensure_ascii=False))


def _whole(text: str) -> str:
    """Text in which a lone half of a character, which no file can hold, is marked as unknown."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _contents(path: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        yield from _of_folder(path, pattern)
    else:
        require_file(path)
        yield from _of_archive(path, pattern) if is_zip(path) else [(str(path), path.read_bytes())]


def _of_folder(folder: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    found = sorted(each for each in folder.rglob(pattern) if each.is_file())
    if not found:
        raise InputError(f"{folder} holds no file like {pattern}", "put the files there")
    for path in found:
        yield str(path), path.read_bytes()


def _of_archive(path: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    with opened(path) as archive:
        found = [
            each for each in members(archive) if fnmatch(PurePosixPath(each.filename).name, pattern)
        ]
        if not found:
            raise InputError(
                f"{path} holds no file like {pattern}",
                "it may be another archive, or another version of it",
            )
        for member in found:
            name = f"{path}, member {member.filename}"
            refuse_locked(member, path)
            try:
                content = archive.read(member)
            except DAMAGE as error:
                raise damaged(name, error) from error
            yield name, content


def _records(name: str, content: bytes) -> list[Record]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"{name} is not utf-8: byte {content[error.start]:#04x} in line {line:,}",
            "JSON is UTF-8: save it anew, or download it again",
        ) from error
    refuse_web_page(name, text)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:  # of its form, and of numbers without end
        raise InputError(
            f"{name} is no JSON, or cut off: {error}", "copy or download it again"
        ) from error
    records = found if isinstance(found, list) else [found]
    wrong = next((each for each in records if not isinstance(each, dict)), None)
    if wrong is not None:
        raise InputError(
            f"{name} holds {type(wrong).__name__} {str(wrong)[:40]!r} where a record (an object "
            "with fields) is expected",
            "give it a list of objects, or one object",
        )
    return records
