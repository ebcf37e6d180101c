"""The world around the service goes wrong: a full disk, a clock put back, a Redis that hangs.

Nothing acknowledged is lost, none is kept twice, lists are right throughout, and it goes on by
itself once the world is well again.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")
httpx = pytest.importorskip("httpx", reason="needs the extra: pip install 'artrec[browser]'")
redis = pytest.importorskip("redis", reason="needs the extra: pip install 'artrec[serve]'")

from artrec.serving.feedback import FeedbackStore  # noqa: E402
from artrec.serving.feedback.store import PROBE_EVERY  # noqa: E402
from redis_world import redis_process  # noqa: E402
from service_load import (  # noqa: E402
    PATIENCE,
    assert_nothing_lost_or_doubled,
    under_load,
    wait_for_more,
)
from service_process import ServiceProcess  # noqa: E402
from serving_world import FILMS  # noqa: E402

pytestmark = pytest.mark.release
ITEMS = [f"movies:{row[0]}" for row in FILMS]
CONTENT = "application/problem+json"


# --- a full disk ---------------------------------------------------------------------------------


@dataclass
class Disk:
    """Where the database lies, and how that is filled up and made free again."""

    folder: Path
    fill: Callable[[ServiceProcess], None]
    free: Callable[[ServiceProcess], None]


@contextlib.contextmanager
def small_file_system(folder: Path) -> Iterator[Disk]:
    """One of 64 MB, filled up by a file of somebody else's; SQLite's log alone takes 4."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a file system")
    ballast = folder / "ballast"

    def fill(_: ServiceProcess) -> None:
        with ballast.open("ab", buffering=0) as stream:
            for size in (1 << 20, 4096, 1):
                with contextlib.suppress(OSError):
                    while stream.write(b"x" * size) == size:
                        pass

    try:
        yield Disk(folder, fill, lambda _: ballast.unlink())
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


@contextlib.contextmanager
def files_that_cannot_grow(folder: Path) -> Iterator[Disk]:
    """The service may not write to any file, its log included."""
    folder.mkdir()
    limit = resource.RLIMIT_FSIZE

    def limited(service: ServiceProcess, soft: int) -> None:
        assert service.process is not None
        pid = service.process.pid
        resource.prlimit(pid, limit, (soft, resource.prlimit(pid, limit)[1]))

    yield Disk(folder, lambda to: limited(to, 0), lambda to: limited(to, resource.RLIM_INFINITY))


def wait_for_readiness(service: ServiceProcess, status: int) -> Any:
    end = time.monotonic() + PATIENCE
    while (
        answer := httpx.get(f"{service.url}/api/health/ready", timeout=30)
    ).status_code != status:
        assert time.monotonic() < end, (answer.text, service.log()[-2000:])
        time.sleep(PROBE_EVERY / 4)
    return answer


@pytest.mark.parametrize("kind", [small_file_system, files_that_cannot_grow])
def test_a_disk_fills_up_and_is_made_free(
    bundle_store: Path, tmp_path: Path, kind: Callable[[Path], Any]
) -> None:
    with kind(tmp_path / "disk") as disk:
        database = f"sqlite:///{disk.folder / 'feedback.db'}"
        with ServiceProcess(bundle_store, tmp_path, database=database) as service:
            tellers = under_load(service)
            for turn in range(3):
                for teller in tellers:
                    wait_for_more([teller], service)
                disk.fill(service)
                told = wait_for_readiness(service, 503).json()
                assert told["status"] == "degraded"
                assert told["problems"][0].startswith("feedback cannot be kept at present")
                time.sleep(1.0)  # what was under way has ended
                before = [len(each.acknowledged) for each in tellers]
                time.sleep(0.5)
                assert [len(each.acknowledged) for each in tellers] == before
                assert_it_answers(service, tellers[0].person)
                if turn == 1:  # the power goes while it is full
                    service.kill()
                    disk.free(service) if kind is small_file_system else None
                    service.start()
                else:
                    disk.free(service)
                wait_for_readiness(service, 200)
            wait_for_more(tellers, service)
            for teller in tellers:
                teller.stop()
            assert service.stop() == 0
        told_off = [each for teller in tellers for each in teller.put_off]
        assert told_off and {each["type of content"] for each in told_off} == {CONTENT}
        assert all(each["detail"].startswith("feedback cannot be kept") for each in told_off)
        assert all(each["hint"] for each in told_off)
        assert_nothing_lost_or_doubled(tellers, database)


