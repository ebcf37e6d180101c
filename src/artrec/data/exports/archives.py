"""Uploaded zip archives: looked into without unpacking, and refused where built to do harm."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from artrec.data.exports.bounds import BLOCK, EXPORT_AGAIN, ExportBounds, Sheet
from artrec.data.sources.archives import DAMAGE, members, refuse_locked
from artrec.data.sources.streams import damaged
from artrec.errors import InputError

# what ends an archive, its size, and what points to a larger form of it
END, END_SIZE, END_LOCATOR = b"PK\x05\x06", 22, b"PK\x06\x07"
LOCATOR_SIZE: Final = 20
COMMENT: Final = 1 << 16


def check_directory(stream: BinaryIO, size: int, name: str, bounds: ExportBounds) -> None:
    """Refuse an archive whose list of members alone would fill the memory.

    Looks where `zipfile` looks: at the very end, else for the last mark before a comment.
    """
    stream.seek(max(0, size - END_SIZE - COMMENT - LOCATOR_SIZE))
    tail = stream.read()
    at = len(tail) - END_SIZE
    if at < 0 or not (tail[at:].startswith(END) and tail.endswith(b"\0\0")):
        at = tail.rfind(END)
    stream.seek(0)
    if at < 0:
        return  # `zipfile` says what is wrong
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    larger = tail[max(0, at - LOCATOR_SIZE) : at].startswith(END_LOCATOR)
    if larger or length > bounds.directory:
        raise InputError(
            f"{name} is an archive of too many members for an export",
            "send the archive as the site gives it",
        )


def members_of(archive: ZipFile, name: str, bounds: ExportBounds) -> list[Sheet]:
    """The CSV members of an archive, by paths without a folder that holds them all.

    Raises:
        InputError: The archive is built to do harm, is locked, or holds no CSV file.
    """
    found = members(archive)
    for member in found:
        _refuse_path(member.filename, name)
    tables = [each for each in found if each.filename.lower().endswith((".csv", ".tsv", ".txt"))]
    if not tables:
        raise InputError(f"{name} holds no CSV file", _hint_for(found))
    left = bounds.unpacked
    for member in tables:
        refuse_locked(member, Path(name))
        left -= member.file_size
        too_large = left < 0 or member.file_size > bounds.ratio * max(member.compress_size, 1)
        if too_large and member.file_size > BLOCK:
            raise InputError(
                f"{name} unpacks to more than an export can hold ({member.filename})",
                "send the archive as the site gives it, or the ratings' file out of it alone",
            )
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise InputError(f"{name} is packed in a way that is not read", "pack it as plain zip")
    top = _common_folder([each.filename for each in found])
    return [_sheet(archive, member, member.filename[len(top) :]) for member in tables]


def _sheet(archive: ZipFile, member: ZipInfo, name: str) -> Sheet:
    def opened() -> IO[bytes]:
        try:
            return archive.open(member)
        except DAMAGE as error:
            raise damaged(name, error) from error

    return Sheet(name, member.file_size, opened)


def _refuse_path(path: str, name: str) -> None:
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if ".." in parts or path.startswith(("/", "\\")) or ":" in path[:3]:
        raise InputError(
            f"{name} holds a member that points outside of it", "no site makes such an archive"
        )


def _hint_for(found: list[ZipInfo]) -> str:
    names = [each.filename.lower() for each in found]
    if any(each.endswith(".zip") for each in names):
        return "it holds another archive: unpack it once and send that one"
    if any(each.startswith("xl/") for each in names):
        return "it is an Excel workbook: save it as CSV and send that"
    return EXPORT_AGAIN


def _common_folder(paths: list[str]) -> str:
    """The one folder all paths begin with, with its slash; empty where there is none."""
    first, slash, _ = paths[0].partition("/")
    top = first + slash
    return top if slash and all(path.startswith(top) for path in paths) else ""
