"""Blend: scores and ranks of given scorers, weighed by what found the withheld works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, NonNegativeFloat, PositiveInt

from artrec.config import Config
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.models.base import MadeOfParts, Scorer
from artrec.models.blending import Blending, Floats, Indices, Sums
from artrec.models.candidate_lists import (
    Lists,
    ListsConfig,
    PanelBlocks,
    gather,
    labelled_users,
    learned_blend,
)
from artrec.models.checks import as_config, check_profiles, sealed
from artrec.recommend.candidates import Panel


class BlendConfig(ListsConfig):
    """Where the blend's candidates come from and how its weights are learned."""

    n_users: PositiveInt = Field(default=4000, description="Users the weights are learned from.")
    regularization: NonNegativeFloat = Field(
        default=1e-3, description="Penalty on the squared weights."
    )


@dataclass(frozen=True, eq=False)
class Blend(MadeOfParts):
    """A weighted sum of scaled scores and of minus log ranks; no weight is negative.

    The weights make the withheld positives the likeliest of each user's candidates
    (`artrec.models.blending.learn_weights`), and are then tuned for NDCG@10 (`tune_weights`), both
    with scores of scorers that have not seen them.

    Attributes:
        items: Items it scores: the union of the scorers'.
        config: Its configuration.
        panel: The scorers.
        weights: ndarray of shape (2 * n_scorers,), float32.
    """

    name: ClassVar[str] = "blend"

    items: IdMap
    config: BlendConfig
    panel: Panel
    weights: Floats

    def parts(self) -> Mapping[str, Scorer]:
        """See `Composite.parts`."""
        return self.panel.scorers

    def score(self, profiles: Interactions) -> PanelBlocks:
        """See `Scorer.score`."""
        check_profiles(profiles, self.items, self.name)
        scorers = tuple(self.panel.scorers)
        return PanelBlocks(self.panel.score(profiles), self.config, self._finished, scorers)

    def with_parts(self, scorers: Mapping[str, Scorer]) -> Self:
        """The same weights over other scorers of the same names, fitted on more."""
        panel = Panel.of({name: scorers[name] for name in self.panel.scorers})
        return type(self)(panel.items, self.config, panel, self.weights)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`."""
        return {"weights": self.weights}

    @classmethod
    def from_parts(
        cls,
        items: IdMap,
        config: Config,
        arrays: Mapping[str, npt.NDArray[Any]],
        parts: Mapping[str, Scorer],
    ) -> Self:
        """See `Composite.from_parts`."""
        return cls(items, as_config(config, BlendConfig), Panel.of(parts), arrays["weights"])

    def _finished(self, stacked: Floats, candidates: Indices, _: Interactions) -> Blended:
        blending = Blending(stacked, candidates, self.weights)
        return Blended(blending.all(), blending)


@dataclass(frozen=True, eq=False)
class Blended:
    """A blend of every item for some users, and what it was made of (`base.Finished`).

    Attributes:
        scores: Shape (n_users, n_items).
        blending: What it is made of.
    """

    scores: Floats
    blending: Blending

    def added(self, items: Indices) -> Sums:
        """See `Finished.added`; the groups are the scorers."""
        return self.blending.at(items)


def fit_blend(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    inner: Mapping[str, Scorer],
    outer: Mapping[str, Scorer],
    config: BlendConfig,
    positive_from: float | None,
    rng: np.random.Generator,
    among: npt.NDArray[np.object_] | None = None,
    lists: Lists | None = None,
) -> Blend:
    """Learn the weights.

    Args:
        profiles: Table `schema.INTERACTIONS` that the inner scorers were fitted on, or the
            histories known at that time.
        withheld: Table `schema.INTERACTIONS`, later than `profiles`; its positives are found.
        inner: Scorers that have not seen `withheld`.
        outer: Scorers of the same names, used from then on.
        config: Candidates, users, penalty.
        positive_from: Lowest rating that counts as positive; None for implicit feedback.
        rng: Chooses the users.
        among: Ids of users who may be learned from; by default all.
        lists: What `gather` makes of these people and maybe others, where it is at hand.
    """
    panel = Panel.of(inner)
    chosen = labelled_users(profiles, withheld, positive_from, config.n_users, rng, among)
    lists = gather(panel, config, *chosen) if lists is None else lists.of(chosen[0].users)
    weights = learned_blend(lists, config, config.regularization)
    now = Panel.of({name: outer[name] for name in inner})
    return Blend(now.items, config, now, sealed(weights))
