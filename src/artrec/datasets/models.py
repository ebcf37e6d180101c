"""Kedro datasets for fitted scorers, bundle members and folders."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from kedro.io import AbstractDataset, DatasetError

from artrec.datasets.atomic import replacing
from artrec.models.base import Scorer
from artrec.models.store import load_scorer, save_scorer


class ScorerFolder(AbstractDataset[Scorer, Scorer]):
    """A fitted scorer as a folder of plain arrays; no code in any file.

    Args:
        filepath: The folder.
        metadata: Free text for kedro-viz; artrec does not read it.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = PurePosixPath(filepath)
        self.metadata = metadata

    def load(self) -> Scorer:
        """Load the scorer; its arrays are mapped, not copied."""
        return load_scorer(Path(self._filepath))

    def save(self, data: Scorer) -> None:
        """Write the folder anew, atomically."""
        with replacing(Path(self._filepath)) as fresh:
            save_scorer(data, fresh)

    def _exists(self) -> bool:
        return Path(self._filepath).is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}


class Folder(AbstractDataset[Path, Path]):
    """A folder that library functions fill themselves; loading gives its path.

    Args:
        filepath: The folder.
        metadata: Free text for kedro-viz; artrec does not read it.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = PurePosixPath(filepath)
        self.metadata = metadata

    def load(self) -> Path:
        """Path of the folder, whether it exists or not."""
        return Path(self._filepath)

    def save(self, data: Path) -> None:
        """Refuse: whoever owns the folder fills it.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(f"{self._filepath} is filled by the library, not by kedro (got {data})")

    def _exists(self) -> bool:
        return Path(self._filepath).is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
