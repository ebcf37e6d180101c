"""A web server in this process that serves files well, or as badly as a test asks for."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = Callable[["Request"], None]


@dataclass
class Request:
    """One request, and the means to answer it."""

    handler: BaseHTTPRequestHandler
    count: int  # of requests to this path, this one included
    begin: int  # first byte asked for
    same: str | None  # only if the file is still this one
    stopped: threading.Event

    def head(self, status: int, **headers: object) -> None:
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), str(value))
        self.handler.send_header("Connection", "close")
        self.handler.end_headers()

    def body(self, content: bytes) -> None:
        self.handler.wfile.write(content)
        self.handler.wfile.flush()


@dataclass
class Site:
    """Paths and how each is answered; every request is noted."""

    base: str = ""
    replies: dict[str, Reply] = field(default_factory=dict)
    requests: list[tuple[str, str | None]] = field(default_factory=list)  # path, Range

    def serve(self, path: str, reply: Reply | bytes) -> str:
        self.replies[path] = good(reply) if isinstance(reply, bytes) else reply
        return self.base + path

    def asked(self, path: str) -> list[str | None]:
        return [asked for each, asked in self.requests if each == path]


@contextmanager
def running() -> Iterator[Site]:
    site, stopped = Site(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            site.requests.append((self.path, asked))
            found = re.fullmatch(r"bytes=(\d+)-", asked or "")
            count = len(site.asked(self.path))
            begin, same = int(found[1]) if found else 0, self.headers.get("If-Range")
            request = Request(self, count, begin, same, stopped)
            self.close_connection = True
            with suppress(BrokenPipeError, ConnectionResetError):
                site.replies.get(self.path, status(404))(request)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    site.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()


# --- replies --------------------------------------------------------------------------------------


def good(content: bytes, tag: str = '"1"') -> Reply:
    """The file, whole or from the byte asked for."""

    def reply(request: Request) -> None:
        begin = request.begin if request.same in {None, tag} else 0
        if begin >= len(content) and begin:
            request.head(416, Content_Length=0)
            return
        if begin:
            told = f"bytes {begin}-{len(content) - 1}/{len(content)}"
            request.head(206, Content_Length=len(content) - begin, Content_Range=told, ETag=tag)
        else:
            request.head(200, Content_Length=len(content), ETag=tag)
        request.body(content[begin:])

    return reply


def cut(content: bytes, after: int, times: int = 1, **headers: object) -> Reply:
    """The first `times` answers end `after` bytes too early in the file; then it is good."""

    def reply(request: Request) -> None:
        if request.count > times:
            good(content)(request)
            return
        request.head(200, Content_Length=len(content), **({"ETag": '"1"'} | headers))
        request.body(content[:after])

    return reply


def stalled(content: bytes, after: int, seconds: float) -> Reply:
    """The first answer stops in the middle and stays silent."""

    def reply(request: Request) -> None:
        if request.count > 1:
            good(content)(request)
            return
        request.head(200, Content_Length=len(content), ETag='"1"')
        request.body(content[:after])
        request.stopped.wait(seconds)

    return reply


def dripping(content: bytes, pause: float) -> Reply:
    """The first answer comes byte by byte, often enough to never time out."""

    def reply(request: Request) -> None:
        if request.count > 1:
            good(content)(request)
            return
        request.head(200, Content_Length=len(content), ETag='"1"')
        for each in content:
            if request.stopped.wait(pause):
                return
            request.body(bytes([each]))

    return reply


def raw(status_: int, content: bytes, **headers: object) -> Reply:
    """Exactly these headers and bytes."""

    def reply(request: Request) -> None:
        request.head(status_, **headers)
        request.body(content)

    return reply


def endless(block: bytes) -> Reply:
    """Bytes without end or announced length."""

    def reply(request: Request) -> None:
        request.head(200)
        until = time.monotonic() + 20
        while time.monotonic() < until and not request.stopped.is_set():
            request.body(block)

    return reply


def status(code: int, **headers: object) -> Reply:
    """Only a status."""
    return raw(code, b"", Content_Length=0, **headers)


def redirect(target: str) -> Reply:
    return status(302, Location=target)


def first(*replies: Reply) -> Reply:
    """One after the other; the last for good."""

    def reply(request: Request) -> None:
        replies[min(request.count, len(replies)) - 1](request)

    return reply
