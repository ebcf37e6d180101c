"""What can be fetched: conf/base/sources.yml, typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from artrec.config import Config
from artrec.errors import ConfigError, InputError, near_names

CONFIGURATION: Final = Path("conf") / "base" / "sources.yml"
RAW: Final = Path("data") / "01_raw"
PROVENANCE: Final = "provenance.json"
SCHEMES: Final = ("https", "http")
SLACK: Final = 3.0  # how far from its stated size an unpinned file may be
NAME = re.compile(r"[A-Za-z0-9][\w.+-]*")


class Pin(Config):
    """What is known of a file's bytes, wherever it comes from."""

    size: int | None = Field(default=None, ge=0, description="Exact size in bytes.")
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$", description="SHA-256.")
    md5: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{32}$",
        description="MD5, where its publisher states no other: tells damage, not malice.",
    )

    @property
    def exact(self) -> bool:
        """Whether a checksum is known."""
        return bool(self.sha256 or self.md5)


class FileSpec(Pin):
    """One file of a source. Without any checksum, the first fetch records it."""

    address: str | None = Field(
        default=None, description="Official address; none: it comes from a mirror or by hand only."
    )
    in_mirror: str | None = Field(
        default=None, description="Its name in a mirror, where that is another."
    )
    about: int | None = Field(
        default=None, gt=0, description="Size in bytes, roughly, where the exact one is not known."
    )
    begins: str = Field(default="", description="Text the file must begin with.")
    members: Mapping[str, Pin] = Field(
        default_factory=dict,
        description="Members a zip archive must hold, by their base names; others may be in it.",
    )
    contents: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{64}$",
        description="Checksum of all members of a zip archive: SHA-256 of the sorted lines "
        "'<sha256>  <name>'.",
    )
    unpacked: int | None = Field(
        default=None, gt=0, description="Size of all members of a zip archive in bytes, roughly."
    )

    @field_validator("address")
    @classmethod
    def _web(cls, address: str | None) -> str | None:
        if address is not None and urlsplit(address).scheme not in SCHEMES:
            raise ValueError(f"should be an http or https address; got {address!r}")
        return address

    @model_validator(mode="after")
    def _sized(self) -> FileSpec:
        if self.size is None and self.about is None:
            raise ValueError("needs 'size', or 'about' where the exact size is not known")
        return self

    @property
    def proven(self) -> bool:
        """Whether every byte that matters has a known checksum."""
        pins = self.members.values()
        return self.exact or self.contents is not None or any(pin.exact for pin in pins)

    @property
    def most(self) -> int:
        """Bytes beyond which the file cannot be what it should be (zips may be packed anew)."""
        repacked = self.size is None or bool(self.members or self.contents)
        return int((self.size or self.about or 0) * (SLACK if repacked else 1))

    @property
    def expected(self) -> int:
        """Bytes to expect."""
        return self.size or self.about or 0


class Variant(Config):
    """One known version of a source."""

    note: str = Field(default="", description="How it differs from the others.")
    by_hand: str = Field(
        default="", description="Where a person finds it when it has no address to fetch from."
    )
    files: Mapping[str, FileSpec] = Field(min_length=1, description="Its files, by name.")

    @field_validator("files")
    @classmethod
    def _plain_names(cls, files: Mapping[str, FileSpec]) -> Mapping[str, FileSpec]:
        for name in files:
            if not NAME.fullmatch(name) or name == PROVENANCE:
                raise ValueError(f"{name!r} cannot be a file's name here")
        return files

    @property
    def expected(self) -> int:
        """Bytes of all files, roughly."""
        return sum(each.expected for each in self.files.values())

    @property
    def has_addresses(self) -> bool:
        """Whether it can come from official addresses."""
        return all(each.address for each in self.files.values())


