"""Rate limits: so many at once, so many a second, each client its own, over all workers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("redis", reason="needs the extra: pip install 'artrec[serve]'")

from artrec.serving import limits
from artrec.serving.limits import RateLimiter
from artrec.serving.redis_link import RedisLink
from redis_world import agrees, babbles, hangs, impostor, redis_server


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def link(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisLink]:
    monkeypatch.setattr("artrec.serving.redis_link.PATIENCE", 5.0)
    monkeypatch.setattr("artrec.serving.redis_link.SLOW", 5.0)
    link = RedisLink(server)
    link.ask(lambda client: client.flushall())
    yield link
    link.close()


def passed(limiter: RateLimiter, client: str, calls: int) -> int:
    return sum(limiter.allow(client).allowed for _ in range(calls))


def test_a_burst_then_a_rate() -> None:
    clock = Seconds()
    limiter = RateLimiter(2.0, 5, clock=clock)
    assert passed(limiter, "ann", 8) == 5
    refused = limiter.allow("ann")
    assert (refused.allowed, refused.retry_after) == (False, 1)
    clock.now += 1.0
    assert passed(limiter, "ann", 8) == 2
    clock.now += 3600
    assert passed(limiter, "ann", 8) == 5


def test_each_client_has_their_own() -> None:
    limiter = RateLimiter(1.0, 2, clock=Seconds())
    assert [passed(limiter, who, 5) for who in ("ann", "ben", "\U0001f600\ud800")] == [2, 2, 2]


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    clock = Seconds()
    limiter = RateLimiter(1.0, 3, clock=clock)
    assert passed(limiter, "ann", 2) == 2
    clock.now -= 500
    assert passed(limiter, "ann", 5) == 1


def test_no_limit_at_all() -> None:
    assert passed(RateLimiter(0, 1), "ann", 100) == 100


def test_a_dear_call_takes_more_and_never_more_than_there_can_be() -> None:
    limiter = RateLimiter(1.0, 10, clock=Seconds())
    assert limiter.allow("ann", cost=8).allowed
    assert limiter.allow("ann", cost=8).retry_after == 6
    assert limiter.allow("ben", cost=1000).allowed


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CLIENTS", 10)
    limiter = RateLimiter(1.0, 1, clock=Seconds())
    for number in range(100):
        limiter.allow(f"client {number}")
    assert len(limiter._buckets) == 10


def test_workers_count_together(link: RedisLink) -> None:
    # so slow that no token comes while the test runs
    first, second = (RateLimiter(0.001, 5, link) for _ in range(2))
    assert passed(first, "ann", 4) + passed(second, "ann", 4) == 5
    assert second.allow("ann").retry_after > 100
    assert passed(second, "ben", 9) == 5
    names = link.ask(lambda client: client.keys()) or []
    assert len(names) == 2 and not any(b"ann" in name for name in names)
    assert all((link.ask(lambda client, name=name: client.ttl(name)) or 0) > 0 for name in names)


def test_garbage_under_the_name_is_a_full_bucket(link: RedisLink) -> None:
    limiter = RateLimiter(0.001, 3, link)
    limiter.allow("ann")
    (name,) = link.ask(lambda client: client.keys()) or []
    for spoil in (
        lambda client: client.set(name, "garbage"),
        lambda client: client.hset(name, mapping={"tokens": "many", "at": "now"}),
        lambda client: client.hset(name, mapping={"tokens": "nan", "at": "1"}),
        lambda client: client.hset(name, mapping={"tokens": "1e99", "at": "99999999999"}),
    ):
        link.ask(lambda client: client.delete(name))
        link.ask(spoil)
        fresh = RateLimiter(0.001, 3, link)
        assert passed(fresh, "ann", 9) == 3
    link.ask(lambda client: client.hset(name, mapping={"tokens": "-1e99", "at": "1"}))
    assert RateLimiter(0.001, 3, link).allow("ann").allowed  # no wait that long is ours


@pytest.mark.parametrize("answer", [hangs, babbles, agrees], ids=lambda f: f.__name__)
def test_without_a_redis_that_answers_the_process_counts(answer: Any) -> None:
    with impostor(answer) as url:
        limiter = RateLimiter(0.001, 5, RedisLink(url))
        assert passed(limiter, "ann", 20) == 5
