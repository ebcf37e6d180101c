"""What one running service is made of; routes take it from the request, nothing is global."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

    from artrec.serving.security import Sessions
    from artrec.serving.settings import ServingSettings
    from artrec.serving.shelf import Loaded, Shelves
    from artrec.serving.watching import Watch


@dataclass
class Service:
    """Parts of a service; made by `artrec.serving.app.create_app`.

    Attributes:
        settings: What it was told at start.
        sessions: Makes and reads session tokens.
        shelves: Holds the bundle in use.
        watch: Counts and times.
        feedback: The feedback store, None until it is open.
        cache: Cached lists, None until it is there.
        limiter: Rate limits, None until they are there.
        extras: Further parts that routers keep here, by name.
        swapping: Held by who swaps in another bundle.
    """

    settings: ServingSettings
    sessions: Sessions
    shelves: Shelves
    watch: Watch
    feedback: Any = None
    cache: Any = None
    limiter: Any = None
    extras: dict[str, Any] = field(default_factory=dict)
    swapping: threading.Lock = field(default_factory=threading.Lock)

    @property
    def loaded(self) -> Loaded:
        """The bundle in use; take it once at the start of a request and use nothing else."""
        return self.shelves.loaded


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    service: Service = request.app.state.service
    return service


def attach(app: FastAPI, service: Service) -> None:
    """Let an app's requests find their service."""
    app.state.service = service