class Source(Config):
    """One public data set."""

    medium: str = Field(description="Medium it belongs to.")
    what: str = Field(description="What it holds, one line.")
    licence: str = Field(description="Its terms, one line.")
    attribution: str = Field(description="Whom to name when publishing.")
    page: str = Field(description="Address of a page about it, for people.")
    mirror: str | None = Field(
        default=None, description="Its folder in a mirror; none: the source's name."
    )
    default: bool = Field(default=False, description="Whether `make data` brings it.")
    variants: Mapping[str, Variant] = Field(
        min_length=1, description="Known versions, the one to prefer first."
    )

    @property
    def expected(self) -> int:
        """Bytes its official addresses bring, roughly."""
        variants = self.variants.values()
        return next(
            (each for each in variants if each.has_addresses), next(iter(variants))
        ).expected


class Network(Config):
    """How patient the fetcher is."""

    attempts: int = Field(
        default=6, ge=1, description="Tries of one file that bring nothing, before it gives up."
    )
    unreachable_attempts: int = Field(
        default=3, ge=1, description="The same as long as the host has never answered."
    )
    timeout: float = Field(
        default=30.0, gt=0, description="Seconds without an answer after which a try ends."
    )
    slowest: float = Field(
        default=100.0, ge=0, description="Bytes a second, over `timeout`, that count as an answer."
    )
    wait: float = Field(
        default=1.0, ge=0, description="Seconds before the second try; doubled each time."
    )
    longest_wait: float = Field(default=60.0, ge=0, description="Longest such pause, in seconds.")
    redirects: int = Field(default=5, ge=0, description="Redirects followed for one file.")
    spare_disk: int = Field(
        default=200_000_000, ge=0, description="Bytes of disk that must stay free."
    )


class Sources(Config):
    """Everything that can be fetched, and how."""

    network: Network = Field(default_factory=Network, description="Patience.")
    sources: Mapping[str, Source] = Field(description="Public data sets by name.")

    @field_validator("sources")
    @classmethod
    def _plain_names(cls, sources: Mapping[str, Source]) -> Mapping[str, Source]:
        for name in sources:
            if not NAME.fullmatch(name):
                raise ValueError(f"{name!r} cannot be a folder's name here")
        return sources

    def named(self, name: str) -> Source:
        """One source.

        Raises:
            InputError: There is none of that name.
        """
        if name not in self.sources:
            raise InputError(f"there is no source {name!r}", near_names(name, self.sources))
        return self.sources[name]


def load(project: Path) -> Sources:
    """Read what can be fetched into a project.

    Raises:
        ConfigError: The file is missing or not what it should be.
    """
    path = project / CONFIGURATION
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path} is missing", "it says what can be fetched, and is part of the repository"
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", "put its YAML right") from error
    try:
        return Sources.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(each) for each in first["loc"])
        raise ConfigError(
            f"{path}, {where}: {first['msg']}", "put it right; git holds how it came"
        ) from error


def find_project(start: Path | None = None) -> Path:
    """The project around a folder.

    Args:
        start: Where to look from, upwards; by default the working directory.

    Raises:
        InputError: There is none.
    """
    start = Path.cwd() if start is None else start
    for folder in (start, *start.parents):
        if (folder / CONFIGURATION).is_file():
            return folder
    raise InputError(
        f"no {CONFIGURATION.as_posix()} in {start} or a folder above it",
        "run the command in the folder of the project",
    )


def raw_files(project: Path) -> dict[str, tuple[str, ...]]:
    """Files of each source that was fetched into a project, relative to it.

    Only looks which are there; `artrec.fetch.fetcher.fetch` is what checks them.

    Returns:
        Source name to paths with forward slashes, its provenance the last; sources of which a
        file is missing are left out.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, source in load(project).sources.items():
        for variant in source.variants.values():
            paths = [(RAW / name / each).as_posix() for each in (*variant.files, PROVENANCE)]
            if all((project / path).is_file() for path in paths):
                found[name] = tuple(paths)
                break
    return found