def assert_it_answers(service: ServiceProcess, person: str) -> None:
    """All that needs no writing."""
    with httpx.Client(base_url=service.url, headers=service.headers, timeout=30) as client:
        assert client.get("/api/health/live").status_code == 200
        assert client.get(f"/api/user/{person}").json()["n_events"] > 0
        assert client.get(f"/api/recommend/{person}?medium=movies").json()["n_profile"] > 0
        assert client.get("/metrics").status_code == 200
        refused = client.post(
            "/api/feedback",
            json={"person": person, "events": [{"key": "x", "item": "movies:1", "kind": "seen"}]},
        )
        assert refused.status_code == 503 and refused.headers["retry-after"]


# --- a clock put back ----------------------------------------------------------------------------

CLOCK = """
import time
from pathlib import Path
_time, _shift = time.time, Path("shift")
time.time = lambda: _time() + float(_shift.read_text() or 0)
"""
HOUR, DAY, YEAR = 3600, 86_400, 365 * 86_400


def test_the_clock_jumps_back(bundle_store: Path, tmp_path: Path) -> None:
    """Back by a minute to twenty years, and forward again, under load and with a restart."""

    def shift(seconds: float) -> None:
        draft = tmp_path / "shift.draft"
        draft.write_text(str(seconds))
        draft.replace(tmp_path / "shift")

    shift(0)
    database = f"sqlite:///{tmp_path / 'feedback.db'}"
    told: list[tuple[str, str, float]] = []
    with ServiceProcess(bundle_store, tmp_path, preload=CLOCK, database=database) as service:
        tellers = under_load(service)
        with httpx.Client(base_url=service.url, timeout=30) as client:
            person = begin(client)
            for jump in (0, -60, HOUR, -DAY, 0, -20 * YEAR, -HOUR, -2 * YEAR):
                shift(jump)
                told.append((f"a{len(told)}", "movies:1", 5.0 if len(told) % 2 else 1.0))
                assert tell(client, *told[-1]) == "accepted"
                assert tell(client, *told[0]) == "repeated"
                told.append((f"b{len(told)}", ITEMS[1 + len(told)], 4.5))
                assert tell(client, *told[-1]) == "accepted"
                assert_as_told(client, told)
                wait_for_more(tellers, service)
                wait_for_readiness(service, 200)
                with httpx.Client(base_url=service.url, timeout=30) as other:
                    begin(other)  # a session of this time ...
                    shift(jump - DAY)
                    assert tell(other, "k", "movies:3", 4.0) == "accepted"  # ... and earlier
            service.kill()
            service.start()
            assert tell(client, *told[3]) == "repeated"
            assert_as_told(client, told)
            wait_for_more(tellers, service)
        for teller in tellers:
            teller.stop()
        assert service.stop() == 0
    assert_nothing_lost_or_doubled(tellers, database)
    with FeedbackStore(database) as store:
        kept = store.events(person)
    assert [(each.key, each.item, each.value) for each in kept] == told
    assert [each.at for each in kept] != sorted(each.at or 0 for each in kept), "no clock jumped"


def begin(client: Any) -> str:
    person = client.post("/api/session").json()["person"]
    client.headers["X-Artrec-Request"] = "1"
    return str(person)


def tell(client: Any, key: str, item: str, value: float) -> str:
    event = {"key": key, "item": item, "kind": "rating", "value": value}
    answer = client.post("/api/feedback", json={"events": [event]})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["events"][0]["status"])


