"""Publishing is killed at random thirty times; the store always holds a whole current version."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import textwrap
import time
import warnings
from pathlib import Path

import numpy as np

from artrec.bundle import list_versions, publish, read_current
from artrec.bundle.manifest import verify_bundle
from film_world import write_films

N_KILLS = 30
PUBLISHER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from artrec.bundle.manifest import MANIFEST, read_manifest
    from artrec.bundle.store import publish

    bundle, store, start = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    manifest = read_manifest(bundle / "movies")
    print("ready", flush=True)
    for number in range(start, start + 10_000):
        changed = manifest.model_copy(update={"source": {"number": number}})
        (bundle / "movies" / MANIFEST).write_text(changed.to_text(), encoding="utf-8")
        publish(bundle, store)
        print(number, flush=True)
""")


def test_a_whole_version_is_current_after_every_kill(tmp_path: Path) -> None:
    bundle, store = tmp_path / "bundle", tmp_path / "published"
    write_films(bundle)
    whole_manifest = (bundle / "movies" / "manifest.json").read_bytes()
    publish(bundle, store)
    seconds = random.Random(11)
    seen_before, left_rubbish = 0, 0
    for turn in range(N_KILLS):
        (bundle / "movies" / "manifest.json").write_bytes(whole_manifest)
        start = 100_000 * (turn + 1)
        command = [sys.executable, "-c", PUBLISHER, str(bundle), str(store), str(start)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as publisher:
            assert publisher.stdout is not None
            assert publisher.stdout.readline() == "ready\n"
            time.sleep(seconds.uniform(0, 0.15))
            publisher.send_signal(signal.SIGKILL)
            told = [int(line) for line in publisher.stdout.read().split()]
        assert publisher.returncode == -signal.SIGKILL
        number = loaded_number(store)
        # what was acknowledged is durable; what was not may or may not have arrived
        assert number >= (told[-1] if told else seen_before)
        assert number <= (told[-1] + 1 if told else max(start, seen_before))
        left_rubbish += any(store.glob(".publishing-*"))
        seen_before = number
    assert left_rubbish > 0, "no kill met a publish half-way: the test proves nothing"
    for version in list_versions(store):
        verify_bundle(store / version.name)
    (bundle / "movies" / "manifest.json").write_bytes(whole_manifest)
    publish(bundle, store)
    assert not any(store.glob(".publishing-*"))


def loaded_number(store: Path) -> int:
    """Load everything of the current version, without falling back, and use it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        member = read_current(store).members["movies"]
    profiles = member.profiles.onto_items(member.scorer.items)
    scores = member.scorer.score(profiles).block(slice(None), slice(None))
    assert np.isfinite(scores).all()
    return int(member.manifest.source.get("number") or 0)
