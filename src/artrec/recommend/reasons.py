"""Reasons: what each group of features adds to the scores of recommended works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.ids import MISSING, IdMap
from artrec.data.interactions import Interactions
from artrec.models.base import FloatArray, GroupedScores, Scorer
from artrec.recommend.rank import ranked, top_k

LIKED_BY_MOST: Final = "liked_by_most"
"""The group of somebody of whom a scorer knows nothing: the score is how many people liked it."""

Indices = npt.NDArray[np.int64]
Sums = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Told:
    """What the scores of some users' best items are made of.

    Attributes:
        users: The users.
        items: Items of the scorer.
        groups: Names of the groups.
        best: Shape (n_users, n); dense indices, -1 where there is none. Of width 0 where a
            score is not a sum of groups: then it is told as a whole, in its one group.
        added: Shape (n_users, n, n_groups), float32.
        unheard: Users of whom the scorer knows nothing (rows).
    """

    users: IdMap
    items: IdMap
    groups: tuple[str, ...]
    best: Indices
    added: FloatArray
    unheard: Indices

    def of(self, recommendations: pd.DataFrame, n: int) -> pd.DataFrame:
        """What the scores of the first n works of each list are made of.

        Args:
            recommendations: `schema.RECOMMENDATIONS` of these users and of items that were told;
                maybe in another order.
            n: Works a list.

        Returns:
            `schema.REASONS`, in the lists' order, of each work what adds or takes most first.
            Groups that add nothing have no row; the others sum to the score.
        """
        first = recommendations[recommendations[schema.RANK] <= n]
        rows = self.users.to_index(first[schema.USER_ID])
        items = self.items.to_index(first[schema.ITEM_ID])
        scores = first[schema.SCORE].to_numpy(dtype=np.float64)[:, np.newaxis]
        unheard = np.isin(rows, self.unheard)[:, np.newaxis]
        if self.best.shape[1]:
            found = self.best[rows] == items[:, np.newaxis]
            added = self.added[rows, found.argmax(axis=1)] * found.any(axis=1)[:, np.newaxis]
        else:
            added = scores
        added = np.hstack([np.where(unheard, 0, added), np.where(unheard, scores, 0)])
        order = np.argsort(-np.abs(added), axis=1, kind="stable")
        added = np.take_along_axis(added, order, axis=1)
        at, place = np.nonzero(added)
        names = np.array([*self.groups, LIKED_BY_MOST], dtype=object)
        table = {
            schema.USER_ID: first[schema.USER_ID].to_numpy()[at],
            schema.ITEM_ID: first[schema.ITEM_ID].to_numpy()[at],
            schema.GROUP: names[order[at, place]],
            schema.CONTRIBUTION: added[at, place].astype(np.float64),
        }
        return schema.REASONS.conform(pd.DataFrame(table))


def recommend_and_tell(
    scorer: Scorer, profiles: Interactions, k: int, n: int, fallback: FloatArray | None = None
) -> tuple[pd.DataFrame, Told]:
    """Recommend (`artrec.recommend.rank.recommend`), and hear of the best what scores are made of.

    Everybody is scored once, whatever is told.

    Args:
        scorer: Any fitted model.
        profiles: Histories, over any items; items of a history are left out.
        k: Length of a list.
        n: Of how many of each list's first works the scores are told; 0 for none.
        fallback: Ranks people of whom the scorer knows nothing.

    Returns:
        A table `schema.RECOMMENDATIONS`, and what its first n scores a user are made of.
    """
    known = profiles.onto_items(scorer.items)
    scores = scorer.score(known)
    if n < 1 or not isinstance(scores, GroupedScores):
        lists, unheard = ranked(scorer.items, known, scores, k, True, None, fallback)
        none = np.empty((len(known.users), 0), dtype=np.int64)
        nothing = np.empty((*none.shape, 1), dtype=np.float32)
        return lists, Told(known.users, scorer.items, (scorer.name,), none, nothing, unheard)
    heard = _Heard(scores, known, n)
    lists, unheard = ranked(scorer.items, known, heard, k, True, None, fallback)
    best, added = heard.together()
    return lists, Told(known.users, scorer.items, scores.groups, best, added, unheard)


class _Heard:
    """Scores that keep, of each block, what the best of it are made of (`Scores`)."""

    whole_rows = True

    def __init__(self, scores: GroupedScores, known: Interactions, n: int) -> None:
        self.scores = scores
        self.shape = scores.shape
        self.seen = known.seen()
        self.n = min(n, max(self.shape[1], 1))
        self.parts: dict[tuple[int, int], tuple[Indices, FloatArray]] = {}

    def block(self, rows: slice, columns: slice) -> FloatArray:
        finished = self.scores.finished(rows)
        best, _ = top_k(_Block(finished.scores), self.n, self.seen[rows], 1)
        added = finished.added(best).astype(np.float32)
        self.parts[rows.start, rows.stop] = (best, added)  # workers never share a key
        return finished.scores[:, columns]

    def together(self) -> tuple[Indices, FloatArray]:
        n_groups = len(self.scores.groups)
        best = np.full((self.shape[0], self.n), MISSING, dtype=np.int64)
        added = np.zeros((*best.shape, n_groups), dtype=np.float32)
        for (start, stop), (items, values) in self.parts.items():
            best[start:stop], added[start:stop] = items, values
        return best, added


class _Block:
    """Scores of a block as they are (`Scores`)."""

    def __init__(self, scores: FloatArray) -> None:
        self.scores = scores
        self.shape = (int(scores.shape[0]), int(scores.shape[1]))

    def block(self, rows: slice, columns: slice) -> FloatArray:
        return self.scores[rows, columns]
