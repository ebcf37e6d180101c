"""What the export tools share: checksums, and the provenance file beside a committed data set."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any


def sha256(path: Path) -> str:
    """Checksum of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def require_checksum(path: Path, expected: str | None) -> str:
    """Checksum of the file; stops the program when it is not the one expected (None: any)."""
    found = sha256(path)
    if expected is not None and found != expected:
        raise SystemExit(f"{path} has sha256 {found}, wanted {expected}: another version of it?")
    return found


def write_provenance(folder: Path, record: dict[str, Any]) -> None:
    """Write ``provenance.json``, keys in the order given."""
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    (folder / "provenance.json").write_text(text, encoding="utf-8")
