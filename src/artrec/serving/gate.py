"""The gate every request passes: id, size, time, cross-site check, rate, headers, log, metrics."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from artrec.serving.problems import Problem, problem_response
from artrec.serving.security import COOKIE, HEADERS, REQUEST_HEADER, SAFE_METHODS
from artrec.serving.service import Service

LOG: Final = logging.getLogger("artrec.serving")
UPLOADS: Final = ("/api/import", "/api/v1/import")
REQUEST_ID: Final = "artrec.request_id"


class Gate:
    """ASGI middleware around the whole app.

    Args:
        app: What stands behind it.
        service: Whose limits hold.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await _Passage(self, scope, receive, send).go()


class _Passage:
    """One request on its way through the gate."""

    def __init__(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> None:
        self.gate = gate
        self.scope = scope
        self.headers = Headers(scope=scope)
        self._receive = receive
        self._send = send
        self.started = time.perf_counter()
        self.id = secrets.token_hex(8)
        self.status = 0
        self.read = 0
        limits = gate.service.settings.limits
        self.most = limits.upload if scope["path"] in UPLOADS else limits.body
        self.deadline = limits.body_seconds
        scope[REQUEST_ID] = self.id

    async def go(self) -> None:
        try:
            refused = self._refuse()
            if refused is not None:
                await self._answer(refused)
                return
            await self.gate.app(self.scope, self.receive, self.send)
        except Problem as problem:
            await self._answer(problem)
        except Exception:
            LOG.exception("unexpected error", extra={"request_id": self.id})
            if self.status == 0:
                await self._answer(Problem(500, "something went wrong here"))
        finally:
            self._told()

    def _refuse(self) -> Problem | None:
        length = self.headers.get("content-length", "")
        if length.isdigit() and int(length) > self.most:
            return self._too_large()
        unsafe = self.scope["method"] not in SAFE_METHODS
        if unsafe and f"{COOKIE}=" in self.headers.get("cookie", ""):
            keyed = "authorization" in self.headers
            if not keyed and self.headers.get(REQUEST_HEADER) != "1":
                return Problem(
                    403,
                    f"a call that changes something needs the header {REQUEST_HEADER}: 1",
                    "pages of other sites cannot send it, and so cannot act for you",
                )
        return None

    def _too_large(self) -> Problem:
        return Problem(413, f"the body is larger than {self.most} bytes")

    async def receive(self) -> Message:
        """Pass on a part of the body, within its size and time."""
        left = self.deadline - (time.perf_counter() - self.started)
        if self.read < 0:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), max(left, 0.01))
        except TimeoutError:
            raise Problem(408, "the body did not come in time", "send it again") from None
        if message["type"] == "http.request":
            self.read += len(message.get("body", b""))
            if self.read > self.most:
                raise self._too_large()
            if not message.get("more_body", False):
                self.read = -1
        return message

    async def send(self, message: Message) -> None:
        """Pass on the answer, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message["headers"],
                *(pair for pair in HEADERS if not _has(message["headers"], pair[0])),
                (b"x-request-id", self.id.encode()),
            ]
        await self._send(message)

    async def _answer(self, problem: Problem) -> None:
        response = problem_response(
            problem.status,
            problem.detail,
            problem.hint,
            request_id=self.id,
            headers=problem.headers,
        )
        await response(self.scope, self._receive, self.send)

    def _told(self) -> None:
        seconds = time.perf_counter() - self.started
        route = self.scope.get("route")
        path = getattr(route, "path", "") or "unknown"
        LOG.info(
            "request",
            extra={
                "request_id": self.id,
                "method": self.scope["method"],
                "route": path,
                "status": self.status,
                "ms": round(1000 * seconds, 2),
            },
        )


def _has(headers: list[tuple[bytes, bytes]], name: bytes) -> bool:
    return any(each == name for each, _ in headers)
