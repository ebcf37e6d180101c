"""The feedback store: appended durably and once, read in order, deleted for good."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Self

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.exc import SQLAlchemyError

from artrec.errors import ArtrecError, InputError
from artrec.serving.feedback.appending import MOST_EVENTS, Append, digest_of, new_revision
from artrec.serving.feedback.engines import SQLITE, open_engine
from artrec.serving.feedback.events import (
    UNDO,
    WATCHED,
    Ack,
    Event,
    State,
    StoreUnavailableError,
    check_event,
    state_of,
)
from artrec.serving.feedback.migrating import migrate
from artrec.serving.feedback.tables import EVENTS, FORGOTTEN, LONGEST_PERSON, PEOPLE, PROBES
from artrec.serving.feedback.writer import Writer

PATIENCE: Final = 30.0  # seconds a caller waits for its commit
PROBE_EVERY: Final = 2.0  # seconds an answer about readiness is good for
KEPT_STATES: Final = 500
NOBODY: Final = 0  # revision of a person of whom nothing is stored

_OF = EVENTS.c.person == bindparam("of")
_EVENTS = select(EVENTS).where(_OF).order_by(EVENTS.c.seq)
_PAGE = _EVENTS.where(EVENTS.c.seq > bindparam("after")).limit(bindparam("most"))
_TOLD = _EVENTS.where(EVENTS.c.kind.not_in(WATCHED))
_PERSON = select(PEOPLE).where(PEOPLE.c.person == bindparam("of"))
_REVISION = select(PEOPLE.c.revision).where(PEOPLE.c.person == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A person's state, and which of their states it is.

    Attributes:
        revision: Another number for every other state; `NOBODY` where nothing is stored.
        state: Item to what is told of it.
    """

    revision: int
    state: dict[str, State]


class FeedbackStore:
    """What people tell, in one database; threads may share it.

    Args:
        url: SQLAlchemy URL; the tables are made or migrated where they are not as they should be.
        clock: Unix seconds.

    Raises:
        ConfigError: The URL, the driver or the database's schema does not fit.
        StoreUnavailableError: It cannot be opened.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self._writing = open_engine(url, writes=True, pool=2)
        self._reading = open_engine(url, writes=False)
        try:
            self.migrated = migrate(self._writing)
        except ArtrecError:
            self._let_go()
            raise
        self._writer = Writer(self._writing, clock)
        self._clock = clock
        self._lock = threading.Lock()
        self._states: OrderedDict[str, Snapshot] = OrderedDict()
        self._probe: tuple[float, str | None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- writing -------------------------------------------------------------------------------

    def append(self, person: str, events: Sequence[Event]) -> list[Ack]:
        """Keep events; returns when they are on the disk.

        Raises:
            InputError: An event cannot be kept; then none of them is.
            ForgottenPersonError: The person was deleted for good.
            TooManyEventsError: A person's bound is reached.
            StoreUnavailableError: Nothing can be written at present.
        """
        acks: list[Ack] = self._wait(self.appending(person, events))
        return acks

    def appending(self, person: str, events: Sequence[Event]) -> Future[list[Ack]]:
        """The same without waiting: the future holds the acknowledgements once they are durable."""
        _check_person(person)
        for event in events:
            check_event(event)
        return self._writer.submit(Append(person, tuple(events)))

    def delete_events(self, person: str) -> int:
        """Delete all that a person told; their id may be used on.

        Returns:
            How many events there were.
        """
        return int(self._wait(self._writer.submit(lambda within: _clear(within, person))))

    def delete_person(self, person: str) -> int:
        """Delete a person for good; the id is never taken again.

        Returns:
            How many events there were.
        """
        _check_person(person)
        now = int(self._clock())
        n_events = self._wait(self._writer.submit(lambda within: forget(within, person, now)))
        with self._lock:
            self._states.pop(person, None)
        self._truncate_log()
        return int(n_events)

    def delete_idle(self, before: int) -> list[str]:
        """Delete for good everybody whose last event is older than a time.

        Args:
            before: Unix seconds.
        """

        def forget_idle(within: Connection) -> list[str]:
            idle = select(PEOPLE.c.person).where(PEOPLE.c.last_at < before)
            people = list(within.execute(idle).scalars())
            for person in people:
                forget(within, person, int(self._clock()))
            return people

        people: list[str] = self._wait(self._writer.submit(forget_idle))
        self._truncate_log()
        return people

    # --- reading -------------------------------------------------------------------------------

    def events(self, person: str, after: int = 0, most: int | None = None) -> list[Event]:
        """What is stored of a person, in the order it came.

        Args:
            person: Whose.
            after: Leaves out events up to this `seq`.
            most: So many at most; by default all.
        """
        if most is None and not after:
            asked: Any = _EVENTS
            wanted: dict[str, Any] = {"of": person}
        else:
            asked, wanted = _PAGE, {"of": person, "after": after, "most": most or MOST_EVENTS}
        with self._reads() as connection:
            return [_event(row) for row in connection.execute(asked, wanted)]

    def summary(self, person: str) -> dict[str, int | None]:
        """How many events are stored of a person, and when the first and last came."""
        with self._reads() as connection:
            row = connection.execute(_PERSON, {"of": person}).mappings().first()
        if row is None:
            return {"n_events": 0, "first_at": None, "last_at": None}
        return {name: int(row[name]) for name in ("n_events", "first_at", "last_at")}

    def state(self, person: str) -> dict[str, State]:
        """Item to what a person's events say of it."""
        return self.snapshot(person).state

    def revision(self, person: str) -> int:
        """A number that changes with every change of what is stored of a person."""
        with self._reads() as connection:
            return int(connection.execute(_REVISION, {"of": person}).scalar() or NOBODY)

    def snapshot(self, person: str) -> Snapshot:
        """State and revision of a person, read at one moment; do not change the state."""
        with self._reads() as connection:
            revision = int(connection.execute(_REVISION, {"of": person}).scalar() or NOBODY)
            with self._lock:
                kept = self._states.get(person)
                if kept is not None and kept.revision == revision:
                    self._states.move_to_end(person)
                    return kept
            events = [_event(row) for row in connection.execute(_TOLD, {"of": person})]
        found = Snapshot(revision, state_of(events))
        with self._lock:
            self._states[person] = found
            while len(self._states) > KEPT_STATES:
                self._states.popitem(last=False)
        return found

    def export(self, person: str) -> dict[str, Any]:
        """Everything stored of a person, as plain values for JSON."""
        with self._reads() as connection:
            row = connection.execute(_PERSON, {"of": person}).mappings().first()
            events = [_event(each) for each in connection.execute(_EVENTS, {"of": person})]
        times = {} if row is None else {name: int(row[name]) for name in ("first_at", "last_at")}
        return {"person": person, **times, "events": [plain(each) for each in events]}

    def everyone(self) -> Iterator[tuple[str, list[Event]]]:
        """Each person and their events, by id; memory holds one person at a time."""
        people = select(PEOPLE.c.person).where(PEOPLE.c.person > bindparam("after"))
        some = people.order_by(PEOPLE.c.person).limit(500)
        after = ""
        while True:
            with self._reads() as connection:
                found = list(connection.execute(some, {"after": after}).scalars())
            if not found:
                return
            for person in found:
                events = self.events(person)
                if events:
                    yield person, events
            after = found[-1]

    def ready(self) -> str | None:
        """What keeps feedback from being stored at present; None where all is well.

        A row is really written, at most every `PROBE_EVERY` seconds.
        """
        with self._lock:
            probe = self._probe
        now = time.monotonic()
        if probe is None or now - probe[0] > PROBE_EVERY:
            probe = (now, self._write_probe())
            with self._lock:
                self._probe = probe
        return probe[1]

    def close(self) -> None:
        """Finish what was accepted, then let go of the database; harmless when closed."""
        self._writer.close()
        self._truncate_log()
        self._let_go()

    def _let_go(self) -> None:
        self._reading.dispose()
        self._writing.dispose()

    # --- inside --------------------------------------------------------------------------------

    @contextmanager
    def _reads(self) -> Iterator[Connection]:
        try:
            with self._reading.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            cause = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise StoreUnavailableError(
                f"feedback cannot be read at present: {cause}", "try again in a moment"
            ) from error

    def _wait(self, future: Future[Any], patience: float = PATIENCE) -> Any:
        try:
            return future.result(patience)
        except TooSlow as error:
            raise StoreUnavailableError(
                f"feedback was not kept within {patience:g} seconds",
                "send it again in a moment, under the same keys",
            ) from error

    def _write_probe(self) -> str | None:
        def write(within: Connection) -> None:
            within.execute(delete(PROBES))
            within.execute(PROBES.insert(), {"name": "ready", "at": int(self._clock())})

        try:
            self._wait(self._writer.submit(write), PROBE_EVERY)
        except StoreUnavailableError as error:
            return error.problem
        return None

    def _truncate_log(self) -> None:
        """Empty SQLite's log, so that what was deleted is not in there either."""
        if self._writing.dialect.name != SQLITE:
            return
        connection = self._writing.raw_connection()
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            pass  # busy or full: a later commit does it
        finally:
            connection.close()


