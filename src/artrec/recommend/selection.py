"""Choosing a model on validation, and saying what was chosen."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
from pydantic import Field

from artrec.config import Config
from artrec.errors import InputError
from artrec.models.registry import MODELS, config_class


class SelectionConfig(Config):
    """By which validation figure the published model is chosen."""

    metric: Literal["precision", "recall", "ndcg", "map", "mrr", "hit_rate"] = Field(
        default="ndcg", description="Ranking metric, higher is better."
    )
    k: int = Field(default=10, ge=1, description="List cut-off of that metric.")


class Selection(Config):
    """The chosen model, its configuration, and the validation figures it was chosen by."""

    model: str = Field(description="Name of the chosen model.")
    config: dict[str, Any] = Field(description="Its configuration, as parameters give it.")
    metric: str = Field(description="The metric chosen by, for example 'ndcg@10'.")
    validation: dict[str, float] = Field(description="That metric's validation mean, by model.")

    def typed_config(self) -> Config:
        """The configuration as the model's own config class."""
        config: Config = config_class(self.model).model_validate(self.config)
        return config


def choose(means: pd.Series, configs: dict[str, Config], config: SelectionConfig) -> Selection:
    """Choose the model with the highest validation mean, of equal ones the first of the registry.

    Args:
        means: Validation mean of the metric, indexed by model name.
        configs: Each model's configuration.
        config: Which metric `means` holds.

    Raises:
        InputError: There is nothing to choose from.
    """
    if means.isna().all():
        raise InputError(
            "no model can be chosen: nobody has a liked item in the validation part",
            "bring people with more interactions, lower `splitting.min_interactions`, or lower "
            "`source.positive_from` if it asks more than people give",
        )
    simplest_first = means.reindex(sorted(means.index, key=list(MODELS).index))
    ordered = simplest_first.sort_values(ascending=False, kind="stable")
    best = str(ordered.index[0])
    return Selection(
        model=best,
        config=configs[best].model_dump(mode="json"),
        metric=f"{config.metric}@{config.k}",
        validation={str(name): float(value) for name, value in ordered.items()},
    )
