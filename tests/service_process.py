"""`artrec serve` as a process of its own: started, asked over sockets, stopped or killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

API_KEY = "product-key-for-processes"
ADMIN_KEY = "administrator-key-for-processes"


class ServiceProcess:
    """One run of the service after the other on the same store, database and port.

    Args:
        store: Folder of published bundles.
        folder: For its log.
        settings: More of ``ARTREC_SERVE_...``, by name.
        preload: Python run in the process before the service.
    """

    def __init__(self, store: Path, folder: Path, preload: str = "", **settings: Any) -> None:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            self.port = int(listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.headers = {"Authorization": f"Bearer {API_KEY}"}
        self._log = folder / "service.log"
        self._folder = folder
        self._preload = preload
        told = {
            "store": store,
            "port": self.port,
            "api_keys": API_KEY,
            "admin_key": ADMIN_KEY,
            "limits_rate": 0,
            **settings,
        }
        self._environment = {
            **os.environ,
            **{f"ARTREC_SERVE_{name.upper()}": str(value) for name, value in told.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, patience: float = 120) -> ServiceProcess:
        """Start it and wait until it is ready."""
        run = f"{self._preload}\nfrom artrec.cli import main; main(['serve'])"
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", run],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + patience
        # one client: each makes an SSL context of its own, which takes longer than a call
        with httpx.Client(timeout=5) as client:
            while time.monotonic() < end:
                if self.process.poll() is not None:
                    raise RuntimeError(f"the service ended: {self.log()[-2000:]}")
                try:
                    if client.get(f"{self.url}/api/health/ready").status_code == 200:
                        return self
                except httpx.HTTPError:
                    pass
                time.sleep(0.05)
        raise TimeoutError(f"the service was not ready: {self.log()[-2000:]}")

    def log(self) -> str:
        """What it has said."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """As a power cut would: no chance to finish anything."""
        self.send(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        return self.send(signal.SIGTERM)

    def send(self, what: signal.Signals) -> int:
        """Send a signal and wait for the end; its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(what)
        return self.process.wait(60)

    def __enter__(self) -> ServiceProcess:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.kill()
