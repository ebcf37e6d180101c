"""From an interactions table to a fitted scorer: the one way every pipeline fits."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from artrec.config import Config
from artrec.data.filters import min_support
from artrec.data.interactions import Interactions
from artrec.models.base import Scorer
from artrec.models.registry import model_class


class TrainingConfig(Config):
    """What all models of a medium share when they are fitted."""

    min_item_support: int = Field(
        default=3, ge=1, description="Interactions an item needs to be fitted at all."
    )


def fit_model(  # noqa: PLR0913 - a fit is made of these
    name: str,
    table: pd.DataFrame,
    config: Config,
    training: TrainingConfig,
    positive_from: float | None,
    rng: np.random.Generator,
) -> Scorer:
    """Fit one model on a table of interactions.

    Args:
        name: Model name of `artrec.models.registry`.
        table: Table `schema.INTERACTIONS`; nothing else is looked at.
        config: The model's own config.
        training: Minimum support.
        positive_from: Lowest rating that counts as positive; None for implicit feedback.
        rng: Source of randomness.
    """
    supported = min_support(table, training.min_item_support).table
    interactions = Interactions.from_table(supported, positive_from)
    scorer: Scorer = model_class(name).fit(interactions, config, rng)
    return scorer
