"""Grids of equal size a model: which configurations are tried on validation."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from artrec.config import Config
from artrec.models.registry import config_class


class GridConfig(Config):
    """The configurations each model is tried with: as many for every model."""

    models: dict[str, list[dict[str, Any]]] = Field(
        min_length=1, description="Model name to the configurations it is tried with."
    )

    @model_validator(mode="after")
    def _fair_and_valid(self) -> Self:
        sizes = {model: len(grid) for model, grid in self.models.items()}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"every model gets the same number of trials; got {sizes}")
        for model in self.models:
            configs = self.typed(model)
            if len({each.model_dump_json() for each in configs}) < len(configs):
                raise ValueError(f"the grid of {model} holds a configuration twice")
        return self

    def typed(self, model: str) -> list[Config]:
        """The grid of one model as its own configs.

        Raises:
            ConfigError: There is no such model.
        """
        kind = config_class(model)
        return [kind.model_validate(values) for values in self.models[model]]
