"""Nodes of train_content."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from artrec.config import Config
from artrec.data.content import Content
from artrec.models.base import Scorer
from artrec.models.content import Content as ContentBased
from artrec.models.content import ContentConfig
from artrec.models.fitting import TrainingConfig, fit_model
from artrec.models.registry import config_class


def fit_on_works(content: Content, config: ContentConfig) -> Scorer:
    """The content-based model of a medium without interactions."""
    return ContentBased.of_works(config, content)


def fitting(model: str) -> Callable[..., Scorer]:
    """Make the node function that fits one model, typed with that model's config."""

    def fit(
        fit_table: pd.DataFrame,
        content: Content,
        config: Config,
        training: TrainingConfig,
        positive_from: float | None,
        seed: int,
    ) -> Scorer:
        rng = np.random.default_rng(seed)
        return fit_model(model, fit_table, config, training, positive_from, rng, content)

    fit.__name__ = fit.__qualname__ = f"fit_{model}"
    fit.__doc__ = f"Fit {model} on one holdout's interactions and the content of works."
    fit.__annotations__["config"] = config_class(model)
    return fit
