"""Kedro datasets that are a folder: fitted scorers, content, bundle members, the store."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import JSONPreview

from artrec.bundle.manifest import MANIFEST
from artrec.bundle.parts import MemberParts
from artrec.data.content import Content
from artrec.data.content_store import DESCRIPTION as CONTENT_DESCRIPTION
from artrec.data.content_store import load_content, save_content
from artrec.datasets.atomic import replacing
from artrec.models.base import Scorer
from artrec.models.store import DESCRIPTION, load_scorer, save_scorer

Saved = TypeVar("Saved")
Loaded = TypeVar("Loaded")


class _FolderDataset(AbstractDataset[Saved, Loaded]):
    """What all of them share: where they lie.

    Args:
        filepath: The folder.
        metadata: Free text for kedro-viz; artrec does not read it.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        # kedro expects this name and type
        self._filepath = PurePosixPath(filepath)
        self.metadata = metadata

    @property
    def folder(self) -> Path:
        """The folder, whether it exists or not."""
        return Path(self._filepath)

    def _exists(self) -> bool:
        return self.folder.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}


class ScorerFolder(_FolderDataset[Scorer, Scorer]):
    """A fitted scorer as a folder of plain arrays; no code in any file."""

    def load(self) -> Scorer:
        """Load the scorer; its arrays are mapped, not copied."""
        return load_scorer(self.folder)

    def save(self, data: Scorer) -> None:
        """Write the folder anew, atomically."""
        with replacing(self.folder) as fresh:
            save_scorer(data, fresh)

    def preview(self) -> JSONPreview:
        """Model, configuration and arrays, for kedro-viz."""
        return JSONPreview((self.folder / DESCRIPTION).read_text(encoding="utf-8"))


class ContentFolder(_FolderDataset[Content, Content]):
    """The content of works as a folder of plain arrays."""

    def load(self) -> Content:
        """Load every field."""
        return load_content(self.folder)

    def save(self, data: Content) -> None:
        """Write the folder anew, atomically."""
        with replacing(self.folder) as fresh:
            save_content(data, fresh)

    def preview(self) -> JSONPreview:
        """Names of the fields, for kedro-viz."""
        return JSONPreview((self.folder / CONTENT_DESCRIPTION).read_text(encoding="utf-8"))


class CacheFolder(_FolderDataset[None, Path]):
    """A folder that may be emptied at any time; loading gives its path."""

    def load(self) -> Path:
        """Path of the folder, whether it exists or not."""
        return self.folder

    def save(self, data: None) -> None:
        """Refuse: whoever computes fills it.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(f"{self.folder} is a cache: nodes fill it (got {data!r})")


class BundleMember(_FolderDataset[MemberParts, Path]):
    """One medium's member of a bundle; the folder's name is the medium. Loading gives the path."""

    def load(self) -> Path:
        """Path of the member's folder."""
        return self.folder

    def save(self, data: MemberParts) -> None:
        """Write the member with its manifest and checksums, atomically."""
        data.write(self.folder)

    def preview(self) -> JSONPreview:
        """The member's manifest, for kedro-viz."""
        return JSONPreview((self.folder / MANIFEST).read_text(encoding="utf-8"))


class BundleStore(_FolderDataset[None, Path]):
    """The store of published bundles; loading gives its path."""

    def load(self) -> Path:
        """Path of the store, whether it exists or not."""
        return self.folder

    def save(self, data: None) -> None:
        """Refuse: only `artrec.bundle.store.publish` fills the store.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(f"{self.folder} is filled by publishing alone (got {data!r})")
