"""Circuit breaker: what failed a few times in a row is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

FAILURES: Final = 3
FIRST_PAUSE: Final = 1.0  # seconds; doubled with every try in vain
LONGEST_PAUSE: Final = 30.0


class Breaker:
    """Says whether to try, told how it went; threads may share it.

    Closed, every call is let through. After `FAILURES` in a row it opens: none is, until a pause is
    over. Then one call tries, and closes it or makes the pause longer.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._until = 0.0
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether calls are kept away at present."""
        return self._failures >= FAILURES

    def allows(self) -> bool:
        """Whether to call; who is told yes must say `succeeded` or `failed` afterwards."""
        with self._lock:
            if not self.is_open:
                return True
            if self._trying or self._clock() < self._until:
                return False
            self._trying = True
            return True

    def succeeded(self) -> None:
        """The call went well."""
        with self._lock:
            self._failures, self._pause, self._trying = 0, FIRST_PAUSE, False

    def failed(self) -> None:
        """The call failed or took too long."""
        with self._lock:
            self._failures += 1
            if self.is_open:
                if self._trying:
                    self._pause = min(2 * self._pause, LONGEST_PAUSE)
                self._until = self._clock() + self._pause
            self._trying = False
