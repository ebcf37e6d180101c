"""Disk space, looked at before anything is written."""

from __future__ import annotations

import shutil
from pathlib import Path

from artrec.errors import FetchError


def require_disk(folder: Path, what: str, size: int, spare: int) -> None:
    """Check that a folder's disk takes some bytes and keeps some free.

    Raises:
        FetchError: It does not.
    """
    free = shutil.disk_usage(folder).free
    if size + spare > free:
        raise FetchError(
            f"{what} needs {size:,} bytes of disk, and {spare:,} are to stay free; "
            f"{free:,} are free in {folder}",
            "free some, or move the project to a larger disk",
        )
