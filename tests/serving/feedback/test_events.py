"""What events add up to: later ones count, an undo takes back, nonsense is refused."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra: pip install 'artrec[serve]'")

from artrec.errors import InputError
from artrec.serving.feedback.events import Event, State, check_event, state_of

FILM = "movies:1"


def told(*kinds: tuple[str, Any]) -> dict[str, State]:
    events = [
        Event(f"k{at}", FILM, kind, value, at=100 + at) for at, (kind, value) in enumerate(kinds)
    ]
    return state_of(events)


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([("rating", 4.5)], State(rating=4.5, seen=True, at=100)),
        ([("rating", 4.5), ("rating", 2.0)], State(rating=2.0, seen=True, at=101)),
        ([("rating", 4.5), ("like", None)], State(rating=4.5, liked=True, seen=True, at=101)),
        ([("like", None), ("rating", 1.0)], State(rating=1.0, seen=True, at=101)),
        ([("like", None), ("dislike", None)], State(disliked=True, seen=True, at=101)),
        ([("want", None)], State(want=True, at=100)),
        ([("want", None), ("seen", None)], State(seen=True, at=101)),
        ([("not_interested", None)], State(not_interested=True, at=100)),
        ([("not_interested", None), ("like", None)], State(liked=True, seen=True, at=101)),
        ([("want", None), ("not_interested", None)], State(not_interested=True, at=101)),
        ([("not_interested", None), ("want", None)], State(want=True, at=101)),
        ([("rating", 4.0), ("not_interested", None)],
         State(rating=4.0, seen=True, not_interested=True, at=101)),
        ([("rating", 4.0), ("rating", 1.0), ("undo", "k1")], State(rating=4.0, seen=True, at=100)),
        ([("like", None), ("undo", "k0"), ("undo", "k1")], State(liked=True, seen=True, at=100)),
        ([("like", None), ("click", None), ("impression", None)],
         State(liked=True, seen=True, at=100)),
    ],
)  # fmt: skip
def test_later_events_count(kinds: list[tuple[str, Any]], state: State) -> None:
    assert told(*kinds) == {FILM: state}


def test_an_undo_takes_back_what_came_before_it_only() -> None:
    again = [Event("u", None, "undo", "later"), Event("later", FILM, "like", at=5)]
    assert state_of(again) == {FILM: State(liked=True, seen=True, at=5)}
    assert told(("like", None), ("undo", "k0")) == {}


def test_what_was_only_looked_at_is_no_state() -> None:
    assert told(("click", None), ("impression", None)) == {}


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (Event("k", FILM, "love"), "there is no kind 'love'"),
        (Event("", FILM, "like"), "its key is empty"),
        (Event("k" * 101, FILM, "like"), "its key has 101 characters"),
        (Event("k\0", FILM, "like"), "its key holds a NUL character"),
        (Event("k", "movies:\0", "like"), "its item holds a NUL character"),
        (Event("k", "m" * 301, "like"), "its item has 301 characters"),
        (Event("k", "movies:\ud800", "like"), "its item holds half of a character"),
        (Event("k", None, "like"), "it names no item"),
        (Event("k", FILM, "rating"), "a rating needs a finite number"),
        (Event("k", FILM, "rating", float("nan")), "a rating needs a finite number"),
        (Event("k", FILM, "rating", float("inf")), "a rating needs a finite number"),
        (Event("k", FILM, "rating", "5"), "a rating needs a finite number"),
        (Event("k", FILM, "rating", True), "a rating needs a finite number"),
        (Event("k", FILM, "like", 3.0), "'like' takes no value"),
        (Event("k", FILM, "undo", 3.0), "an undo needs the key"),
        (Event("k", FILM, "undo", "\0"), "holds a NUL character"),
        (Event("k", FILM, "click", list_id="\0"), "its list_id holds a NUL character"),
        (Event("k", FILM, "click", position=-1), "its position should lie between"),
        (Event("k", FILM, "click", position=2**40), "its position should lie between"),
    ],
)
def test_nonsense_is_refused(event: Event, problem: str) -> None:
    with pytest.raises(InputError, match="the event"):
        check_event(event)
    with pytest.raises(InputError) as caught:
        check_event(event)
    assert problem in caught.value.problem


def test_odd_text_is_kept() -> None:
    check_event(Event("\U0001f600'; DROP TABLE events; --", "movies:<b>é</b>", "like"))
