"""A list as a file: a plain table, or in the layout that Letterboxd or Goodreads import."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from artrec.serving.messages import ListQuery
from artrec.serving.problems import answers
from artrec.serving.routes.person import OF_SITE, as_file, listed, site_file
from artrec.serving.routes.recommend import UserId, recommend_user
from artrec.serving.service import service_of

router = APIRouter(prefix="/recommend", tags=["recommend"])
TABLE = "text/csv; charset=utf-8"


class FileQuery(ListQuery):
    """What a list is asked for with, and the kind of file."""

    format: Literal["csv", "letterboxd", "goodreads"] = Field(
        default="csv", description="Letterboxd takes films, Goodreads books."
    )


@router.get(
    "/{user_id}/export",
    responses={
        **answers(401, 403, 404),
        200: {"description": "The file", "content": {"text/csv": {"schema": {"type": "string"}}}},
    },
    response_class=Response,
)
async def export_list(
    request: Request, user_id: UserId, query: Annotated[FileQuery, Query()]
) -> Response:
    """The list of `GET /api/recommend/{user_id}` as a file; for a site the works it knows of."""
    loaded = service_of(request).loaded
    medium = OF_SITE.get(query.format)
    if query.medium is None and medium in loaded.shelves:
        query = query.model_copy(update={"medium": medium})
    answer = await recommend_user(request, user_id, query)
    items = [each["item"] for each in orjson.loads(bytes(answer.body))["items"]]
    wanted = [each for each in items if medium is None or each.startswith(f"{medium}:")]
    works = [work for item in wanted if (work := listed(loaded, item)) is not None]
    content = await asyncio.to_thread(site_file, works, query.format)
    return as_file(content, TABLE, f"artrec-list-{query.format}.csv")
