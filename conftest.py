"""What is collected: doctests of the service only where its extra is installed."""

from __future__ import annotations

from importlib.util import find_spec

SERVE = ("alembic", "fastapi", "itsdangerous", "multipart", "orjson", "prometheus_client")
SERVE += ("redis", "sqlalchemy", "uvicorn")

collect_ignore_glob = [] if all(map(find_spec, SERVE)) else ["src/artrec/serving/*"]
