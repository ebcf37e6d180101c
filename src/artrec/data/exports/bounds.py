"""What an export file may be at most, and one file of an export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Final

from pydantic import Field

from artrec.config import Config

EXPORT_AGAIN: Final = "ask the site for the export again, and send the file as it comes"
BLOCK: Final = 1 << 16


class ExportBounds(Config):
    """Bounds on an export file; what exceeds one is refused with a clear answer."""

    bytes: int = Field(default=32 << 20, ge=1, description="Bytes of the file as it comes.")
    unpacked: int = Field(
        default=128 << 20, ge=1, description="Bytes of the members read of an archive, unpacked."
    )
    ratio: float = Field(
        default=200.0,
        gt=1,
        description="How many times a member may be larger than its packed form.",
    )
    directory: int = Field(
        default=1 << 20, ge=1, description="Bytes of an archive's list of members."
    )
    rows: int = Field(default=20_000, ge=1, description="Rows of all files of an export.")
    row: int = Field(
        default=100_000, ge=100, description="Characters of one row, its lines and all."
    )
    columns: int = Field(default=200, ge=1, description="Columns of a file.")


@dataclass(frozen=True)
class Sheet:
    """One file of an export.

    Attributes:
        name: What answers call it: the file's name, or the member's path.
        size: Bytes it gives.
        open: Opens it from its start.
    """

    name: str
    size: int
    open: Callable[[], IO[bytes]]


def mib(size: int) -> str:
    """A size in words."""
    return f"{size / (1 << 20):.1f} MiB"
