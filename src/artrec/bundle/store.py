"""The store of published bundles: versions side by side, and CURRENT, which names one of them.

Layout: ``<store>/<version>/<medium>/...``, ``<store>/<version>/published.json`` and
``<store>/CURRENT``. A version is named by its content, so publishing the same bundle twice changes
nothing. What a killed run leaves is a folder whose name starts with a dot: no reader looks at
it, and the next publish removes it.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from artrec.bundle import durable
from artrec.bundle.manifest import (
    MANIFEST,
    Manifest,
    content_hash,
    media_of,
    read_manifest,
    verify_bundle,
)
from artrec.errors import BundleError, LockedError, near_names

CURRENT: Final = "CURRENT"
RECORD: Final = "published.json"
LOCK: Final = ".lock"
DRAFT: Final = ".publishing-"
NAME_LENGTH: Final = 12
SPARE_BYTES: Final = 16 << 20
LOCK_SECONDS: Final = 30.0
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FIRST: Final = "run `make recommend` first: it builds and publishes one"


@dataclass(frozen=True)
class Version:
    """One published version.

    Attributes:
        name: First `NAME_LENGTH` hex digits of the content's hash; the folder's name.
        sequence: Counts up with each new version of this store; 0 where the record is lost.
        published_at: UTC, ISO 8601, to the second; empty where the record is lost.
        media: The media it holds.
        is_current: Whether CURRENT names it.
    """

    name: str
    sequence: int
    published_at: str
    media: tuple[str, ...]
    is_current: bool


def publish(bundle: Path | str, store: Path | str) -> dict[str, str]:
    """Copy a built bundle into the store, check it, and make it the current one.

    Atomic and durable: whenever it is interrupted, readers find the previous version or the new
    one. Publishing a bundle that the store has already only moves CURRENT.

    Args:
        bundle: Folder that `write_member` filled.
        store: Folder of the published versions; made where it is missing.

    Returns:
        ``{"version": ..., "content_hash": ...}``: equal for equal bundles, free of dates.

    Raises:
        BundleError: The bundle is damaged, or the disk is full or may not be written to; the
            previous version stays current.
        LockedError: Another process has been publishing to this store for half a minute.
    """
    bundle, store = Path(bundle), Path(store)
    manifests = verify_bundle(bundle)
    whole = content_hash(bundle)
    name = whole[:NAME_LENGTH]
    with _plain_errors(store), _locked(store):
        _clean(store)
        if not _is_whole(store / name):
            _check_space(store, manifests)
            _add(bundle, store, name, whole)
        if _read_current(store) != name:
            durable.write_text(store / CURRENT, name + "\n")
    return {"version": name, "content_hash": whole}


def list_versions(store: Path | str) -> list[Version]:
    """All versions of a store, newest first; empty where nothing was published."""
    store = Path(store)
    named = _read_current(store)
    names = [each.name for each in store.iterdir() if _is_version(each)] if store.is_dir() else []
    versions = [_version(store / name, name == named) for name in names]
    return sorted(versions, key=lambda each: (-each.sequence, each.name))


def current(store: Path | str) -> str:
    """Name of the version that CURRENT names.

    Raises:
        BundleError: Nothing was published, or CURRENT names a version that is not there.
    """
    store = Path(store)
    named = _read_current(store)
    versions = [each.name for each in list_versions(store)]
    if not versions:
        raise BundleError(f"no bundle was published in {store}", FIRST)
    if named is None:
        raise BundleError(
            f"{store / CURRENT} is missing, so no version is in use",
            f"choose one: `artrec bundle use {versions[0]}`",
        )
    if named not in versions:
        raise BundleError(
            f"{store / CURRENT} names the version {named!r}, which is not in the store",
            f"choose one that is: `artrec bundle use {versions[0]}`",
        )
    return named


def use(store: Path | str, version: str) -> str:
    """Make a published version the current one, after checking every file of it.

    Args:
        store: Folder of the published versions.
        version: Its name, or the beginning of it (4 letters or more) where only one fits.

    Returns:
        The full name of the version now current.

    Raises:
        BundleError: There is no such version, more than one fits, or it is damaged; CURRENT stays.
    """
    store = Path(store)
    names = [each.name for each in list_versions(store)]
    if not names:
        raise BundleError(f"no bundle was published in {store}", FIRST)
    fitting = [name for name in names if name.startswith(version)]
    if version not in names and (len(version) < 4 or len(fitting) != 1):
        what = "more than one version begins with" if fitting and version else "no version named"
        hint = near_names(version, fitting if fitting and version else names)
        raise BundleError(f"{what} {version!r} in {store}", hint)
    chosen = version if version in names else fitting[0]
    verify_version(store, chosen)
    with _plain_errors(store), _locked(store):
        durable.write_text(store / CURRENT, chosen + "\n")
    return chosen


def verify_version(store: Path, name: str, medium: str | None = None) -> dict[str, Manifest]:
    """Check that a version is whole and is what its name says.

    Raises:
        BundleError: Names the first file that is wrong.
    """
    folder = store / name
    manifests = verify_bundle(folder, medium)
    if not content_hash(folder).startswith(name):
        wrong = ", ".join(str(folder / each / MANIFEST) for each in media_of(folder))
        raise BundleError(
            f"the content of version {name} is not what was published: "
            f"a manifest was changed, added or removed ({wrong})",
            "publish it again with `make recommend`",
        )
    return manifests


def reading_order(store: Path) -> list[str]:
    """Versions to try, best first: the current, those before it (newest first), those after it."""
    versions = list_versions(store)
    at = next((each.sequence for each in versions if each.is_current), None)
    before = [each.name for each in versions if at is None or each.sequence <= at]
    after = [each.name for each in versions if each.name not in before]
    first = [each.name for each in versions if each.is_current]
    return first + [name for name in before + after if name not in first]


def _add(bundle: Path, store: Path, name: str, whole: str) -> None:
    """Copy, check what was copied, and rename into place."""
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=store))
    try:
        for medium in media_of(bundle):
            _copy_member(bundle / medium, draft / medium)
        if content_hash(draft) != whole:
            raise BundleError(f"{bundle} changed while it was being published", "publish again")
        record = {
            "content_hash": whole,
            "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "sequence": 1 + max((each.sequence for each in list_versions(store)), default=0),
        }
        durable.write_text(draft / RECORD, json.dumps(record, indent=2) + "\n")
        durable.sync_tree(draft)
        draft.chmod(0o755)  # mkdtemp made it private; a service may run as another user
        if (store / name).exists():  # damaged, or it would not be written again
            os.replace(store / name, store / f"{DRAFT}damaged-{name}")  # noqa: PTH105
        os.replace(draft, store / name)  # noqa: PTH105 - rename and os.replace alike
        durable.sync_folder(store)
    finally:
        _clean(store)


def _copy_member(source: Path, target: Path) -> None:
    manifest = read_manifest(source)
    target.mkdir()
    for name, entry in manifest.files.items():
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if durable.copy_file(source / name, copy) != (entry.size, entry.sha256):
            raise BundleError(
                f"{source / name} changed while it was being published", "publish again"
            )
    durable.copy_file(source / MANIFEST, target / MANIFEST)


@contextmanager
def _locked(store: Path) -> Iterator[None]:
    store.mkdir(parents=True, exist_ok=True)
    lock = FileLock(store / LOCK, timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockedError(
            f"another process is publishing to {store}", "wait until it is done, then try again"
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _plain_errors(store: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error that says what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in FULL:
            raise BundleError(
                f"the disk is full: publishing to {store} stopped ({reason}); "
                "the previous version stays in use",
                f"free some space, for example by deleting old version folders in {store}",
            ) from error
        raise BundleError(
            f"{error.filename or store} cannot be written ({reason}); "
            "the previous version stays in use",
            f"make {store} a folder that this user may write to",
        ) from error


def _check_space(store: Path, manifests: dict[str, Manifest]) -> None:
    sizes = (entry.size for each in manifests.values() for entry in each.files.values())
    needed = sum(sizes) + SPARE_BYTES
    free = shutil.disk_usage(store).free
    if free < needed:
        raise BundleError(
            f"the disk is too full: publishing to {store} needs {needed >> 20} MiB, "
            f"{free >> 20} MiB are free; the previous version stays in use",
            f"free some space, for example by deleting old version folders in {store}",
        )


def _clean(store: Path) -> None:
    """Remove what interrupted runs left; called under the lock only."""
    for left in store.glob(f"{DRAFT}*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in store.glob(f".{CURRENT}.*.draft"):
        left.unlink(missing_ok=True)


def _is_whole(folder: Path) -> bool:
    try:
        verify_version(folder.parent, folder.name)
    except BundleError:
        return False
    return True


def _is_version(folder: Path) -> bool:
    return folder.is_dir() and re.fullmatch(f"[0-9a-f]{{{NAME_LENGTH}}}", folder.name) is not None


def _version(folder: Path, is_current: bool) -> Version:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        sequence, date = int(record["sequence"]), str(record["published_at"])
    except (OSError, ValueError, KeyError, TypeError):
        sequence, date = 0, ""  # the record only orders and dates versions; the content is checked
    return Version(folder.name, sequence, date, tuple(media_of(folder)), is_current)


def _read_current(store: Path) -> str | None:
    try:
        return (store / CURRENT).read_text(encoding="utf-8").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        return None
    except OSError as error:
        raise BundleError(
            f"{store / CURRENT} cannot be read ({error.strerror})", "check its rights"
        ) from error
