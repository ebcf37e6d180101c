"""Where the published bundles are: named by the environment, or found around a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from artrec.errors import BundleError

STORE_VARIABLE: Final = "ARTREC_STORE"
STORE_FOLDER: Final = Path("data") / "published"


def find_store(start: Path | None = None) -> Path:
    """The store in use: ``ARTREC_STORE``, or ``data/published`` of the project around a folder.

    Args:
        start: Where to look from, upwards; by default the working directory.

    Raises:
        BundleError: There is none.
    """
    named = os.environ.get(STORE_VARIABLE)
    if named:
        return Path(named)
    start = Path.cwd() if start is None else start
    for folder in (start, *start.parents):
        if (folder / STORE_FOLDER).is_dir():
            return folder / STORE_FOLDER
    raise BundleError(
        f"no {STORE_FOLDER.as_posix()} in {start} or a folder above it",
        "run `make recommend` in the project's folder, or name a store in the environment "
        f"variable {STORE_VARIABLE}",
    )
