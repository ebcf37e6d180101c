"""The manifest of a bundle member: what it is, where it came from, and a checksum a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from artrec.errors import BundleError, near_names

KIND: Final = "artrec bundle member"
FORMAT_VERSION: Final = 2
READ_VERSIONS: Final = (1, 2)
"""Formats that are read: 1 has ids as tables and no columns, so that works are read whole."""

MANIFEST: Final = "manifest.json"
REBUILD: Final = "build it again with `make recommend`, or go back with `artrec bundle use VERSION`"

Plain = str | int | float | bool | None


class FileEntry(BaseModel):
    """Size in bytes and sha256 of one file of a member."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int
    sha256: str


class Manifest(BaseModel):
    """Everything a reader must know before it opens a file of the member.

    Attributes:
        kind: Always `KIND`: tells a bundle from any other folder with a manifest.
        format_version: Layout of the member's files; readers take those of `READ_VERSIONS`.
        artrec_version: The artrec that wrote it.
        medium: Also the name of the member's folder.
        model: Name of the model in the registry.
        config: The configuration the model was fitted with.
        source: Where the interactions came from: name, variant, fingerprint.
        counts: Number of users, items, works and interactions.
        metrics: Summary of how the model did, as the caller gave it.
        positive_from: Lowest rating that counts as positive, None where every interaction does.
        licence: Terms the data in the bundle stands under.
        attribution: Whom these terms ask to name.
        libraries: Versions the member was written with.
        files: Relative posix path to size and checksum, all files but the manifest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    format_version: int
    artrec_version: str
    medium: str
    model: str
    config: dict[str, Any]
    source: dict[str, Plain]
    counts: dict[str, int]
    metrics: dict[str, Plain]
    positive_from: float | None
    licence: str
    attribution: str
    libraries: dict[str, str]
    files: dict[str, FileEntry]

    @field_validator("files")
    @classmethod
    def _stay_inside(cls, files: dict[str, FileEntry]) -> dict[str, FileEntry]:
        for name in files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name:
                raise ValueError(f"file name {name!r} points outside the member")
        return files

    def to_text(self) -> str:
        """The manifest as JSON: sorted keys, so that equal manifests are equal bytes."""
        return json.dumps(self.model_dump(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def file_sha256(path: Path) -> str:
    """Checksum of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def describe_files(folder: Path) -> dict[str, FileEntry]:
    """Size and checksum of every file below a folder but the manifest, by relative path."""
    return {
        name: FileEntry(size=path.stat().st_size, sha256=file_sha256(path))
        for name, path in _files(folder)
    }


def read_manifest(folder: Path) -> Manifest:
    """Read a member's manifest; nothing else of the member is opened.

    Raises:
        BundleError: It is missing, not JSON, foreign, of another format, or incomplete.
    """
    path = folder / MANIFEST
    values = _read_json(path)
    if not isinstance(values, Mapping) or values.get("kind") != KIND:
        raise BundleError(
            f"{path} is not the manifest of an artrec bundle "
            f"(wanted kind {KIND!r}, got {_kind(values)})",
            "name the folder that `make recommend` wrote: data/published, or data/06_models/bundle",
        )
    version = values.get("format_version")
    if version not in READ_VERSIONS:
        newer = isinstance(version, int) and version > FORMAT_VERSION
        raise BundleError(
            f"{path} is of format {version!r}; this artrec reads the formats "
            f"{' and '.join(map(str, READ_VERSIONS))}",
            "update artrec" if newer else REBUILD,
        )
    try:
        manifest = Manifest.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BundleError(f"{path} is damaged: {where}: {first['msg']}", REBUILD) from error
    if manifest.medium != folder.name:
        raise BundleError(
            f"{path} is of medium {manifest.medium!r} but lies in the folder {folder.name!r}",
            "give the folder its old name back",
        )
    return manifest


def verify_member(folder: Path) -> Manifest:
    """Check every file of a member against its manifest: none missing, changed or added.

    Raises:
        BundleError: Names the first file that is wrong and what is wrong with it.
    """
    manifest = read_manifest(folder)
    for name, entry in manifest.files.items():
        _verify_file(folder / name, entry)
    for name, path in _files(folder):
        if name not in manifest.files:
            raise BundleError(
                f"{path} is not in the manifest of this bundle", f"remove it, or {REBUILD}"
            )
    return manifest


def verify_bundle(folder: Path, medium: str | None = None) -> dict[str, Manifest]:
    """Check one member of a bundle, or all of them.

    Args:
        folder: A bundle: one folder a medium.
        medium: Check this member only.

    Returns:
        Medium to manifest, of what was checked.

    Raises:
        BundleError: There is no bundle, no such medium, or a file is wrong.
    """
    media = media_of(folder)
    if not media:
        raise BundleError(
            f"no bundle in {folder}: wanted one folder a medium, each with a {MANIFEST}",
            "run `make recommend` first",
        )
    if medium is None:
        return {each: verify_member(folder / each) for each in media}
    if medium not in media:
        raise BundleError(
            f"the bundle in {folder} has no medium {medium!r}", near_names(medium, media)
        )
    return {medium: verify_member(folder / medium)}


def media_of(folder: Path) -> list[str]:
    """Names of the members in a bundle folder, sorted; empty where it is none.

    A folder that holds anything counts, manifest or not: half a member is damage, not absence.
    """
    if not folder.is_dir():
        return []
    return sorted(
        each.name
        for each in folder.iterdir()
        if each.is_dir() and not each.name.startswith(".") and any(each.iterdir())
    )


def content_hash(folder: Path) -> str:
    """Hash of a bundle's content: of its manifests, which hold the checksum of every file."""
    digest = hashlib.sha256()
    for medium in media_of(folder):
        path = folder / medium / MANIFEST
        if not path.is_file():
            raise BundleError(f"{path} is missing", REBUILD)
        digest.update(f"{medium} {file_sha256(path)}\n".encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST and not path.name.startswith("."):
            yield name, path


def _verify_file(path: Path, entry: FileEntry) -> None:
    if not path.is_file():
        raise BundleError(f"{path} is missing from the bundle", REBUILD)
    size = path.stat().st_size
    if size != entry.size:
        what = "truncated" if size < entry.size else "too long"
        raise BundleError(
            f"{path} is {what}: the manifest says {entry.size} bytes, it has {size}", REBUILD
        )
    found = file_sha256(path)
    if found != entry.sha256:
        raise BundleError(
            f"{path} is damaged: sha256 {found[:12]}..., the manifest says {entry.sha256[:12]}...",
            REBUILD,
        )


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BundleError(f"{path} is missing", REBUILD) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BundleError(f"{path} is not JSON: {error}", REBUILD) from error
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}", "check its rights") from error


def _kind(values: Any) -> str:
    return repr(values.get("kind")) if isinstance(values, Mapping) else type(values).__name__
