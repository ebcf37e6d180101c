"""Works: search, one work, its neighbours, works to begin with, taste and the map."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from artrec.serving import catalogue
from artrec.serving.answers import as_json
from artrec.serving.messages import (
    FoundAnswer,
    ItemId,
    MapAnswer,
    NeighborsAnswer,
    QueryModel,
    StartAnswer,
    TasteAnswer,
    WorkAnswer,
)
from artrec.serving.people import person_of
from artrec.serving.problems import answers
from artrec.serving.routes.recommend import UserId
from artrec.serving.service import service_of
from artrec.serving.steering import Label

router = APIRouter(tags=["works"])

Item = Annotated[ItemId, Path(description="The work (`movies:42`).")]


class SearchQuery(QueryModel):
    """What is searched for."""

    q: Annotated[str, Field(max_length=300)] = Field(description="What was typed.")
    medium: Label | None = Field(default=None, description="Medium; by default all.")
    n: Annotated[int, Field(ge=1, le=100)] = Field(default=10, description="Works at most.")


class NeighborsQuery(QueryModel):
    """How many neighbours."""

    n: Annotated[int, Field(ge=1, le=100)] = Field(default=12, description="Works at most.")


class StartQuery(QueryModel):
    """Which works to begin with."""

    medium: Label | None = Field(default=None, description="Medium; by default the first.")
    round: Annotated[int, Field(ge=1, le=catalogue.START_ROUNDS)] = Field(
        default=1, description="Which round; rounds share no work."
    )


class TasteQuery(QueryModel):
    """Whose taste in what."""

    medium: Label | None = Field(default=None, description="Medium; by default the most told.")


class MapQuery(QueryModel):
    """Which works to lay out."""

    medium: Label | None = Field(default=None, description="Medium; by default the first.")
    also: Annotated[str, Field(max_length=20_000)] = Field(
        default="", alias="with", description="Further works, joined by commas."
    )


@router.get("/map", responses=answers(404), response_model=MapAnswer)
async def works_map(request: Request, query: Annotated[MapQuery, Query()]) -> Response:
    """The best known works as points: those that the same people liked lie together."""
    loaded = service_of(request).loaded
    medium = next(iter(loaded.shelves)) if query.medium is None else query.medium
    shelf = loaded.shelf(medium)
    asked = [loaded.find(item) for item in query.also.split(",") if item]
    own = [at for other, at in asked if other is shelf]
    told = await asyncio.to_thread(catalogue.map_of, shelf, own)  # an old bundle is drawn here
    return as_json({**told, "version": loaded.version})


@router.get("/items", responses=answers(404), response_model=FoundAnswer)
async def search(request: Request, query: Annotated[SearchQuery, Query()]) -> Response:
    """Search works by title, through accents, typing errors and unfinished words."""
    loaded = service_of(request).loaded
    found = catalogue.search(loaded, query.q, query.medium, query.n)
    return as_json({"items": found, "version": loaded.version})


@router.get("/items/start", responses=answers(404), response_model=StartAnswer)
async def start(request: Request, query: Annotated[StartQuery, Query()]) -> Response:
    """A dozen works to choose from at a first visit: well known, telling, and unlike each other."""
    loaded = service_of(request).loaded
    medium = next(iter(loaded.shelves)) if query.medium is None else query.medium
    shelf = loaded.shelf(medium)
    told = {"round": query.round, "medium": shelf.medium, "version": loaded.version}
    return as_json({**told, "items": catalogue.start(shelf, query.round)})


@router.get("/item/{item_id}", responses=answers(404), response_model=WorkAnswer)
async def item(request: Request, item_id: Item) -> Response:
    """One work, with everything the bundle tells of it."""
    loaded = service_of(request).loaded
    return as_json({**catalogue.work(*loaded.find(item_id)), "version": loaded.version})


@router.get("/item/{item_id}/neighbors", responses=answers(404), response_model=NeighborsAnswer)
async def neighbors(
    request: Request, item_id: Item, query: Annotated[NeighborsQuery, Query()]
) -> Response:
    """Works near one: what the model gives somebody who likes that work alone."""
    loaded = service_of(request).loaded
    found = catalogue.neighbors(*loaded.find(item_id), query.n)
    return as_json({"item": item_id, "items": found, "version": loaded.version})


@router.get("/user/{user_id}/profile", responses=answers(401, 403, 404), response_model=TasteAnswer)
async def taste(
    request: Request, user_id: UserId, query: Annotated[TasteQuery, Query()]
) -> Response:
    """A person's taste: genres, decades and creators beside those of the average reader."""
    loaded = service_of(request).loaded
    person = await person_of(request, loaded, user_id)
    shelf = loaded.shelf(person.medium(loaded, query.medium))
    told = catalogue.taste(shelf, person.history(shelf))
    return as_json({**told, "version": loaded.version})
