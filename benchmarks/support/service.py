"""`artrec serve` as a process to be measured: started, loaded, looked at through /proc, stopped."""

from __future__ import annotations

import json
import os
import random
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

KEY = "a-key-for-measurements"
LOAD = Path(__file__).with_name("load.py")
TICK = os.sysconf("SC_CLK_TCK")


class Service:
    """One running service on a store; a database and a key in `folder`."""

    def __init__(self, store: Path, folder: Path, **settings: Any) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        folder.mkdir(parents=True, exist_ok=True)
        told = {
            "store": store,
            "port": self.port,
            "database": f"sqlite:///{folder / 'feedback.db'}",
            "secret": "for measurements only",
            "api_keys": KEY,
            "admin_key": KEY,
            "limits_rate": 0,
            **settings,
        }
        self.environment = {
            **os.environ,
            **{f"ARTREC_SERVE_{name.upper()}": str(value) for name, value in told.items()},
        }
        self.log = folder / "service.log"

    def __enter__(self) -> Service:
        command = [Path(sys.executable).with_name("artrec"), "serve"]
        with self.log.open("wb") as log:
            start = time.perf_counter()
            self.process = subprocess.Popen(command, env=self.environment, stderr=log)
        while self.status("/api/health/ready") != 200:
            if self.process.poll() is not None or time.perf_counter() > start + 120:
                raise RuntimeError(self.log.read_text()[-2000:])
            time.sleep(0.01)
        self.seconds_to_ready = time.perf_counter() - start
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def status(self, path: str) -> int:
        """Status of a GET; 0 where nobody listens."""
        try:
            return int(urllib.request.urlopen(self.url + path, timeout=20).status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def ask(self, path: str, body: Any = None, **headers: str) -> Any:
        """Answer of a call with the key."""
        sent = None if body is None else json.dumps(body).encode()
        told = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}", **headers}
        request = urllib.request.Request(self.url + path, sent, told)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        """Ids of the processes that answer."""
        return children(self.process.pid) or [self.process.pid]

    def load(self, requests: list[dict[str, Any]], seconds: float, **plan: Any) -> dict[str, Any]:
        """Let a process of its own ask for so long; what it found, and CPU ms a call."""
        loading = self.begin(requests, seconds, **plan)
        return self.end(loading)

    def begin(self, requests: list[dict[str, Any]], seconds: float, **plan: Any) -> Any:
        """The same, without waiting for the end."""
        plan = {"connections": 8, "port": self.port, "seconds": seconds, **plan}
        loading = subprocess.Popen(
            [sys.executable, LOAD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert loading.stdin is not None
        before = self.cpu_seconds()
        loading.stdin.write(json.dumps({**plan, "requests": requests}))
        loading.stdin.close()
        return loading, before

    def end(self, loading: Any) -> dict[str, Any]:
        process, before = loading
        found = dict(json.loads(process.stdout.read()))
        process.wait()
        spent = self.cpu_seconds() - before
        found["cpu_ms"] = 1000 * spent / max(found["calls"], 1)
        return found

    def half_load(self, requests: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
        """Saturate first, then ask half as often: percentiles of the second."""
        self.load(requests, 2.0)
        most = self.load(requests, seconds)
        half = self.load(requests, seconds, rate=most["per_second"] / 2, connections=16)
        return {**half, "saturation": most["per_second"], "cpu_ms_saturated": most["cpu_ms"]}

    def cpu_seconds(self) -> float:
        """User and system time of all processes that answer."""
        return sum(cpu_seconds(pid) for pid in self.workers())

    def private_mb(self) -> list[str]:
        """Private memory of each worker, in 10^6 bytes: written + clean pages of files.

        Clean pages of a mapped array are the disk's cache; they count as private for as long as
        one process alone has touched them.
        """
        return ["+".join(f"{each / 1e6:.0f}" for each in private(pid)) for pid in self.workers()]


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def private(pid: int) -> tuple[int, int]:
    """Bytes that are this process's alone: Private_Dirty, Private_Clean."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    dirty, clean = (
        sum(map(int, re.findall(rf"Private_{kind}:\s+(\d+) kB", text)))
        for kind in ("Dirty", "Clean")
    )
    return 1024 * dirty, 1024 * clean


def children(pid: int) -> list[int]:
    """Processes begun by this one that serve (multiprocessing's own helpers are not counted)."""
    found = []
    for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes():
            found.append(int(each))
    return found


def profiles(items: list[str], n: int, seed: int = 3) -> list[list[dict[str, Any]]]:
    """Profiles of 5 to 40 works, four of five liked, the well-known ones more often."""
    rng = random.Random(seed)
    found = []
    for _ in range(n):
        size = rng.randint(5, 40)
        chosen = {items[int(len(items) * rng.random() ** 2.5)] for _ in range(size)}
        found.append([{"item": each, "liked": rng.random() < 0.8} for each in sorted(chosen)])
    return found


def lists(items: list[str], n: int = 400, **asked: Any) -> list[dict[str, Any]]:
    """Calls for lists of twenty with reasons, each of another profile."""
    return [
        {"method": "POST", "path": "/api/session/recommend", "body": {"profile": each, **asked}}
        for each in profiles(items, n)
    ]
