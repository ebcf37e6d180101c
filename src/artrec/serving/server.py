"""Running the service: checks first, then uvicorn; several workers share one port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from artrec.bundle.store import current, list_versions, reading_order, verify_version
from artrec.errors import BundleError, ConfigError
from artrec.serving.app import create_app
from artrec.serving.protocol import Protocol
from artrec.serving.settings import ServingSettings
from artrec.serving.spare_memory import keep_little
from artrec.serving.watching import LOG, SHARED_FOLDER, log_as_json

HANDED_ON: Final = "ARTREC_SERVING_SETTINGS"
"""Environment variable by which workers get the settings: a mode 0600 file's path."""

STOP_SECONDS: Final = 20
BACKLOG: Final = 2048


def run(settings: ServingSettings) -> None:
    """Serve until SIGTERM or SIGINT; calls under way are answered first.

    Raises:
        BundleError: There is no bundle that can be served.
        ConfigError: The address cannot be listened on, or a setting does not fit.
    """
    keep_little()
    log_as_json()
    before = signal.signal(signal.SIGTERM, _stopped)  # uvicorn raises it again at the end
    try:
        if not list_versions(settings.store):
            current(settings.store)  # says what is missing and what to do
        (_run_workers if settings.workers > 1 else _run_one)(settings)
    finally:
        signal.signal(signal.SIGTERM, before)


def _run_one(settings: ServingSettings) -> None:
    from artrec.serving.swapping import swap

    app = create_app(settings)
    swap(app.state.service)  # here, so that a damaged bundle is told plainly
    bound = _bound(settings)
    _told(settings, bound)
    server = uvicorn.Server(uvicorn.Config(app, **_options(settings)))
    server.run(sockets=[bound])


def _stopped(*_: object) -> None:
    """A stop that was asked for is no failure."""
    sys.exit(0)


def worker_app() -> FastAPI:
    """The app of one of several workers; settings come from the file the environment names."""
    keep_little()
    text = Path(os.environ[HANDED_ON]).read_text(encoding="utf-8")
    log_as_json()
    return create_app(ServingSettings.model_validate_json(text))


def _run_workers(settings: ServingSettings) -> None:
    _check_whole(settings.store)
    settings.signing_key()  # made before the workers would make one each
    folder = Path(tempfile.mkdtemp(prefix="artrec-serving-"))  # mode 0700
    try:
        handed = folder / "settings.json"
        handed.touch(mode=0o600)
        handed.write_text(settings.model_dump_json(), encoding="utf-8")
        shared = folder / "metrics"
        shared.mkdir()
        os.environ[HANDED_ON], os.environ[SHARED_FOLDER] = str(handed), str(shared)
        bound = _bound(settings)
        _told(settings, bound)
        options = _options(settings) | {"workers": settings.workers, "factory": True}
        config = uvicorn.Config("artrec.serving.server:worker_app", **options)
        Multiprocess(config, [bound]).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_whole(store: Path) -> None:
    """Raise what is wrong with the newest version, unless one can be served."""
    first: BundleError | None = None
    for name in reading_order(store):
        try:
            verify_version(store, name)
        except BundleError as error:
            first = first or error
        else:
            return
    if first is not None:
        raise first


def _options(settings: ServingSettings) -> dict[str, Any]:
    return {
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "date_header": False,
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": settings.trusted_proxies or None,
        "timeout_keep_alive": 30,
        "timeout_worker_healthcheck": 30,  # a busy machine makes no worker a dead one
        "timeout_graceful_shutdown": STOP_SECONDS,
        "http": Protocol,
        "ws": "none",
        "lifespan": "on",
    }


def _bound(settings: ServingSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        raise ConfigError(
            f"{settings.host}:{settings.port} cannot be listened on ({error.strerror or error})",
            "choose another one with --host and --port; --port 0 takes a free one",
        ) from error
    bound.set_inheritable(True)
    return bound


def _told(settings: ServingSettings, bound: socket.socket) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{bound.getsockname()[1]}{settings.base_path}/"
    LOG.info("listening", extra={"url": url})
