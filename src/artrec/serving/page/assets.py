"""The page's files as they are served: read once, under an address that names their content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

MEDIA_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
CACHE_CONTROL: Final = "public, max-age=31536000, immutable"
LARGEST_PAGE: Final = 150_000
"""Bytes of everything that the page is made of, its shell among them."""


@dataclass(frozen=True)
class Assets:
    """What the page loads beside itself.

    Modules name each other by relative addresses, so one version stands for all of them: it is
    a folder of the address (``/static/<version>/app.js``), and a changed file changes it.

    Attributes:
        version: Twelve hexadecimal digits of the content of every file.
        files: Name (``app.js``) to bytes and media type.
        packed: Name to the same bytes, gzipped.
        shell: The page around its content, with places for `render` to fill.
    """

    version: str
    files: dict[str, tuple[bytes, str]]
    packed: dict[str, bytes]
    shell: str


@cache
def load_assets() -> Assets:
    """Read the page's files; the same object ever after."""
    root = files(__package__)
    found: dict[str, tuple[bytes, str]] = {}
    for entry in sorted(root.iterdir(), key=lambda each: each.name):
        media_type = MEDIA_TYPES.get(entry.name.rpartition(".")[2])
        if entry.is_file() and media_type is not None:
            found[entry.name] = (entry.read_bytes(), media_type)
    shell = (root / "index.html").read_text(encoding="utf-8")
    digest = hashlib.sha256(shell.encode())
    for name, (content, _) in found.items():
        digest.update(name.encode() + b"\0" + content)
    packed = {name: gzip.compress(content, mtime=0) for name, (content, _) in found.items()}
    return Assets(digest.hexdigest()[:12], found, packed, shell)
