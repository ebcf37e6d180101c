"""A load generator over HTTP on one core, as a process of its own: it never shares the server's.

    python benchmarks/support/load.py < plan.json

The plan: ``port``, ``requests`` (method, path, body, headers), ``connections``, ``seconds``, and
``rate`` in calls a second (null: every connection asks as soon as it was answered). With a rate
a call's time counts from when it was due, so that a server which stalls does not hide behind its
clients' patience. Prints one JSON object: statuses, percentiles in ms, versions seen.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter
from typing import Any

import numpy as np

VERSION = re.compile(rb'"version":"([0-9a-f]+)"')
LONGEST_WAIT = 20.0


class Load:
    """One run of a plan."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.calls = [encoded(each) for each in plan["requests"]]
        self.marks = {mark: mark.encode() for mark in plan.get("marks", [])}
        self.next = 0
        self.times: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.versions: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()

    async def run(self) -> dict[str, Any]:
        """Ask until the time is over; what was found."""
        start = time.perf_counter()
        self.end = start + self.plan["seconds"]
        ask = self.at_rate if self.plan.get("rate") else self.at_once
        await asyncio.gather(*(ask(number) for number in range(self.plan["connections"])))
        took = time.perf_counter() - start
        told = {"calls": len(self.times), "seconds": took, "per_second": len(self.times) / took}
        if self.times:
            for q in (50, 95, 99):
                told[f"p{q}"] = 1000 * float(np.percentile(self.times, q))
        return {
            **told,
            "statuses": dict(self.statuses),
            "versions": dict(self.versions),
            "failures": dict(self.failures),
        }

    async def at_once(self, _: int) -> None:
        line = Line(self.plan["port"])
        while time.perf_counter() < self.end:
            await self.one(line, time.perf_counter())
        line.close()

    async def at_rate(self, number: int) -> None:
        n = self.plan["connections"]
        step = n / self.plan["rate"]
        due = time.perf_counter() + step * number / n
        line = Line(self.plan["port"])
        while due < self.end:
            pause = due - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            await self.one(line, due)
            due += step
        line.close()

    async def one(self, line: Line, since: float) -> None:
        call = self.calls[self.next % len(self.calls)]
        self.next += 1
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                status, body = await line.ask(call)
        except (OSError, TimeoutError, EOFError) as error:
            self.failures[type(error).__name__] += 1
            line.close()
            return
        self.times.append(time.perf_counter() - since)
        self.statuses[str(status)] += 1
        version = VERSION.search(body)
        if version:
            marks = "+".join(mark for mark, text in self.marks.items() if text in body)
            self.versions[f"{version[1].decode()} {marks}".strip()] += 1


class Line:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, call: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        reader, writer = self.streams
        writer.write(call)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        body = await reader.readexactly(int(length[1])) if length else b""
        if b"connection: close" in head.lower():
            self.close()
        return int(head[9:12]), body

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


def encoded(request: dict[str, Any]) -> bytes:
    """A request as it travels."""
    body = json.dumps(request["body"]).encode() if "body" in request else b""
    headers = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        **request.get("headers", {}),
    }
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"{request.get('method', 'GET')} {request['path']} HTTP/1.1\r\n{told}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Load(json.load(sys.stdin)).run())))
