"""Whether the service lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from artrec.serving.problems import answers

router = APIRouter(prefix="/health", tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: str = Field(description="Always `live`.")


@router.get("/live", responses=answers())
async def live() -> Live:
    """Whether the process answers at all."""
    return Live(status="live")
