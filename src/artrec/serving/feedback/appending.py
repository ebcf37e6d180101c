"""Events of many people into the database in one transaction, each key of a person once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, tuple_

from artrec.errors import ArtrecError
from artrec.serving.feedback.events import (
    UNDO,
    Ack,
    Event,
    ForgottenPersonError,
    TooManyEventsError,
)
from artrec.serving.feedback.tables import EVENTS, FORGOTTEN, PEOPLE

MOST_EVENTS: Final = 100_000  # of one person
CHUNK: Final = 400  # parameters of one statement are bounded

Row = dict[str, Any]
Result = list[Ack] | ArtrecError

_CHANGED = (
    PEOPLE.update()
    .where(PEOPLE.c.person == bindparam("of"))
    .values(
        revision=bindparam("new_revision"),
        n_events=PEOPLE.c.n_events + bindparam("n_new"),
        last_at=bindparam("now"),
    )
)


@dataclass(frozen=True, slots=True)
class Append:
    """Events that one call brought for one person, in their order."""

    person: str
    events: Sequence[Event]


def append_all(connection: Connection, appends: Sequence[Append], now: int) -> list[Result]:
    """Insert what is new; nothing of a call that is refused.

    Args:
        connection: In a transaction that writes.
        appends: Calls in the order they came.
        now: Unix seconds for events without a time.

    Returns:
        For each call its acknowledgements, or why it is refused. They hold once the transaction
        is committed.
    """
    people = _people_of(connection, {each.person for each in appends}, now)
    before = _known(connection, appends)
    rows: list[Row] = []
    n_new: dict[str, int] = {}
    results: list[Result] = []
    for each in appends:
        held = people.get(each.person)
        if held is None:
            results.append(_forgotten())
            continue
        acks, fresh = _sort_out(each, before, now)
        total = held + n_new.get(each.person, 0) + len(fresh)
        if fresh and total > MOST_EVENTS:
            for row in fresh:
                del before[row["person"], row["key"]]
            results.append(_too_many())
            continue
        rows += fresh
        if fresh:
            n_new[each.person] = n_new.get(each.person, 0) + len(fresh)
        results.append(acks)
    if rows:
        connection.execute(EVENTS.insert(), rows)
        connection.execute(_CHANGED, [_change(person, n, now) for person, n in n_new.items()])
    return results


def digest_of(person: str) -> str:
    """What stands for a deleted person: of 128 random bits, so nobody can guess back."""
    return hashlib.sha256(person.encode()).hexdigest()


def new_revision() -> int:
    """A random number that no earlier state of a person has had."""
    return secrets.randbits(62)


def _change(person: str, n_new: int, now: int) -> Row:
    return {"of": person, "new_revision": new_revision(), "n_new": n_new, "now": now}


def _people_of(connection: Connection, people: set[str], now: int) -> dict[str, int]:
    """Person to events held, with rows made for those who are new; not those forgotten."""
    held: dict[str, int] = {}
    for some in _chunks(sorted(people)):  # one order, so that no two writers lock each other out
        wanted = select(PEOPLE.c.person, PEOPLE.c.n_events).where(PEOPLE.c.person.in_(some))
        found = connection.execute(wanted.order_by(PEOPLE.c.person).with_for_update())
        held.update((person, n_events) for person, n_events in found)
    unknown = {digest_of(person): person for person in sorted(people - set(held))}
    for some in _chunks(unknown):
        gone = select(FORGOTTEN.c.digest).where(FORGOTTEN.c.digest.in_(some))
        for digest in connection.execute(gone).scalars():
            unknown.pop(digest)
    if unknown:
        first = {"n_events": 0, "first_at": now, "last_at": now}
        rows = [{"person": each, "revision": new_revision(), **first} for each in unknown.values()]
        connection.execute(PEOPLE.insert(), rows)
        held.update(dict.fromkeys(unknown.values(), 0))
    return held


def _known(connection: Connection, appends: Sequence[Append]) -> dict[tuple[str, str], Row]:
    """Events that are there already under a key of these calls."""
    pairs = dict.fromkeys((each.person, event.key) for each in appends for event in each.events)
    known: dict[tuple[str, str], Row] = {}
    columns = [EVENTS.c[name] for name in ("person", "key", "item", "kind", "value", "undone")]
    for some in _chunks(pairs):
        there = select(*columns).where(tuple_(EVENTS.c.person, EVENTS.c.key).in_(some))
        for row in connection.execute(there).mappings():
            known[row["person"], row["key"]] = dict(row)
    return known


def _sort_out(
    append: Append, known: dict[tuple[str, str], Row], now: int
) -> tuple[list[Ack], list[Row]]:
    """Acknowledgements of a call and the rows it adds; `known` takes them in."""
    acks: list[Ack] = []
    fresh: list[Row] = []
    for event in append.events:
        row = _row(append.person, event, now)
        there = known.setdefault((append.person, event.key), row)
        if there is row:
            fresh.append(row)
            acks.append(Ack(event.key, "accepted"))
        else:
            same = all(there[name] == row[name] for name in ("item", "kind", "value", "undone"))
            acks.append(Ack(event.key, "repeated" if same else "conflict"))
    return acks, fresh


def _row(person: str, event: Event, now: int) -> Row:
    is_undo = event.kind == UNDO
    return {
        "person": person,
        "key": event.key,
        "item": event.item,
        "kind": event.kind,
        "value": None if is_undo or event.value is None else float(event.value),
        "undone": event.value if is_undo else None,
        "list_id": event.list_id,
        "position": event.position,
        "at": now if event.at is None else event.at,
    }


def _chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    rest = iter(values)
    while some := list(islice(rest, CHUNK)):
        yield some


def _forgotten() -> ForgottenPersonError:
    return ForgottenPersonError(
        "this person was deleted for good", "begin a new session with POST /api/session"
    )


def _too_many() -> TooManyEventsError:
    return TooManyEventsError(
        f"a person has at most {MOST_EVENTS:,} events",
        "delete the feedback (DELETE /api/user/me/feedback) to begin anew",
    )
