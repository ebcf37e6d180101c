"""An hour of everything at once: memory stays flat, nothing fails, no file is left open.

``ARTREC_SOAK_SECONDS`` makes it shorter; the shortest that tells anything is a minute.
"""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")
httpx = pytest.importorskip("httpx", reason="needs the extra: pip install 'artrec[browser]'")

from artrec.bundle import list_versions, use  # noqa: E402
from redis_world import hangs, impostor, redis_server  # noqa: E402
from service_process import ADMIN_KEY, ServiceProcess  # noqa: E402
from serving_world import BOOKS, FILMS, publish_world  # noqa: E402

pytestmark = pytest.mark.release
SECONDS = float(os.environ.get("ARTREC_SOAK_SECONDS", "3600"))
VISITORS = 4
PAUSE = 0.02
GROWTH = 24 << 20
"""Bytes that memory may differ by between the second quarter and the end: caches fill by then."""
FILES = 12
ITEMS = [f"movies:{row[0]}" for row in FILMS] + [f"books:{row[0]}" for row in BOOKS]


class Visitor(threading.Thread):
    """Comes as one person after another, and does a bit of everything."""

    def __init__(self, number: int, service: ServiceProcess, end: float) -> None:
        super().__init__(daemon=True)
        self.statuses: Counter[int] = Counter()
        self.troubles: list[str] = []
        self._rng = random.Random(number)
        self._service = service
        self._end = end

    def run(self) -> None:
        try:
            while time.monotonic() < self._end:
                self._visit()
        except Exception as error:  # told by the test
            self.troubles.append(repr(error))

    def _visit(self) -> None:
        with httpx.Client(base_url=self._service.url, timeout=30) as client:
            self._keep(client.post("/api/session"))
            client.headers["X-Artrec-Request"] = "1"
            for number in range(self._rng.randint(5, 40)):
                self._keep(self._one(client, number))
                time.sleep(PAUSE)
            if self._rng.random() < 0.5:
                self._keep(client.delete("/api/user/me"))

    def _one(self, client: Any, number: int) -> Any:
        item = self._rng.choice(ITEMS)
        medium = item.partition(":")[0]
        event = {"key": str(number), "item": item, "kind": self._rng.choice(["like", "seen"])}
        profile = [{"item": item, "liked": True}]
        export = b"title,year,rating\nAlien,1979,5\nBrazil,1985,4\n" * self._rng.randint(1, 30)
        return self._rng.choice(
            [
                lambda: client.post("/api/feedback", json={"events": [event]}),
                lambda: client.get(f"/api/recommend/me?medium={medium}"),
                lambda: client.post("/api/session/recommend", json={"profile": profile}),
                lambda: client.post("/api/session/recommend", content=b"{" * 2000),
                lambda: client.get("/api/items", params={"q": str(self._rng.random())}),
                lambda: client.get(f"/api/item/{item}/neighbors"),
                lambda: client.get(f"/api/map?medium={medium}"),
                lambda: client.get("/api/user/me/export"),
                lambda: client.get(f"/?like={item}"),
                lambda: client.get(f"/nowhere/{self._rng.random()}"),
                lambda: client.post("/api/import", files={"file": ("own.csv", export)}),
                lambda: client.get("/metrics"),
            ]
        )()

    def _keep(self, answer: Any) -> None:
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            self.troubles.append(answer.text[:500])


def private_bytes(pid: int) -> int:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return 1024 * sum(map(int, re.findall(r"Private_(?:Dirty|Clean):\s+(\d+) kB", told)))


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_a_redis_that_hangs_is_left_alone(bundle_store: Path, tmp_path: Path) -> None:
    """Every list is right at once after what was told, as without Redis, and none waits for it."""
    database = f"sqlite:///{tmp_path / 'feedback.db'}"
    with (
        impostor(hangs) as redis,
        ServiceProcess(bundle_store, tmp_path, database=database, redis=redis) as service,
        httpx.Client(base_url=service.url, timeout=3) as client,
    ):
        client.post("/api/session")
        client.headers["X-Artrec-Request"] = "1"
        for number, item in enumerate(ITEMS[:12]):
            event = {"key": str(number), "item": item, "kind": "like"}
            assert client.post("/api/feedback", json={"events": [event]}).status_code == 200
            for _ in range(5):
                answer = client.get("/api/recommend/me?medium=movies")
                assert answer.status_code == 200
                assert answer.json()["n_profile"] == number + 1
                assert item not in {each["item"] for each in answer.json()["items"]}
        assert client.get("/api/health/ready").status_code == 200
        assert service.stop() == 0


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads Linux's /proc")
@pytest.mark.timeout(int(SECONDS) + 300)
def test_memory_stays_flat(bundle_store: Path, tmp_path: Path) -> None:
    publish_world(bundle_store, tmp_path / "second", note="the second")
    versions = [each.name for each in list_versions(bundle_store)]
    database = f"sqlite:///{tmp_path / 'feedback.db'}"
    with (
        redis_server(tmp_path) as redis,
        ServiceProcess(bundle_store, tmp_path, database=database, redis=redis) as service,
    ):
        assert service.process is not None
        pid = service.process.pid
        start = time.monotonic()
        visitors = [Visitor(each, service, start + SECONDS) for each in range(VISITORS)]
        for visitor in visitors:
            visitor.start()
        seen: list[tuple[float, int, int]] = []
        while any(each.is_alive() for each in visitors):
            time.sleep(min(2.0, SECONDS / 30))
            seen.append((time.monotonic() - start, private_bytes(pid), open_files(pid)))
            if len(seen) % 5 == 0:  # bundles come and go
                use(bundle_store, versions[len(seen) // 5 % 2])
                headers = {"X-Artrec-Admin": ADMIN_KEY}
                httpx.post(f"{service.url}/api/admin/reload", headers=headers, timeout=30)
        troubles = [trouble for each in visitors for trouble in each.troubles]
        assert troubles == [], service.log()[-2000:]
        assert service.stop() == 0
    early = [each for each in seen if SECONDS / 4 <= each[0] < SECONDS / 2]
    late = [each for each in seen if SECONDS * 3 / 4 <= each[0] < SECONDS]
    grown = max(each[1] for each in late) - max(each[1] for each in early)
    told = [(round(at), round(size / 1e6), files) for at, size, files in seen[:: len(seen) // 10]]
    assert grown < GROWTH, told
    assert max(each[2] for each in late) <= max(each[2] for each in early) + FILES, told
    statuses = sum((each.statuses for each in visitors), Counter[int]())
    assert statuses[200] > SECONDS and statuses[422] and statuses[404], statuses
    print(f"{sum(statuses.values())} calls, seconds, MB, files: {told}")  # noqa: T201
