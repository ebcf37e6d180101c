"""What is collected: the service and its tests only where their extras are installed."""

from __future__ import annotations

from importlib.util import find_spec

EXTRAS = ("alembic", "fastapi", "itsdangerous", "multipart", "orjson", "prometheus_client")
EXTRAS += ("redis", "sqlalchemy", "uvicorn", "httpx", "httpx2", "playwright", "schemathesis")
MISSING = [name for name in EXTRAS if find_spec(name) is None]
SERVICE = ["src/artrec/serving/*", "tests/serving/*", "tests/page_steps.py"]
SERVICE += ["tests/service_load.py", "tests/service_process.py", "tests/serving_world.py"]
SERVICE += ["tests/container_world.py"]

collect_ignore_glob = SERVICE if MISSING else []


def pytest_report_header() -> list[str]:
    """Say what is left out, and how to get it."""
    if not MISSING:
        return []
    return [f"left out: the service's tests, without {', '.join(MISSING)} (make setup-all)"]
