"""The service as a process: killed or stopped under load, it loses nothing it acknowledged."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")
httpx = pytest.importorskip("httpx", reason="needs the extra: pip install 'artrec[browser]'")

from artrec.serving.feedback import FeedbackStore  # noqa: E402
from service_load import (  # noqa: E402
    Teller,
    assert_nothing_lost_or_doubled,
    under_load,
    wait_for_more,
)
from service_process import ServiceProcess  # noqa: E402

pytestmark = pytest.mark.slow


def kill_often(service: ServiceProcess, times: int) -> list[Teller]:
    rng = random.Random(times)
    service.start()
    tellers = under_load(service)
    try:
        for _ in range(times):
            wait_for_more(tellers, service)
            time.sleep(rng.uniform(0, 0.3))
            service.kill()
            service.start()
    finally:
        for teller in tellers:
            teller.stop()
        service.kill()
    return tellers


RELEASE = [pytest.mark.release, pytest.mark.timeout(3600)]


@pytest.mark.parametrize("times", [20, pytest.param(100, marks=RELEASE)], ids=["20", "100"])
def test_killed_under_load_it_keeps_what_it_acknowledged(
    served_store: Path, tmp_path: Path, times: int
) -> None:
    database = f"sqlite:///{tmp_path / 'feedback.db'}"
    service = ServiceProcess(served_store, tmp_path, database=database)
    tellers = kill_often(service, times)
    assert_nothing_lost_or_doubled(tellers, database)


def test_stopped_under_load_it_finishes_what_it_took(bundle_store: Path, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'feedback.db'}"
    service = ServiceProcess(bundle_store, tmp_path, database=database)
    with service:
        tellers = under_load(service)
        time.sleep(1.0)
        code = service.stop()
        for teller in tellers:
            teller.stop()
        assert code == 0, service.log()[-2000:]
        assert_nothing_lost_or_doubled(tellers, database)
        # all that was written before is in the one file
        assert not list(tmp_path.glob("feedback.db-*"))


FULL = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
"""


def test_on_a_full_disk_it_says_so_and_keeps_what_it_has(
    bundle_store: Path, tmp_path: Path
) -> None:
    """Files may not grow beyond a bound: as on a full disk, writing fails, reading goes on."""
    database = f"sqlite:///{tmp_path / 'feedback.db'}"
    person = "p_" + "a" * 26
    acknowledged: list[str] = []
    told = tmp_path / "log"
    told.mkdir()
    with ServiceProcess(bundle_store, told, preload=FULL, database=database) as service:
        with httpx.Client(base_url=service.url, headers=service.headers, timeout=60) as client:

            def tell(number: int) -> Any:
                keys = [f"{number}-{part}-{'x' * 80}" for part in range(100)]
                events = [{"key": key, "item": "movies:1", "kind": "seen"} for key in keys]
                answer = client.post("/api/feedback", json={"person": person, "events": events})
                if answer.status_code == 200:
                    acknowledged.extend(keys)
                return answer

            number = 0
            while (answer := tell(number)).status_code == 200:
                number += 1
                assert number < 500
            assert answer.status_code == 503 and answer.headers["retry-after"]
            assert answer.json()["detail"].startswith("feedback cannot be kept at present")
            time.sleep(2.1)  # how long readiness is believed
            ready = client.get("/api/health/ready")
            assert client.get("/api/health/live").status_code == 200
            assert client.get(f"/api/user/{person}").json()["n_events"] == len(acknowledged)
            assert client.get(f"/api/recommend/{person}?medium=movies").status_code == 200
        assert ready.status_code in (200, 503)
    with FeedbackStore(database) as store:
        assert [each.key for each in store.events(person)] == acknowledged
