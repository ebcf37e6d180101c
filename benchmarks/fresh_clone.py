"""A stranger's first hour: clone, `make recommend` without a pip cache, disk, and DVC's no-op.

    python benchmarks/fresh_clone.py [--keep FOLDER]

Clones the last commit of this checkout into an empty folder, so that nothing but what is tracked
takes part. Needs a package registry.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
NO_OPS = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="clone to here, and leave it there")
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp())
    clone = folder / "artrec"
    try:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first = timed(["make", "recommend"], clone)
        again = timed(["make", "recommend"], clone)
        environment = size(clone / ".venv")
        beside = size(clone) - environment
        print(f"make recommend, first   {first:6.1f} s    bar 300")
        print(f"make recommend, again   {again:6.1f} s    bar 60")
        print(f".venv                   {environment:6.2f} GB   bar 1.3")
        print(f"beside it               {beside:6.2f} GB   bar 0.7")
        whole = timed([".venv/bin/dvc", "repro"], clone)
        no_ops = [timed([".venv/bin/dvc", "repro"], clone) for _ in range(NO_OPS)]
        print(f"dvc repro, from clean   {whole:6.1f} s")
        print(
            f"dvc repro, no-op        {min(no_ops):6.2f} / {statistics.median(no_ops):.2f} / "
            f"{max(no_ops):.2f} s    bar 5"
        )
        print(f"beside .venv, with DVC  {size(clone) - environment:6.2f} GB   bar 0.7")
    finally:
        if asked.keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def timed(command: list[str], folder: Path) -> float:
    """Wall seconds of a command that must succeed; no pip cache, the clone's tools first."""
    path = f"{folder / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PIP_NO_CACHE_DIR": "1", "PATH": path}
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - start


def size(folder: Path) -> float:
    """What a folder takes on the disk, GB; a hard link counts once."""
    seen: dict[tuple[int, int], int] = {}
    for path in folder.rglob("*"):
        if not path.is_symlink() and path.is_file():
            status = path.stat()
            seen[(status.st_dev, status.st_ino)] = status.st_blocks * 512
    return sum(seen.values()) / 1e9


if __name__ == "__main__":
    main()
