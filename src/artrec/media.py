"""The media of a project: what configuration says of each, and whether its raw data are there.

A medium is a block of the parameters (``movies``, ``books``) and a namespace of the pipelines. What
its pipelines consist of is configuration too: the block's ``pipeline`` names the protocols it is
judged by, its ``models`` are those it is fitted with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from artrec.config import Config
from artrec.data.enrich.registry import enrichment
from artrec.data.feedback import FEEDBACK
from artrec.data.sources.base import SourceConfig
from artrec.data.sources.registry import reader
from artrec.errors import ConfigError, near_names
from artrec.models.registry import (
    COLD_MODELS,
    COLD_ONLY,
    GLOBAL_CUT_ONLY,
    HYBRID_MODELS,
    LEARNED_ON_VALIDATION,
    MODELS,
)
from artrec.splitting.protocols import PROTOCOLS, Protocol, protocol_of

STRUCTURE = "pipeline"
GRIDS = "grids"  # read by tune, which knows only the media at hand
RAW = "raw_"
DEFAULT_READER = SourceConfig.model_fields["reader"].default


class StructureConfig(Config):
    """What the pipelines of a medium consist of; read when pipelines are registered."""

    protocols: tuple[str, ...] = Field(
        default=(),
        description="Protocols of artrec.splitting.protocols the medium is judged by, the "
        "headline's first; none for a medium without interactions.",
    )
    blended: tuple[str, ...] = Field(
        default=(),
        description="Models whose scores blend and hybrid are given; at least three where either "
        "is among the models.",
    )
    enrichments: tuple[str, ...] = Field(
        default=(),
        description="What other sources say of works (artrec.data.enrich.registry), in the order "
        "they are asked; one whose raw table is not there is left out.",
    )

    @field_validator("protocols")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in PROTOCOLS:
                raise ValueError(f"there is no protocol {name!r}; {near_names(name, PROTOCOLS)}")
        return names


@dataclass(frozen=True)
class Medium:
    """One medium of a project.

    Attributes:
        name: Its namespace.
        models: Names of the models it is fitted with, in the registry's order.
        protocols: How it is judged, the headline's protocol first.
        tables: Raw tables the reader is given, by name: needed ones, and optional ones whose
            files are there.
        enrichments: Those whose raw table is there, in the order they are asked.
        blended: Models that blend and hybrid are given.
        tuned: Models it has a grid for (`artrec.models.grids`).
        missing: What is needed and not there: paths of raw files.
        feedback: Whether there is feedback of the service's people to be taken in.
    """

    name: str
    models: tuple[str, ...]
    protocols: tuple[Protocol, ...]
    tables: tuple[str, ...] = ()
    enrichments: tuple[str, ...] = ()
    blended: tuple[str, ...] = ()
    tuned: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    feedback: bool = False

    @property
    def has_interactions(self) -> bool:
        """Whether there is anything to learn taste from and to be judged by."""
        return bool(self.protocols)

    @property
    def hybrids(self) -> tuple[str, ...]:
        """Names of its models that are learned on the validation part, given other scorers."""
        return tuple(name for name in self.models if name in LEARNED_ON_VALIDATION)

    @property
    def holdouts(self) -> tuple[str, ...]:
        """Holdouts the main job fits models on: those chosen on, and those judged on."""
        return self.chosen_on + self.judged_on

    @property
    def split_off(self) -> tuple[str, ...]:
        """Holdouts the main job splits off: those, and where parameters alone are tuned."""
        tuned = (self.tuned_on(model) for model in self.tuned)
        return tuple(dict.fromkeys((*self.holdouts, *(each for each in tuned if each))))

    def tuned_on(self, model: str) -> str | None:
        """The validation holdout its parameters are tried on: of the first protocol that fits it.

        None where no protocol does; works nobody has met are no place to tune on.
        """
        parts = [each.validation[:1] for each in self.protocols if not each.cold_items]
        return next(
            (name for part in parts for name in part if model in self.models_on(name)), None
        )

    @property
    def judged_on(self) -> tuple[str, ...]:
        """Holdouts figures are reported of, the headline first: those some model is judged on."""
        tests = (name for each in self.protocols for name in each.test)
        return tuple(name for name in tests if self.models_on(name))

    @property
    def chosen_on(self) -> tuple[str, ...]:
        """Holdouts the published model is chosen on: the headline protocol's validation part."""
        return self.protocols[0].validation if self.protocols else ()

    def models_on(self, holdout: str) -> tuple[str, ...]:
        """Names of the models judged on a holdout, those first that are given to others."""
        protocol = protocol_of(holdout)
        if protocol.cold_items:
            return tuple(name for name in self.models if name in COLD_MODELS)
        return tuple(
            name
            for name in self.models
            if name not in COLD_ONLY
            and (protocol.global_cut or name not in GLOBAL_CUT_ONLY)
            # learned on the headline's validation part, which other protocols may judge on
            and (protocol == self.protocols[0] or name not in HYBRID_MODELS)
        )

    def described_on(self, model: str) -> str:
        """The first judged holdout that a model is fitted on."""
        return next(name for name in self.judged_on if model in self.models_on(name))


