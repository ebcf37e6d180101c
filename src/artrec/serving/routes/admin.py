"""What only the administrator may do."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from artrec.serving.problems import answers
from artrec.serving.security import require_admin
from artrec.serving.service import service_of
from artrec.serving.swapping import swap

router = APIRouter(prefix="/admin", tags=["admin"])


class Reloaded(BaseModel):
    """Which version is in use now."""

    version: str = Field(description="The version in use.")
    before: str = Field(description="The version in use before.")


@router.post("/reload", responses=answers(401))
async def reload(request: Request) -> Reloaded:
    """Swap in the version that CURRENT names; calls under way end with the one they began with."""
    require_admin(request)
    service = service_of(request)
    before = service.loaded.version
    loaded = await asyncio.to_thread(swap, service)
    return Reloaded(version=loaded.version, before=before)
