"""A server of its own for each test, and sources that are tried in milliseconds."""

from __future__ import annotations

import hashlib
import io
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from artrec.errors import ArtrecWarning
from artrec.fetch import Fetched, Sources, fetch
from artrec.fetch.sources import CONFIGURATION, Network
from hostile_server import Site, running

QUICK = {
    "attempts": 3,
    "unreachable_attempts": 2,
    "timeout": 20,
    "slowest": 1000,
    "wait": 0.001,
    "longest_wait": 0.01,
    "redirects": 3,
    "spare_disk": 0,
}


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as served:
        yield served


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("ARTREC_MIRROR", raising=False)


@pytest.fixture
def network() -> Network:
    return Network.model_validate(QUICK)


A = b"user_id,song_id,rating\n" + b"1,7,5\n" * 200
B = b"song_id,title\n7,Ode\n"


class Project:
    """A project folder with sources of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warnings: list[str] = []

    def write(self, variants: dict[str, Any], name: str = "songs", **more: Any) -> Sources:
        about = {"what": "songs", "licence": "CC0", "attribution": "nobody", "page": "https://x.y"}
        content = {
            "network": QUICK,
            "sources": {name: {"medium": "music", **about, "variants": variants, **more}},
        }
        path = self.folder / CONFIGURATION
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return Sources.model_validate(content)

    def fetch(self, sources: Sources, **options: Any) -> Fetched:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ArtrecWarning)
            try:
                return fetch(self.folder, sources, "songs", **options)
            finally:
                self.warnings = [str(each.message) for each in caught]

    def raw(self, file: str = "") -> Path:
        return self.folder / "data" / "01_raw" / "songs" / file

    @property
    def left_over(self) -> list[str]:
        """Files that are neither data nor a lock."""
        staging = self.folder / "data" / "01_raw" / ".fetch"
        return sorted(each.name for each in staging.rglob("*") if "lock" not in each.name)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def pinned() -> Callable[..., dict[str, Any]]:
    """Configuration of a file whose bytes are known."""

    def of(content: bytes, **more: Any) -> dict[str, Any]:
        return {"size": len(content), "sha256": sha256(content), **more}

    return of


@pytest.fixture
def zipped() -> Callable[..., bytes]:
    def of(*members: tuple[str | zipfile.ZipInfo, bytes], level: int = 6) -> bytes:
        stream = io.BytesIO()
        with (
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive,
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")  # of names that occur twice
            for name, content in members:
                archive.writestr(name, content, zipfile.ZIP_DEFLATED)
        return stream.getvalue()

    return of


@pytest.fixture
def songs(site: Site, pinned: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """One variant of two files on the server."""
    return {
        "v1": {
            "note": "the first",
            "files": {
                "ratings.csv": pinned(A, address=site.serve("/ratings.csv", A)),
                "songs.csv": pinned(B, address=site.serve("/songs.csv", B)),
            },
        }
    }


@pytest.fixture
def mirror(tmp_path: Path) -> Callable[..., str]:
    """Writes files of the songs into a mirror, and says where it is."""

    def of(**files: bytes) -> str:
        folder = tmp_path / "mirror"
        (folder / "songs").mkdir(parents=True)
        for name, content in files.items():
            (folder / "songs" / f"{name}.csv").write_bytes(content)
        return str(folder)

    return of
