"""Zip archives: their members by name, and clear errors for what cannot be opened."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from artrec.errors import InputError, near_names

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
ENCRYPTED = 0x1
# what some systems add to an archive
LITTER = ("__MACOSX/", ".DS_Store")
MAX_SHOWN = 8
# what reading raises of members that are cut off, damaged or packed in an unknown way
DAMAGE: Final = (
    BadZipFile,
    EOFError,
    LZMAError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


class MissingMemberError(InputError):
    """An archive does not hold the file asked for."""


def is_zip(path: Path) -> bool:
    """Whether a file calls itself a zip archive."""
    return path.suffix.lower() == ".zip"


@contextmanager
def opened(path: Path) -> Iterator[ZipFile]:
    """Open an archive.

    Raises:
        InputError: It is none, or it is cut off.
    """
    try:
        archive = ZipFile(path)
    except (BadZipFile, OSError, ValueError) as error:
        with path.open("rb") as file:
            kind = "damaged or cut off" if file.read(4) in ZIP_MAGIC else "no zip archive"
        raise InputError(f"{path} is {kind}: {error}", "copy or download it again") from error
    with archive:
        yield archive


def members(archive: ZipFile) -> list[ZipInfo]:
    """Files of an archive, ordered by path."""
    found = (
        each
        for each in archive.infolist()
        if each.filename
        and not each.is_dir()
        and not any(litter in each.filename for litter in LITTER)
    )
    return sorted(found, key=lambda each: each.filename)


def member_of(archive: ZipFile, path: Path, wanted: str | None) -> ZipInfo:
    """One file of an archive, in whatever folder it lies.

    Args:
        archive: The open archive.
        path: What errors call it.
        wanted: Base name of the member, or the end of its path; None: the only one.

    Raises:
        InputError: There is none, or there are several, or a password protects it.
    """
    files = members(archive)
    names = [each.filename for each in files]
    found = files if wanted is None else [each for each in files if _ends(each.filename, wanted)]
    if len(found) == 1:
        refuse_locked(found[0], path)
        return found[0]
    if wanted is None:
        told = f"holds {len(files)} files" if files else "holds no file"
        raise InputError(
            f"{path} {told}: {_shown(names)}", "name one of them as 'member' in the catalog"
        )
    if found:
        raise InputError(
            f"{path} holds {wanted} more than once: {_shown([each.filename for each in found])}",
            "name the one that is meant with its folder as 'member' in the catalog",
        )
    near = near_names(wanted, [PurePosixPath(name).name for name in names]) if names else ""
    raise MissingMemberError(
        f"{path} holds no {wanted}; it holds {_shown(names)}",
        f"it may be another archive, or another version of it; {near}",
    )


def refuse_locked(member: ZipInfo, path: Path) -> None:
    """Refuse a member that only a password opens.

    Raises:
        InputError: It does.
    """
    if member.flag_bits & ENCRYPTED:
        raise InputError(
            f"{path}, member {member.filename}, is protected by a password",
            "unpack it with the password and name the unpacked file, or download the open archive",
        )


def _ends(name: str, wanted: str) -> bool:
    parts, last = PurePosixPath(name).parts, PurePosixPath(wanted).parts
    return parts[-len(last) :] == last


def _shown(names: list[str]) -> str:
    shown = ", ".join(names[:MAX_SHOWN])
    return shown + (f", ... ({len(names):,} files)" if len(names) > MAX_SHOWN else "")
