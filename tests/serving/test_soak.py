"""An hour of everything at once: memory stays flat, nothing fails, no file is left open, no event
is lost or doubled.

``ARTREC_SOAK_SECONDS``: how long (a minute is the shortest that tells anything);
``ARTREC_SOAK_RATE``: calls a second at most; ``ARTREC_SERVED_STORE``: a folder of published bundles
that is copied and served instead of the small invented one. ``pytest -s`` shows the figures as they
come.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")
httpx = pytest.importorskip("httpx", reason="needs the extra: pip install 'artrec[browser]'")

from scipy.stats import theilslopes  # noqa: E402

from artrec.bundle import list_versions, publish, use  # noqa: E402
from artrec.bundle.manifest import MANIFEST, read_manifest  # noqa: E402
from redis_world import redis_server  # noqa: E402
from service_process import ADMIN_KEY, ServiceProcess  # noqa: E402

pytestmark = pytest.mark.release
SECONDS = float(os.environ.get("ARTREC_SOAK_SECONDS", "3600"))
RATE = float(os.environ.get("ARTREC_SOAK_RATE", "100"))
VISITORS = 4
LOOK_EVERY = min(2.0, SECONDS / 30)
SWAP_EVERY = min(60.0, SECONDS / 10)
GROWTH = 24 << 20
"""Bytes that written memory may grow by after the first quarter: lists are kept up to 16 MB."""
FILES = 12


@dataclass
class Told:
    """What the visitors saw, together."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    n_acknowledged: int = 0
    troubles: list[str] = field(default_factory=list)


class Visitor(threading.Thread):
    """Comes as one person after another, does a bit of everything, and checks what was kept."""

    def __init__(self, number: int, url: str, items: list[str], told: Told, end: float) -> None:
        super().__init__(daemon=True)
        self._rng = random.Random(number)
        self._url = url
        self._items = items
        self._told = told
        self._end = end

    def run(self) -> None:
        try:
            while time.monotonic() < self._end and not self._told.troubles:
                self._visit()
        except Exception as error:  # told by the test
            self._told.troubles.append(repr(error))

    def _visit(self) -> None:
        acknowledged: list[str] = []
        with httpx.Client(base_url=self._url, timeout=60) as client:
            self._keep(lambda: client.post("/api/session"))
            client.headers["X-Artrec-Request"] = "1"
            for number in range(self._rng.randint(5, 40)):
                self._do_one(client, number, acknowledged)
            kept = self._keep(lambda: client.get("/api/user/me/export")).json()["events"]
            if [each["key"] for each in kept] != acknowledged:
                self._told.troubles.append(f"told {acknowledged}, kept {kept}")
            self._told.n_acknowledged += len(acknowledged)
            if self._rng.random() < 0.5:
                self._keep(lambda: client.delete("/api/user/me"))

    def _do_one(self, client: Any, number: int, acknowledged: list[str]) -> None:
        if self._rng.random() < 0.25:
            item, kind = self._rng.choice(self._items), self._rng.choice(["like", "seen"])
            event = {"key": str(number), "item": item, "kind": kind}
            for _ in range(self._rng.randint(1, 2)):  # some say everything twice
                answer = self._keep(lambda: client.post("/api/feedback", json={"events": [event]}))
            if answer.status_code == 200:
                acknowledged.append(event["key"])
        else:
            self._keep(self._some_call(client))

    def _some_call(self, client: Any) -> Any:
        item = self._rng.choice(self._items)
        medium = item.partition(":")[0]
        profile = [{"item": each, "liked": True} for each in self._rng.choices(self._items, k=5)]
        export = b"title,year,rating\nAlien,1979,5\nBrazil,1985,4\n" * self._rng.randint(1, 30)
        text, where = str(self._rng.random()), f"/nowhere/{self._rng.random()}"
        return self._rng.choice(
            [
                lambda: client.get(f"/api/recommend/me?medium={medium}"),
                lambda: client.post("/api/session/recommend", json={"profile": profile}),
                lambda: client.post("/api/session/recommend", content=b"{" * 2000),
                lambda: client.get("/api/items", params={"q": text}),
                lambda: client.get(f"/api/item/{item}/neighbors"),
                lambda: client.get(f"/api/map?medium={medium}"),
                lambda: client.get("/api/user/me/export"),
                lambda: client.get(f"/?like={item}"),
                lambda: client.get(where),
                lambda: client.post("/api/import", files={"file": ("own.csv", export)}),
                lambda: client.get("/metrics"),
            ]
        )

    def _keep(self, call: Any) -> Any:
        begun = time.monotonic()
        answer = call()
        took = time.monotonic() - begun
        self._told.seconds.append(took)
        self._told.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            self._told.troubles.append(answer.text[:500])
        time.sleep(max(0.0, VISITORS / RATE - took))
        return answer