def forget(within: Connection, person: str, now: int) -> int:
    """Delete a person's rows and note the digest of their id; returns their number of events."""
    n_events = within.execute(delete(EVENTS).where(EVENTS.c.person == person)).rowcount
    within.execute(delete(PEOPLE).where(PEOPLE.c.person == person))
    digest = digest_of(person)
    known = select(FORGOTTEN.c.digest).where(FORGOTTEN.c.digest == digest)
    if within.execute(known).first() is None:
        within.execute(FORGOTTEN.insert(), {"digest": digest, "at": now})
    return int(n_events)


def plain(event: Event) -> dict[str, Any]:
    """An event as plain values, what it does not have left out."""
    told = {
        "seq": event.seq,
        "key": event.key,
        "item": event.item,
        "kind": event.kind,
        "value": event.value,
        "at": event.at,
        "list_id": event.list_id,
        "position": event.position,
    }
    return {name: value for name, value in told.items() if value is not None}


def _clear(within: Connection, person: str) -> int:
    n_events = within.execute(delete(EVENTS).where(EVENTS.c.person == person)).rowcount
    change = PEOPLE.update().where(PEOPLE.c.person == person)
    within.execute(change.values(revision=new_revision(), n_events=0))
    return int(n_events)


def _event(row: Any) -> Event:
    return Event(
        key=row.key,
        item=row.item,
        kind=row.kind,
        value=row.undone if row.kind == UNDO else row.value,
        at=row.at,
        list_id=row.list_id,
        position=row.position,
        seq=row.seq,
    )


def _check_person(person: str) -> None:
    if not person or len(person) > LONGEST_PERSON or not person.isprintable():
        raise InputError(
            "a person's id is printable text of 1 to "
            f"{LONGEST_PERSON} characters; got {person[:LONGEST_PERSON]!r}",
            "take the id that POST /api/session gave",
        )
