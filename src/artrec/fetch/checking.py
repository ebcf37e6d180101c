"""Is a file what it should be: checksums, and zip archives member by member, nothing unpacked."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final
from zipfile import ZipFile, ZipInfo

from artrec.data.sources.archives import DAMAGE, is_zip, members, opened, refuse_locked
from artrec.errors import FetchError, InputError
from artrec.fetch.sources import SLACK, FileSpec, Pin

BLOCK: Final = 1 << 20
WEB_PAGE: Final = (b"<!doctype html", b"<html", b"<head")
MAX_MEMBERS: Final = 500_000
MAX_RATIO: Final = 100  # text packs to about a tenth; a bomb to a thousandth
RATIO_FROM: Final = 1 << 20  # bytes; below it a high ratio is harmless
MAX_UNPACKED: Final = 20_000_000_000


@dataclass(frozen=True)
class Digest:
    """What was found of some bytes."""

    size: int
    sha256: str
    md5: str

    def differs(self, pin: Pin) -> str:
        """How they differ from what is known; empty if they do not."""
        if pin.size is not None and pin.size != self.size:
            return f"has {self.size:,} bytes, not {pin.size:,}"
        if pin.sha256 is not None and pin.sha256 != self.sha256:
            return f"has the SHA-256 {self.sha256}, not {pin.sha256}"
        if pin.md5 is not None and pin.md5 != self.md5:
            return f"has the MD5 {self.md5}, not {pin.md5}"
        return ""


@dataclass(frozen=True)
class Checked:
    """A file that was looked through.

    Attributes:
        digest: Of the file as it lies.
        head: Its first bytes.
        members: Of a zip archive, by full name; None for another file.
    """

    digest: Digest
    head: bytes
    members: dict[str, Digest] | None = None

    @property
    def identity(self) -> str:
        """Checksum of what is in it: the same however an archive is packed."""
        if self.members is None:
            return self.digest.sha256
        lines = sorted(f"{each.sha256}  {name}\n" for name, each in self.members.items())
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def differs(self, spec: FileSpec) -> str:
        """How the file differs from one known; empty if it does not.

        An archive is right when all known members are, however it was packed, or when it has the
        checksum its publisher states of the whole.
        """
        if not self.head.startswith(spec.begins.encode()):
            shown = self.head[: max(20, len(spec.begins))].decode("latin-1")
            return f"begins with {shown!r}, not with {spec.begins!r}"
        if not (spec.members or spec.contents):
            return self.digest.differs(spec) or self._far_from(spec)
        if spec.contents is not None and self.identity != spec.contents:
            return "holds other members than the one known"
        return next((told for name in spec.members if (told := self._member(spec, name))), "")

    def _member(self, spec: FileSpec, name: str) -> str:
        found = [
            each for full, each in (self.members or {}).items() if PurePosixPath(full).name == name
        ]
        if len(found) != 1:
            return f"holds {len(found)} members named {name}"
        told = found[0].differs(spec.members[name])
        return f"has a member {name} that {told}" if told else ""

    def _far_from(self, spec: FileSpec) -> str:
        if spec.about and not spec.about / SLACK <= self.digest.size <= spec.about * SLACK:
            return f"has {self.digest.size:,} bytes; about {spec.about:,} are expected"
        return ""


def check(path: Path, most_unpacked: int) -> Checked:
    """Look a file through, an archive with all its members; nothing is written.

    Args:
        path: The file.
        most_unpacked: Bytes all members of an archive may have together.

    Raises:
        FetchError: It is empty or a web page; an archive that is damaged, protected by a password,
            or holds what a data archive has no use for: links, paths that lead out of it, names
            that occur twice, or far more bytes than it should (a zip bomb).
    """
    with path.open("rb") as stream:
        head = stream.read(1024)
        if not head:
            raise FetchError(f"{path.name} is empty")
        if head.lstrip().lower().startswith(WEB_PAGE):
            raise FetchError(
                f"{path.name} is a web page, not data",
                "a login page, an error page or a proxy answered: open the address in a browser",
            )
        stream.seek(0)
        digest = digest_of(stream)
    if not is_zip(path):
        return Checked(digest, head)
    try:
        with opened(path) as archive:
            infos = members(archive)
            _refuse_odd(path, archive.infolist(), most_unpacked)
            found = {info.filename: _member_digest(archive, info, path) for info in infos}
    except InputError as error:
        raise FetchError(error.problem, error.hint) from error
    return Checked(digest, head, found)


def digest_of(stream: IO[bytes], most: int | None = None) -> Digest:
    """Size and checksums of what a stream gives.

    Raises:
        FetchError: It gives more than `most` bytes.
    """
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    while block := stream.read(BLOCK):
        size += len(block)
        if most is not None and size > most:
            raise FetchError(f"holds more than the {most:,} bytes it says")
        sha256.update(block)
        md5.update(block)
    return Digest(size, sha256.hexdigest(), md5.hexdigest())


def _member_digest(archive: ZipFile, info: ZipInfo, path: Path) -> Digest:
    try:
        with archive.open(info) as stream:
            return digest_of(stream, info.file_size)
    except DAMAGE as error:
        raise FetchError(f"{path.name}, member {info.filename}, is damaged: {error}") from error


def _refuse_odd(path: Path, infos: Iterable[ZipInfo], most_unpacked: int) -> None:
    infos = list(infos)
    if len(infos) > MAX_MEMBERS:
        raise FetchError(f"{path.name} holds {len(infos):,} members; no data set here has as many")
    seen: set[str] = set()
    for info in infos:
        for is_so, told in ODD:
            if is_so(info):
                raise FetchError(
                    f"{path.name} holds a member {info.filename!r} {told}",
                    "no archive of these data does: it is another file, or somebody changed it",
                )
        if info.filename in seen:
            raise FetchError(f"{path.name} holds {info.filename} twice")
        seen.add(info.filename)
        refuse_locked(info, path)
    total = sum(info.file_size for info in infos)
    if total > min(most_unpacked, MAX_UNPACKED):
        raise FetchError(
            f"{path.name} would unpack to {total:,} bytes; at most {most_unpacked:,} are expected",
            "it is another archive than the one known, or a zip bomb",
        )


def _leads_out(info: ZipInfo) -> bool:
    # ZipInfo cuts a name at a null byte and turns the system's separator; orig_filename does not
    name = info.orig_filename
    parts = name.replace("\\", "/").split("/")
    return name.startswith("/") or "\\" in name or "\0" in name or ".." in parts or ":" in parts[0]


def _is_link(info: ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)
    return kind not in {0, stat.S_IFREG, stat.S_IFDIR}


def _is_bomb(info: ZipInfo) -> bool:
    return info.file_size > max(RATIO_FROM, MAX_RATIO * max(1, info.compress_size))


ODD: Final[tuple[tuple[Callable[[ZipInfo], bool], str], ...]] = (
    (_leads_out, "whose path leads out of the archive"),
    (_is_link, "that is a link or a device, not a file"),
    (_is_bomb, f"that is packed to less than a {MAX_RATIO}th of its size (a zip bomb)"),
)
