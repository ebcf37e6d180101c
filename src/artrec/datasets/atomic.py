"""Atomic saving: a file appears whole under its name or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from artrec.bundle.durable import replace_folder


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path beside `target` to write to; on success it takes `target`'s place.

    Works for files and folders. When the block raises (an error, Ctrl-C) the half-written path is
    removed and `target` stays as it was.

    Args:
        target: File or folder to replace; its parent is created.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # one name, for one run at a time: what a killed run left is removed by the next
    fresh = target.with_name(f".draft-{target.name}")
    _remove(fresh)
    try:
        yield fresh
        if fresh.is_dir():
            replace_folder(fresh, target)
        else:
            fresh.replace(target)
    finally:
        _remove(fresh)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
