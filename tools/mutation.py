"""Change metrics and splitting in small ways and see how many changes the tests notice.

    python tools/mutation.py [--at-least 0.9] [--processes 2]

What is changed and which tests must notice stands in pyproject.toml, [tool.mutmut]. Takes minutes;
works in `mutants/`, which is not tracked. `mutmut results` lists what no test noticed, and
`mutmut show NAME` shows one. Ends with status 1 where too few changes were noticed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORK = ROOT / "mutants"
COUNTS = WORK / "mutmut-cicd-stats.json"
MUTMUT = [sys.executable, "-m", "mutmut"]


def main() -> None:
    """Run all mutants from the start and print the share that was noticed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--at-least", type=float, default=0.9)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    shutil.rmtree(WORK, ignore_errors=True)
    run = [*MUTMUT, "run", "--max-children", str(asked.processes)]
    subprocess.run(run, cwd=ROOT, check=True)
    subprocess.run([*MUTMUT, "export-cicd-stats"], cwd=ROOT, check=True)
    counts = json.loads(COUNTS.read_text(encoding="utf-8"))
    noticed = counts["killed"] + counts["timeout"]
    share = noticed / counts["total"]
    print(f"{noticed} of {counts['total']} changes noticed: {share:.1%}")
    if share < asked.at_least:
        sys.exit(f"too few: {asked.at_least:.0%} are asked for; see `mutmut results`")


if __name__ == "__main__":
    main()
