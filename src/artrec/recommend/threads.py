"""Threads: one BLAS thread a worker while several workers compute products side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

_one_at_a_time = threading.Lock()


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Limit BLAS to one thread, for the whole process, and give the threads back at the end.

    The limit is global and belongs to the thread that set it, so callers that overlap (threads of
    a service) take turns: otherwise one would restore the other's limit as if it were the original.
    """
    with _one_at_a_time, threadpool_limits(limits=1, user_api="blas"):
        yield
