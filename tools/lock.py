"""Turn a pip resolution report into constraints.txt: exact versions, nothing of one machine.

``make lock`` calls it on the report of ``pip install --dry-run --ignore-installed --report``.
Left out: artrec itself and the CUDA stack, which one wheel of torch brings and another does not.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

HEADER = """\
# Exact versions artrec was tested with, for `pip install -c` and `uv pip install -c` alike.
# Names no index and no file. Renew with `make lock`, then run `make check`.
"""
LEFT_OUT = re.compile(r"^(artrec|triton|cuda|nvidia)(-|$)")


def constraints(report: dict[str, object]) -> str:
    """Text of constraints.txt for one report."""
    installs = report["install"]
    assert isinstance(installs, list)
    pins = set()
    for each in installs:
        name = re.sub(r"[-_.]+", "-", each["metadata"]["name"]).lower()
        # "2.13.0+cpu" names one build of 2.13.0; the constraint must fit them all
        version = each["metadata"]["version"].split("+")[0]
        if not LEFT_OUT.match(name):
            pins.add(f"{name}=={version}")
    return HEADER + "".join(f"{pin}\n" for pin in sorted(pins))


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(constraints(json.loads(Path(sys.argv[1]).read_text())))
