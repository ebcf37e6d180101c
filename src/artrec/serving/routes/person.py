"""A person's own data: seeing, taking along, deleting for good; by their own session or a key."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from artrec.data.exports.writing import (
    ListedWork,
    goodreads_shelf,
    letterboxd_list,
    plain_csv,
    safe_cell,
)
from artrec.errors import UnknownIdError
from artrec.serving.feedback import Event, FeedbackStore, State
from artrec.serving.feedback.store import plain
from artrec.serving.problems import answers
from artrec.serving.routes.feedback import drop_lists, told_plainly
from artrec.serving.scales import scale_of
from artrec.serving.security import caller_of, person_for
from artrec.serving.service import Service, service_of
from artrec.serving.shelf import Loaded

router = APIRouter(prefix="/user", tags=["person"])

Format = Literal["json", "csv", "letterboxd", "goodreads"]
OF_SITE = {"letterboxd": "movies", "goodreads": "books"}
EVENT_COLUMNS = ("seq", "key", "item", "kind", "value", "at", "list_id", "position")


class Stored(BaseModel):
    """What is stored of a person, in short."""

    person: str = Field(description="The person's id.")
    n_events: int = Field(description="Events stored; 0: nothing is stored at all.")
    first_at: int | None = Field(description="When the first came, unix seconds.")
    last_at: int | None = Field(description="When the last came, unix seconds.")


class Opinion(BaseModel):
    """What a person's events say of one work, the later ones over the earlier ones."""

    item: str = Field(description="The work.")
    title: str | None = Field(description="Its title; none where the bundle does not hold it.")
    year: int | None = Field(description="Its year, where known.")
    rating: float | None = Field(description="Rating on the medium's own scale.")
    liked: bool = Field(description="Whether they like it.")
    disliked: bool = Field(description="Whether they do not.")
    seen: bool = Field(description="Whether they know it.")
    not_interested: bool = Field(description="Whether it is not to be shown to them.")
    want: bool = Field(description="Whether they want to see or read it.")
    at: int = Field(description="When they last said so, unix seconds.")


class EventTold(BaseModel):
    """One event as it is stored."""

    seq: int = Field(description="Order of all events.")
    key: str = Field(description="Its key.")
    item: str | None = Field(description="The work.")
    kind: str = Field(description="What it is.")
    value: float | str | None = Field(description="Rating, or the key undone.")
    at: int = Field(description="Unix seconds.")
    list_id: str | None = Field(description="The list it came from.")
    position: int | None = Field(description="Rank in that list.")


class Feedback(BaseModel):
    """What a person told, and what it adds up to."""

    person: str = Field(description="The person's id.")
    items: list[Opinion] = Field(description="What holds of each work; the latest first.")
    events: list[EventTold] = Field(description="Events in the order they came.")
    next_after: int | None = Field(description="`after` of the next page of events.")


class Deleted(BaseModel):
    """What was deleted."""

    person: str = Field(description="The person's id.")
    deleted: int = Field(description="Events that were deleted.")


@router.get("/{user_id}", responses=answers(401, 403, 404))
async def see(request: Request, user_id: str) -> Stored:
    """What is stored of a person, in short."""
    person = person_for(request, user_id)
    told = await _asked(service_of(request).feedback.summary, person)
    return Stored(person=person, **told)


@router.get("/{user_id}/feedback", responses=answers(401, 403, 404))
async def see_feedback(
    request: Request,
    user_id: str,
    after: Annotated[int, Query(ge=0, le=2**62, description="Events after this `seq`.")] = 0,
    n: Annotated[int, Query(ge=1, le=500, description="Events in one answer.")] = 500,
) -> Feedback:
    """What a person told, and what it adds up to."""
    person = person_for(request, user_id)
    service = service_of(request)
    loaded, store = service.loaded, service.feedback
    events: list[Event] = await _asked(store.events, person, after, n + 1)
    state = await _asked(store.state, person)
    shown = events[:n]
    return Feedback(
        person=person,
        items=_opinions(loaded, state),
        events=[EventTold(**{**dict.fromkeys(EVENT_COLUMNS), **plain(each)}) for each in shown],
        next_after=shown[-1].seq if len(events) > n else None,
    )


@router.delete("/{user_id}/feedback", responses=answers(401, 403, 404))
async def delete_feedback(request: Request, user_id: str) -> Deleted:
    """Delete all that a person told; their session goes on."""
    person = person_for(request, user_id)
    service = service_of(request)
    deleted = await _asked(service.feedback.delete_events, person)
    await drop_lists(service, person)
    return Deleted(person=person, deleted=deleted)


