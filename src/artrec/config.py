"""Base of every typed parameter block: frozen, closed, and helpful about misspelt names."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator

from artrec.errors import near_names

Numbers = TypeVar("Numbers", bound=tuple[float, ...])


def ascending(values: Numbers) -> Numbers:
    """Validator of a field whose numbers come in ascending order, none twice.

    Raises:
        ValueError: They do not.
    """
    if any(first >= second for first, second in pairwise(values)):
        raise ValueError(f"should ascend, no number twice; got {list(values)}")
    return values


class Config(BaseModel):
    """Frozen parameter block; an unknown name is an error that offers the near one.

    Every hyper-parameter of artrec is written once, as a field of a subclass that stands beside
    the code that reads it. Kedro validates ``params:`` inputs annotated with a subclass before
    any node runs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_names(cls, values: Any) -> Any:
        if isinstance(values, dict):
            for name in values:
                if name not in cls.model_fields:
                    hint = near_names(str(name), cls.model_fields)
                    raise ValueError(f"unknown parameter {name!r} for {cls.__name__}: {hint}")
        return values
