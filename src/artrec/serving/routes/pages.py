"""The page: its first view as the server renders it, and its files under names of their content."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from artrec.errors import UnknownIdError
from artrec.serving import catalogue
from artrec.serving.answers import list_of
from artrec.serving.messages import ProfileEntry
from artrec.serving.packing import packed_answer
from artrec.serving.page.assets import CACHE_CONTROL, load_assets
from artrec.serving.page.render import Home, render_home
from artrec.serving.people import sent_history
from artrec.serving.problems import Problem, answers
from artrec.serving.recommending import Asked, brief
from artrec.serving.service import service_of
from artrec.serving.shelf import Loaded
from artrec.serving.steering import LONGEST, Share, Steering, read_steering, write_steering

PREFIX: Final = ""
MOST_LIKED: Final = 50
N_SHOWN: Final = 20
N_FOUND: Final = 10

router = APIRouter(tags=["page"], include_in_schema=False)

SLIDERS: Final = ("surprise", "hidden", "diversity")


class Address(BaseModel):
    """What stands behind the question mark; what belongs to somebody else is passed over."""

    like: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=MOST_LIKED)] = []
    q: Annotated[str, Field(max_length=300)] = ""
    steering: Annotated[str, Field(max_length=LONGEST)] = ""
    medium: Annotated[str, Field(max_length=200)] = ""
    # what the form of the page sends where no script makes a steering of it
    surprise: Share | None = None
    hidden: Share | None = None
    diversity: Share | None = None
    since: Annotated[str, Field(max_length=10)] | None = None
    until: Annotated[str, Field(max_length=10)] | None = None

    @property
    def turns(self) -> bool:
        """Whether the form was sent."""
        given = (*(getattr(self, name) for name in SLIDERS), self.since, self.until)
        return any(value is not None for value in given)

    def turned(self) -> str:
        """The same address with a steering in the place of what the form sent.

        Raises:
            Problem: 422 where that makes no steering.
        """
        said = read_steering(self.steering).model_dump(exclude_defaults=True)
        said |= {name: getattr(self, name) for name in SLIDERS if getattr(self, name) is not None}
        try:
            years = [int(self.since or -10_000), int(self.until or 10_000)]
            said["years"] = years if self.since or self.until else None
            steering = write_steering(Steering.model_validate(said))
        except (ValidationError, ValueError):
            raise Problem(
                422, "these years cannot be read", "give whole numbers, the earlier one first"
            ) from None
        pairs = [("like", item) for item in self.like]
        rest = {"q": self.q, "medium": self.medium, "steering": steering}
        return urlencode(pairs + [pair for pair in rest.items() if pair[1]])


@router.get("/", response_class=HTMLResponse, responses=answers())
async def home(request: Request, address: Annotated[Address, Query()]) -> Response:
    """The page; without JavaScript `like`, `q` and `steering` make it a list to be read."""
    service = service_of(request)
    loaded = service.loaded
    base = service.settings.base_path
    told: dict[str, Any] = {
        "base": base,
        "static": f"{base}/static/{load_assets().version}",
        "media": loaded.describe(),
        "attribution": _attribution(loaded),
        "query": address.q,
    }
    status = 200
    try:
        if address.turns:
            return RedirectResponse(f"{base}/?{address.turned()}", 303)
        told |= _content(loaded, address.like, address.q, address.steering, address.medium)
    except (Problem, UnknownIdError) as error:
        status = error.status if isinstance(error, Problem) else 404
        told |= {"problem": _said(error), **_content(loaded, [], "", "", "")}
    html = render_home(Home(**told)).encode()
    return packed_answer(
        request, html, gzip.compress, "text/html; charset=utf-8", status, "no-cache"
    )


@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """Where browsers look for an icon by themselves."""
    base = service_of(request).settings.base_path
    return RedirectResponse(f"{base}/static/{load_assets().version}/icon.svg")


@router.get("/static/{version}/{name:path}", responses=answers(404))
async def static(request: Request, version: str, name: str) -> Response:
    """A file of the page; its address names its content, so it may be kept for ever."""
    assets = load_assets()
    if version != assets.version or name not in assets.files:
        raise Problem(404, "there is no such file", "load the page again")
    content, media_type = assets.files[name]
    packed = assets.packed[name]
    return packed_answer(request, content, lambda _: packed, media_type, 200, CACHE_CONTROL)


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
        "steered": steered.model_dump(),
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
