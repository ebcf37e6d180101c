"""Free memory goes back to the system, also where what is kept lies in between."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from artrec.serving.spare_memory import MALLOC_TRIM, MALLOPT, give_back

PILE = """
import re, sys, threading
from pathlib import Path
from artrec.serving.spare_memory import give_back

def written():
    text = Path("/proc/self/smaps_rollup").read_text()
    return int(re.search(r"Private_Dirty:\\s+(\\d+) kB", text)[1]) // 1024

kept = []
def pile():
    big = []
    for _ in range(3200):
        big.append(bytearray(60_000))
        kept.append(bytearray(2_000))
loading = threading.Thread(target=pile)
loading.start()
loading.join()
before = written()
give_back()
print(before, written())
"""


@pytest.mark.skipif(
    MALLOC_TRIM is None or not Path("/proc/self/smaps_rollup").exists(), reason="glibc on Linux"
)
def test_what_lies_between_kept_things_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", PILE], capture_output=True, text=True, check=True)
    before, after = map(int, re.findall(r"\d+", done.stdout))
    assert before - after > 100  # MB


def test_it_may_be_called_at_any_time() -> None:
    give_back()
    give_back()


BURIED = """
import re
from pathlib import Path
from artrec.serving.spare_memory import keep_little
{first}

def written():
    text = Path("/proc/self/smaps_rollup").read_text()
    return int(re.search(r"Private_Dirty:\\s+(\\d+) kB", text)[1]) // 1024

large = bytearray(30 << 20)
del large  # now glibc takes blocks of up to 30 MB for usual
before, kept, large = written(), [], []
for _ in range(30):
    large.append(bytearray(b"x") * (4 << 20))
    kept += [bytes(300) for _ in range(1000)]
    kept.append(bytearray(2000))
large.clear()
print(written() - before)
"""


@pytest.mark.skipif(
    MALLOPT is None or not Path("/proc/self/smaps_rollup").exists(), reason="glibc on Linux"
)
def test_large_blocks_go_back_at_once() -> None:
    grown = {}
    for first in ("", "keep_little()"):
        code = BURIED.format(first=first)
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        grown[first] = int(done.stdout)
    assert grown[""] > 90, grown  # MB
    assert grown["keep_little()"] < 30, grown
