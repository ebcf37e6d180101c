"""Popularity: how many people liked an item, over all time or lately, as of the end of the fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from artrec.config import Config
from artrec.data.ids import IdMap
from artrec.data.interactions import NO_TIME, Interactions
from artrec.errors import ConfigError
from artrec.models.base import ProductScores
from artrec.models.checks import as_config, check_fit, check_profiles, sealed

SECONDS_A_DAY = 86_400


class PopularityConfig(Config):
    """What counts as popular."""

    window_days: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="Count only the last so many days before the latest interaction of the fit; "
        "null counts the whole history.",
    )
    half_life_days: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="An interaction counts half as much for every so many days between it and the "
        "latest of the fit; null counts old and new alike. Not beside `window_days`.",
    )
    below_in_fit: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="What an interaction below the positive threshold counts: 0 counts positives "
        "only, 1 counts every interaction.",
    )

    @model_validator(mode="after")
    def _one_kind_of_recency(self) -> Self:
        if self.window_days is not None and self.half_life_days is not None:
            raise ValueError(
                "window_days and half_life_days are two ways to prefer what is recent; give one"
            )
        return self


@dataclass(frozen=True, eq=False)
class Popularity:
    """Scores every item by its count, the same for everybody.

    An empty profile is scored as every other. The window holds the interactions with
    ``latest - window_days < timestamp <= latest`` (in days), where latest is the latest timestamp
    of the fit, positive or not. With a half-life h an interaction of age a counts 2^(-a / h).
    Both have a meaning only where everybody's history is cut at one time.

    Source: exponential decay by half-life as in Ding and Li, "Time weight collaborative
    filtering", CIKM 2005.

    Attributes:
        items: Items it scores.
        config: Its configuration.
        counts: ndarray of shape (n_items,), float32; exact below 2^24 without a half-life.
    """

    name: ClassVar[str] = "popularity"

    items: IdMap
    config: PopularityConfig
    counts: npt.NDArray[np.float32]

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        config: PopularityConfig,
        rng: np.random.Generator,  # noqa: ARG003 every model is fitted the same way
    ) -> Self:
        """Count the interactions of each item.

        Args:
            interactions: What happened before the cut.
            config: The window, and what counts.
            rng: Not used; nothing here is random.

        Raises:
            ConfigError: A window or half-life is asked for and an interaction has no timestamp.
            InputError: There is no interaction.
        """
        check_fit(interactions, cls.name)
        weights = np.where(interactions.positive, 1.0, config.below_in_fit)
        if config.window_days is not None:
            ages = _ages(interactions.timestamps, "window_days")
            weights = weights * (ages < config.window_days)
        if config.half_life_days is not None:
            ages = _ages(interactions.timestamps, "half_life_days")
            weights = weights * 0.5 ** (ages / config.half_life_days)
        counts = np.bincount(interactions.indices, weights, minlength=len(interactions.items))
        return cls(interactions.items, config, sealed(counts.astype(np.float32)))

    def score(self, profiles: Interactions) -> ProductScores:
        """See `Scorer.score`: the counts, for everybody."""
        check_profiles(profiles, self.items, self.name)
        everybody = np.ones((len(profiles.users), 1), dtype=np.float32)
        return ProductScores(everybody, self.counts[np.newaxis, :])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`."""
        return {"counts": self.counts}

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: Config, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """See `Scorer.from_arrays`."""
        return cls(items, as_config(config, PopularityConfig), arrays["counts"])


def _ages(timestamps: npt.NDArray[np.int64], wanted_by: str) -> npt.NDArray[np.float64]:
    """Days between each interaction and the latest."""
    if (timestamps == NO_TIME).any():
        raise ConfigError(
            f"popularity with {wanted_by} needs a timestamp on every interaction",
            f"set {wanted_by} to null for data without times",
        )
    return np.asarray((timestamps.max() - timestamps) / SECONDS_A_DAY)
