"""Answers that are gzipped for who takes that: the page, its files, the API's reference."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request
from starlette.responses import Response


def packed_answer(
    request: Request,
    content: bytes,
    pack: Callable[[bytes], bytes],
    media_type: str,
    status: int,
    kept: str,
) -> Response:
    """An answer, gzipped for who takes that.

    Args:
        request: Says who that is.
        content: The answer.
        pack: Makes the gzipped form.
        media_type: Of the content.
        status: Of the answer.
        kept: Its ``Cache-Control``.
    """
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding", "Content-Type": media_type}
    if takes_gzip(request.headers.get("accept-encoding", "")):
        content, headers["Content-Encoding"] = pack(content), "gzip"
    return Response(content, status, headers)


def takes_gzip(accepted: str) -> bool:
    """Whether a header ``Accept-Encoding`` names gzip, and not to refuse it."""
    for each in accepted.lower().split(","):
        name, _, weight = (part.strip() for part in each.partition(";"))
        if name == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
