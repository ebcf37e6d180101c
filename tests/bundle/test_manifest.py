"""A bundle that is damaged, foreign or of another format is refused, and the file is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from artrec.bundle import read_bundle, verify_bundle
from artrec.bundle.manifest import FORMAT_VERSION, MANIFEST, READ_VERSIONS
from artrec.errors import BundleError
from film_world import write_films


@pytest.fixture(scope="module")
def whole_films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole_films")
    write_films(folder)
    return folder


@pytest.fixture
def films(whole_films: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(whole_films, tmp_path / "bundle"))


def data_files(bundle: Path) -> list[Path]:
    return sorted(each for each in bundle.rglob("*") if each.is_file() and each.name != MANIFEST)


def change_manifest(bundle: Path, **changes: Any) -> None:
    path = bundle / "movies" / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_whole_bundle_passes(films: Path) -> None:
    assert verify_bundle(films)["movies"].medium == "movies"


def test_each_missing_file_is_named(films: Path) -> None:
    for path in data_files(films):
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(BundleError, match="is missing") as caught:
            read_bundle(films)
        assert str(path) in caught.value.problem
        path.write_bytes(content)
    read_bundle(films)


def test_each_truncated_file_is_named(films: Path) -> None:
    for path in data_files(films):
        content = path.read_bytes()
        path.write_bytes(content[:-1])
        with pytest.raises(BundleError, match=f"truncated.*{len(content)} bytes") as caught:
            read_bundle(films)
        assert str(path) in caught.value.problem
        path.write_bytes(content)


def test_each_changed_byte_is_found_and_the_file_named(films: Path) -> None:
    for path in data_files(films):
        content = path.read_bytes()
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        with pytest.raises(BundleError, match="is damaged: sha256") as caught:
            read_bundle(films)
        assert str(path) in caught.value.problem
        path.write_bytes(content)


def test_a_file_that_grew_is_named(films: Path) -> None:
    path = films / "movies" / "works.parquet"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(BundleError, match=r"works\.parquet is too long"):
        read_bundle(films)


def test_a_file_the_manifest_does_not_know_is_refused(films: Path) -> None:
    (films / "movies" / "scorer" / "extra.npy").write_bytes(b"?")
    with pytest.raises(BundleError, match=r"extra\.npy is not in the manifest"):
        read_bundle(films)


def test_what_file_managers_leave_does_no_harm(films: Path) -> None:
    (films / "movies" / ".DS_Store").write_bytes(b"?")
    (films / ".DS_Store").write_bytes(b"?")
    (films / ".gitignore").write_text("/movies")
    read_bundle(films)


def test_a_missing_manifest_is_named(films: Path) -> None:
    (films / "movies" / MANIFEST).unlink()
    with pytest.raises(BundleError, match=r"movies/manifest\.json is missing"):
        read_bundle(films)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b'{"kind": "artrec bundle mem'], ids=repr
)
def test_a_truncated_manifest_is_named(films: Path, content: bytes) -> None:
    (films / "movies" / MANIFEST).write_bytes(content)
    with pytest.raises(BundleError, match=r"manifest\.json is not JSON"):
        read_bundle(films)


@pytest.mark.parametrize("content", ["[]", "3", '{"kind": "web app", "files": {}}', "{}"])
def test_a_foreign_manifest_is_refused(films: Path, content: str) -> None:
    (films / "movies" / MANIFEST).write_text(content)
    with pytest.raises(BundleError, match="is not the manifest of an artrec bundle"):
        read_bundle(films)


def test_an_older_format_asks_for_a_new_bundle(films: Path) -> None:
    change_manifest(films, format_version=min(READ_VERSIONS) - 1)
    with pytest.raises(
        BundleError, match=r"is of format 0; this artrec reads .* 1 and 2"
    ) as caught:
        read_bundle(films)
    assert "make recommend" in caught.value.hint


def test_a_newer_format_asks_for_a_new_artrec(films: Path) -> None:
    change_manifest(films, format_version=FORMAT_VERSION + 1, something_new=True)
    with pytest.raises(
        BundleError, match=r"is of format 3; this artrec reads .* 1 and 2"
    ) as caught:
        read_bundle(films)
    assert caught.value.hint == "update artrec"


@pytest.mark.parametrize("version", ["1", None, [1]])
def test_a_nonsense_format_is_refused(films: Path, version: object) -> None:
    change_manifest(films, format_version=version)
    with pytest.raises(BundleError, match="is of format"):
        read_bundle(films)


def test_an_incomplete_manifest_is_refused(films: Path) -> None:
    path = films / "movies" / MANIFEST
    values = json.loads(path.read_text())
    del values["licence"]
    path.write_text(json.dumps(values))
    with pytest.raises(BundleError, match=r"manifest\.json is damaged: licence: Field required"):
        read_bundle(films)


@pytest.mark.parametrize("name", ["../../outside", "/etc/passwd", "..\\outside"])
def test_a_manifest_cannot_name_files_outside(films: Path, name: str) -> None:
    change_manifest(films, files={name: {"size": 0, "sha256": ""}})
    with pytest.raises(BundleError, match="points outside the member"):
        read_bundle(films)


def test_a_member_under_another_name_is_refused(films: Path) -> None:
    (films / "movies").rename(films / "books")
    with pytest.raises(BundleError, match="is of medium 'movies' but lies in the folder 'books'"):
        read_bundle(films)


def test_no_bundle_at_all_says_what_to_run(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "not there"):
        with pytest.raises(BundleError, match="no bundle in") as caught:
            read_bundle(folder)
        assert "make recommend" in caught.value.hint


def test_only_the_member_asked_for_is_checked(films: Path) -> None:
    write_films(films, medium="others")
    (films / "others" / "works.parquet").unlink()
    assert list(read_bundle(films, "movies").members) == ["movies"]
    with pytest.raises(BundleError, match=r"others/works\.parquet is missing"):
        read_bundle(films)
