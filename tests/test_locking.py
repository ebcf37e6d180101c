"""The project lock: the second run is told who holds it; a dead holder holds nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from artrec.errors import LockedError
from artrec.locking import RunLock

HOLD = """
import sys, time
from pathlib import Path
from artrec.locking import RunLock
lock = RunLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "held"
    yield process
    process.kill()
    process.wait()


def test_the_second_run_says_who_holds_the_lock(tmp_path: Path, holder) -> None:
    with pytest.raises(LockedError) as raised:
        RunLock(tmp_path).acquire()
    assert f"process {holder.pid}" in str(raised.value)
    assert "wait until it ends" in raised.value.hint


def test_a_killed_run_frees_the_lock(tmp_path: Path, holder) -> None:
    holder.kill()
    holder.wait()
    lock = RunLock(tmp_path)
    lock.acquire()
    assert f'"pid": {os.getpid()}' in (tmp_path / ".run.lock.json").read_text()
    lock.release()
    assert not (tmp_path / ".run.lock.json").exists()
    again = RunLock(tmp_path)
    again.acquire()
    again.release()
