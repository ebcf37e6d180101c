"""Rate limits: a bucket of tokens a client, filled evenly, in this process and across workers."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from artrec.serving.redis_link import RedisLink

MOST_CLIENTS: Final = 20_000
NAMESPACE: Final = b"artrec:rate:"
# bucket: tokens and when they were counted, by Redis's own clock; whatever else is there is a full
# bucket, and a clock that went back fills nothing
SCRIPT: Final = """
local rate, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1]), tonumber(kept[2])
if not tokens or not at or tokens ~= tokens then tokens, at = burst, now end
tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
local wait = 0
if tokens >= cost then tokens = tokens - cost else wait = (cost - tokens) / rate end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(1000 * burst / rate) + 1000)
return tostring(wait)
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call may pass.

    Attributes:
        allowed: Whether it may.
        retry_after: Seconds until it might; 0 where it may.
    """

    allowed: bool
    retry_after: int = 0


class RateLimiter:
    """Counts the calls of each client; threads may share it.

    Each process holds its own buckets. Where Redis answers, a bucket there counts over all workers
    besides; where it does not, the process's own are the bound.

    Args:
        rate: Calls a second that may be kept up; 0: no limit.
        burst: Calls that may come at once.
        link: Redis, if there is one.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        rate: float,
        burst: int,
        link: RedisLink | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._link = link
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def allow(self, client: str, cost: float = 1.0) -> Verdict:
        """Whether a client's call may pass; it is counted.

        Args:
            client: An address, person or key; only a digest of it is kept.
            cost: Tokens it takes; more than a whole bucket counts as a whole one.
        """
        if self._rate <= 0:
            return Verdict(True)
        cost = min(cost, self._burst)
        name = hashlib.blake2b(client.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        wait = self._take(name, cost)
        if wait == 0 and self._link is not None:
            wait = self._take_shared(name, cost)
        return Verdict(wait == 0, math.ceil(wait))

    def _take(self, name: bytes, cost: float) -> float:
        """Seconds to wait; 0 where there were tokens, which are taken."""
        now = self._clock()
        with self._lock:
            tokens, at = self._buckets.pop(name, (self._burst, now))
            tokens = min(self._burst, tokens + max(0.0, now - at) * self._rate)
            wait = 0.0 if tokens >= cost else (cost - tokens) / self._rate
            self._buckets[name] = (tokens - cost if wait == 0 else tokens, now)
            while len(self._buckets) > MOST_CLIENTS:
                self._buckets.popitem(last=False)
        return wait

    def _take_shared(self, name: bytes, cost: float) -> float:
        if self._link is None:
            return 0.0
        arguments = (NAMESPACE + name, self._rate, self._burst, cost)
        told: Any = self._link.ask(lambda client: client.eval(SCRIPT, 1, *arguments))
        try:
            wait = float(told)
        except (TypeError, ValueError):
            return 0.0
        # what no bucket of ours can say is no answer
        longest = self._burst / self._rate
        return wait if 0 <= wait <= longest else 0.0
