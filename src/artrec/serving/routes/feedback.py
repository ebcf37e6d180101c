"""Telling the service what one thinks: events, acknowledged when they are on the disk."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from artrec.errors import ArtrecError, UnknownIdError
from artrec.serving.cache import ListCache
from artrec.serving.feedback import (
    Event,
    FeedbackStore,
    ForgottenPersonError,
    StoreUnavailableError,
    TooManyEventsError,
)
from artrec.serving.feedback.events import LARGEST, RATING, UNDO, check_event
from artrec.serving.feedback.store import PATIENCE
from artrec.serving.feedback.tables import LONGEST_ITEM, LONGEST_KEY
from artrec.serving.limits import RateLimiter
from artrec.serving.problems import MOST_ERRORS, Problem, answers
from artrec.serving.redis_link import RedisLink
from artrec.serving.scales import scale_of
from artrec.serving.security import ME, person_for
from artrec.serving.service import Service, service_of
from artrec.serving.shelf import Loaded

router = APIRouter(tags=["feedback"])

Kind = Literal[
    "rating",
    "like",
    "dislike",
    "seen",
    "not_interested",
    "want",
    "click",
    "impression",
    "undo",
]
Key = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
MOST = 500
TURN = 0.0005  # seconds until a thread that waits for the interpreter gets its turn


class Closed(BaseModel):
    """A body whose unknown fields are refused, and with them misspelt ones."""

    model_config = ConfigDict(extra="forbid")


class EventBody(Closed):
    """One thing a person told or did."""

    key: Key = Field(description="Chosen by you, unique a person; the same key counts once.")
    item: str | None = Field(
        default=None,
        min_length=1,
        max_length=LONGEST_ITEM,
        description="The work (`movies:42`); an undo may do without.",
    )
    kind: Kind = Field(description="What it is.")
    value: Number | Key | None = Field(
        default=None,
        description="Of a rating the rating, on the medium's own scale; of an undo the key that is "
        "undone; nothing else has one.",
    )
    list_id: Key | None = Field(default=None, description="The list it came from.")
    position: int | None = Field(
        default=None, ge=0, le=LARGEST, description="Rank of the work in that list."
    )

    def event(self) -> Event:
        """The same for the store."""
        return Event(
            self.key,
            self.item,
            self.kind,
            self.value,
            list_id=self.list_id,
            position=self.position,
        )


class FeedbackBody(Closed):
    """Events of one person, in their order."""

    person: str = Field(
        default=ME, max_length=LONGEST_KEY, description="Whose; `me` is the session's own."
    )
    events: list[EventBody] = Field(min_length=1, max_length=MOST, description="What was told.")


class Acknowledged(BaseModel):
    """What became of one event."""

    key: str = Field(description="Its key.")
    status: Literal["accepted", "repeated", "conflict"] = Field(
        description="`accepted`: kept now; `repeated`: it was there; `conflict`: another event is "
        "kept under this key, and stands."
    )


class Told(BaseModel):
    """What became of the events; they are on the disk."""

    accepted: int = Field(description="Events kept now.")
    repeated: int = Field(description="Events that were there before.")
    conflicting: int = Field(description="Events whose key was taken by another.")
    events: list[Acknowledged] = Field(description="Each event, in the order sent.")


@router.post("/feedback", responses=answers(401, 403, 404, 410))
async def tell(request: Request, body: FeedbackBody) -> Told:
    """Tell of ratings, likes, dislikes, what was seen, clicked or shown; answered when durable."""
    service = service_of(request)
    person = person_for(request, body.person)
    events = [each.event() for each in body.events]
    refuse_misfits(service.loaded, events)
    store: FeedbackStore = service.feedback
    with told_plainly():
        waiting = asyncio.wrap_future(store.appending(person, events))
        try:
            acks = await asyncio.wait_for(waiting, PATIENCE)
        except TimeoutError:
            raise _later("feedback was not kept in time") from None
    await drop_lists(service, person)
    counts = dict.fromkeys(("accepted", "repeated", "conflict"), 0)
    for ack in acks:
        counts[ack.status] += 1
    return Told(
        accepted=counts["accepted"],
        repeated=counts["repeated"],
        conflicting=counts["conflict"],
        events=[Acknowledged(key=ack.key, status=ack.status) for ack in acks],
    )


async def drop_lists(service: Service, person: str) -> None:
    """Drop the lists that a person's change makes stale."""
    cache: ListCache = service.cache
    if cache.is_shared:
        await asyncio.to_thread(cache.invalidate, person)
    else:
        cache.invalidate(person)


def refuse_misfits(loaded: Loaded, events: list[Event]) -> None:
    """Refuse events of works that are not there, and ratings beyond their medium's scale.

    Raises:
        Problem: 422; names the first few.
    """
    places = []
    for at, event in enumerate(events):
        problem = _misfit(loaded, event)
        if problem:
            places.append({"where": f"body.events.{at}", "problem": problem})
    if places:
        count = len(places)
        raise Problem(
            422,
            f"{count} event{'s do' if count > 1 else ' does'} not fit; nothing was kept",
            errors=places[:MOST_ERRORS],
        )


def _misfit(loaded: Loaded, event: Event) -> str:
    try:
        check_event(event)
        if event.item is None or event.kind == UNDO:
            return ""
        shelf, _ = loaded.find(event.item)
    except ArtrecError as error:
        hint = f"; {error.hint}" if isinstance(error, UnknownIdError) else ""
        return f"{error.problem}{hint}"
    scale = scale_of(shelf) if event.kind == RATING else None
    if scale is not None and not scale.holds(float(event.value or 0)):
        ends = f"{scale.min:g} to {scale.max:g} in steps of {scale.step:g}"
        return f"a rating of {shelf.medium} goes from {ends}; got {event.value:g}"
    return ""


@contextlib.contextmanager
def told_plainly() -> Iterator[None]:
    """Tell what the store raises as the problem it is."""
    try:
        yield
    except ForgottenPersonError as error:
        raise Problem(410, error.problem, error.hint) from error
    except TooManyEventsError as error:
        raise Problem(422, error.problem, error.hint) from error
    except StoreUnavailableError as error:
        raise _later(error.problem, error.hint) from error


def _later(problem: str, hint: str = "send it again in a moment, under the same keys") -> Problem:
    return Problem(503, problem, hint, {"Retry-After": "2"})


@contextlib.asynccontextmanager
async def opening(service: Service) -> AsyncIterator[None]:
    """Open the store, the cache and the limits; at the end nothing accepted is left behind."""
    sys.setswitchinterval(min(sys.getswitchinterval(), TURN))
    settings = service.settings
    link = RedisLink(settings.redis) if settings.redis else None
    service.cache = ListCache(settings.signing_key(), link)
    service.limiter = RateLimiter(settings.limits.rate, settings.limits.burst, link)
    service.feedback = await asyncio.to_thread(FeedbackStore, settings.database_url)
    try:
        yield
    finally:
        await asyncio.to_thread(service.feedback.close)
        service.cache.close()
