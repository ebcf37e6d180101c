"""Redis servers for tests: a real one on a free port, and impostors that hang or speak nonsense."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def redis_server(folder: Path, *options: str) -> Iterator[str]:
    """A server of its own on loopback; yields its URL."""
    with redis_process(folder, *options) as (url, _):
        yield url


@contextmanager
def redis_process(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The same; yields its URL and the process, which may be stopped, continued or killed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("needs redis-server (Debian: redis-server)")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", *options]
    with (folder / "redis.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0", process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(10)


@contextmanager
def impostor(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Something that takes connections as Redis would; yields its URL."""
    listening = socket.create_server(("127.0.0.1", 0))
    taken: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            taken.append(connection)
            threading.Thread(target=_quietly, args=(answer, connection), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"
    finally:
        listening.close()
        for connection in taken:
            connection.close()


def hangs(_: socket.socket) -> None:
    """Takes a connection and says nothing."""


def babbles(connection: socket.socket) -> None:
    """Answers everything with what is no answer."""
    while connection.recv(65536):
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>" + b"\x00\xff" * 50)


def agrees(connection: socket.socket) -> None:
    """Answers everything with OK, so also where a value was asked for."""
    while connection.recv(65536):
        connection.sendall(b"+OK\r\n" * 4)


def hangs_up(connection: socket.socket) -> None:
    """Closes at once."""
    connection.close()


def _quietly(answer: Callable[[socket.socket], None], connection: socket.socket) -> None:
    try:
        answer(connection)
    except OSError:
        return


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("redis-server did not come up")
