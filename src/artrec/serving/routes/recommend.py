"""Lists and their reasons: for the session's person, a known user, or a profile in the body."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from artrec.serving.answers import as_json, list_of
from artrec.serving.messages import (
    ItemId,
    ListAnswer,
    ListQuery,
    SessionQuestion,
    WhyAnswer,
    WhyQuestion,
)
from artrec.serving.people import most_told, person_of, places_of, sent_history
from artrec.serving.problems import answers
from artrec.serving.recommending import Asked, why
from artrec.serving.service import service_of
from artrec.serving.shelf import Loaded
from artrec.serving.steering import Steering, read_steering

router = APIRouter(tags=["recommend"])

UserId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=200,
        description="`me`, a person's id, or a user of the data (`movies:42`, with an API key).",
        examples=["me"],
    ),
]


@router.post("/session/recommend", responses=answers(403, 404), response_model=ListAnswer)
async def recommend_session(request: Request, question: SessionQuestion) -> Response:
    """Recommend for a profile in the body; nothing of it is stored, and no session is needed."""
    service = service_of(request)
    loaded = service.loaded
    told = [each.item for each in question.profile]
    media = _media(loaded, question.medium, question.steering, most_told(loaded, told))
    histories = {}
    asked = {}
    for medium in media:
        shelf = loaded.shelf(medium)
        histories[medium] = sent_history(loaded, shelf, question.profile, question.leave_out)
        pool = None
        if question.pool is not None:
            pool = np.array(places_of(loaded, shelf, question.pool, "pool"), dtype=np.int64)
        asked[medium] = Asked(question.n, question.offset, question.steering, pool)
    answer = list_of(loaded, histories, asked)
    service.watch.listed(service, answer)
    return as_json(answer)


@router.get("/recommend/{user_id}", responses=answers(401, 403, 404), response_model=ListAnswer)
async def recommend_user(
    request: Request, user_id: UserId, query: Annotated[ListQuery, Query()]
) -> Response:
    """Recommend for a person from what they told, or for a user of the data from their history."""
    service = service_of(request)
    loaded = service.loaded
    person = await person_of(request, loaded, user_id)
    steering = read_steering(query.steering)
    question = (person.revision, loaded.version, query.medium, query.n, query.offset, steering)
    if service.cache is not None:
        kept = service.cache.get(person.name, *question)
        if kept is not None:
            service.watch.cached.inc()
            return Response(kept, media_type="application/json")
    media = _media(loaded, query.medium, steering, person.medium(loaded, query.medium))
    histories = {medium: person.history(loaded.shelf(medium)) for medium in media}
    asked = {medium: Asked(query.n, query.offset, steering) for medium in media}
    answer = list_of(loaded, histories, asked)
    service.watch.listed(service, answer)
    response = as_json(answer)
    if service.cache is not None:
        service.cache.put(person.name, *question, answer=bytes(response.body))
    return response


@router.post("/session/why", responses=answers(403, 404), response_model=WhyAnswer)
async def why_session(request: Request, question: WhyQuestion) -> Response:
    """Why a work scores as it does for a profile in the body."""
    loaded = service_of(request).loaded
    shelf, at = loaded.find(question.item)
    history = sent_history(loaded, shelf, question.profile)
    return as_json({**why(shelf, history, at), "version": loaded.version})


@router.get(
    "/recommend/{user_id}/why/{item_id}",
    responses=answers(401, 403, 404),
    response_model=WhyAnswer,
)
async def why_user(
    request: Request, user_id: UserId, item_id: Annotated[ItemId, Path()]
) -> Response:
    """Why a work scores as it does for a person: contributions that sum to the score."""
    loaded = service_of(request).loaded
    person = await person_of(request, loaded, user_id)
    shelf, at = loaded.find(item_id)
    history = person.history(shelf)
    return as_json({**why(shelf, history, at), "version": loaded.version})


def _media(loaded: Loaded, asked: str | None, steering: Steering, otherwise: str) -> list[str]:
    """Media of a list: the one asked for, else those of the steering, else what fits best."""
    if asked is not None:
        return [loaded.shelf(asked).medium]
    named = list(dict.fromkeys(steering.media))
    return [loaded.shelf(medium).medium for medium in named] or [otherwise]
