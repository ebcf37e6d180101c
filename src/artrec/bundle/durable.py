"""Writes that survive a kill or a power cut: each is on the disk whole, or not there at all."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

BLOCK = 1 << 20


def write_text(path: Path, text: str) -> None:
    """Replace a small file atomically and durably.

    A reader sees the old text or the new one, also after a crash.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, path)  # noqa: PTH105 - tests watch and break this very call
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def copy_file(source: Path, target: Path) -> tuple[int, str]:
    """Copy one file to the disk itself and return the size and sha256 of what was copied."""
    digest = hashlib.sha256()
    size = 0
    with source.open("rb") as reader, target.open("xb") as writer:
        while block := reader.read(BLOCK):
            digest.update(block)
            writer.write(block)
            size += len(block)
        writer.flush()
        os.fsync(writer.fileno())
    return size, digest.hexdigest()


def replace_folder(fresh: Path, target: Path) -> None:
    """Put a folder in the place of another, if there is one.

    When an error or Ctrl-C falls in between, the old one comes back.
    """
    old = target.with_name(f".{target.name}.old")
    try:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
            target.rename(old)
        fresh.rename(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable (a rename is not, before its folder is synced)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Make the names in a folder and in every folder below it durable."""
    for inner, _, _ in os.walk(folder, topdown=False):
        sync_folder(Path(inner))
