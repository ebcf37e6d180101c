"""Candidate lists: what blend and hybrid are trained on and score, a block of users at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from artrec import schema
from artrec.data.ids import MISSING, IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, InputError
from artrec.features.contributions import contribution_features
from artrec.features.pairs import PairFeatures
from artrec.models.base import Finished, FloatArray, LinearScorer
from artrec.models.blending import (
    Floats,
    Indices,
    Sums,
    learn_weights,
    pick,
    tune_weights,
    views_of,
)
from artrec.recommend.candidates import (
    BLOCK_CELLS,
    CandidateConfig,
    Panel,
    PanelScores,
    choose_candidates,
    labels_of,
    relevant_matrix,
)

Finish = Callable[[Floats, Indices, Interactions], Finished]


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
        profiles: The users' histories, over the panel's items.
        candidates: Shape (n_users, n_candidates), ascending, -1 where there are fewer.
        picked: Scores, shape (n_scorers, n_users, n_candidates), NaN where unknown or absent.
        labels: Shape (n_users, n_candidates); whether a candidate was found later and liked.
        shares: Shape (n_users,); share of a user's relevant items that are candidates, NaN where
            there are none.
        scorers: Names of the scorers.
    """

    profiles: Interactions
    candidates: Indices
    picked: Floats
    labels: npt.NDArray[np.bool_]
    shares: Sums
    scorers: tuple[str, ...]

    @property
    def recall(self) -> float:
        """Mean share of a user's relevant items that are candidates."""
        counted = self.shares[~np.isnan(self.shares)]
        return float(counted.mean()) if len(counted) else float("nan")

    def of(self, users: IdMap) -> Lists:
        """The lists of some of the users."""
        rows = self.profiles.users.to_index(users.index)
        return Lists(
            self.profiles.take_users(rows),
            self.candidates[rows],
            self.picked[:, rows],
            self.labels[rows],
            self.shares[rows],
            self.scorers,
        )

    def best(self, blended: Floats, n: int) -> Lists:
        """The n candidates of each user that a blend puts first.

        Args:
            blended: Shape (n_users, n_candidates).
            n: How many, at most.
        """
        kept = leading(blended, self.candidates, n)
        return Lists(
            self.profiles,
            np.take_along_axis(self.candidates, kept, axis=1),
            np.take_along_axis(self.picked, kept[np.newaxis], axis=2),
            np.take_along_axis(self.labels, kept, axis=1),
            self.shares,
            self.scorers,
        )


class PanelBlocks:
    """Scores of all items for some users, finished from what a panel of scorers says.

    Args:
        scores: What the scorers say.
        config: Candidates.
        finish: From stacked scores, candidates and profiles of a block to its final scores.
        groups: Of what the final scores are sums.

    Attributes:
        whole_rows: True: some columns cost as much as all.
    """

    whole_rows = True

    def __init__(
        self,
        scores: PanelScores,
        config: CandidateConfig,
        finish: Finish,
        groups: tuple[str, ...],
    ) -> None:
        self.scores = scores
        self.config = config
        self.finish = finish
        self.groups = groups
        self.shape = (len(scores.profiles.users), len(scores.panel.items))

    def block(self, rows: slice, columns: slice) -> FloatArray:
        """See `Scores.block`."""
        return self.finished(rows).scores[:, columns]

    def finished(self, rows: slice) -> Finished:
        """See `GroupedScores.finished`."""
        start, stop, _ = rows.indices(self.shape[0])
        span = slice(start, max(start, stop))
        stacked = self.scores.block(span)
        profiles = self.scores.profiles.take_users(np.arange(span.start, span.stop))
        return self.finish(stacked, self._candidates(stacked, profiles), profiles)

    def _candidates(self, stacked: Floats, profiles: Interactions) -> Indices:
        names = tuple(self.scores.panel.scorers)
        return choose_candidates(stacked, names, profiles.seen(), self.config)


