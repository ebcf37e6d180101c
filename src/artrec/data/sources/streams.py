"""Bytes and text of one raw file: plain, compressed, or a member of a zip archive.

Whatever is wrong with the file becomes an InputError that names it.
"""

from __future__ import annotations

import codecs
import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast
from zipfile import ZipFile

from artrec.data.sources.archives import DAMAGE, is_zip, member_of, opened
from artrec.errors import InputError, near_names

GZIP_MAGIC = b"\x1f\x8b"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
WEB_PAGE = ("<!doctype html", "<html", "<head", "<?xml", "<!--")
HEAD = 65_536
AGAIN = "copy or download it again"


@dataclass(frozen=True)
class Bytes:
    """An open raw file.

    Attributes:
        name: What errors call it.
        stream: Its content, decompressed.
        size: Bytes it will give; None where only reading tells.
    """

    name: str
    stream: IO[bytes]
    size: int | None


def require_file(path: Path) -> None:
    """Check that a file is there, can be read and is not empty.

    Raises:
        InputError: It is not; says what lies beside it.
    """
    if not path.exists():
        folder = path.parent
        beside = [each.name for each in sorted(folder.iterdir())] if folder.is_dir() else []
        if not beside:
            raise InputError(
                f"no file at {path}",
                f"nothing is in its folder {folder} either: put the file there, or set another "
                "filepath in the catalog of conf",
            )
        raise InputError(f"no file at {path}", f"in {folder}: {near_names(path.name, beside)}")
    if not head_of(path):
        raise InputError(f"{path} is empty (0 bytes)", "copy or export it again")


def head_of(path: Path, size: int = 16) -> bytes:
    """The first bytes of a file as it lies on disk.

    Raises:
        InputError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", "name a file you may read"
        ) from error


@contextmanager
def open_bytes(path: Path, member: str | None = None) -> Iterator[Bytes]:
    """Open a file, a gzip file by its content, or a member of a zip archive.

    Args:
        path: The file.
        member: Which member of the archive, by its base name or the end of its path; may be left
            out where the archive holds one file alone.

    Raises:
        InputError: The archive is damaged, locked, or does not hold the member.
    """
    if member is not None or is_zip(path):
        with opened(path) as archive:
            found = member_of(archive, path, member)
            name = f"{path}, member {found.filename}"
            with _member_stream(archive, found.filename, name) as stream:
                yield Bytes(name, stream, found.file_size)
    elif head_of(path).startswith(GZIP_MAGIC):
        with gzip.open(path) as stream:
            yield Bytes(str(path), cast(IO[bytes], stream), None)
    else:
        with path.open("rb") as stream:
            yield Bytes(str(path), stream, path.stat().st_size)


def _member_stream(archive: ZipFile, member: str, name: str) -> IO[bytes]:
    try:
        return archive.open(member)
    except DAMAGE as error:
        raise damaged(name, error) from error


def damaged(name: str, error: Exception) -> InputError:
    """What to say of a file that breaks off or does not decompress."""
    return InputError(f"{name} is damaged or cut off: {error}", AGAIN)


def refuse_web_page(name: str, head: str) -> None:
    """Refuse a page that a server gave in place of the file.

    Raises:
        InputError: The content begins like HTML or XML.
    """
    if head.lstrip().lower().startswith(WEB_PAGE):
        raise InputError(
            f"{name} is a web page (HTML or XML), not a table",
            "what was downloaded is a server's answer (a login, an error), not the file: open it "
            "in a browser, then download the file itself",
        )


class DecodedText(io.TextIOBase):
    """Text of a byte stream, for `pandas.read_csv`.

    Args:
        source: The open file.
        encoding: Its encoding; a byte order mark at the start is read over.
        replace: Text and what stands for it, where the column separator is too long for pandas.

    Raises:
        InputError: From `read`: bytes that are not of the encoding, with their line; a file that
            breaks off.
    """

    def __init__(
        self, source: Bytes, encoding: str, replace: tuple[str, str] | None = None
    ) -> None:
        try:
            self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        except LookupError as error:
            raise InputError(
                f"unknown encoding {encoding!r} for {source.name}",
                "use a name such as 'utf-8' or 'cp1252'",
            ) from error
        self._source, self._encoding, self._replace = source, encoding, replace
        self._at_start, self._lines, self._held, self._ready = True, 1, "", ""
        self._head = b""
        self.n_bytes = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def peek(self) -> str:
        """The beginning of the text, which `read` gives again."""
        self._ready = self._ready or self._next(HEAD)
        return self._ready

    def read(self, size: int | None = -1, /) -> str:
        """At least one character, unless the end is reached."""
        whole = size is None or size < 0
        if self._ready:
            n_characters = len(self._ready) if whole else max(int(size or 0), 1)
            text, self._ready = self._ready[:n_characters], self._ready[n_characters:]
            return text + (self._next(-1) if whole else "")
        return self._next(-1 if whole else max(int(size or 0), 1))

    def _next(self, n_bytes: int) -> str:
        while True:
            content = self._bytes(n_bytes)
            text = self._decode(content)
            if self._replace:
                text = self._with_separator(text, final=not content)
            if self._at_start and text:
                text, self._at_start = text.removeprefix("\ufeff"), False
            if text or not content:
                return text

    def _bytes(self, n_bytes: int) -> bytes:
        try:
            content = self._source.stream.read(n_bytes)
        except DAMAGE as error:
            raise damaged(self._source.name, error) from error
        self._head = self._head or content[:2]
        self.n_bytes += len(content)
        return content

    def _decode(self, content: bytes) -> str:
        try:
            text = self._decoder.decode(content, final=not content)
        except UnicodeDecodeError as error:
            line = self._lines + error.object[: error.start].count(b"\n")
            likely = "utf-16" if self._head in UTF16_MARKS else "cp1252"
            raise InputError(
                f"{self._source.name} is not {self._encoding}: byte "
                f"{error.object[error.start]:#04x} in line {line:,}",
                f"set the file's encoding (it may be {likely!r}), or save it as UTF-8",
            ) from error
        self._lines += text.count("\n")
        return text

    def _with_separator(self, text: str, final: bool) -> str:
        assert self._replace
        wanted, stand_in = self._replace
        text = (self._held + text).replace(wanted, stand_in)
        self._held = "" if final else _beginning_of(wanted, text)
        return text.removesuffix(self._held)


def _beginning_of(wanted: str, text: str) -> str:
    """What the text ends with, if more text could make it `wanted`."""
    for length in range(len(wanted) - 1, 0, -1):
        if text.endswith(wanted[:length]):
            return wanted[:length]
    return ""
