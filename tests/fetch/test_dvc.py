"""Fetched data under DVC: one file in git names the version, and a cache hands it on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from artrec.fetch import raw_files

ROOT = Path(__file__).parents[2]
A, B = b"user_id,song_id\n" + b"1,7\n" * 99, b"song_id,title\n7,Ode\n"


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("data/", False),
        ("data/01_raw/", False),
        ("data/01_raw/goodbooks-10k.dvc", False),
        ("data/01_raw/sources.lock.json", False),
        ("data/01_raw/goodbooks-10k/", True),
        ("data/01_raw/.fetch/", True),
        ("data/02_intermediate/", True),
    ],
)
def test_dvc_looks_where_git_does(path: str, ignored: bool) -> None:
    """DVC reads .gitignore with another library, and skips folders it takes to be ignored."""
    from scmrepo.git import Git

    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    with Git(str(ROOT)) as repository:
        assert repository.is_ignored(f"{ROOT}/{path}") is ignored
    asked = ["git", "-C", str(ROOT), "check-ignore", "--quiet", "--no-index", path]
    assert (subprocess.run(asked, check=False).returncode == 0) is ignored


def run(folder: Path, *command: str, **variables: str) -> str:
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "DO_NOT_TRACK": "true", "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **own, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def commit(folder: Path, message: str) -> None:
    run(folder, "git", "add", "--all")
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    run(folder, "git", *who, "commit", "--quiet", "-m", message)


@pytest.mark.slow
def test_a_colleague_pulls_the_very_bytes(project: Any, pinned: Any, tmp_path: Path) -> None:
    dvc = (sys.executable, "-m", "dvc")
    artrec = (sys.executable, "-m", "artrec.cli")
    mirror, mine, theirs = tmp_path / "mirror", project.folder, tmp_path / "theirs"
    (mirror / "songs").mkdir(parents=True)
    (mirror / "songs" / "ratings.csv").write_bytes(A)
    (mirror / "songs" / "songs.csv").write_bytes(B)
    project.write({"v1": {"files": {"ratings.csv": pinned(A), "songs.csv": pinned(B)}}})
    shutil.copy(ROOT / ".gitignore", mine)
    run(mine, "git", "init", "--quiet")
    run(mine, *dvc, "init", "--quiet")
    run(mine, *dvc, "remote", "add", "--default", "shared", str(tmp_path / "storage"))

    run(mine, *artrec, "data", "fetch", "songs", "--track", ARTREC_MIRROR=str(mirror))
    assert (mine / "data" / "01_raw" / "songs.dvc").is_file()
    commit(mine, "Songs, first version")
    assert "songs/" not in run(mine, "git", "ls-files", "data")
    run(mine, *dvc, "push", "--quiet")

    shutil.rmtree(mirror)
    run(tmp_path, "git", "clone", "--quiet", str(mine), str(theirs))
    run(theirs, *dvc, "pull", "--quiet")
    assert raw_files(theirs) == raw_files(mine)
    for path in raw_files(mine)["songs"]:
        assert (theirs / path).read_bytes() == (mine / path).read_bytes()
    assert "already there" in run(theirs, *artrec, "data", "fetch", "songs")
    assert run(theirs, "git", "status", "--short") == ""