def read_media(
    parameters: Mapping[str, Any], catalog: Mapping[str, Any], project: Path
) -> tuple[Medium, ...]:
    """Every medium of a configuration.

    Args:
        parameters: Nested parameters; a block with a ``source`` is a medium.
        catalog: Dataset name to its entry; those named ``<medium>.raw_<table>`` are its raw
            tables. Which of them are needed, the reader says.
        project: Folder that file paths count from.

    Raises:
        ConfigError: A medium's ``pipeline`` or ``models`` are not what they should be.
    """
    return tuple(
        _medium(name, block, catalog, project)
        for name, block in parameters.items()
        if isinstance(block, Mapping) and "source" in block
    )


def _medium(
    name: str, block: Mapping[str, Any], catalog: Mapping[str, Any], project: Path
) -> Medium:
    try:
        structure = StructureConfig.model_validate(block.get(STRUCTURE) or {})
    except ValidationError as error:
        told = "; ".join(str(each["msg"]) for each in error.errors())
        raise ConfigError(
            f"'{name}.{STRUCTURE}' is not what it should be: {told}",
            "docs/how-to/new-medium.md shows one",
        ) from error
    chosen = reader(str(block["source"].get("reader", DEFAULT_READER)))
    files = _Files(name, catalog, project)
    models = _models(name, block)
    grids = (block.get(GRIDS) or {}).get("models") or {}
    return Medium(
        name,
        models,
        tuple(PROTOCOLS[each] for each in structure.protocols),
        (*chosen.tables, *(each for each in chosen.optional if files.has(each))),
        tuple(each for each in structure.enrichments if files.has(enrichment(each).table)),
        structure.blended,
        tuple(model for model in models if model in grids),
        tuple(files.place_of(each) for each in chosen.tables if not files.has(each)),
        feedback=bool(structure.protocols) and files.has(FEEDBACK),
    )


def _models(name: str, block: Mapping[str, Any]) -> tuple[str, ...]:
    # null takes a model out that the base configuration has
    named = {model for model, config in (block.get("models") or {}).items() if config is not None}
    for model in sorted(named - set(MODELS)):
        raise ConfigError(
            f"'{name}.models' names {model!r}, and there is no such model",
            near_names(model, MODELS),
        )
    return tuple(model for model in MODELS if model in named)


@dataclass(frozen=True)
class _Files:
    """The raw files of a medium, as the catalog names them."""

    medium: str
    catalog: Mapping[str, Any]
    project: Path

    def has(self, table: str) -> bool:
        path = self._entry(table).get("filepath")
        return path is not None and (self.project / str(path)).exists()

    def place_of(self, table: str) -> str:
        name = f"{self.medium}.{RAW}{table}"
        return str(self._entry(table).get("filepath", f"'{name}' of the catalog"))

    def _entry(self, table: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.catalog.get(f"{self.medium}.{RAW}{table}", {})
        return found


# --- which media a process looks at --------------------------------------------------------------

_only: ContextVar[tuple[str, ...] | None] = ContextVar("only", default=None)


@contextmanager
def only(*names: str) -> Iterator[None]:
    """Look at these media alone, whether their data are there or not."""
    token = _only.set(names)
    try:
        yield
    finally:
        _only.reset(token)


def at_hand(media: tuple[Medium, ...]) -> tuple[Medium, ...]:
    """The media that the main job runs: those whose raw data are there."""
    names = _only.get()
    if names is not None:
        return tuple(each for each in media if each.name in names)
    present = tuple(each for each in media if not each.missing)
    # with nothing there the one is run of which most is there, and says what it misses
    nearest = sorted(media, key=lambda each: len(each.enrichments), reverse=True)
    return present or tuple(nearest[:1])
