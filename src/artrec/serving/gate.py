"""The gate every request passes: id, size, time, cross-site check, rate, headers, log, counts."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from artrec.serving.problems import Problem, problem_response
from artrec.serving.security import COOKIE, HEADERS, REQUEST_HEADER, SAFE_METHODS
from artrec.serving.service import Service
from artrec.serving.watching import LOG

UPLOADS: Final = ("/api/import", "/api/v1/import")
FREE: Final = ("/api/health/", "/metrics", "/static/")
REQUEST_ID: Final = "artrec.request_id"
UNKNOWN: Final = "unknown"


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
        self.app = gate.app
        self.service = gate.service
        self.method = scope["method"]
        # what is asked by HEAD is answered as by GET, without its body
        self.scope = {**scope, "method": "GET"} if self.method == "HEAD" else scope
        self.headers = Headers(scope=scope)
        self._receive = receive
        self._send = send
        self.started = time.perf_counter()
        self.id = secrets.token_hex(8)
        self.status = 0
        self.read = 0
        self.whole = False
        self.path = scope["path"].removeprefix(self.service.settings.base_path)
        limits = self.service.settings.limits
        self.most = limits.upload if self.path in UPLOADS else limits.body
        scope[REQUEST_ID] = self.id

    async def go(self) -> None:
        try:
            refused = self._refuse() or await self._wait_your_turn()
            if refused is not None:
                await self._answer(refused)
                return
            await self.app(self.scope, self.receive, self.send)
        except Problem as problem:  # from `receive`, wherever the body was read
            await self._answer(problem)
        except Exception:
            LOG.exception("unexpected error", extra={"request_id": self.id})
            await self._answer(Problem(500, "something went wrong here"))
        finally:
            self._note()

    def _refuse(self) -> Problem | None:
        length = self.headers.get("content-length", "")
        if length.isdigit() and int(length) > self.most:
            return self._too_large()
        unsafe = self.method not in SAFE_METHODS
        if unsafe and f"{COOKIE}=" in self.headers.get("cookie", ""):
            keyed = "authorization" in self.headers
            if not keyed and self.headers.get(REQUEST_HEADER) != "1":
                return Problem(
                    403,
                    f"a call that changes something needs the header {REQUEST_HEADER}: 1",
                    "pages of other sites cannot send it, and so cannot act for you",
                )
        return None

    async def _wait_your_turn(self) -> Problem | None:
        limiter = self.service.limiter
        if limiter is None or self.path.startswith(FREE):
            return None
        client = self.scope.get("client")
        address = client[0] if client else UNKNOWN
        if self.service.settings.redis:
            verdict = await asyncio.to_thread(limiter.allow, address)
        else:
            verdict = limiter.allow(address)
        if verdict.allowed:
            return None
        self.service.watch.refused.inc()
        seconds = str(max(verdict.retry_after, 1))
        return Problem(429, "too many calls", f"wait {seconds} seconds", {"Retry-After": seconds})

    def _too_large(self) -> Problem:
        return Problem(413, f"the body is larger than {self.most} bytes")

    async def receive(self) -> Message:
        """Pass on a part of the body, within its size and time."""
        if self.whole:
            return await self._receive()
        limits = self.service.settings.limits
        allowed = limits.body_seconds + self.read / limits.body_rate
        left = allowed - (time.perf_counter() - self.started)
        try:
            async with asyncio.timeout(max(left, 0.01)):
                message = await self._receive()
        except TimeoutError:
            problem = "the body did not come in time"
            raise Problem(408, problem, "send it again", {"Connection": "close"}) from None
        if message["type"] == "http.request":
            self.read += len(message.get("body", b""))
            if self.read > self.most:
                raise self._too_large()
            self.whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Pass on the answer, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = {name for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(pair for pair in HEADERS if pair[0] not in given),
                (b"x-request-id", self.id.encode()),
            ]
            if self.path.startswith("/api") and b"cache-control" not in given:
                message["headers"].append((b"cache-control", b"no-store"))
        elif self.method == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)

    async def _answer(self, problem: Problem) -> None:
        if self.status:  # an answer is under way: there is nothing left to say
            return
        response = problem_response(
            problem.status,
            problem.detail,
            problem.hint,
            request_id=self.id,
            headers=problem.headers,
        )
        await response(self.scope, self._receive, self.send)

    def _route(self) -> str:
        """The address as its pattern: ids in it would make a label each."""
        path = getattr(self.scope.get("route"), "path", None) or UNKNOWN
        inside = path.startswith("/") and self.path.startswith(API) and not path.startswith(API)
        return API + path if inside else path

    def _note(self) -> None:
        seconds = time.perf_counter() - self.started
        route = self._route()
        method = self.method if self.method in _METHODS else "OTHER"
        self.service.watch.answered(method, route, self.status, seconds)
        LOG.info(
            "request",
            extra={
                "request_id": self.id,
                "method": method,
                "route": route,
                "status": self.status,
                "ms": round(1000 * seconds, 2),
            },
        )


API: Final = "/api"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
