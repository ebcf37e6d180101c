"""Whether the service lives, whether it can answer, and what Prometheus reads."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse, Response

from artrec.serving.answers import as_json
from artrec.serving.problems import answers
from artrec.serving.service import Service, service_of

PREFIX = ""
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

router = APIRouter(tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: str = Field(description="Always `live`.")


class Ready(BaseModel):
    """Whether calls can be answered."""

    status: str = Field(description="`ready`, or `degraded`: calls are answered, see `problems`.")
    version: str = Field(description="The bundle in use.")
    media: list[str] = Field(description="Its media.")
    problems: list[str] = Field(description="What is not as it should be.")


@router.get("/api/health/live", responses=answers())
async def live() -> Live:
    """Whether the process answers at all."""
    return Live(status="live")


@router.get(
    "/api/health/ready",
    responses={**answers(), 503: {"model": Ready, "description": "Something is wrong"}},
    response_model=Ready,
)
async def ready(request: Request) -> Response:
    """Whether the bundle is loaded and the store can be written to; 503 with what is wrong."""
    service = service_of(request)
    problems = await asyncio.to_thread(_problems, service)
    told = {
        "status": "degraded" if problems else "ready",
        "version": service.loaded.version,
        "media": list(service.loaded.shelves),
        "problems": problems,
    }
    return as_json(told, 503 if problems else 200)


@router.get("/metrics", responses=answers(), response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Counts and times, as Prometheus reads them."""
    page = await asyncio.to_thread(service_of(request).watch.page)
    return Response(page, media_type=METRICS_TYPE)


def _problems(service: Service) -> list[str]:
    found = [service.shelves.problem] if service.shelves.problem else []
    if service.feedback is not None:
        trouble = service.feedback.ready()
        if trouble:
            found.append(trouble)
    return found
