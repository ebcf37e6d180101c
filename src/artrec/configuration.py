"""The configuration a process runs with: the session's own, else what stands in conf/.

Kedro registers pipelines without saying for which environment; the hook that is told remembers it.
"""

from __future__ import annotations

from pathlib import Path

from kedro.config import AbstractConfigLoader
from kedro.framework.project import settings
from kedro.utils import find_kedro_project

from artrec.media import Medium, read_media

_told: list[tuple[AbstractConfigLoader, Path]] = []


def remember(loader: AbstractConfigLoader, project: Path) -> None:
    """Keep a session's configuration; the last one told counts."""
    _told[:] = [(loader, project)]


def configuration() -> tuple[AbstractConfigLoader, Path]:
    """The loader, and the project's folder."""
    if _told:
        return _told[0]
    project = find_kedro_project(Path.cwd()) or Path.cwd()
    loader = settings.CONFIG_LOADER_CLASS(
        conf_source=str(project / settings.CONF_SOURCE), **settings.CONFIG_LOADER_ARGS
    )
    return loader, project


def configured_media() -> tuple[Medium, ...]:
    """Every medium of the configuration that this process runs with."""
    loader, project = configuration()
    return read_media(loader["parameters"], loader["catalog"], project)