def assert_as_told(client: Any, told: list[tuple[str, str, float]]) -> None:
    """What came last of a work is what counts, and lists know it at once."""
    stated = {item: value for _, item, value in told}
    answer = client.get("/api/recommend/me?medium=movies").json()
    assert answer["n_profile"] == len(stated)
    assert not {each["item"] for each in answer["items"]} & set(stated)
    profile = client.get("/api/user/me/profile?medium=movies").json()
    assert profile["mean_rating"] == pytest.approx(sum(stated.values()) / len(stated), abs=0.01)


# --- a Redis that hangs --------------------------------------------------------------------------


def test_redis_hangs_and_comes_back(bundle_store: Path, tmp_path: Path) -> None:
    """Two processes share it; what one was told the other's next list knows, come what may."""
    database = f"sqlite:///{tmp_path / 'feedback.db'}"
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    with contextlib.ExitStack() as stack:
        url, server = stack.enter_context(redis_process(tmp_path))
        services = [
            stack.enter_context(
                ServiceProcess(bundle_store, folder, database=database, redis=url, limits_rate=500)
            )
            for folder in folders
        ]
        client = stack.enter_context(httpx.Client(timeout=10))
        asked = Asked(client, services)
        asked.begin()
        shared = redis.Redis.from_url(url)
        for turn in range(2):
            asked.tell_and_read(4)
            assert shared.dbsize() > 0, "nothing was shared"
            server.send_signal(signal.SIGSTOP)
            asked.tell_and_read(3)
            for service in services:
                assert httpx.get(f"{service.url}/api/health/ready", timeout=10).status_code == 200
            server.send_signal(signal.SIGCONT)
            if turn == 0:
                asked.until_read_from(shared)
        server.kill()
        asked.tell_and_read(2)
        for service in services:
            assert service.stop() == 0
    with FeedbackStore(database) as store:
        assert [each.key for each in store.events(asked.person)] == asked.keys
    print(asked)  # noqa: T201


def reads(shared: Any) -> int:
    """How often a list was asked for."""
    return int(shared.info("commandstats").get("cmdstat_hget", {}).get("calls", 0))


class Asked:
    """One person at several processes of one service."""

    def __init__(self, client: Any, services: list[ServiceProcess]) -> None:
        self.person = ""
        self.keys: list[str] = []
        self._client = client
        self._urls = [each.url for each in services]
        self._longest = 0.0

    def __str__(self) -> str:
        return f"{len(self.keys)} events; the longest call took {1000 * self._longest:.0f} ms"

    def begin(self) -> None:
        self.person = self._call("POST", 0, "/api/session").json()["person"]
        self._client.headers["X-Artrec-Request"] = "1"

    def tell_and_read(self, times: int) -> None:
        for _ in range(times):
            number = len(self.keys)
            event = {"key": str(number), "item": ITEMS[number], "kind": "like"}
            body = {"events": [event]}
            assert self._call("POST", number, "/api/feedback", json=body).status_code == 200
            self.keys.append(event["key"])
            for _ in range(3):
                self._read()

    def until_read_from(self, shared: Any) -> None:
        """Ask what was not asked yet, until that reaches Redis."""
        before, end = reads(shared), time.monotonic() + PATIENCE
        for n in range(21, 500):
            self._read(n)
            if reads(shared) > before:
                return
            assert time.monotonic() < end
            time.sleep(0.2)
        raise AssertionError("Redis was never asked again")

    def _read(self, n: int = 20) -> None:
        for at in range(len(self._urls)):
            answer = self._call("GET", at, f"/api/recommend/me?medium=movies&n={n}")
            assert answer.status_code == 200
            assert answer.json()["n_profile"] == len(self.keys)
            told = set(ITEMS[: len(self.keys)])
            assert not told & {each["item"] for each in answer.json()["items"]}

    def _call(self, method: str, at: int, path: str, **more: Any) -> Any:
        begun = time.monotonic()
        answer = self._client.request(method, self._urls[at % len(self._urls)] + path, **more)
        self._longest = max(self._longest, time.monotonic() - begun)
        return answer
