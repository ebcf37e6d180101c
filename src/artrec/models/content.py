"""Content-based filtering: a work scores by its closeness to what a person liked and disliked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, NonNegativeFloat, field_validator
from scipy import sparse

from artrec.config import Config
from artrec.data.content import Content as Works
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.models.base import FloatArray
from artrec.models.checks import as_config, check_fit, check_profiles, sealed
from artrec.models.fields import FieldSpace, inverse, require_known

DEFAULT_WEIGHTS: Final = {
    "text": 1.0,
    "title": 0.15,
    "creators": 0.6,
    "series": 0.6,
    "genres": 0.3,
    "writers": 0.2,
    "cast": 0.2,
    "year": 0.05,
}


class ContentConfig(Config):
    """Which fields count, and what a disliked work weighs."""

    weights: dict[str, NonNegativeFloat] = Field(
        default=DEFAULT_WEIGHTS,
        min_length=1,
        description="Field name to the weight of its cosine; fields the works lack are left out.",
    )
    below_in_profile: float = Field(
        default=0.25,
        ge=-1,
        le=1,
        description="Weight in a profile of an interaction below the positive threshold; negative "
        "where disliked works should push works like them down.",
    )
    centred: bool = Field(
        default=True,
        description="Measure closeness from the mean work, so that works close to everything are "
        "not close to anybody's taste.",
    )

    @field_validator("weights")
    @classmethod
    def _names(cls, weights: dict[str, float]) -> dict[str, float]:
        # a name becomes a file's name
        bad = [name for name in weights if not name.isidentifier()]
        if bad:
            raise ValueError(f"field names are words of letters, digits and _; got {bad}")
        return weights


@dataclass(frozen=True, eq=False)
class Content:
    """Centred cosine over weighted fields, summed over the profile.

    ``score(u, j) = sum over i in the profile, i != j, of v_ui cos(x_i - m, x_j - m)``, with v 1 for
    a liked work and `below_in_profile` for another, x the weighted fields of a work and m their
    mean over the works of the fit. Works without interactions are scored as all others. An empty
    profile scores 0, and so does a work of which no field says anything.

    Source: Lops, de Gemmis, Semeraro, "Content-based recommender systems: state of the art and
    trends", Recommender Systems Handbook (2011), sections 3.3.1-3.3.2; centring after Mu and
    Viswanath, "All-but-the-top", ICLR 2018, and Radovanovic et al. on hubs, JMLR 2010.

    Attributes:
        items: Every work of the content, cold ones too.
        config: Its configuration.
        space: The works in the space of their fields.
    """

    name: ClassVar[str] = "content"

    items: IdMap
    config: ContentConfig
    space: FieldSpace

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        config: ContentConfig,
        rng: np.random.Generator,  # noqa: ARG003 every model is fitted the same way
        content: Works,
    ) -> Self:
        """Find the mean work; nothing else is learnt from interactions.

        Args:
            interactions: What happened before the cut; their items are the works of the fit.
            config: Field weights.
            rng: Not used; nothing here is random.
            content: Every work that is to be scored.

        Raises:
            ConfigError: The content has none of the weighted fields.
            InputError: There is no interaction, or none with a work of the content.
        """
        check_fit(interactions, cls.name)
        fitted = content.items.find(interactions.items.index)
        fitted = fitted[fitted >= 0]
        require_known(len(interactions.items), len(fitted), cls.name)
        space = FieldSpace.of(content, config.weights, fitted, config.centred)
        sealed(space.lengths)
        return cls(content.items, config, space)

    @classmethod
    def of_works(cls, config: ContentConfig, content: Works) -> Self:
        """Measure from the mean of all works, for a catalogue nobody has met anything of.

        Args:
            config: Field weights.
            content: Every work.

        Raises:
            ConfigError: The content has none of the weighted fields.
        """
        everything = np.arange(len(content.items), dtype=np.int64)
        space = FieldSpace.of(content, config.weights, everything, config.centred)
        sealed(space.lengths)
        return cls(content.items, config, space)

    def score(self, profiles: Interactions) -> ContentScores:
        """See `Scorer.score`; an empty profile scores 0 everywhere."""
        return ContentScores(self.space, self._amounts(profiles))

    def contributions(
        self, profile: Interactions, item: int
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """See `ExplainingScorer.contributions`; the scored item itself never counts."""
        chosen, by_field = self.field_contributions(profile, item)
        return chosen, np.sum(list(by_field.values()), axis=0, dtype=np.float32)

    def contributions_to(
        self, profile: Interactions, items: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """See `ManyExplainingScorer.contributions_to`."""
        check_profiles(profile, self.items, self.name)
        weights = profile.weights(self.config.below_in_profile)
        chosen = weights.indices.astype(np.int64)
        added = self.space.near(items, chosen) * weights.data
        added[items[:, np.newaxis] == chosen] = 0
        return chosen, added

    def field_contributions(
        self, profile: Interactions, item: int
    ) -> tuple[npt.NDArray[np.int64], dict[str, FloatArray]]:
        """See `FieldExplainingScorer.field_contributions`."""
        amounts = self._amounts(profile)
        kept = amounts.indices != item
        chosen = amounts.indices[kept].astype(np.int64)
        cells = (amounts.data[kept], (np.arange(len(chosen)), chosen))
        single = sparse.csr_array(cells, shape=(len(chosen), len(self.items)))
        scale = inverse(self.space.lengths[[item]])
        added = {
            name: scale * self.space.product(name, towards, slice(item, item + 1))[0]
            for name in self.space.fields
            for towards in [self.space.towards(single, name)]
        }
        return chosen, added

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`: the fields that weigh anything."""
        return self.space.arrays()

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: Config, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """See `Scorer.from_arrays`."""
        own = as_config(config, ContentConfig)
        return cls(items, own, FieldSpace.from_arrays(items, own.weights, arrays))

    def _amounts(self, profiles: Interactions) -> sparse.csr_array:
        """v_ui / |x_i - m|: csr_array of shape (n_profiles, n_items)."""
        check_profiles(profiles, self.items, self.name)
        weights = profiles.weights(self.config.below_in_profile)
        weights.data *= inverse(self.space.lengths[weights.indices])
        return weights


class ContentScores:
    """Scores from the fields, a block of users at a time; no work x work matrix is made.

    Args:
        space: The works.
        amounts: csr_array of shape (n_users, n_items).

    Attributes:
        whole_rows: True: what users add up to is made anew for every block of items.
    """

    whole_rows: ClassVar[bool] = True

    def __init__(self, space: FieldSpace, amounts: sparse.csr_array) -> None:
        self.space = space
        self.amounts = amounts
        self.shape = (int(amounts.shape[0]), int(amounts.shape[1]))

    def block(self, rows: slice, columns: slice) -> FloatArray:
        """See `Scores.block`."""
        amounts = self.amounts[rows]
        start, stop, _ = columns.indices(self.shape[1])
        columns = slice(start, stop)
        lengths = self.space.lengths[columns]
        scores = self.space.closeness(amounts)[:, columns]
        scores *= inverse(lengths)
        own = amounts[:, columns].tocoo()  # a work's closeness to itself is none of its score
        scores[own.row, own.col] -= own.data * lengths[own.col]
        return np.ascontiguousarray(scores)
