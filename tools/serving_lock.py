"""Write requirements-serving.txt: what `artrec serve` needs, exact, without what training needs.

The container installs these without looking for more (`pip install --no-deps`). `SERVING` is
what the service imports; whatever those need is found in the installed packages, and every
version stands in constraints.txt already. `make lock` calls it.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

SERVING = (
    "alembic",
    "click",
    "fastapi",
    "filelock",
    "httptools",  # with uvloop: what uvicorn is fast with
    "itsdangerous",
    "lightgbm",  # scores of a hybrid; its scikit-learn interface is not used
    "numpy",
    "orjson",
    "pandas",
    "prometheus-client",
    "psycopg[binary]",  # feedback in Postgres
    "pyarrow",
    "pydantic",
    "python-multipart",
    "rapidfuzz",
    "redis",
    "rich",  # tables of `artrec bundle` and `artrec feedback`
    "scipy",
    "sqlalchemy",
    "threadpoolctl",
    "tqdm",
    "uvicorn",
    "uvloop",
)
"""Packages that artrec.serving and the artrec command import, by their names in pyproject.toml."""

HEADER = """\
# What `artrec serve` needs, and nothing else: for `pip install --no-deps -r`, as the Dockerfile has
# it. Versions are those of constraints.txt. Renew with `make lock`.
"""


def closure(wanted: tuple[str, ...]) -> set[str]:
    """Names of distributions that these need, themselves included, on Linux.

    Args:
        wanted: Requirements; extras count.
    """
    environment = {**default_environment(), "sys_platform": "linux", "platform_system": "Linux"}
    todo = [Requirement(each) for each in wanted]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        one = todo.pop()
        known = (plain(one.name), frozenset(one.extras))
        if known in seen:
            continue
        seen.add(known)
        for line in metadata.requires(one.name) or []:
            needed = Requirement(line)
            extras = one.extras or {""}
            if needed.marker is None or any(
                needed.marker.evaluate({**environment, "extra": extra}) for extra in extras
            ):
                todo.append(needed)
    return {name for name, _ in seen}


def plain(name: str) -> str:
    """A distribution's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(constraints: str) -> str:
    """Text of requirements-serving.txt.

    Args:
        constraints: Text of constraints.txt.

    Raises:
        KeyError: A package has no exact version there.
    """
    pins = dict(
        line.split("==") for line in constraints.splitlines() if line and not line.startswith("#")
    )
    return HEADER + "".join(f"{name}=={pins[name]}\n" for name in sorted(closure(SERVING)))


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(requirements(Path(sys.argv[1]).read_text()))
