"""Candidate lists: what blend and hybrid are trained on and score, a block of users at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from artrec import schema
from artrec.data.interactions import Interactions
from artrec.errors import InputError
from artrec.features.pairs import PairFeatures
from artrec.models.base import FloatArray
from artrec.models.blending import Floats, Indices, pick
from artrec.recommend.candidates import (
    CandidateConfig,
    Panel,
    PanelScores,
    candidate_recall,
    choose_candidates,
    labels_of,
    relevant_matrix,
)

Finish = Callable[[Floats, Indices, Interactions], Floats]


class ListsConfig(CandidateConfig):
    """What blend and hybrid share: candidates, and whose scores count."""

    unweighed: tuple[str, ...] = Field(
        default=(),
        description="Scorers that propose candidates but whose scores do not count: a popularity "
        "counted where the source caps counts tells what was withheld.",
    )


@dataclass(frozen=True, eq=False)
class Lists:
    """Candidates of some users, with labels.

    Attributes:
        picked: Scores, shape (n_scorers, n_users, n_candidates), NaN where unknown or absent.
        labels: Shape (n_users, n_candidates); whether a candidate was found later and liked.
        features: Shape (n_users, n_candidates, n_features), float32; empty without pair features.
        names: Names of the features.
        present: Shape (n_users, n_candidates); False where there are fewer candidates.
        recall: Mean share of a user's relevant items that are candidates.
    """

    picked: Floats
    labels: npt.NDArray[np.bool_]
    features: Floats
    names: tuple[str, ...]
    present: npt.NDArray[np.bool_]
    recall: float


class PanelBlocks:
    """Scores of all items for some users, finished from what a panel of scorers says.

    Args:
        scores: What the scorers say.
        config: Candidates.
        finish: From stacked scores, candidates and profiles of a block to its final scores.

    Attributes:
        whole_rows: True: some columns cost as much as all.
    """

    whole_rows = True

    def __init__(self, scores: PanelScores, config: CandidateConfig, finish: Finish) -> None:
        self.scores = scores
        self.config = config
        self.finish = finish
        self.shape = (len(scores.profiles.users), len(scores.panel.items))

    def block(self, rows: slice, columns: slice) -> FloatArray:
        """See `Scores.block`."""
        start, stop, _ = rows.indices(self.shape[0])
        span = slice(start, max(start, stop))
        stacked = self.scores.block(span)
        profiles = self.scores.profiles.take_users(np.arange(span.start, span.stop))
        candidates = self._candidates(stacked, profiles)
        return self.finish(stacked, candidates, profiles)[:, columns]

    def _candidates(self, stacked: Floats, profiles: Interactions) -> Indices:
        names = tuple(self.scores.panel.scorers)
        return choose_candidates(stacked, names, profiles.seen(), self.config)


def gather(
    panel: Panel,
    pairs: PairFeatures | None,
    config: CandidateConfig,
    profiles: Interactions,
    withheld: pd.DataFrame,
) -> Lists:
    """Candidates, labels and features of every given profile.

    Args:
        panel: Scorers that have not seen what is withheld.
        pairs: Features as of the same time, over the panel's items; None for none.
        config: Candidates.
        profiles: Histories.
        withheld: Positives to be found; only the profiles' users are looked at.
    """
    scores = panel.score(profiles)
    relevant = relevant_matrix(withheld, scores.profiles)
    parts: list[tuple[Floats, npt.NDArray[np.bool_], Floats, Indices]] = []
    names: tuple[str, ...] = ()
    for span in scores.spans():
        stacked = scores.block(span)
        known = scores.profiles.take_users(np.arange(span.start, span.stop))
        found = choose_candidates(stacked, tuple(panel.scorers), known.seen(), config)
        picked = pick(stacked, found)
        made = {} if pairs is None else pairs.block(known, found, by_name(panel, picked))
        names = tuple(made)
        parts.append((picked, labels_of(found, relevant[span]), together(made, found), found))
    found = np.concatenate([each[3] for each in parts])
    return Lists(
        picked=np.concatenate([each[0] for each in parts], axis=1),
        labels=np.concatenate([each[1] for each in parts]),
        features=np.concatenate([each[2] for each in parts]),
        names=names,
        present=found >= 0,
        recall=candidate_recall(found, relevant),
    )


def by_name(panel: Panel, picked: Floats) -> dict[str, Floats]:
    """Each scorer's candidates' scores."""
    return dict(zip(panel.scorers, picked, strict=True))


def together(made: dict[str, Floats], candidates: Indices) -> Floats:
    """Features beside each other: shape (n_users, n_candidates, n_features)."""
    joined = np.empty((*candidates.shape, len(made)), dtype=np.float32)
    for place, values in enumerate(made.values()):
        joined[:, :, place] = values
    return joined


def labelled_users(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    positive_from: float | None,
    n_users: int,
    rng: np.random.Generator,
    among: npt.NDArray[np.object_] | None = None,
) -> tuple[Interactions, pd.DataFrame]:
    """A sample of the users with a withheld positive, and these positives.

    Args:
        profiles: Table `schema.INTERACTIONS`, what was known of people.
        withheld: Table `schema.INTERACTIONS`.
        positive_from: Lowest rating that counts as positive; None for implicit feedback.
        n_users: Users at most.
        rng: Chooses them.
        among: Ids of the users who may be chosen; by default all.

    Raises:
        InputError: Nobody with a history has a withheld positive, or something withheld is
            among what was known.
    """
    _refuse_known(profiles, withheld)
    liked = withheld
    if positive_from is not None and schema.RATING in withheld:
        liked = withheld[~(withheld[schema.RATING] < positive_from)]
    ids = np.intersect1d(
        liked[schema.USER_ID].to_numpy(dtype=object), profiles[schema.USER_ID].unique()
    )
    if among is not None:
        ids = np.intersect1d(ids, among)
    if not len(ids):
        raise InputError(
            "nothing to learn a ranking from: nobody with a history liked anything withheld",
            "bring people with more interactions, or lower `splitting.min_interactions`",
        )
    if len(ids) > n_users:
        ids = np.sort(rng.choice(ids, size=n_users, replace=False))
    kept = profiles[profiles[schema.USER_ID].isin(ids)]
    chosen = liked[liked[schema.USER_ID].isin(ids)]
    return Interactions.from_table(kept, positive_from), chosen


def _refuse_known(profiles: pd.DataFrame, withheld: pd.DataFrame) -> None:
    pair = [schema.USER_ID, schema.ITEM_ID]
    both = profiles[pair].merge(withheld[pair], on=pair)
    if len(both):
        first = both.iloc[0]
        raise InputError(
            f"{len(both)} withheld interactions are also among what was known, first user "
            f"{first.iloc[0]!r} and item {first.iloc[1]!r}: a ranking would learn its own answers",
            "withhold from a table, and fit scorers on the rest only",
        )
