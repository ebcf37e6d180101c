"""Reading a bundle: nothing is used before every file of it was checked."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

from artrec.bundle.manifest import Manifest, verify_bundle
from artrec.bundle.member import Member, load_member
from artrec.bundle.store import current, list_versions, reading_order, verify_version
from artrec.errors import ArtrecWarning, BundleError


@dataclass(frozen=True, eq=False)
class Bundle:
    """A bundle that was checked and loaded.

    Attributes:
        folder: Where it lies.
        version: Its name in the store; empty for a bundle that was not published.
        members: Medium to member, of the media asked for.
    """

    folder: Path
    version: str
    members: dict[str, Member]


def read_bundle(folder: Path | str, medium: str | None = None) -> Bundle:
    """Check and load a bundle folder.

    Args:
        folder: One folder a medium, as `write_member` leaves it.
        medium: Load this member only.

    Raises:
        BundleError: A file is missing, damaged, foreign or of another format; it is named.
    """
    folder = Path(folder)
    manifests = verify_bundle(folder, medium)
    return _load(folder, "", manifests)


def read_current(store: Path | str, medium: str | None = None) -> Bundle:
    """Check and load the version in use, or the newest good one before it.

    A damaged version is never loaded: an `ArtrecWarning` names the file that is wrong and the
    version taken in its place. CURRENT itself is not moved.

    Args:
        store: Folder of the published versions.
        medium: Load this member only.

    Raises:
        BundleError: Nothing was published, or no version of the store is whole.
    """
    store = Path(store)
    if not list_versions(store):
        current(store)  # says what is missing and what to do
    first: BundleError | None = None
    try:
        current(store)
    except BundleError as error:
        first = error
    for name in reading_order(store):
        try:
            bundle = _load(store / name, name, verify_version(store, name, medium))
        except BundleError as error:
            first = first or error
            continue
        if first is not None:
            warnings.warn(
                ArtrecWarning(
                    f"{first.problem}; using the version {name} in its place", first.hint
                ),
                stacklevel=2,
            )
        return bundle
    raise first or BundleError(f"no version in {store} can be read", "run `make recommend`")


def _load(folder: Path, version: str, manifests: dict[str, Manifest]) -> Bundle:
    members = {
        medium: load_member(folder / medium, manifest) for medium, manifest in manifests.items()
    }
    return Bundle(folder, version, members)
