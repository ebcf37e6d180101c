"""From an interactions table to a fitted scorer: the one way every pipeline fits."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
from pydantic import Field

from artrec import schema
from artrec.config import Config
from artrec.data.content import Content
from artrec.data.filters import min_support
from artrec.data.interactions import Interactions
from artrec.errors import ArtrecWarning, InputError
from artrec.models.base import Scorer
from artrec.models.registry import (
    COLD_MODELS,
    CONTENT_MODELS,
    RATING_MODELS,
    content_model_class,
    model_class,
)

SAME_RATING = 1.0


class TrainingConfig(Config):
    """What all models of a medium share when they are fitted."""

    min_item_support: int = Field(
        default=3, ge=1, description="Interactions an item needs to be fitted at all."
    )


def fit_model(
    name: str,
    table: pd.DataFrame,
    config: Config,
    training: TrainingConfig,
    positive_from: float | None,
    rng: np.random.Generator,
    content: Content | None = None,
) -> Scorer:
    """Fit one model on a table of interactions.

    Args:
        name: Model name of `artrec.models.registry`.
        table: Table `schema.INTERACTIONS`; nothing else is looked at.
        config: The model's own config.
        training: Minimum support.
        positive_from: Lowest rating that counts as positive; None for implicit feedback.
        rng: Source of randomness.
        content: What works are, for the models that read it (`registry.CONTENT_MODELS`).

    Returns:
        The fitted scorer. A rating model of a source without ratings takes every interaction as
        rated the same, and a warning says so.

    Raises:
        InputError: No item has enough interactions.
    """
    # what a work is needs no support: also works that nobody has met are scored by it
    least = 1 if name in COLD_MODELS else training.min_item_support
    supported = min_support(table, least).table
    if supported.empty:
        raise InputError(
            f"no item has the {training.min_item_support} interactions that it takes to be fitted; "
            f"there are {len(table)} interactions with {table[schema.ITEM_ID].nunique()} items",
            "lower `training.min_item_support`, or bring more data",
        )
    if name in RATING_MODELS and not _has_ratings(supported):
        warnings.warn(
            ArtrecWarning(
                f"the source has no ratings and {name} predicts ratings: all items are the same "
                "to it",
                "do not judge it by this source",
            ),
            stacklevel=2,
        )
        supported = supported.assign(**{schema.RATING: SAME_RATING})
    interactions = Interactions.from_table(supported, positive_from)
    if name not in CONTENT_MODELS:
        return model_class(name).fit(interactions, config, rng)
    if content is None:
        raise InputError(f"{name} reads the content of works, and none was given", "pass `content`")
    return content_model_class(name).fit(interactions, config, rng, content)


def fit_as(
    scorers: Mapping[str, Scorer],
    table: pd.DataFrame,
    training: TrainingConfig,
    positive_from: float | None,
    seed: int,
    content: Content | None = None,
) -> dict[str, Scorer]:
    """Fit the same models with the same configurations on another table.

    Args:
        scorers: Model name to scorer; only its configuration is looked at.
        table: See `fit_model`, as all that follows.
        training: Minimum support.
        positive_from: Lowest rating that counts as positive.
        seed: Each model starts from it.
        content: What works are.
    """
    return {
        name: fit_model(
            name,
            table,
            scorer.config,
            training,
            positive_from,
            np.random.default_rng(seed),
            content,
        )
        for name, scorer in scorers.items()
    }


def _has_ratings(table: pd.DataFrame) -> bool:
    return schema.RATING in table and bool(table[schema.RATING].notna().any())
