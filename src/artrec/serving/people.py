"""Whose history a call is about: the session's own, a known user's, or one sent in a body."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request

from artrec.errors import UnknownIdError
from artrec.serving.histories import Entry, History, history_of, history_of_state, history_of_user
from artrec.serving.messages import ProfileEntry
from artrec.serving.problems import Problem
from artrec.serving.security import KNOWN_USER, person_for, require_product
from artrec.serving.service import service_of
from artrec.serving.shelf import Loaded, Shelf

NOBODY: Final = 0
USER: Final = 200


@dataclass(frozen=True)
class Person:
    """Somebody a list is for.

    Attributes:
        name: Their id, as a cache's key.
        revision: Changes with everything they tell.
        state: What they told, by outer item id; None for a user of the data.
        known: Medium and id of a user of the data, else None.
    """

    name: str
    revision: int
    state: Mapping[str, Any] | None
    known: tuple[str, str] | None = None

    def medium(self, loaded: Loaded, asked: str | None) -> str:
        """The medium of a list: the one asked for, else the one most is known of."""
        if asked is not None:
            return loaded.shelf(asked).medium
        if self.known is not None:
            return self.known[0]
        return most_told(loaded, self.state or ())

    def history(self, shelf: Shelf) -> History:
        """What they know of a medium: nothing, where the data does not know them."""
        if self.known is None:
            return history_of_state(shelf, self.state or {})
        medium, user_id = self.known
        if medium == shelf.medium:
            with contextlib.suppress(UnknownIdError):
                return history_of_user(shelf, user_id)
        return history_of(shelf, {})


async def person_of(request: Request, loaded: Loaded, user_id: str) -> Person:
    """The person an address names, if the caller may act for them.

    Args:
        request: The call.
        loaded: The bundle in use.
        user_id: ``me``, a person id, or a user of the data (``movies:42``), for products only.

    Raises:
        Problem: They may not, or there is no such person.
    """
    if KNOWN_USER.fullmatch(user_id):
        require_product(request)
        medium, _, known = user_id.partition(":")
        loaded.shelf(medium)  # a medium that is not there is told
        return Person(user_id, NOBODY, None, (medium, known))
    person = person_for(request, user_id)
    store = service_of(request).feedback
    if store is None:
        return Person(person, NOBODY, {})
    snapshot = await asyncio.to_thread(store.snapshot, person)
    return Person(person, snapshot.revision, snapshot.state)


def most_told(loaded: Loaded, items: Any) -> str:
    """The medium of most of some outer item ids; the first one of the bundle among equals."""
    counts = dict.fromkeys(loaded.shelves, 0)
    for item in items:
        medium = item.partition(":")[0]
        if medium in counts:
            counts[medium] += 1
    return max(counts, key=lambda medium: counts[medium])


def sent_history(
    loaded: Loaded, shelf: Shelf, profile: Sequence[ProfileEntry], leave_out: Sequence[str] = ()
) -> History:
    """The part of a sent profile that is of one medium; the later of two entries counts.

    Raises:
        Problem: 422, a work is not known or a rating is not on its medium's scale.
    """
    entries: dict[int, Entry] = {}
    errors = []
    for number, each in enumerate(profile):
        try:
            own, at = loaded.find(each.item)
        except UnknownIdError as error:
            errors.append({"where": f"body.profile.{number}.item", "problem": error.problem})
            continue
        low, high = own.rating["min"], own.rating["max"]
        if each.rating is not None and not low <= each.rating <= high:
            problem = f"ratings of {own.medium} go from {low:g} to {high:g}"
            errors.append({"where": f"body.profile.{number}.rating", "problem": problem})
        elif own is shelf:
            entries[at] = Entry(each.rating, each.liked)
    if errors:
        raise unfit(errors)
    return history_of(shelf, entries, places_of(loaded, shelf, leave_out, "leave_out"))


def places_of(loaded: Loaded, shelf: Shelf, items: Sequence[str], field: str) -> list[int]:
    """Places of those of some items that are of one medium.

    Raises:
        Problem: 422, a work is not known.
    """
    places = []
    for number, item in enumerate(items):
        try:
            own, at = loaded.find(item)
        except UnknownIdError as error:
            raise unfit([{"where": f"body.{field}.{number}", "problem": error.problem}]) from error
        if own is shelf:
            places.append(at)
    return places


def unfit(errors: list[dict[str, str]]) -> Problem:
    """The problem of values that do not fit the bundle."""
    from artrec.serving.problems import MOST_ERRORS

    count = "1 value does" if len(errors) == 1 else f"{len(errors)} values do"
    return Problem(422, f"{count} not fit", errors=errors[:MOST_ERRORS])
