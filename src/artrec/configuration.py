"""The configuration a process runs with: the session's own, else what stands in conf/.

Kedro registers pipelines without saying for which environment; the hook that is told remembers it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kedro.config import AbstractConfigLoader
from kedro.framework.project import settings
from kedro.utils import find_kedro_project

from artrec.media import Medium, read_media

_told: list[tuple[AbstractConfigLoader, Path]] = []


def remember(loader: AbstractConfigLoader, project: Path) -> None:
    """Keep a session's configuration; the last one told counts."""
    _told[:] = [(loader, project)]


@contextmanager
def as_in(project: Path, env: str) -> Iterator[None]:
    """Look at an environment of a project, whatever a session told before."""
    before = list(_told)
    remember(_loader(project, env=env), project)
    try:
        yield
    finally:
        _told[:] = before


def configuration() -> tuple[AbstractConfigLoader, Path]:
    """The loader, and the project's folder."""
    if _told:
        return _told[0]
    project = find_kedro_project(Path.cwd()) or Path.cwd()
    return _loader(project), project


def _loader(project: Path, **options: str) -> AbstractConfigLoader:
    loader: AbstractConfigLoader = settings.CONFIG_LOADER_CLASS(
        conf_source=str(project / settings.CONF_SOURCE), **options, **settings.CONFIG_LOADER_ARGS
    )
    return loader


def configured_media() -> tuple[Medium, ...]:
    """Every medium of the configuration that this process runs with."""
    loader, project = configuration()
    return read_media(loader["parameters"], loader["catalog"], project)
