"""Where files come from: official addresses, a mirror that is a folder, or one with an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote, urlsplit

from artrec.bundle.durable import copy_file
from artrec.errors import ConfigError, FetchError
from artrec.fetch.disk import require_disk
from artrec.fetch.sources import SCHEMES, FileSpec, Network, Source
from artrec.fetch.transfer import AbsentError, UnreachableError, download

MIRROR_VARIABLE: Final = "ARTREC_MIRROR"


class Origin(Protocol):
    """A place that files of one source may come from."""

    @property
    def told(self) -> str:
        """What people call it."""

    def has(self, files: Mapping[str, FileSpec]) -> bool:
        """Whether it is worth asking for these files."""

    def name_of(self, name: str, spec: FileSpec) -> str:
        """What a file is called there: two files of one name are one."""

    def bring(self, name: str, spec: FileSpec, target: Path, most: int) -> None:
        """Put a file at a path.

        Raises:
            AbsentError: It has no such file.
            FetchError: It cannot be brought.
        """


@dataclass(frozen=True)
class MirrorFolder:
    """A folder laid out ``<source>/<file>``."""

    folder: Path
    spare_disk: int

    @property
    def told(self) -> str:
        """What people call it."""
        return f"the mirror {self.folder}"

    def has(self, files: Mapping[str, FileSpec]) -> bool:
        """Whether all files are there."""
        return all((self.folder / self.name_of(*each)).is_file() for each in files.items())

    def name_of(self, name: str, spec: FileSpec) -> str:
        """Its name, or the one it has in a mirror."""
        return spec.in_mirror or name

    def bring(self, name: str, spec: FileSpec, target: Path, most: int) -> None:
        """Copy the file."""
        path = self.folder / self.name_of(name, spec)
        if not path.is_file():
            raise AbsentError(f"there is no {path}")
        size = path.stat().st_size
        if size > most:
            raise FetchError(
                f"{path} has {size:,} bytes; at most {most:,} are expected",
                "it is another file than the one known",
            )
        require_disk(target.parent, str(path), size, self.spare_disk)
        target.unlink(missing_ok=True)
        try:
            copy_file(path, target)
        except OSError as error:
            raise FetchError(f"{path} cannot be copied: {error}") from error


@dataclass(frozen=True)
class MirrorAddress:
    """A web address below which files lie as ``<source>/<file>``."""

    base: str
    network: Network

    @property
    def told(self) -> str:
        """What people call it."""
        return f"the mirror {self.base}"

    def has(self, files: Mapping[str, FileSpec]) -> bool:
        """Only asking tells."""
        return bool(files)

    def name_of(self, name: str, spec: FileSpec) -> str:
        """Its name, or the one it has in a mirror."""
        return spec.in_mirror or name

    def bring(self, name: str, spec: FileSpec, target: Path, most: int) -> None:
        """Download the file."""
        address = f"{self.base}/{quote(self.name_of(name, spec))}"
        download(address, target, most, self.network)


@dataclass(frozen=True)
class Official:
    """The addresses in the configuration."""

    network: Network

    @property
    def told(self) -> str:
        """What people call it."""
        return "its official address"

    def has(self, files: Mapping[str, FileSpec]) -> bool:
        """Whether each file has an address."""
        return all(spec.address for spec in files.values())

    def name_of(self, name: str, spec: FileSpec) -> str:
        """Its address."""
        return spec.address or name

    def bring(self, name: str, spec: FileSpec, target: Path, most: int) -> None:
        """Download the file."""
        if spec.address is None:
            raise AbsentError(f"{name} has no official address")
        download(spec.address, target, most, self.network)


def mirror_of(setting: str, name: str, source: Source, network: Network) -> Origin:
    """One source's place in a mirror.

    Args:
        setting: A folder, or a base address.
        name: The source's name.
        source: The source.
        network: Patience.

    Raises:
        ConfigError: The setting is neither.
    """
    folder = source.mirror or name
    scheme = urlsplit(setting).scheme
    if scheme in SCHEMES:
        return MirrorAddress(f"{setting.rstrip('/')}/{quote(folder)}", network)
    path = Path(setting).expanduser()
    if not path.is_dir():
        kind = f"an address of the kind {scheme}:" if "://" in setting else "no folder"
        raise ConfigError(
            f"{MIRROR_VARIABLE} is {setting!r}, which is {kind}",
            "name a folder or an http(s) address laid out <source>/<file>, or unset it",
        )
    return MirrorFolder(path / folder, network.spare_disk)


__all__ = [
    "MIRROR_VARIABLE",
    "AbsentError",
    "MirrorAddress",
    "MirrorFolder",
    "Official",
    "Origin",
    "UnreachableError",
    "mirror_of",
]
