"""`artrec data`: what there is, bringing it, and what is said when it does not come."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from artrec.cli import main

SONGS, TUNES = b"song_id,title\n7,Ode\n", b"tune_id\n3\n"


def spec_of(content: bytes) -> dict[str, Any]:
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    about = {"medium": "music", "licence": "CC0", "attribution": "the band", "page": "https://x.y"}
    sources = {
        "songs": {"what": "songs", "default": True, "variants": {"v1": {"files": {}}}, **about},
        "tunes": {"what": "tunes", "variants": {"v1": {"files": {}}}, **about},
    }
    sources["songs"]["variants"]["v1"]["files"]["songs.csv"] = spec_of(SONGS)  # type: ignore[index]
    sources["tunes"]["variants"]["v1"]["files"]["tunes.csv"] = spec_of(TUNES)  # type: ignore[index]
    path = tmp_path / "project" / "conf" / "base" / "sources.yml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump({"sources": sources, "network": {"spare_disk": 0}}))
    return tmp_path / "project"


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in (("songs", SONGS), ("tunes", TUNES)):
        (tmp_path / "mirror" / name).mkdir(parents=True)
        (tmp_path / "mirror" / name / f"{name}.csv").write_bytes(content)
    monkeypatch.setenv("ARTREC_MIRROR", str(tmp_path / "mirror"))
    return tmp_path / "mirror"


def run(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["data", *arguments, "--project", str(project)])


def test_list_says_what_there_is_and_what_is_here(project: Path, mirror: Path) -> None:
    assert run(project, "fetch", "tunes").exit_code == 0
    listed = json.loads(run(project, "list", "--json").stdout)["sources"]
    assert [(each["source"], each["here"]) for each in listed] == [("songs", None), ("tunes", "v1")]
    assert listed[1]["files"][0] == "data/01_raw/tunes/tunes.csv"
    text = run(project, "list").stdout
    assert "songs" in text
    assert "CC0" in text


def test_fetch_says_what_came_under_which_terms(project: Path, mirror: Path) -> None:
    done = run(project, "fetch", "songs")
    assert done.exit_code == 0
    assert f"songs, variant v1: fetched from the mirror {mirror}/songs (20 B)" in done.stdout
    assert "in data/01_raw/songs: songs.csv" in done.stdout
    assert "licence: CC0; name the band" in done.stdout
    assert "already there" in run(project, "fetch", "songs").stdout


def test_fetch_alone_brings_the_default_set_and_all_everything(project: Path, mirror: Path) -> None:
    told = json.loads(run(project, "fetch", "--json").stdout)
    assert [each["source"] for each in told["sources"]] == ["songs"]
    told = json.loads(run(project, "fetch", "--all", "--json").stdout)
    assert [(each["source"], each["outcome"]) for each in told["sources"]] == [
        ("songs", "already there"),
        ("tunes", "fetched"),
    ]
    assert "error" not in told


def test_one_that_fails_does_not_stop_the_others(project: Path, mirror: Path) -> None:
    (mirror / "songs" / "songs.csv").write_bytes(b"something else entirely")
    done = run(project, "fetch", "--all")
    assert done.exit_code == 1
    assert "error: " in done.stderr
    assert "1 of 2 sources are here" in done.stdout
    done = run(project, "fetch", "--all", "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [each["source"] for each in told["sources"]] == ["tunes"]
    assert told["error"] == told["failed"]["songs"]


def test_damage_is_told(project: Path, mirror: Path) -> None:
    run(project, "fetch", "songs")
    (project / "data/01_raw/songs/songs.csv").write_bytes(b"?")
    done = run(project, "fetch", "songs", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["sources"][0]["outcome"] == "fetched again"
    assert "songs.csv has 1 bytes, not 20" in told["notes"][0]
    assert "note: " in done.stderr


def test_an_unknown_source_stops_before_any_is_fetched(project: Path, mirror: Path) -> None:
    done = run(project, "fetch", "songs", "tune")
    assert done.exit_code == 1
    assert "did you mean 'tunes'?" in done.stderr
    assert not (project / "data").exists()


@pytest.mark.parametrize(
    "arguments", [("songs", "--all"), ("--variant", "v1"), ("songs", "tunes", "--variant", "v1")]
)
def test_a_command_written_wrongly(project: Path, arguments: tuple[str, ...]) -> None:
    assert run(project, "fetch", *arguments).exit_code == 2


def test_without_mirror_and_address_it_says_so(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARTREC_MIRROR", raising=False)
    done = run(project, "fetch", "songs")
    assert done.exit_code == 1
    assert "songs cannot be fetched" in done.stderr
    assert "ARTREC_MIRROR" in done.stderr


def test_outside_of_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["data", "list"])
    assert done.exit_code == 1
    assert "run the command in the folder of the project" in done.stderr


def test_without_git_dvc_is_left_out(project: Path, mirror: Path) -> None:
    done = run(project, "fetch", "songs", "--track")
    assert done.exit_code == 0
    assert "this is no git checkout" in done.stderr


def test_what_dvc_does_not_take_is_said(project: Path, mirror: Path) -> None:
    """The folder is no DVC project: the data are here all the same."""
    subprocess.run(["git", "init", "--quiet", str(project)], check=True)
    done = run(project, "fetch", "songs", "--track")
    assert done.exit_code == 1
    assert "DVC did not take them" in done.stderr
    assert (project / "data/01_raw/songs/songs.csv").read_bytes() == SONGS


def test_nothing_heavy_is_imported(project: Path, mirror: Path) -> None:
    program = """if True:
        import sys
        from artrec.cli import main
        main(sys.argv[1:], standalone_mode=False)
        heavy = {"kedro", "pandas", "sklearn", "scipy", "dvc", "matplotlib"}
        print("imported", sorted(heavy & set(sys.modules)))
    """
    arguments = ["data", "fetch", "songs", "--project", str(project)]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "imported []"
