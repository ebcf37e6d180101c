"""Sessions: a new person without account, and what the service offers them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from artrec.serving.problems import answers
from artrec.serving.service import service_of

router = APIRouter(prefix="/session", tags=["session"])


class NewSession(BaseModel):
    """A new person."""

    person: str = Field(description="The person's id.")
    expires_at: int = Field(description="When the session's token expires, unix seconds.")


@router.post("", status_code=201, responses=answers())
async def begin(request: Request, response: Response) -> NewSession:
    """Begin a session: a new person, whose signed token comes as a cookie."""
    person, expires_at = service_of(request).sessions.begin(response)
    return NewSession(person=person, expires_at=expires_at)
