"""One run at a time in a project: the second is told who holds the lock."""

from __future__ import annotations

import json
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from artrec.errors import LockedError


class RunLock:
    """Lock of a project folder, freed by the system when its holder ends, however it ends.

    Args:
        data: The project's data folder, or that of another job; the lock file and its note lie
            in it.
        told: What is said to the second.
    """

    def __init__(
        self, data: Path, told: str = "another run holds the lock of this project"
    ) -> None:
        self._told = told
        self._lock = FileLock(data / ".run.lock", timeout=0)
        self._note = data / ".run.lock.json"

    def acquire(self) -> None:
        """Take the lock and write down who holds it.

        Raises:
            LockedError: Another process holds it; says which, since when and what it runs.
        """
        self._note.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise LockedError(
                f"{self._told}: {self._holder()}",
                "wait until it ends, or stop that process; the lock is freed when it is gone",
            ) from error
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        }
        self._note.write_text(json.dumps(holder), encoding="utf-8")

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._lock.is_locked:
            self._note.unlink(missing_ok=True)
            self._lock.release()

    def _holder(self) -> str:
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return "it has not written down who it is"
        return (
            f"process {note['pid']} on {note['host']}, `{note['command']}`, since {note['since']}"
        )