@router.delete("/{user_id}", responses=answers(401, 403, 404))
async def delete(request: Request, response: Response, user_id: str) -> Deleted:
    """Delete a person for good: all that is stored; the id is never used again."""
    person = person_for(request, user_id)
    service = service_of(request)
    deleted = await _asked(service.feedback.delete_person, person)
    await drop_lists(service, person)
    if caller_of(request).person == person:
        service.sessions.end(response)
    return Deleted(person=person, deleted=deleted)


@router.get(
    "/{user_id}/export",
    responses={
        **answers(401, 403, 404),
        200: {
            "description": "The file",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/csv": {"schema": {"type": "string"}},
            },
        },
    },
    response_class=Response,
)
async def export(
    request: Request,
    user_id: str,
    format: Annotated[Format, Query(description="Kind of file.")] = "json",
) -> Response:
    """Everything stored of a person as a file; for other sites what holds of their medium."""
    person = person_for(request, user_id)
    service = service_of(request)
    content, kind = await _asked(_exported, service, person, format)
    ending = "json" if format == "json" else "csv"
    return as_file(content, kind, f"artrec-{format}.{ending}")


def as_file(content: bytes, media_type: str, name: str) -> Response:
    """An answer that a browser keeps as a file."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(content, headers=headers, media_type=media_type)


def site_file(works: Iterable[ListedWork], format: str) -> bytes:
    """Works in the layout of a site, or as a plain table.

    Args:
        works: In their order.
        format: ``letterboxd``, ``goodreads`` or ``csv``.
    """
    writer = {"letterboxd": letterboxd_list, "goodreads": goodreads_shelf}.get(format, plain_csv)
    return "".join(writer(works)).encode()


def listed(loaded: Loaded, item: str, told: State | None = None) -> ListedWork | None:
    """A work as files list it; None where the bundle does not hold it.

    Args:
        loaded: The bundle in use.
        item: Outer item id.
        told: What the person says of it.
    """
    try:
        shelf, at = loaded.find(item)
    except UnknownIdError:
        return None
    scale = scale_of(shelf)
    stars = None
    if told is not None and told.rating is not None and scale is not None:
        stars = scale.stars(told.rating)
    return ListedWork(
        item,
        shelf.works.titles[at],
        shelf.works.year(at),
        tuple(shelf.works.values(at, "creators")),
        _cell(shelf.table, at, "imdb_id"),
        _cell(shelf.table, at, "isbn"),
        rating=stars,
        is_seen=told is not None and told.seen,
    )


def _cell(table: Any, at: int, column: str) -> str | None:
    return table[column].iat[at] if column in table else None


def _exported(service: Service, person: str, format: str) -> tuple[bytes, str]:
    store: FeedbackStore = service.feedback
    if format == "json":
        return orjson.dumps(store.export(person), option=orjson.OPT_INDENT_2), "application/json"
    if format == "csv":
        return "".join(_event_lines(store.events(person))).encode(), "text/csv; charset=utf-8"
    wanted = f"{OF_SITE[format]}:"
    loaded = service.loaded
    works = (
        listed(loaded, item, told)
        for item, told in store.state(person).items()
        if item.startswith(wanted) and (told.seen or told.want)
    )
    return site_file(filter(None, works), format), "text/csv; charset=utf-8"


def _event_lines(events: Iterable[Event]) -> Iterator[str]:
    yield ",".join(EVENT_COLUMNS) + "\r\n"
    for event in events:
        told = plain(event)
        line = io.StringIO()
        cells = [safe_cell(str(told.get(name, ""))) for name in EVENT_COLUMNS]
        csv.writer(line, lineterminator="\r\n").writerow(cells)
        yield line.getvalue()


def _opinions(loaded: Loaded, state: Mapping[str, State]) -> list[Opinion]:
    found = []
    for item, told in sorted(state.items(), key=lambda pair: pair[1].at, reverse=True):
        work = listed(loaded, item)
        found.append(
            Opinion(
                item=item,
                title=None if work is None else work.title,
                year=None if work is None else work.year,
                rating=told.rating,
                liked=told.liked,
                disliked=told.disliked,
                seen=told.seen,
                not_interested=told.not_interested,
                want=told.want,
                at=told.at,
            )
        )
    return found


async def _asked(call: Any, *arguments: Any) -> Any:
    """What a call to the store gives, made beside the loop; its errors as problems."""
    with told_plainly():
        return await asyncio.to_thread(call, *arguments)
