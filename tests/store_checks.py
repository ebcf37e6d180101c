"""What tests of the store look at: what lies about, and which bundle is read."""

from __future__ import annotations

from pathlib import Path

from artrec.bundle import read_current


def rubbish(store: Path) -> list[str]:
    return [
        each.name for each in store.iterdir() if each.name.startswith(".") and each.name != ".lock"
    ]


def variant(store: Path) -> object:
    return read_current(store).members["movies"].manifest.source["variant"]
