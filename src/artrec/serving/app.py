"""The service as an ASGI application: made from settings, nothing global."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final

from fastapi import FastAPI

import artrec
from artrec.errors import ArtrecError
from artrec.serving.gate import Gate
from artrec.serving.problems import ProblemBody, tell_problems
from artrec.serving.samples import add_samples
from artrec.serving.security import Sessions
from artrec.serving.service import Service, attach
from artrec.serving.settings import ServingSettings
from artrec.serving.shelf import Shelves
from artrec.serving.swapping import swap
from artrec.serving.watching import Watch

ROUTES: Final = (
    "session",
    "recommend",
    "files",
    "items",
    "feedback",
    "person",
    "imports",
    "admin",
    "health",
    "reference",
    "pages",
)
"""Modules of `artrec.serving.routes`.

Each has a `router`; maybe a `PREFIX` other than ``/api``; and maybe ``opening(service)``, an async
context manager that is entered at start and left at the end.
"""

Opening = Callable[[Service], contextlib.AbstractAsyncContextManager[None]]


def create_app(settings: ServingSettings) -> FastAPI:
    """The service; its bundle is loaded when it starts (ASGI lifespan).

    Args:
        settings: What it is told.

    Raises:
        ConfigError: The key of the sessions cannot be kept.
    """
    service = Service(settings, Sessions(settings), Shelves(settings.store), Watch())
    app = FastAPI(
        title="artrec",
        version=artrec.__version__,
        summary="Recommends artistic works, and says why.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        root_path=settings.base_path,
        separate_input_output_schemas=False,
    )
    attach(app, service)
    tell_problems(app)
    for module in _modules():
        prefix = getattr(module, "PREFIX", "/api")
        app.include_router(module.router, prefix=prefix)
        if prefix:
            app.include_router(module.router, prefix=f"{prefix}/v1", include_in_schema=False)
    app.add_middleware(Gate, service=service)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with the shape of problems in it."""
    if app.openapi_schema is None:
        told = FastAPI.openapi(app)
        shape = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
        shapes = told.setdefault("components", {}).setdefault("schemas", {})
        shapes |= shape.pop("$defs", {})
        shapes["ProblemBody"] = shape
        add_samples(told)
        app.openapi_schema = told
    return app.openapi_schema


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    if service.shelves.is_empty:
        await asyncio.to_thread(swap, service)
    async with contextlib.AsyncExitStack() as stack:
        for module in _modules():
            opening: Opening | None = getattr(module, "opening", None)
            if opening is not None:
                await stack.enter_async_context(opening(service))
        watching = asyncio.create_task(_watch(service))
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching


async def _watch(service: Service) -> None:
    """Swap in the version that CURRENT names, when it names another."""
    pause = service.settings.watch_seconds
    while pause > 0:
        await asyncio.sleep(pause)
        if await asyncio.to_thread(service.shelves.is_stale):
            with contextlib.suppress(ArtrecError):  # it is in the log, and readiness tells it
                await asyncio.to_thread(swap, service)


def _modules() -> list[ModuleType]:
    """The modules of `ROUTES` that are there."""
    names = [f"artrec.serving.routes.{name}" for name in ROUTES]
    return [import_module(name) for name in names if find_spec(name) is not None]
