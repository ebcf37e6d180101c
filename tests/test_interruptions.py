"""A run that is disturbed: a second one, Ctrl-C, a full disk, no rights, a wrong name in conf."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from artrec.hooks import plain_text
from artrec.locking import RunLock
from project_world import ROOT, copied_project

KEDRO = Path(sys.executable).parent / "kedro"
FOR_EVER = "--params=movies.models.biased_svd.n_epochs=10000000"
A_SMALL_DISK = 4096
LIMIT = 120


@pytest.fixture
def disturbed(tmp_path: Path) -> Iterator[Path]:
    yield copied_project(tmp_path)
    bootstrap_project(ROOT)


def start(project: Path, *arguments: str, prepare: Any = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [KEDRO, "run", *arguments],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=prepare,  # noqa: PLW1509 - there is no other way to set a limit
    )


def end(process: subprocess.Popen[str]) -> str:
    """All it said; it must have failed, and plainly."""
    said, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 1, said
    assert "Traceback" not in said
    return said


def files(project: Path) -> dict[str, bytes]:
    data = project / "data"
    return {
        path.relative_to(data).as_posix(): path.read_bytes()
        for path in sorted(data.rglob("*"))
        if path.is_file() and path.name != ".run.lock"
    }


def hear_ctrl_c() -> None:
    """A shell may have told its background jobs to ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    waited_until = time.monotonic() + LIMIT
    while not path.exists():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < waited_until
        time.sleep(0.05)


def test_two_runs_at_once_and_ctrl_c_while_training(disturbed: Path) -> None:
    first = start(disturbed, FOR_EVER, prepare=hear_ctrl_c)
    try:
        wait_for(disturbed / "data" / "05_model_input/movies/global_test/withheld.parquet", first)
        refused = end(start(disturbed, "--pipelines=ingest"))
        assert f"another run holds the lock of this project: process {first.pid}" in refused
        assert f"`kedro run {FOR_EVER}`" in refused
        assert "hint: wait until it ends" in refused
        first.send_signal(signal.SIGINT)
        end(first)
    finally:
        first.kill()
        first.wait()
    left = files(disturbed)
    assert [name for name in left if Path(name).name.startswith(".")] == []
    for path in (disturbed / "data").rglob("*.parquet"):
        assert pd.read_parquet(path) is not None
    assert not (disturbed / "data" / "06_models" / "movies" / "biased_svd").exists()
    free = RunLock(disturbed / "data")
    free.acquire()
    free.release()


def test_a_disk_that_is_full_leaves_the_last_good_files(disturbed: Path) -> None:
    done = start(disturbed, "--pipelines=ingest").communicate(timeout=LIMIT)
    before = files(disturbed)
    assert "02_intermediate/movies/parsed_interactions.parquet" in before, done

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (A_SMALL_DISK, A_SMALL_DISK))

    said = end(start(disturbed, "--pipelines=ingest", prepare=fill))
    assert "parsed_" in said
    assert "File too large" in said
    assert "the space on its disk" in said
    assert "earlier outputs are untouched" in said
    assert files(disturbed) == before


@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOSPC, errno.EROFS])
def test_no_right_to_write_leaves_the_last_good_files(
    disturbed: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    run(disturbed, "ingest")
    before = files(disturbed)

    def refuse(path: Path, target: Path) -> None:
        raise OSError(code, os.strerror(code), str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(Exception, match=os.strerror(code)) as raised:
        run(disturbed, "ingest")
    text = plain_text(raised.value)
    assert text is not None
    assert "check the rights of that folder" in text
    assert "02_intermediate" in text
    assert files(disturbed) == before


def run(project: Path, stage: str) -> None:
    bootstrap_project(project)
    with KedroSession.create(project_path=project) as session:
        session.run(pipeline_names=[stage])


def test_a_misspelt_name_in_conf_stops_the_command_plainly(disturbed: Path) -> None:
    (disturbed / "conf" / "local" / "parameters_movies.yml").write_text(
        "movies: {models: {ease: {regularisation: 3}}}"
    )
    before = files(disturbed)
    said = end(start(disturbed))
    assert "did you mean 'regularization'?" in said
    assert said.count("artrec: ") == 1
    assert files(disturbed) == before


def test_a_missing_file_is_said_plainly_and_ends_with_1(disturbed: Path) -> None:
    file = disturbed / "data" / "01_raw" / "movielens_snapshot" / "ratings.csv.gz"
    file.rename(file.with_name("rating.csv.gz"))
    said = end(start(disturbed))
    assert "no file at" in said
    assert "did you mean 'rating.csv.gz'?" in said
    assert "ARTREC_TRACEBACK=1 shows the traceback" in said


def test_a_stage_before_its_turn_says_what_to_run_first(disturbed: Path) -> None:
    with pytest.raises(Exception, match="No such file") as raised:
        run(disturbed, "split")
    text = plain_text(raised.value)
    assert text is not None
    assert "03_primary/movies/interactions.parquet" in text
    assert "hint: run the stages before it first" in text
