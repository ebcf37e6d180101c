"""The committed data are what their provenance says, and the export tools make the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = {"movielens_snapshot": "Harper and Joseph A. Konstan", "wikidata_films": "CC0"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_files_have_the_checksums_their_provenance_names(raw_folder, folder):
    provenance = json.loads((raw_folder / folder / "provenance.json").read_text("utf-8"))
    assert provenance["files"]
    for name, told in provenance["files"].items():
        content = (raw_folder / folder / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == told["sha256"]
        assert len(content) == told["bytes"]
    for script in provenance["scripts"]:
        assert (ROOT / script).is_file()
    assert {"package", "package_version", "exported", "licence"} <= set(provenance)


@pytest.mark.parametrize(("folder", "must_say"), FOLDERS.items())
def test_each_folder_carries_its_licence(raw_folder, folder, must_say):
    assert must_say in (raw_folder / folder / "LICENCE.md").read_text("utf-8").replace("\n", " ")
    assert folder in (ROOT / "data" / "LICENSES.md").read_text("utf-8")


def test_the_snapshot_is_the_exported_csv_unchanged(raw_folder):
    folder = raw_folder / "movielens_snapshot"
    provenance = json.loads((folder / "provenance.json").read_text("utf-8"))
    exported = gzip.decompress((folder / "ratings.csv.gz").read_bytes())
    assert hashlib.sha256(exported).hexdigest() == provenance["exported_csv_sha256"]


def run_tool(script, *arguments):
    command = [sys.executable, str(ROOT / "tools" / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_packing_the_csv_again_gives_the_same_bytes(raw_folder, tmp_path):
    folder = raw_folder / "movielens_snapshot"
    csv = tmp_path / "movielens.csv"
    csv.write_bytes(gzip.decompress((folder / "ratings.csv.gz").read_bytes()))
    provenance = json.loads((folder / "provenance.json").read_text("utf-8"))
    done = run_tool(
        "export_movielens_snapshot.py", csv, "--out", tmp_path, "--date", provenance["exported"]
    )
    assert done.returncode == 0, done.stderr
    packed = (tmp_path / "ratings.csv.gz").read_bytes()
    assert gzip.decompress(packed) == csv.read_bytes()
    assert packed[4:8] == bytes(4), "the header holds a time"
    if provenance["zlib"] == zlib.ZLIB_RUNTIME_VERSION:
        assert packed == (folder / "ratings.csv.gz").read_bytes()
        made = json.loads((tmp_path / "provenance.json").read_text("utf-8"))
        assert made == provenance


@pytest.mark.parametrize(
    ("script", "name"),
    [("export_movielens_snapshot.py", "movielens.csv"), ("export_wikidata_films.py", "movies.db")],
)
def test_another_version_of_the_input_is_refused(script, name, tmp_path):
    (tmp_path / name).write_bytes(b"something else")
    done = run_tool(script, tmp_path / name, "--out", tmp_path / "out", "--date", "2026-01-01")
    assert done.returncode != 0
    assert "another version" in done.stderr
    assert not (tmp_path / "out").exists()
