"""Kedro dataset for one medium's member of a bundle."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from kedro.io import AbstractDataset

from artrec.bundle.parts import MemberParts


class BundleMember(AbstractDataset[MemberParts, Path]):
    """A member's folder; its name is the medium. Saving is atomic, loading gives the path.

    Args:
        filepath: The member's folder in the bundle.
        metadata: Free text for kedro-viz; artrec does not read it.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = PurePosixPath(filepath)
        self.metadata = metadata

    def load(self) -> Path:
        """Path of the member's folder."""
        return Path(self._filepath)

    def save(self, data: MemberParts) -> None:
        """Write the member with its manifest and checksums, in place of an earlier one."""
        data.write(Path(self._filepath))

    def _exists(self) -> bool:
        return Path(self._filepath).is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