def gather(
    panel: Panel, config: CandidateConfig, profiles: Interactions, withheld: pd.DataFrame
) -> Lists:
    """Candidates and labels of every given profile.

    Args:
        panel: Scorers that have not seen what is withheld.
        config: Candidates.
        profiles: Histories.
        withheld: Positives to be found; only the profiles' users are looked at.
    """
    scores = panel.score(profiles)
    relevant = relevant_matrix(withheld, scores.profiles)
    parts = []
    for span in scores.spans():
        stacked = scores.block(span)
        seen = scores.profiles.take_users(np.arange(span.start, span.stop)).seen()
        found = choose_candidates(stacked, tuple(panel.scorers), seen, config)
        parts.append((found, pick(stacked, found)))
    found = np.concatenate([each[0] for each in parts])
    picked = np.concatenate([each[1] for each in parts], axis=1)
    labels = labels_of(found, relevant)
    with np.errstate(invalid="ignore"):
        shares = labels.sum(axis=1) / np.diff(relevant.indptr)
    return Lists(scores.profiles, found, picked, labels, shares, tuple(panel.scorers))


def leading(blended: Floats, candidates: Indices, n: int) -> Indices:
    """Places of the n candidates with the highest scores, in ascending order; ties by place.

    Args:
        blended: Shape (n_users, n_candidates).
        candidates: Shape (n_users, n_candidates); absent ones (-1) come last.
        n: How many, at most.
    """
    if n >= candidates.shape[1]:
        return np.tile(np.arange(candidates.shape[1]), (len(candidates), 1))
    scores = np.where(candidates == MISSING, np.inf, -blended)
    kept = np.argsort(scores, axis=1, kind="stable")[:, :n]
    kept.sort(axis=1)
    return kept


def features_of(lists: Lists, panel: Panel, pairs: PairFeatures) -> tuple[Floats, tuple[str, ...]]:
    """Features of all candidates, shape (n_users, n_candidates, n_features), and their names."""
    n_users = len(lists.candidates)
    step = max(1, BLOCK_CELLS // max(1, 8 * len(panel.items)))
    parts: list[Floats] = []
    names: tuple[str, ...] = ()
    for start in range(0, n_users, step):
        rows = slice(start, min(start + step, n_users))
        known = lists.profiles.take_users(np.arange(rows.start, rows.stop))
        made = pair_features(panel, pairs, known, lists.candidates[rows], lists.picked[:, rows])
        names = tuple(made)
        parts.append(together(made, lists.candidates[rows]))
    return np.concatenate(parts), names


def pair_features(
    panel: Panel, pairs: PairFeatures, profiles: Interactions, candidates: Indices, picked: Floats
) -> dict[str, Floats]:
    """Features of some users' candidates by name (see `PairFeatures.block`).

    Args:
        panel: The scorers.
        pairs: What is known of items.
        profiles: Histories over the panel's items, as many rows as the candidates.
        candidates: Shape (n_users, n_candidates), -1 where there is none.
        picked: The candidates' scores, shape (n_scorers, n_users, n_candidates).

    Raises:
        ConfigError: A scorer of `PairConfig.contributing` is not there, is not a sum over a
            profile, or knows other items than the panel.
    """
    scores = by_name(panel, picked)
    made = pairs.block(profiles, candidates, scores)
    for name in pairs.config.contributing:
        adds, level = _linear(panel, name).adds, pairs.config.loved_from
        made |= contribution_features(name, adds, profiles, candidates, scores[name], level)
    return pairs.wanted(made)


def _linear(panel: Panel, name: str) -> LinearScorer:
    scorer = panel.scorers.get(name)
    if not isinstance(scorer, LinearScorer) or scorer.items != panel.items:
        able = [each for each, one in panel.scorers.items() if isinstance(one, LinearScorer)]
        raise ConfigError(
            f"`pairs.contributing` names {name!r}, which is no scorer that sums over a profile "
            "and knows every item",
            f"name some of {able}",
        )
    return scorer


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
            "lower `source.positive_from` or `splitting.min_interactions`, bring more people, or "
            "leave out what is learned from them (`models.blend: null`, `models.hybrid: null`)",
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


def learned_blend(lists: Lists, config: ListsConfig, regularization: float) -> Floats:
    """Weights of a blend, 0 for scorers whose scores do not count (`ListsConfig.unweighed`)."""
    counts = np.repeat([name not in config.unweighed for name in lists.scorers], 2)
    views = views_of(lists.picked) * counts.astype(np.float32)
    weights = learn_weights(views, lists.labels, regularization) * counts.astype(np.float32)
    return tune_weights(views, lists.labels, weights)