@dataclass(frozen=True)
class Look:
    """A process at one moment: seconds since the start, bytes, open files."""

    at: float
    written: int
    resident: int
    files: int

    def __str__(self) -> str:
        megabytes = f"{self.written / 1e6:.1f} MB written, {self.resident / 1e6:.1f} MB resident"
        return f"{self.at:5.0f} s: {megabytes}, {self.files} files"


def look(pid: int, start: float) -> Look:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    sizes = {name: 1024 * int(kb) for name, kb in re.findall(r"(\w+):\s+(\d+) kB", text)}
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Look(time.monotonic() - start, sizes["Private_Dirty"], sizes["Rss"], files)


def publish_again(store: Path, draft: Path) -> None:
    """The current bundle there a second time, as a version that differs in its manifests."""
    current = (store / "CURRENT").read_text(encoding="ascii").strip()
    shutil.copytree(store / current, draft)
    for path in draft.glob(f"*/{MANIFEST}"):
        changed = read_manifest(path.parent).model_copy(update={"source": {"name": "the second"}})
        path.write_text(changed.to_text(), encoding="utf-8")
    publish(draft, store)
    shutil.rmtree(draft)


def works_of(service: ServiceProcess) -> list[str]:
    """Ids of works of every medium: those to begin with, and some of the map's."""
    media = [each["name"] for each in httpx.get(f"{service.url}/api/session").json()["media"]]
    found: list[str] = []
    for medium in media:
        start = httpx.get(f"{service.url}/api/items/start?medium={medium}", timeout=30).json()
        found += [each["item"] for each in start["items"]]
        found += httpx.get(f"{service.url}/api/map?medium={medium}", timeout=30).json()["items"][
            :500
        ]
    return list(dict.fromkeys(found))


def watch(service: ServiceProcess, store: Path, visitors: list[Visitor]) -> list[Look]:
    """Look at the process while bundles come and go, until the visitors have left."""
    assert service.process is not None
    versions = [each.name for each in list_versions(store)]
    start, n_swaps, looks = time.monotonic(), 0, []
    while any(each.is_alive() for each in visitors):
        time.sleep(LOOK_EVERY)
        looks.append(look(service.process.pid, start))
        if looks[-1].at > (n_swaps + 1) * SWAP_EVERY:
            print(looks[-1], flush=True)  # noqa: T201
            n_swaps += 1
            use(store, versions[n_swaps % 2])
            headers = {"X-Artrec-Admin": ADMIN_KEY}
            httpx.post(f"{service.url}/api/admin/reload", headers=headers, timeout=60)
    return looks


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads Linux's /proc")
@pytest.mark.timeout(int(SECONDS) + 600)
def test_memory_stays_flat(served_store: Path, tmp_path: Path) -> None:
    publish_again(served_store, tmp_path / "second")
    database, told = f"sqlite:///{tmp_path / 'feedback.db'}", Told()
    with (
        redis_server(tmp_path) as redis,
        ServiceProcess(served_store, tmp_path, database=database, redis=redis) as service,
    ):
        items, end = works_of(service), time.monotonic() + SECONDS
        visitors = [Visitor(each, service.url, items, told, end) for each in range(VISITORS)]
        for visitor in visitors:
            visitor.start()
        looks = watch(service, served_store, visitors)
        assert told.troubles == [], service.log()[-2000:]
        assert httpx.get(f"{service.url}/api/health/ready", timeout=30).status_code == 200
        assert service.stop() == 0
    warm = [each for each in looks if each.at >= SECONDS / 4]
    slope = theilslopes([each.written for each in warm], [each.at for each in warm])
    grown = slope.slope * (warm[-1].at - warm[0].at)
    print(summary(told, slope, grown))  # noqa: T201
    assert grown < GROWTH, [str(each) for each in looks[:: max(1, len(looks) // 20)]]
    early = [each.files for each in warm if each.at < SECONDS / 2]
    assert max(each.files for each in warm if each.at >= SECONDS / 2) <= max(early) + FILES
    assert told.statuses[200] > SECONDS * RATE / 20 and told.n_acknowledged, told.statuses
    assert told.statuses[422] and told.statuses[404], told.statuses


def summary(told: Told, slope: Any, grown: float) -> str:
    took = sorted(told.seconds)
    p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
    hourly = [3600 * each / 1e6 for each in (slope.slope, slope.low_slope, slope.high_slope)]
    return (
        f"{len(took)} calls {dict(told.statuses)}, {told.n_acknowledged} events acknowledged and "
        f"kept once; p50 {p50 * 1000:.0f}, p99 {p99 * 1000:.0f}, longest {took[-1] * 1000:.0f} ms; "
        f"written memory after the first quarter {grown / 1e6:+.1f} MB, that is "
        f"{hourly[0]:+.1f} MB an hour (95%: {hourly[1]:+.1f} to {hourly[2]:+.1f})"
    )
