"""The one writer of a process: gathers what waits, commits it together, then acknowledges.

A commit costs one flush of the disk however much it holds, so the more calls wait, the more of
them one flush serves. Nothing is acknowledged before its commit returned.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from artrec.serving.feedback.appending import Append, append_all
from artrec.serving.feedback.events import StoreUnavailableError

BATCH: Final = 512  # calls in one transaction
WAITING: Final = 4096  # calls that may wait; more are refused, so that memory stays bounded
TRIES: Final = 5
TRY_AGAIN: Final = "send it again in a moment, under the same keys"

Work = Append | Callable[[Connection], Any]


@dataclass(slots=True)
class _Job:
    work: Work
    future: Future[Any] = field(default_factory=Future)


class Writer:
    """Runs work in transactions of its own thread.

    Args:
        engine: Its transactions write.
        clock: Unix seconds.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._lock = threading.Lock()
        self._waiting = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="feedback-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> Future[Any]:
        """Queue work; the future holds its result once that is durable.

        Raises:
            StoreUnavailableError: The writer is closing, or too much waits.
        """
        job = _Job(work)
        with self._lock:
            if self._closed:
                raise StoreUnavailableError("the service is stopping", TRY_AGAIN)
            if self._waiting >= WAITING:
                raise StoreUnavailableError("more feedback comes than can be kept", TRY_AGAIN)
            self._waiting += 1
            self._jobs.put(job)
        return job.future

    def close(self) -> None:
        """Take nothing more, finish what was taken, and end the thread."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while jobs := self._next():
            with self._lock:
                self._waiting -= len(jobs)
            self._finish(jobs)

    def _next(self) -> list[_Job]:
        """What waits, at most a batch; empty at the end."""
        job = self._jobs.get()
        jobs = []
        while job is not None:
            jobs.append(job)
            if len(jobs) == BATCH or self._jobs.empty():
                return jobs
            job = self._jobs.get()
        if jobs:
            self._jobs.put(None)  # the end comes after these
        return jobs

    def _finish(self, jobs: Sequence[_Job]) -> None:
        """Commit jobs together; where one of them spoils that, each alone."""
        try:
            results = self._commit([job.work for job in jobs])
        except Exception as error:  # whatever it is, those who wait must hear of it
            if len(jobs) > 1 and not isinstance(error, OperationalError):
                for job in jobs:
                    self._finish([job])
                return
            results = [_told(error)] * len(jobs)
        for job, result in zip(jobs, results, strict=True):
            _resolve(job.future, result)

    def _commit(self, works: Sequence[Work]) -> list[Any]:
        for left in range(TRIES, 0, -1):
            try:
                with self._engine.begin() as connection:
                    return list(self._results(connection, works))
            except (IntegrityError, OperationalError) as error:
                # another process wrote the same key or row at the same time
                if left == 1 or not _is_race(error):
                    raise
        raise AssertionError("the last try returns or raises")

    def _results(self, connection: Connection, works: Sequence[Work]) -> Iterator[Any]:
        for appends, some in groupby(works, key=lambda work: isinstance(work, Append)):
            if appends:
                calls = [work for work in some if isinstance(work, Append)]
                yield from append_all(connection, calls, int(self._clock()))
            else:
                for work in some:
                    yield work(connection)  # type: ignore[operator]


def _is_race(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return True
    # Postgres: deadlock, serialization failure
    return getattr(error.orig, "sqlstate", None) in ("40P01", "40001")


def _told(error: Exception) -> Exception:
    if isinstance(error, SQLAlchemyError):
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        told = StoreUnavailableError(f"feedback cannot be kept at present: {cause}", TRY_AGAIN)
        told.__cause__ = error
        return told
    return error


def _resolve(future: Future[Any], result: Any) -> None:
    if not future.set_running_or_notify_cancel():
        return  # nobody waits any more; what was committed stays
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
