"""Kedro hooks: one run at a time, no unread parameter, plain errors, a closing summary."""

from __future__ import annotations

import atexit
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml
from kedro.config import MissingConfigException
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol, DatasetError
from kedro.pipeline import Pipeline
from kedro.validation.exceptions import ParameterValidationError

from artrec.configuration import configured_media, remember
from artrec.errors import ArtrecError, ConfigError, near_names
from artrec.locking import RunLock
from artrec.media import GRIDS, STRUCTURE

FILMS = "wikidata_films"
NO_PIPELINE = "Failed to find the pipeline"


class Guard:
    """Refuses what would go wrong later: a second run, a misspelt parameter."""

    def __init__(self) -> None:
        self._lock: RunLock | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Say errors plainly from here on: parameters are looked at next."""
        sys.excepthook = _say_plainly
        remember(context.config_loader, Path(context.project_path))

    @hook_impl
    def after_catalog_created(self, parameters: dict[str, Any]) -> None:
        """Refuse parameters that no pipeline reads, and a seed that is none."""
        from kedro.framework.project import pipelines

        given = parameters["parameters"]
        refuse_unread(given, _read_by(pipelines.values()) | _read_at_registering(given))
        refuse_bad_seed(parameters["parameters"].get("seed"))

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Refuse an encoder that is not installed, then take the project's lock."""
        refuse_missing_encoders(pipeline, catalog)
        self._lock = RunLock(Path(run_params["project_path"]) / "data")
        self._lock.acquire()
        # Ctrl-C is no error to Kedro: without this the note would outlive its run
        atexit.register(self._release)

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
        """Show the closing summary of a run that both measured and ranked."""
        from artrec.reporting.terminal import print_absent, print_summary

        media = configured_media()
        made = pipeline.all_outputs()
        for medium in media:
            if {f"{medium.name}.evaluation_summary", f"{medium.name}.recommendations"} <= made:
                folder = _data_folder(medium.name, catalog)
                links = FILMS if FILMS in medium.enrichments else None
                print_summary(medium.name, medium.judged_on[0], catalog.load, folder, links)
        if "published" in made:
            print_absent({each.name: each.missing for each in media if each.missing})


def _data_folder(medium: str, catalog: CatalogProtocol[Any, Any]) -> str:
    """Where the run writes, as seen from the working directory where it lies below it."""
    summary = Path(getattr(catalog.get(f"{medium}.evaluation_summary"), "_filepath", "data/x/y/z"))
    folder, here = summary.parents[2], Path.cwd()
    return (folder.relative_to(here) if folder.is_relative_to(here) else folder).as_posix()


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
            depth = name.count(".") + 1
            known = {".".join(each.split(".")[:depth]) for each in read}
            raise ConfigError(
                f"no pipeline reads the parameter {name!r}",
                near_names(name, read if name in known else known),
            )


def _read_at_registering(parameters: dict[str, Any]) -> set[str]:
    """What pipelines consist of, and models and whole blocks an environment leaves out by null."""
    media = {name: block for name, block in parameters.items() if isinstance(block, dict)}
    left_out = {
        f"{name}.models.{model}"
        for name, block in media.items()
        for model, config in (block.get("models") or {}).items()
        if config is None
    }
    blocks = {
        f"{name}.{key}" for name, block in media.items() for key in block if block[key] is None
    }
    of_each = {f"{name}.{block}" for name in media for block in (STRUCTURE, GRIDS)}
    return of_each | left_out | blocks


def refuse_missing_encoders(pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
    """Raise when a pipeline is to encode texts by what is not installed.

    Raises:
        ConfigError: Names the encoder, what it lacks, and how to install it.
    """
    from artrec.features.text.encoders import require
    from artrec.features.text.encoding import TextConfig

    for name in sorted(pipeline.inputs()):
        given = catalog.load(name) if name.startswith("params:") else None
        if isinstance(given, TextConfig):
            require(given.encoder)


def refuse_bad_seed(seed: object) -> None:
    """Raise when the seed is not a whole number from 0 on; Kedro checks typed blocks only.

    Raises:
        ConfigError: Says what came.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ConfigError(
            f"the parameter 'seed' should be a whole number from 0 on; got {seed!r}",
            "for example `seed: 42` in conf, or --params=seed=42",
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
    text = None if os.environ.get("ARTREC_TRACEBACK") else plain_text(error)
    if text is None:
        sys.__excepthook__(kind, error, trace)
        return
    sys.stderr.write(f"artrec: {text}\n  (ARTREC_TRACEBACK=1 shows the traceback)\n")


def plain_text(error: BaseException) -> str | None:
    """What to tell a person who knows no Python; None where only a traceback helps.

    Args:
        error: As it ended the run; what artrec raised may be its cause.
    """
    chain = [error]
    while chain[-1].__cause__ is not None:
        chain.append(chain[-1].__cause__)
    ours = next((each for each in chain if isinstance(each, ArtrecError)), None)
    if ours is not None:
        return str(ours)
    return _plain_configuration(error) or _plain_system(error, chain)


def _plain_configuration(error: BaseException) -> str | None:
    if isinstance(error, ParameterValidationError):
        return _plain_parameters(str(error))
    if isinstance(error, MissingConfigException):
        return f"{error}\n  hint: an environment is a folder of conf, for example --env=own"
    if isinstance(error, yaml.YAMLError):
        return f"{error}\n  hint: mend the YAML: indentation, colons, brackets that do not close"
    if isinstance(error, ValueError) and NO_PIPELINE in str(error):
        return f"{error}\n  hint: `kedro registry list` names them all"
    return None


def _plain_system(error: BaseException, chain: list[BaseException]) -> str | None:
    system = next((each for each in chain if isinstance(each, OSError)), None)
    if system is not None and isinstance(error, DatasetError | OSError):
        place = re.search(r"filepath=(?:\w+\(')?([^,')]+)", str(error))
        where = f"{place[1]}: " if place and place[1] not in str(system) else ""
        return f"{where}{system}\n  hint: {_hint_for(system)}; earlier outputs are untouched"
    return None


def _plain_parameters(text: str) -> str:
    """Kedro's and Pydantic's words without what only their authors read."""
    further = r"\n *For further information visit \S+"
    came = rf" \[type=(?!value_error).*?, input_value=(.*?), input_type=\w+\]{further}"
    text = re.sub(came, r"; got \1", text, flags=re.DOTALL)
    text = re.sub(rf" \[type=.*?\]{further}", "", text, flags=re.DOTALL)
    text = re.sub(r"Failed to instantiate .*?: \d+ validation errors? for \w+\n", "", text)
    text = re.sub(r" {2}Value error, ", "", text)
    return f"{text}\n  hint: mend it in conf or in --params"


def _hint_for(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "run the stages before it first, for example `kedro run --pipeline=recommend`"
    return "check the rights of that folder and the space on its disk, then run again"
