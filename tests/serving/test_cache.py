"""Cached lists: right or not at all, whatever Redis does; Redis that fails costs little."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("redis", reason="needs the extra: pip install 'artrec[serve]'")

from artrec.errors import ConfigError
from artrec.serving import cache as caching
from artrec.serving.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker
from artrec.serving.cache import ListCache
from artrec.serving.redis_link import RedisLink
from redis_world import agrees, babbles, free_port, hangs, hangs_up, impostor, redis_server

if TYPE_CHECKING:
    from redis import Redis

SECRET = "one secret for all workers"
ANN, BEN = "p_ann", "p_ben"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no fault of Redis."""
    monkeypatch.setattr("artrec.serving.redis_link.PATIENCE", 5.0)
    monkeypatch.setattr("artrec.serving.redis_link.SLOW", 5.0)


@pytest.fixture
def redis(server: str, patient: None) -> Iterator[Redis]:
    from redis import Redis as Client

    client = Client.from_url(server)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def workers(server: str, redis: Redis) -> tuple[ListCache, ListCache]:
    """Two processes' caches over one Redis."""
    return ListCache(SECRET, RedisLink(server)), ListCache(SECRET, RedisLink(server))


def test_a_list_is_for_its_question_only() -> None:
    cache = ListCache(SECRET)
    cache.put(ANN, 7, "movies", 10, answer=b"list")
    assert cache.get(ANN, 7, "movies", 10) == b"list"
    for other in [(ANN, 8, "movies", 10), (BEN, 7, "movies", 10), (ANN, 7, "movies", "10")]:
        assert cache.get(*other) is None
    cache.invalidate(ANN)
    assert cache.get(ANN, 7, "movies", 10) is None


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "MOST_BYTES", 1000)
    cache = ListCache(SECRET)
    for number in range(50):
        cache.put(f"p{number % 7}", number, answer=b"x" * 100)
    found = [number for number in range(50) if cache.get(f"p{number % 7}", number)]
    assert found == list(range(40, 50))
    assert cache._bytes == 1000 and sum(map(len, cache._of_person.values())) == 10
    monkeypatch.setattr(caching, "LONGEST", 99)
    cache.put(ANN, 1, answer=b"x" * 100)
    assert cache.get(ANN, 1) is None


def test_workers_share_lists(workers: tuple[ListCache, ListCache], redis: Redis) -> None:
    first, second = workers
    first.put(ANN, 7, "q", answer=b"list \x00\xff")
    assert second.get(ANN, 7, "q") == b"list \x00\xff"
    assert (second.shared_hits, second.misses) == (1, 0)
    (name,) = redis.keys()
    assert 0 < redis.ttl(name) <= caching.SECONDS
    assert b"p_ann" not in name  # who is no business of Redis
    first.invalidate(ANN)
    assert redis.keys() == []


def test_what_another_key_signed_is_not_believed(server: str, redis: Redis) -> None:
    mine, other = (ListCache(secret, RedisLink(server)) for secret in (SECRET, "another secret"))
    digest = caching._digest(ANN, (7,))
    for signer, believed in ((other, None), (mine, b"lie")):
        redis.hset(mine._name(ANN), digest, signer._sign(ANN, digest, b"lie") + b"lie")
        assert mine.get(ANN, 7) == believed
    assert mine.damaged == 1


def test_garbage_in_redis_is_a_miss(workers: tuple[ListCache, ListCache], redis: Redis) -> None:
    first, _ = workers
    first.put(ANN, 7, answer=b"truth about Ann")
    first.put(BEN, 7, answer=b"truth about Ben")
    names = redis.keys()
    (field,), (other,) = (redis.hkeys(name) for name in names)
    swapped = [redis.hget(names[1], other), redis.hget(names[0], field)]
    good = redis.hget(names[0], field)
    assert good is not None
    for garbage in (b"", b"x", good[:-1], good + b"x", good[::-1], b"\x00" * 500, *swapped[:1]):
        redis.hset(names[0], field, garbage)
        redis.hset(names[1], other, garbage)
        fresh = ListCache(SECRET, first._link)
        assert (fresh.get(ANN, 7), fresh.get(BEN, 7)) != (None, None) or fresh.damaged == 2
        for person, truth in ((ANN, b"truth about Ann"), (BEN, b"truth about Ben")):
            assert fresh.get(person, 7) in (None, truth)
    for name in names:
        redis.delete(name)
        redis.set(name, "no hash at all")
    fresh = ListCache(SECRET, first._link)
    assert fresh.get(ANN, 7) is None and fresh.get(BEN, 7) is None
    fresh.put(ANN, 7, answer=b"new")  # cannot be written there, is kept here
    assert fresh.get(ANN, 7) == b"new"
    assert first._link is not None and not first._link.breaker.is_open


