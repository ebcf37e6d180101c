"""Node of refit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from artrec.models.base import Scorer
from artrec.models.fitting import TrainingConfig, fit_model
from artrec.recommend.selection import Selection


def refit_chosen(
    interactions: pd.DataFrame,
    selection: dict[str, object],
    training: TrainingConfig,
    positive_from: float | None,
    seed: int,
) -> Scorer:
    """Fit the chosen configuration on all interactions."""
    chosen = Selection.model_validate(selection)
    rng = np.random.default_rng(seed)
    config = chosen.typed_config()
    return fit_model(chosen.model, interactions, config, training, positive_from, rng)
