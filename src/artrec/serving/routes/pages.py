"""The page: its first view as the server renders it, and its files under names of their content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from artrec.errors import UnknownIdError
from artrec.serving import catalogue
from artrec.serving.answers import list_of
from artrec.serving.messages import ProfileEntry
from artrec.serving.page.assets import CACHE_CONTROL, load_assets
from artrec.serving.page.render import Home, render_home
from artrec.serving.people import sent_history
from artrec.serving.problems import Problem, answers
from artrec.serving.recommending import Asked, brief
from artrec.serving.service import service_of
from artrec.serving.shelf import Loaded
from artrec.serving.steering import LONGEST, read_steering

PREFIX: Final = ""
MOST_LIKED: Final = 50
N_SHOWN: Final = 20
N_FOUND: Final = 10

router = APIRouter(tags=["page"], include_in_schema=False)

Likes = Annotated[list[Annotated[str, Field(max_length=200)]], Query(max_length=MOST_LIKED)]


@router.get("/", response_class=HTMLResponse, responses=answers())
async def home(
    request: Request,
    like: Likes = [],  # noqa: B006 - FastAPI copies it
    q: Annotated[str, Query(max_length=300)] = "",
    steering: Annotated[str, Query(max_length=LONGEST)] = "",
    medium: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The page; without JavaScript `like`, `q` and `steering` make it a list to be read."""
    service = service_of(request)
    loaded = service.loaded
    base = service.settings.base_path
    told: dict[str, Any] = {
        "base": base,
        "static": f"{base}/static/{load_assets().version}",
        "media": loaded.describe(),
        "attribution": _attribution(loaded),
        "query": q,
    }
    status = 200
    try:
        told |= _content(loaded, like, q, steering, medium)
    except (Problem, UnknownIdError) as error:
        status = error.status if isinstance(error, Problem) else 404
        told |= {"problem": _said(error), **_content(loaded, [], "", "", "")}
    headers = {"Cache-Control": "no-cache"}
    return HTMLResponse(render_home(Home(**told)), status, headers)


@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """Where browsers look for an icon by themselves."""
    base = service_of(request).settings.base_path
    return RedirectResponse(f"{base}/static/{load_assets().version}/icon.svg")


@router.get("/static/{version}/{name:path}", responses=answers(404))
async def static(version: str, name: str) -> Response:
    """A file of the page; its address names its content, so it may be kept for ever."""
    assets = load_assets()
    if version != assets.version or name not in assets.files:
        raise Problem(404, "there is no such file", "load the page again")
    content, media_type = assets.files[name]
    return Response(content, media_type=media_type, headers={"Cache-Control": CACHE_CONTROL})


def _content(
    loaded: Loaded, likes: Sequence[str], query: str, steering: str, medium: str
) -> dict[str, Any]:
    """What depends on the address: the list, what is loved, what was found."""
    steered = read_steering(steering)
    places = [loaded.find(item) for item in dict.fromkeys(likes)]
    profile = [ProfileEntry(item=shelf.works.name(at), liked=True) for shelf, at in places]
    media = [medium] if medium else list(steered.media) or list(loaded.shelves)
    shelves = {name: loaded.shelf(name) for name in media}
    histories = {name: sent_history(loaded, shelf, profile) for name, shelf in shelves.items()}
    asked = dict.fromkeys(media, Asked(N_SHOWN, 0, steered))
    first = next(iter(shelves.values()))
    return {
        "medium": medium,
        "steering": steering,
        "likes": [brief(shelf, at) for shelf, at in places],
        "answer": list_of(loaded, histories, asked),
        "found": catalogue.search(loaded, query, medium or None, N_FOUND) if query.strip() else [],
        "start": [] if places else catalogue.start(first, 1),
    }


def _said(error: Problem | UnknownIdError) -> dict[str, str]:
    detail = error.detail if isinstance(error, Problem) else error.problem
    return {"title": "That did not work:", "detail": str(detail), "hint": error.hint}


def _attribution(loaded: Loaded) -> list[str]:
    """Whom the terms of the data ask to name, each once."""
    given = (shelf.member.manifest.attribution for shelf in loaded.shelves.values())
    return [line for line in dict.fromkeys(given) if line]
