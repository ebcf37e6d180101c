"""HTTP as uvicorn speaks it; but headers have a time to come in, and 400 is a problem too."""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from artrec.serving.problems import problem_response

HEAD_SECONDS: Final = 15.0
"""Seconds in which a request's headers must have come, from the connection or the last answer."""
LONGEST_HEAD: Final = 64 << 10
"""Bytes of an address and headers that are waited for; what comes at once may be a bit longer."""


class Protocol(HttpToolsProtocol):
    """One connection; it is closed where a client takes too long to say what it wants.

    uvicorn itself waits without end for a first request and for the rest of its headers, so that
    clients that send a byte now and then would hold as many connections as they like. Bodies have
    their own bound (`artrec.serving.gate`).
    """

    _hurry: TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """See `asyncio.Protocol`."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        super().data_received(data)
        if self._hurry is None:
            self._head = 0
            return
        self._head += len(data)  # all of it belongs to headers that are not complete
        if self._head > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        if self._hurry is None:
            self._wait()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The last header of a request."""
        self._came()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 uvicorn's sentence
        """Answer what is no HTTP, or an address and headers that are too long."""
        response = problem_response(400, "the request cannot be read", "send it as HTTP/1.1 has it")
        headers = b"".join(name + b": " + value + b"\r\n" for name, value in response.raw_headers)
        told = b"HTTP/1.1 400 Bad Request\r\n" + headers + b"connection: close\r\n\r\n"
        self.transport.write(told + bytes(response.body))
        self.transport.close()

    def _wait(self) -> None:
        self._hurry = self.loop.call_later(HEAD_SECONDS, self._close)

    def _came(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
