"""The main job as a process: wall time, peak memory, and where the time goes.

Usage: python benchmarks/main_job.py [runs]
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = [str(Path(sys.executable).with_name("kedro")), "run", "--pipeline=recommend"]
DONE = re.compile(r"Completed node: (?:movies\.)?([a-z_]+)")


def one_run() -> tuple[float, float, dict[str, float]]:
    """Wall seconds, peak memory in GB, seconds a stage (start-up first)."""
    stages: dict[str, float] = defaultdict(float)
    start = last = time.perf_counter()
    process = subprocess.Popen(
        COMMAND, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        now = time.perf_counter()
        if "synchronous mode" in line:
            stages["start-up"] += now - last
            last = now
        elif found := DONE.search(line):
            stages[found[1]] += now - last
            last = now
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(COMMAND)} failed")
    end = time.perf_counter()
    stages["closing"] += end - last
    return end - start, usage.ru_maxrss / 1e6, dict(stages)


def main() -> None:
    n_runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    runs = [one_run() for _ in range(n_runs)]
    walls = [wall for wall, _, _ in runs]
    peaks = [peak for _, peak, _ in runs]
    print(f"main job, {n_runs} runs, {os.cpu_count()} cores")
    print(
        f"  wall s    min {min(walls):.1f}  median {statistics.median(walls):.1f}  "
        f"max {max(walls):.1f}   bar 120"
    )
    print(
        f"  memory GB min {min(peaks):.2f}  median {statistics.median(peaks):.2f}  "
        f"max {max(peaks):.2f}   bar 2"
    )
    middle = sorted(runs, key=lambda run: run[0])[n_runs // 2][2]
    for stage, seconds in sorted(middle.items(), key=lambda pair: -pair[1]):
        print(f"  {seconds:6.2f} s  {stage}")


if __name__ == "__main__":
    main()
