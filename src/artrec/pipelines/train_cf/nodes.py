"""Nodes of train_cf."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from artrec.config import Config
from artrec.models.base import Scorer
from artrec.models.fitting import TrainingConfig, fit_model
from artrec.models.registry import config_class


def fitting(model: str) -> Callable[..., Scorer]:
    """Make the node function that fits one model, typed with that model's config.

    Kedro reads the annotation and hands over a validated config before any node runs.
    """

    def fit(
        fit_table: pd.DataFrame,
        config: Config,
        training: TrainingConfig,
        positive_from: float | None,
        seed: int,
    ) -> Scorer:
        rng = np.random.default_rng(seed)
        return fit_model(model, fit_table, config, training, positive_from, rng)

    fit.__name__ = fit.__qualname__ = f"fit_{model}"
    fit.__doc__ = f"Fit {model} on one holdout's interactions."
    fit.__annotations__["config"] = config_class(model)
    return fit
