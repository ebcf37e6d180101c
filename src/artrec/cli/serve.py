"""`artrec serve`: the service and the page."""

from __future__ import annotations

import os
from typing import Any

import click

from artrec.cli.output import reports_errors
from artrec.errors import ConfigError

EXTRA = ("fastapi", "itsdangerous", "orjson", "prometheus_client", "sqlalchemy", "uvicorn")


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port; 0 takes a free one.  [default: 8000]")
@click.option(
    "--bundle",
    "store",
    type=click.Path(),
    help="Store of published bundles. [default: $ARTREC_STORE, or data/published of this project]",
)
@click.option("--workers", type=int, help="Processes that answer calls.  [default: 1]")
@click.option("--database", help="SQLAlchemy URL of the feedback. [default: SQLite by the store]")
@click.option("--redis", help="URL of a Redis for lists and rate limits. [default: none]")
@click.option("--base-path", help="Path in front of every address, where a proxy adds one.")
@reports_errors
def serve(**flags: Any) -> None:
    """Serve recommendations and the page over HTTP, from the published bundle.

    \b
    artrec serve
    artrec serve --host 0.0.0.0 --port 8080 --workers 2

    Every setting can be given in the environment too, as ARTREC_SERVE_PORT; keys are given there
    only: ARTREC_SERVE_SECRET, ARTREC_SERVE_API_KEYS (by commas), ARTREC_SERVE_ADMIN_KEY. Stops on
    SIGTERM and Ctrl-C once the calls under way are answered. Needs the extra `serve`.
    """  # noqa: D301 - click reads a real backspace
    _need_the_extra()
    # a call has one thread, and calls share the cores: a second one would spin more than it helps
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # read when numpy and LightGBM are loaded, below
    from artrec.serving.server import run
    from artrec.serving.settings import ServingSettings

    run(ServingSettings.told(flags))


def _need_the_extra() -> None:
    from importlib.util import find_spec

    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"the service needs packages that are not installed: {', '.join(missing)}",
            "install them with: pip install 'artrec[serve]'",
        )
