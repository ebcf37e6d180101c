"""Interactions by the million: time and memory of ingest, validate and split, and of the CF job.

Usage: python benchmarks/scale.py [rows ...] [--main rows]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
KEDRO = str(Path(sys.executable).with_name("kedro"))
ENVIRONMENT = "ml-32m"
ARCHIVE = Path("data") / "01_raw" / "ml-32m" / "ml-32m.zip"
METADATA = Path("data") / "01_raw" / "wikidata_films"
SIZES = (2_000_000, 5_000_000, 20_000_000)
MAIN = 1_000_000
ROWS_A_USER, ROWS_AN_ITEM = 150, 350  # MovieLens 32M: 159 and 365
FEWEST = 1000  # people and items
FIRST_SECOND, LAST_SECOND = 823_000_000, 1_697_000_000
GENRES = ("Drama", "Comedy", "Thriller", "Romance", "Action", "Documentary")
BLOCK = 1_000_000


def long_tailed(n_rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Distinct (user, item) pairs, ordered by user: few people and few items have most of them.

    Items follow Zipf's law with a flattened head, people a log-normal one.
    """
    n_users, n_items = _sizes(n_rows)
    activity = rng.lognormal(sigma=1.2, size=n_users)
    popularity = 1 / (np.arange(n_items) + 30.0) ** 0.9
    pairs = np.zeros(0, dtype=np.int64)
    while len(pairs) < n_rows:
        n_more = int((n_rows - len(pairs)) * 1.3) + 1000
        users = _draw(activity, n_more, rng)
        items = _draw(popularity, n_more, rng)
        pairs = np.unique(np.concatenate([pairs, users * n_items + items]))
    chosen = np.sort(rng.choice(pairs, size=n_rows, replace=False, shuffle=False))
    return chosen // n_items, chosen % n_items


def _sizes(n_rows: int) -> tuple[int, int]:
    return max(n_rows // ROWS_A_USER, FEWEST), max(n_rows // ROWS_AN_ITEM, FEWEST)


def _draw(weights: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    ends = np.cumsum(weights)
    return np.searchsorted(ends, rng.random(size) * ends[-1]).astype(np.int64)


def write_archive(path: Path, n_rows: int) -> None:
    """An archive laid out as GroupLens packs its own, its rows invented."""
    rng = np.random.default_rng(n_rows)
    users, items = long_tailed(n_rows, rng)
    taste = rng.normal(size=8)[items % 8] + rng.normal(size=n_rows)
    ratings = np.clip(np.round(7 + 1.5 * taste), 1, 10) / 2
    first = rng.integers(FIRST_SECOND, LAST_SECOND, size=users.max() + 1)
    times = np.minimum(first[users] + rng.integers(0, 10_000_000, size=n_rows), LAST_SECOND)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_STORED) as archive:
        with archive.open("ml-32m/ratings.csv", "w", force_zip64=True) as file:
            file.write(b"userId,movieId,rating,timestamp\n")
            for at in range(0, n_rows, BLOCK):
                part = slice(at, at + BLOCK)
                columns = (users[part] + 1, items[part] + 1, ratings[part], times[part])
                file.write(pd.DataFrame(dict(enumerate(columns))).to_csv(None, **PLAIN).encode())
        films = np.arange(_sizes(n_rows)[1]) + 1
        table = pd.DataFrame(
            {
                "movieId": films,
                "title": [f"Film {film} ({1950 + film % 70})" for film in films],
                "genres": [GENRES[film % len(GENRES)] for film in films],
            }
        )
        archive.writestr("ml-32m/movies.csv", table.to_csv(index=False))


PLAIN = {"index": False, "header": False}


def project(folder: Path, n_rows: int) -> Path:
    """A project of its own around such an archive."""
    made = folder / str(n_rows)
    shutil.copytree(ROOT / "conf", made / "conf", ignore=shutil.ignore_patterns("local"))
    (made / "conf" / "local").mkdir()
    (made / "src").mkdir()
    shutil.copy(ROOT / "pyproject.toml", made)
    write_archive(made / ARCHIVE, n_rows)
    return made


def measured(folder: Path, *arguments: str) -> tuple[float, float]:
    """Wall seconds and peak memory in GB of a run."""
    start = time.perf_counter()
    command = [KEDRO, "run", f"--env={ENVIRONMENT}", *arguments]
    with (folder / "run.log").open("a") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed:\n{(folder / 'run.log').read_text()[-3000:]}")
    return time.perf_counter() - start, usage.ru_maxrss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--main", type=int, default=MAIN, help="rows of the CF job; 0: none")
    asked = parser.parse_args()
    print("ingest, validate and split; bar for 20,000,000: 180 s, 6 GB, linear")
    for n_rows in asked.rows:
        with tempfile.TemporaryDirectory() as folder:
            made = project(Path(folder), n_rows)
            total, peak = 0.0, 0.0
            for stage in ("ingest", "validate", "split"):
                wall, memory = measured(made, f"--pipelines={stage}")
                print(f"    {stage:9} {wall:6.1f} s  {memory:5.2f} GB", flush=True)
                total, peak = total + wall, max(peak, memory)
            rate = total / n_rows * 1e6
            told = f"{n_rows:>12,} rows {total:6.1f} s  {peak:5.2f} GB  {rate:5.2f} s a million"
            print(told, flush=True)
    if asked.main:
        with tempfile.TemporaryDirectory() as folder:
            made = project(Path(folder), asked.main)
            # what the summary at the end tells of
            shutil.copytree(ROOT / METADATA, made / METADATA)
            wall, peak = measured(made, "--pipeline=recommend")
            print(f"the whole main job, {asked.main:,} rows: {wall:.1f} s, {peak:.2f} GB")


if __name__ == "__main__":
    main()
