"""What people tell: events in the order they came, and the state of taste they add up to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from artrec.data.ids import NUL
from artrec.errors import ArtrecError, InputError, near_names
from artrec.serving.feedback.tables import LONGEST_ITEM, LONGEST_KEY

RATING: Final = "rating"
LIKE: Final = "like"
DISLIKE: Final = "dislike"
SEEN: Final = "seen"
NOT_INTERESTED: Final = "not_interested"
WANT: Final = "want"
CLICK: Final = "click"
IMPRESSION: Final = "impression"
UNDO: Final = "undo"

KINDS: Final = (
    RATING,
    LIKE,
    DISLIKE,
    SEEN,
    NOT_INTERESTED,
    WANT,
    CLICK,
    IMPRESSION,
    UNDO,
)
WATCHED: Final = (CLICK, IMPRESSION)  # behaviour: says nothing of what was met
LARGEST: Final = 2**31 - 1


class StoreUnavailableError(ArtrecError):
    """The feedback database cannot be read or written at present; nothing was accepted."""


class ForgottenPersonError(ArtrecError):
    """The person was deleted for good, and nothing is ever stored for that id again."""


class TooManyEventsError(ArtrecError):
    """A person's events reach the bound on them."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a person told or did.

    Attributes:
        key: Chosen by the sender, unique a person: the same key again changes nothing.
        item: Outer id with its medium (``movies:42``); None for an undo that names none.
        kind: One of `KINDS`.
        value: Of a rating the rating, on the medium's own scale; of an undo the key undone.
        at: Unix seconds; None asks the clock of the server.
        list_id: The list it came from.
        position: Rank in that list.
        seq: Order of all events, given by the store.
    """

    key: str
    item: str | None
    kind: str
    value: float | str | None = None
    at: int | None = None
    list_id: str | None = None
    position: int | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Ack:
    """What became of one event.

    Attributes:
        key: Its key.
        status: ``accepted`` now and durable; ``repeated``: it was there; ``conflict``: another
            event was there under this key, and that one stands.
    """

    key: str
    status: Literal["accepted", "repeated", "conflict"]


@dataclass(frozen=True, slots=True)
class State:
    """What a person's events say of one work, the later ones over the earlier ones.

    ``liked`` and ``disliked`` are never both true; where one is, it is later than the rating.

    Attributes:
        rating: The latest rating, on the medium's own scale.
        liked: Whether they like it.
        disliked: Whether they do not.
        seen: Whether they know it; rated, liked and disliked works are known.
        not_interested: Whether it is not to be shown.
        want: Whether they want to see or read it.
        at: Unix seconds of the latest event.
    """

    rating: float | None = None
    liked: bool = False
    disliked: bool = False
    seen: bool = False
    not_interested: bool = False
    want: bool = False
    at: int = 0


def check_event(event: Event) -> None:
    """Refuse what no store can keep or nobody can mean.

    Raises:
        InputError: Says which event, and what is wrong with it.
    """
    problem = _problem_of(event)
    if problem:
        raise InputError(f"the event {event.key[:60]!r}: {problem}", "mend it and send it again")


def _problem_of(event: Event) -> str:
    if event.kind not in KINDS:
        return f"there is no kind {event.kind[:40]!r}; {near_names(event.kind, KINDS)}"
    for name, text, longest in (
        ("key", event.key, LONGEST_KEY),
        ("item", event.item, LONGEST_ITEM),
        ("list_id", event.list_id, LONGEST_KEY),
    ):
        wrong = "" if text is None else _problem_of_text(text, longest)
        if wrong:
            return f"its {name} {wrong}"
    if event.item is None and event.kind != UNDO:
        return "it names no item"
    if event.position is not None and not 0 <= event.position <= LARGEST:
        return f"its position should lie between 0 and {LARGEST}"
    return _problem_of_value(event)


def _problem_of_text(text: str, longest: int) -> str:
    if not text:
        return "is empty"
    if len(text) > longest:
        return f"has {len(text)} characters; at most {longest} may be"
    if NUL in text:
        return "holds a NUL character"
    return "" if _is_unicode(text) else "holds half of a character"


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _problem_of_value(event: Event) -> str:
    if event.kind == RATING:
        is_number = isinstance(event.value, int | float) and not isinstance(event.value, bool)
        if not is_number or not math.isfinite(float(event.value or 0)):
            return "a rating needs a finite number as its value"
    elif event.kind == UNDO:
        if not isinstance(event.value, str):
            return "an undo needs the key it undoes as its value"
        return _problem_of_text(event.value, LONGEST_KEY)
    elif event.value is not None:
        return f"{event.kind!r} takes no value"
    return ""


def standing(events: Sequence[Event]) -> list[Event]:
    """Events that hold: without undos and what they undo.

    An undo takes back what came before it under that key, another undo too.

    Args:
        events: Of one person, in their order.
    """
    undone: set[str] = set()
    kept = []
    for event in reversed(events):
        if event.key in undone:
            continue
        if event.kind == UNDO:
            undone.add(str(event.value))
        else:
            kept.append(event)
    return kept[::-1]


def state_of(events: Sequence[Event]) -> dict[str, State]:
    """Item to what the events say of it, items in the order they were first told of.

    Args:
        events: Of one person, in their order.
    """
    found: dict[str, State] = {}
    for event in standing(events):
        if event.item is not None and event.kind not in WATCHED:
            before = found.get(event.item, State())
            found[event.item] = replace(_after(before, event), at=event.at or 0)
    return found


def _after(before: State, event: Event) -> State:
    """State of a work after one event more."""
    if event.kind == RATING:
        # the later verdict counts, so an older like or dislike is no more
        rating = float(event.value) if event.value is not None else None
        return State(rating=rating, seen=True)
    if event.kind == LIKE:
        return State(rating=before.rating, liked=True, seen=True)
    if event.kind == DISLIKE:
        return State(rating=before.rating, disliked=True, seen=True)
    if event.kind == SEEN:
        return replace(before, seen=True, want=False)
    if event.kind == WANT:
        return replace(before, want=True, not_interested=False)
    return replace(before, not_interested=True, want=False)
