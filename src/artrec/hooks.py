"""Kedro hooks: one run at a time, no unread parameter, plain errors, a closing summary."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline

from artrec.errors import ArtrecError, ConfigError, near_names
from artrec.locking import RunLock

logger = logging.getLogger(__name__)


class Guard:
    """Refuses what would go wrong later: a second run, a misspelt parameter."""

    def __init__(self) -> None:
        self._lock: RunLock | None = None

    @hook_impl
    def after_catalog_created(self, parameters: dict[str, Any]) -> None:
        """Refuse parameters that no pipeline reads."""
        from kedro.framework.project import pipelines

        sys.excepthook = _say_plainly
        refuse_unread(parameters["parameters"], _read_by(pipelines.values()))

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any]) -> None:
        """Take the project's lock."""
        self._lock = RunLock(Path(run_params["project_path"]) / "data")
        self._lock.acquire()

    @hook_impl
    def after_pipeline_run(self) -> None:
        """Give the lock back."""
        self._release()

    @hook_impl
    def on_pipeline_error(self) -> None:
        """Give the lock back."""
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None


class Summary:
    """Prints what a run made and where it lies."""

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Show the closing summary when the run came as far as the evaluation's table."""
        from artrec.reporting.terminal import print_summary

        media = sorted({node.namespace.split(".")[0] for node in pipeline.nodes if node.namespace})
        for medium in media:
            if f"{medium}.evaluation_summary" in pipeline.all_outputs():
                print_summary(medium, catalog.load)


def refuse_unread(parameters: dict[str, Any], read: set[str]) -> None:
    """Raise when a parameter is read by no pipeline.

    Args:
        parameters: Nested parameters as configuration gives them.
        read: Dotted names some pipeline reads; a whole block may be read at once.

    Raises:
        ConfigError: Names the first such parameter and offers the near one.
    """
    for name in _leaves(parameters, read):
        if name not in read:
            raise ConfigError(
                f"no pipeline reads the parameter {name!r}",
                near_names(name, read),
            )


def _leaves(parameters: dict[str, Any], read: set[str], prefix: str = "") -> Iterable[str]:
    for key, value in parameters.items():
        name = f"{prefix}{key}"
        inside = any(each.startswith(f"{name}.") for each in read)
        if isinstance(value, dict) and inside and name not in read:
            yield from _leaves(value, read, f"{name}.")
        else:
            yield name


def _read_by(pipelines: Iterable[Pipeline]) -> set[str]:
    inputs = {name for pipeline in pipelines for name in pipeline.inputs()}
    return {name.removeprefix("params:") for name in inputs if name.startswith("params:")}


def _say_plainly(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ArtrecError):
        cause = cause.__cause__
    if cause is None or os.environ.get("ARTREC_TRACEBACK"):
        sys.__excepthook__(kind, error, trace)
        return
    sys.stderr.write(f"artrec: {cause}\n  (ARTREC_TRACEBACK=1 shows the traceback)\n")