def test_a_full_redis_costs_a_miss(tmp_path: Any, patient: None) -> None:
    with redis_server(tmp_path, "--maxmemory", "2mb", "--maxmemory-policy", "noeviction") as url:
        link = RedisLink(url)
        cache = ListCache(SECRET, link)
        for number in range(60):
            cache.put(f"p{number}", 1, answer=b"x" * 100_000)
        assert link.counts["refused"] > 0 and not link.breaker.is_open
        other = ListCache(SECRET, link)
        found = [other.get(f"p{number}", 1) for number in range(60)]
        assert set(found) == {None, b"x" * 100_000}


@pytest.mark.parametrize("answer", [hangs, babbles, agrees, hangs_up], ids=lambda f: f.__name__)
def test_an_impostor_costs_little_and_is_not_believed(answer: Any) -> None:
    with impostor(answer) as url:
        link = RedisLink(url)
        cache = ListCache(SECRET, link)
        for number in range(50):
            cache.put(f"p{number}", 1, answer=b"mine")
            assert cache.get(f"p{number}", 1) == b"mine"
            assert cache.get(f"other{number}", 1) is None
        tried = link.counts["good"] + link.counts["failed"] + link.counts["refused"]
        # what answers, if only with nonsense, may be asked on
        assert tried <= FAILURES + 5 or answer is agrees or link.counts["refused"]
        assert sum(link.counts.values()) == 100


def test_a_redis_that_is_down_is_left_alone() -> None:
    link = RedisLink(f"redis://127.0.0.1:{free_port()}/0")
    cache = ListCache(SECRET, link)
    for number in range(100):
        assert cache.get(ANN, number) is None
    assert link.counts["failed"] <= FAILURES + 2
    assert link.counts["skipped"] >= 95


def test_an_answer_that_comes_late_is_a_failure(server: str, redis: Redis, monkeypatch) -> None:
    monkeypatch.setattr("artrec.serving.redis_link.SLOW", 0.0)
    link = RedisLink(server)
    for _ in range(FAILURES):
        assert link.ask(lambda client: client.ping()) is True
    assert link.breaker.is_open
    assert link.ask(lambda client: client.ping()) is None


def test_a_url_that_is_none_of_redis() -> None:
    with pytest.raises(ConfigError) as caught:
        RedisLink("http://user:hunter2@host/")
    assert "hunter2" not in str(caught.value)


class Seconds:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_breaker_opens_tries_and_closes() -> None:
    clock = Seconds()
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        assert breaker.allows()
        breaker.failed()
    assert breaker.is_open and not breaker.allows()
    clock.now += FIRST_PAUSE
    assert breaker.allows() and not breaker.allows()  # one tries, the others wait
    breaker.failed()
    clock.now += FIRST_PAUSE
    assert not breaker.allows()  # the pause is longer now
    clock.now += FIRST_PAUSE
    assert breaker.allows()
    breaker.succeeded()
    assert not breaker.is_open and breaker.allows() and breaker.allows()


def test_the_pause_has_an_end() -> None:
    clock = Seconds()
    breaker = Breaker(clock)
    for _ in range(FAILURES + 20):
        clock.now += LONGEST_PAUSE
        assert breaker.allows()
        breaker.failed()


def test_one_success_forgets_the_failures() -> None:
    breaker = Breaker()
    for _ in range(10):
        for _ in range(FAILURES - 1):
            breaker.failed()
        breaker.succeeded()
    assert not breaker.is_open
