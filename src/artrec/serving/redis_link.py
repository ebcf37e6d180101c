"""The optional Redis: short patience, one try, and nothing that breaks a call where it fails."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from artrec.errors import ConfigError
from artrec.serving.breaker import Breaker

if TYPE_CHECKING:
    from redis import Redis

LOG: Final = logging.getLogger("artrec.serving")
PATIENCE: Final = 0.05  # seconds, of a connection as of an answer
SLOW: Final = 0.03  # an answer that took longer counts as a failure: it is no gain
NOTHING: Final = None
T = TypeVar("T")


class RedisLink:
    """Calls to Redis behind a circuit breaker.

    Args:
        url: For example ``redis://127.0.0.1:6379/0``.

    Attributes:
        breaker: Whether Redis is asked at all.
        counts: Calls that went well, failed, or were not made, by name.

    Raises:
        ConfigError: The URL is none of Redis.
    """

    def __init__(self, url: str) -> None:
        self._client = _client(url)
        self.breaker = Breaker()
        self.counts = {"good": 0, "refused": 0, "failed": 0, "skipped": 0}
        self._lock = threading.Lock()

    def ask(self, call: Callable[[Redis], T]) -> T | None:
        """What a call gives; None where Redis is not there, too slow, full or has another answer.

        Args:
            call: Given the client; it makes one round trip.
        """
        from redis.exceptions import RedisError, ResponseError

        if not self.breaker.allows():
            self._count("skipped")
            return NOTHING
        begun = time.perf_counter()
        try:
            answer = call(self._client)
        except ResponseError:
            # Redis answers, only not what was asked: full, or something else under the name
            self.breaker.succeeded()
            self._count("refused")
            return NOTHING
        except (RedisError, OSError, ValueError, TypeError, AttributeError) as error:
            # what speaks another protocol can raise anything of these
            self._fail(type(error).__name__)
            return NOTHING
        if time.perf_counter() - begun > SLOW:
            self._fail("slow")
        else:
            self.breaker.succeeded()
            self._count("good")
        return answer

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def _fail(self, what: str) -> None:
        was_open = self.breaker.is_open
        self.breaker.failed()
        self._count("failed")
        if self.breaker.is_open and not was_open:
            LOG.warning("redis is left alone for a while", extra={"problem": what})

    def _count(self, outcome: str) -> None:
        with self._lock:
            self.counts[outcome] += 1


def _client(url: str) -> Redis:
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    options: dict[str, Any] = {
        "socket_timeout": PATIENCE,
        "socket_connect_timeout": PATIENCE,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
        "decode_responses": False,
    }
    try:
        return Redis.from_url(url, **options)
    except ValueError as error:
        # the URL may hold a password
        raise ConfigError(
            "the URL of Redis cannot be understood", "for example redis://127.0.0.1:6379/0"
        ) from error
