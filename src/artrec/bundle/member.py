"""One medium's member of a bundle: scorer, works and profiles, written and read back."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

import artrec
from artrec import schema
from artrec.bundle.durable import replace_folder
from artrec.bundle.manifest import (
    FORMAT_VERSION,
    KIND,
    MANIFEST,
    REBUILD,
    Manifest,
    Plain,
    describe_files,
)
from artrec.data.ids import IdMap, StoredIds
from artrec.data.interactions import Interactions
from artrec.data.parquet import read_parquet
from artrec.data.texts import Texts, map_array
from artrec.data.work_columns import WorkColumns
from artrec.errors import ArtrecError, BundleError, InputError
from artrec.features.atlas import Atlas, draw_atlas
from artrec.models.base import Scorer

SCORER: Final = "scorer"
WORKS: Final = "works.parquet"
COLUMNS: Final = "columns"
PROFILES: Final = "profiles"
ATLAS: Final = "map"
USERS: Final = "users"
ITEMS: Final = "items"
PROFILE_ARRAYS: Final = ("indptr", "indices", "ratings", "timestamps", "positive")
LIBRARIES: Final = ("numpy", "pandas", "pyarrow", "pydantic", "scikit-learn", "scipy")


@dataclass(frozen=True, eq=False)
class Member:
    """What a bundle holds of one medium.

    Attributes:
        manifest: What it is and where it came from.
        scorer: The fitted model, over the items it can score.
        columns: What is shown of works and what they are found by, mapped from files.
        profiles: Everything known users have seen, over the items of the whole source.
        atlas: Where works lie on the map; None in a bundle that was written without one.
        folder: Where its files lie.
    """

    manifest: Manifest
    scorer: Scorer
    columns: WorkColumns
    profiles: Interactions
    atlas: Atlas | None
    folder: Path

    @cached_property
    def works(self) -> pd.DataFrame:
        """Catalogue of works (`schema.WORKS`), all of them, ordered by item id: read on first use.

        Raises:
            BundleError: It cannot be read any more.
        """
        return self.read_works()

    def read_works(self) -> pd.DataFrame:
        """The catalogue, read anew: for who has no use for it twice."""
        try:
            return _read_works(self.folder)
        except (ArtrecError, OSError, ValueError) as error:
            raise _not_loading(self.folder, error) from error

    @property
    def medium(self) -> str:
        """Name of the medium."""
        return self.manifest.medium


def write_member(
    folder: Path | str,
    medium: str,
    scorer: Scorer,
    works: pd.DataFrame,
    profiles: Interactions,
    *,
    positive_from: float | None,
    source: Mapping[str, Plain],
    metrics: Mapping[str, Plain],
    licence: str,
    attribution: str,
) -> Manifest:
    """Write one medium's member into a bundle folder, in place of an earlier one.

    Equal input gives equal bytes: nothing in it tells when it was written.

    Args:
        folder: The bundle, for example ``data/06_models/bundle``; made where it is missing.
        medium: Name of the medium and of the member's folder.
        scorer: The model fitted on everything.
        works: Catalogue of works (`schema.WORKS`).
        profiles: Everything each known user has seen, of any rating.
        positive_from: Lowest rating that counts as positive; None for implicit feedback.
        source: Name, variant and fingerprint of the data.
        metrics: How the model did, in a few numbers, for people who look at the manifest.
        licence: Terms the data stands under.
        attribution: Whom these terms ask to name.

    Returns:
        The manifest written.

    Raises:
        InputError: The medium's name does not fit a folder, or an item has no work.
        BundleError: The folder cannot be written.
    """
    folder = Path(folder)
    if not medium.isidentifier():
        raise InputError(
            f"a medium's name is letters, digits and _; got {medium!r}", "for example 'movies'"
        )
    works = _conform_works(works, scorer)
    draft = folder / f".{medium}.draft"
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        _write_parts(draft, scorer, works, profiles)
        manifest = Manifest(
            kind=KIND,
            format_version=FORMAT_VERSION,
            artrec_version=artrec.__version__,
            medium=medium,
            model=scorer.name,
            config=scorer.config.model_dump(mode="json"),
            source=dict(source),
            counts=_counts(scorer, works, profiles),
            metrics=dict(metrics),
            positive_from=positive_from,
            licence=licence,
            attribution=attribution,
            libraries=_library_versions(),
            files=describe_files(draft),
        )
        (draft / MANIFEST).write_text(manifest.to_text(), encoding="utf-8", newline="\n")
        replace_folder(draft, folder / medium)
    except OSError as error:
        raise BundleError(
            f"{error.filename or folder} cannot be written ({error.strerror})",
            "check the rights of the folder and the space on the disk",
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def load_member(folder: Path, manifest: Manifest) -> Member:
    """Load a member whose files were checked (`manifest.verify_member`).

    Raises:
        BundleError: The files are whole but do not fit together or this artrec.
    """
    from artrec.models.store import load_scorer

    try:
        scorer = load_scorer(folder / SCORER)
        if manifest.format_version == 1:
            columns = WorkColumns.of(_read_works(folder))
        else:
            columns = WorkColumns.load(folder / COLUMNS)
        profiles = _read_profiles(folder / PROFILES)
        atlas = _read_atlas(folder / ATLAS, len(columns))
    except (ArtrecError, OSError, ValueError, KeyError) as error:
        raise _not_loading(folder, error) from error
    if scorer.name != manifest.model:
        raise BundleError(
            f"the bundle in {folder} says model {manifest.model!r} but holds {scorer.name!r}",
            REBUILD,
        )
    return Member(manifest, scorer, columns, profiles, atlas, folder)


def _not_loading(folder: Path, error: Exception) -> BundleError:
    reason = error.problem if isinstance(error, ArtrecError) else str(error)
    return BundleError(f"the bundle in {folder} does not load: {reason}", REBUILD)


def _read_works(folder: Path) -> pd.DataFrame:
    return schema.WORKS.conform(read_parquet(folder / WORKS))


def _conform_works(works: pd.DataFrame, scorer: Scorer) -> pd.DataFrame:
    works = schema.WORKS.conform(works).sort_values(schema.ITEM_ID, ignore_index=True)
    without = ~scorer.items.index.isin(works[schema.ITEM_ID])
    if without.any():
        raise InputError(
            f"{int(without.sum())} items of the scorer have no work, first "
            f"{scorer.items.index[int(np.argmax(without))]!r}",
            "give the works table that belongs to the interactions it was fitted on",
        )
    return works


def _write_parts(draft: Path, scorer: Scorer, works: pd.DataFrame, profiles: Interactions) -> None:
    from artrec.models.store import save_scorer

    save_scorer(scorer, draft / SCORER)
    works.to_parquet(draft / WORKS, index=False)
    WorkColumns.of(works).save(draft / COLUMNS)
    folder = draft / PROFILES
    folder.mkdir()
    Texts.of(profiles.users.index).save(folder, USERS)
    Texts.of(profiles.items.index).save(folder, ITEMS)
    for name in PROFILE_ARRAYS:
        np.save(folder / f"{name}.npy", getattr(profiles, name), allow_pickle=False)
    atlas = draw_atlas(works, profiles)
    (draft / ATLAS).mkdir()
    np.save(draft / ATLAS / "places.npy", atlas.places, allow_pickle=False)
    np.save(draft / ATLAS / "points.npy", atlas.points, allow_pickle=False)


def _read_ids(folder: Path, name: str, column: str) -> IdMap:
    table = folder / f"{name}.parquet"  # of format 1
    if table.exists():
        return IdMap(pd.Index(read_parquet(table)[column], dtype="object", name=None))
    return StoredIds(Texts.load(folder, name))


def _read_profiles(folder: Path) -> Interactions:
    users = _read_ids(folder, USERS, schema.USER_ID)
    items = _read_ids(folder, ITEMS, schema.ITEM_ID)
    arrays: dict[str, npt.NDArray[Any]] = {
        name: map_array(folder / f"{name}.npy") for name in PROFILE_ARRAYS
    }
    if len(arrays["indptr"]) != len(users) + 1:
        raise ValueError(f"{len(users)} users but {len(arrays['indptr']) - 1} rows of profiles")
    return Interactions(users, items, **arrays)


def _read_atlas(folder: Path, n_works: int) -> Atlas | None:
    if not folder.is_dir():
        return None
    places, points = map_array(folder / "places.npy"), map_array(folder / "points.npy")
    if points.shape != (len(places), 2) or (len(places) and places.max() >= n_works):
        raise ValueError("the map's places and points do not fit the works")
    return Atlas(places, points)


def _counts(scorer: Scorer, works: pd.DataFrame, profiles: Interactions) -> dict[str, int]:
    return {
        "users": len(profiles.users),
        "works": len(works),
        "interactions": len(profiles),
        "items": len(scorer.items),
    }


def _library_versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
