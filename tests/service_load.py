"""Those who tell the service events under load, and what must hold of what was acknowledged."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import Any

import httpx

from artrec.serving.feedback import FeedbackStore
from service_process import ServiceProcess

TELLERS = 4
PATIENCE = 60.0


class Teller(threading.Thread):
    """Tells events until it is stopped, each again under its key until it is acknowledged."""

    def __init__(self, number: int, service: ServiceProcess) -> None:
        super().__init__(daemon=True)
        self.person = f"p_{'abcd'[number] * 26}"
        self.acknowledged: list[str] = []
        self.sent: set[str] = set()
        self.put_off: list[dict[str, Any]] = []
        self.problems: list[str] = []
        self._service = service
        self._rng = random.Random(number)
        self._stopping = threading.Event()

    def run(self) -> None:
        number = 0
        with httpx.Client(base_url=self._service.url, headers=self._service.headers) as client:
            while not self._stopping.is_set():
                keys = [f"{number}-{part}" for part in range(self._rng.choice([1, 1, 3, 20]))]
                number += 1
                while not self._told(client, keys) and not self._stopping.is_set():
                    time.sleep(0.02)

    def _told(self, client: httpx.Client, keys: list[str]) -> bool:
        events = [
            {"key": key, "item": f"movies:{1 + hash(key) % 8}", "kind": "rating", "value": 4.0}
            for key in keys
        ]
        self.sent.update(keys)
        try:
            answer = client.post(
                "/api/feedback", json={"person": self.person, "events": events}, timeout=30
            )
        except httpx.HTTPError:
            return False
        if answer.status_code == 503:
            kind = answer.headers["content-type"]
            self.put_off.append({**answer.json(), "type of content": kind})
            return False
        if answer.status_code != 200:
            self.problems.append(answer.text)
            return True
        self.acknowledged += [each["key"] for each in answer.json()["events"]]
        return True

    def stop(self) -> None:
        self._stopping.set()
        self.join(60)


def under_load(service: ServiceProcess) -> list[Teller]:
    tellers = [Teller(number, service) for number in range(TELLERS)]
    for teller in tellers:
        teller.start()
    return tellers


def n_acknowledged(tellers: list[Teller]) -> int:
    return sum(len(teller.acknowledged) for teller in tellers)


def wait_for_more(tellers: list[Teller], service: ServiceProcess) -> None:
    """Until something more was acknowledged."""
    before, end = n_acknowledged(tellers), time.monotonic() + PATIENCE
    while n_acknowledged(tellers) == before:
        assert time.monotonic() < end, service.log()[-2000:]
        time.sleep(0.01)


def assert_nothing_lost_or_doubled(tellers: list[Teller], database: str) -> None:
    with FeedbackStore(database) as store:
        for teller in tellers:
            kept = Counter(each.key for each in store.events(teller.person))
            assert teller.problems == []
            assert set(teller.acknowledged) - set(kept) == set(), "acknowledged and lost"
            assert {key for key, count in kept.items() if count > 1} == set(), "kept twice"
            assert set(kept) <= teller.sent
        assert n_acknowledged(tellers) > 0
