"""Clients that speak HTTP slowly or not at all: bounded in time, answered as a problem."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

import uvicorn

from artrec.serving.app import create_app
from artrec.serving.server import _options
from artrec.serving.settings import Limits, ServingSettings

PATIENCE = 10.0
WHOLE = b"GET /api/health/live HTTP/1.1\r\nHost: here\r\n\r\n"
BEGUN = b"GET /api/health/live HTTP/1.1\r\nHost: he"


@pytest.fixture
def port(settings: ServingSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that waits half a second for headers, and as long for a small body."""
    monkeypatch.setattr("artrec.serving.protocol.HEAD_SECONDS", 0.5)
    patient = settings.model_copy(update={"limits": Limits(rate=0, body_seconds=0.5)})
    config = uvicorn.Config(create_app(patient), port=0, **_options(patient))
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < end:
        time.sleep(0.02)
    yield int(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join(PATIENCE)


def connect(port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    line.settimeout(PATIENCE)
    return line


def whole_answer(line: socket.socket) -> tuple[str, dict[str, str], bytes]:
    """Status line, headers and body of one answer."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += line.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
    while len(body) < int(headers["content-length"]):
        body += line.recv(65536)
    return first, headers, body


@pytest.mark.parametrize("said", [b"", b"G", BEGUN], ids=["nothing", "a byte", "half"])
def test_who_does_not_say_what_they_want_is_left(port: int, said: bytes) -> None:
    slow = [connect(port) for _ in range(20)]
    for line in slow:
        line.sendall(said)
    with connect(port) as other:  # the others are served meanwhile
        other.sendall(WHOLE)
        assert whole_answer(other)[0] == "HTTP/1.1 200 OK"
    for line in slow:
        assert line.recv(1024) == b""
        line.close()


def test_dripping_bytes_does_not_help(port: int) -> None:
    with connect(port) as line:
        line.sendall(BEGUN)
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            for _ in range(int(PATIENCE / 0.05)):
                line.sendall(b"x")
                time.sleep(0.05)


def test_a_body_has_its_time_too(port: int) -> None:
    head = b"POST /api/session/recommend HTTP/1.1\r\nHost: here\r\nContent-Length: 5000\r\n\r\n"
    slow = [connect(port) for _ in range(20)]
    for line in slow:
        line.sendall(head + b'{"profile": [')
    for line in slow:
        first, headers, body = whole_answer(line)
        assert first == "HTTP/1.1 408 Request Timeout"
        assert headers["connection"] == "close"
        assert json.loads(body)["detail"] == "the body did not come in time"
        assert line.recv(1024) == b""
        line.close()


def test_a_large_body_on_a_slow_line_has_the_time_it_needs(port: int, settings) -> None:
    # 40,000 bytes at 20,000 a second: two seconds more than a small body has
    rest = b" " * 40_000 + b'{"profile": []}'
    head = b"POST /api/session/recommend HTTP/1.1\r\nHost: here\r\nContent-Type: application/json"
    assert settings.limits.body_rate == 20_000
    with connect(port) as line:
        line.sendall(head + b"\r\nContent-Length: %d\r\n\r\n" % len(rest))
        line.sendall(rest[:40_000])
        time.sleep(1.0)
        line.sendall(rest[40_000:])
        assert whole_answer(line)[0] == "HTTP/1.1 200 OK"


def test_a_kept_connection_has_its_time_for_every_call(port: int) -> None:
    with connect(port) as line:
        for _ in range(3):
            line.sendall(WHOLE)
            assert whole_answer(line)[0] == "HTTP/1.1 200 OK"
            time.sleep(0.6)  # between calls it may rest longer
        line.sendall(BEGUN)
        assert line.recv(1024) == b""


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 this is TLS\r\n\r\n",
        b"alien\r\n\r\n",
        b"GET /api/items?q=" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: here\r\nContent-Length: nine\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: here\r\nX-Long: " + b"x" * 2_000_000 + b"\r\n\r\n",
    ],
    ids=["TLS", "one word", "a long address", "a length in words", "a long header"],
)
def test_what_is_no_http_is_told_so(port: int, sent: bytes) -> None:
    with connect(port) as line:
        with contextlib.suppress(OSError):  # it may be left before all is said
            line.sendall(sent)
        first, headers, body = whole_answer(line)
    assert first == "HTTP/1.1 400 Bad Request"
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    assert json.loads(body)["detail"] == "the request cannot be read"
