"""Sessions: a new person without account, and what the service offers them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from artrec.serving.answers import as_json
from artrec.serving.problems import answers
from artrec.serving.security import caller_of
from artrec.serving.service import service_of

router = APIRouter(prefix="/session", tags=["session"])


class NewSession(BaseModel):
    """A new person."""

    person: str = Field(description="The person's id.")
    expires_at: int = Field(description="When the session's token expires, unix seconds.")


class Scale(BaseModel):
    """A scale of ratings."""

    min: float = Field(description="Lowest rating.")
    max: float = Field(description="Highest rating.")
    step: float = Field(description="Distance between neighbours.")


class Medium(BaseModel):
    """A medium of the bundle."""

    name: str = Field(description="What ids begin with.")
    label: str = Field(description="What people call it.")
    n_works: int = Field(description="How many works it has.")
    rating: Scale = Field(description="The scale of its ratings.")
    positive_from: float | None = Field(description="Lowest rating that counts as liked.")
    genres: list[str] = Field(description="Its genres.")
    attribution: str = Field(description="Whom the terms of its data ask to name.")


class SessionAnswer(BaseModel):
    """Whose session it is, and what there is."""

    person: str | None = Field(description="The session's person; null without a good session.")
    media: list[Medium] = Field(description="The media of the bundle.")
    version: str = Field(description="Version of the bundle.")
    largest_file: int = Field(description="Bytes of an export file at most.")


@router.post("", status_code=201, responses=answers(403))
async def begin(request: Request, response: Response) -> NewSession:
    """Begin a session: a new person, whose signed token comes as a cookie."""
    person, expires_at = service_of(request).sessions.begin(response)
    return NewSession(person=person, expires_at=expires_at)


@router.get("", responses=answers(), response_model=SessionAnswer)
async def session(request: Request) -> Response:
    """Whose session this is, and what media there are."""
    service = service_of(request)
    loaded = service.loaded
    return as_json(
        {
            "person": caller_of(request).person,
            "media": loaded.describe(),
            "version": loaded.version,
            "largest_file": service.settings.limits.upload,
        }
    )
