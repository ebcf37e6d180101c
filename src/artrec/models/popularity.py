"""Popularity: how many people liked an item, over all time or a window that ends at the fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

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
    below_in_fit: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="What an interaction below the positive threshold counts: 0 counts positives "
        "only, 1 counts every interaction.",
    )


@dataclass(frozen=True, eq=False)
class Popularity:
    """Scores every item by its count, the same for everybody.

    An empty profile is scored as every other. The window holds the interactions with
    ``latest - window_days < timestamp <= latest`` (in days), where latest is the latest timestamp
    of the fit, positive or not.

    Attributes:
        items: Items it scores.
        config: Its configuration.
        counts: ndarray of shape (n_items,), float32; exact below 2^24.
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
            ConfigError: A window is asked for and an interaction has no timestamp.
            InputError: There is no interaction.
        """
        check_fit(interactions, cls.name)
        weights = np.where(interactions.positive, 1.0, config.below_in_fit)
        if config.window_days is not None:
            weights = weights * _in_window(interactions.timestamps, config.window_days)
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


def _in_window(timestamps: npt.NDArray[np.int64], window_days: float) -> npt.NDArray[np.bool_]:
    if (timestamps == NO_TIME).any():
        raise ConfigError(
            f"popularity over the last {window_days:g} days needs a timestamp on every interaction",
            "set window_days to null for data without times",
        )
    return np.asarray(timestamps > timestamps.max() - window_days * SECONDS_A_DAY)
