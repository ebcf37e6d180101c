"""One person's scores: computed once, then ranked and explained as often as wanted."""

from __future__ import annotations

from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from artrec.data.ids import IdMap
from artrec.data.interactions import NO_TIME, Interactions
from artrec.models.base import (
    ExplainingScorer,
    FieldExplainingScorer,
    Finished,
    FloatArray,
    GroupedScores,
    ManyExplainingScorer,
    Scorer,
    is_a,
)
from artrec.recommend.behind import HistoryBehind
from artrec.recommend.history import VISITOR
from artrec.recommend.why import Part, Shares, by_magnitude, shares

Indices = npt.NDArray[np.int64]

SOMEBODY: Final = IdMap.of([VISITOR])


class Opinion:
    """What a scorer makes of one profile.

    Args:
        scorer: Any fitted model.
        profile: One row over exactly the scorer's items.

    Attributes:
        scores: ndarray of shape (n_items,).
    """

    def __init__(self, scorer: Scorer, profile: Interactions) -> None:
        self.scorer = scorer
        self.profile = profile
        made = scorer.score(profile)
        self._groups: tuple[str, ...] = ()
        self._finished: Finished | None = None
        if is_a(made, GroupedScores):
            grouped = cast(GroupedScores, made)
            self._groups = grouped.groups
            self._finished = grouped.finished(slice(0, 1))
            self.scores = self._finished.scores[0]
        else:
            self.scores = made.block(slice(0, 1), slice(0, made.shape[1]))[0]

    @property
    def is_silent(self) -> bool:
        """Whether the scorer says the same of all items: it knows nothing of this person."""
        return not len(self.scores) or bool(self.scores.min() == self.scores.max())

    def parts(self, items: Indices, n_works: int, n_told: int | None = None) -> list[list[Part]]:
        """What the scores of some items are made of.

        Args:
            items: Dense indices, shape (n,).
            n_works: Works behind a part at most.
            n_told: Of how many groups, those that add most to all items together, the works
                behind are told (more where an item would have none); None for all.

        Returns:
            Of each item its parts by magnitude; they sum to the score up to float32 rounding.
        """
        if is_a(self.scorer, ExplainingScorer):
            return self._of_history(items, n_works)
        if self._finished is None:
            name = self.scorer.name
            return [[Part(name, float(self.scores[item]), ())] for item in items]
        added = np.asarray(self._finished.added(items[np.newaxis])[0], dtype=np.float64)
        behind = self._behind_each(added, items, n_works, n_told)
        return [
            by_magnitude(
                [
                    Part(group, float(value), behind.get((row, place), ()))
                    for place, (group, value) in enumerate(zip(self._groups, values, strict=True))
                    if value
                ]
            )
            for row, values in enumerate(added)
        ]

    def told(self, items: Indices, n_works: int) -> list[tuple[float, list[Part]]]:
        """Of some items the score and what it is made of (`parts`)."""
        scores = self.scores[items].tolist()
        return list(zip(scores, self.parts(items, n_works), strict=True))

    def _behind_each(
        self, added: FloatArray, items: Indices, n_works: int, n_told: int | None
    ) -> dict[tuple[int, int], Shares]:
        """Works behind the groups that speak for each item, by its row and the group's place."""
        history = HistoryBehind(self.scorer, self.profile)
        found: dict[tuple[int, int], Shares] = {}
        left = added.shape[1] if n_told is None else n_told
        for place in np.argsort(-np.maximum(added, 0).sum(axis=0), kind="stable").tolist():
            rows = np.flatnonzero(added[:, place] > 0).tolist()
            if not rows or (not left and len({row for row, _ in found}) == len(added)):
                continue
            told = history.of(self._groups[place], items)
            if told is not None:
                left = max(left - 1, 0)
                found |= {(row, place): shares(told[0], told[1][row], n_works) for row in rows}
        return found

    def _of_history(self, items: Indices, n_works: int) -> list[list[Part]]:
        scorer: Any = self.scorer
        if is_a(scorer, FieldExplainingScorer):
            return [self._of_fields(scorer, int(item), n_works) for item in items]
        if is_a(scorer, ManyExplainingScorer):
            chosen, added = scorer.contributions_to(self.profile, items)
            ids = scorer.items.to_id(chosen)
            each = [(ids, values) for values in added]
        else:
            told = [scorer.contributions(self.profile, int(item)) for item in items]
            each = [(scorer.items.to_id(chosen), values) for chosen, values in told]
        return [
            [Part(scorer.name, total, shares(ids, values, n_works))]
            if (total := float(np.sum(values, dtype=np.float64)))
            else []
            for ids, values in each
        ]

    def _of_fields(self, scorer: FieldExplainingScorer, item: int, n_works: int) -> list[Part]:
        chosen, by_field = scorer.field_contributions(self.profile, item)
        ids = scorer.items.to_id(chosen)
        parts = [
            Part(group, float(np.sum(values, dtype=np.float64)), shares(ids, values, n_works))
            for group, values in by_field.items()
        ]
        return by_magnitude([part for part in parts if part.contribution])


def person(
    items: IdMap,
    indices: Indices,
    ratings: FloatArray,
    positive: npt.NDArray[np.bool_],
    timestamps: Indices | None = None,
) -> Interactions:
    """A profile of one person, straight from dense indices.

    Args:
        items: What the indices are of.
        indices: Shape (n,), ascending, none twice.
        ratings: Shape (n,), NaN where there is none.
        positive: Shape (n,), whether each is liked.
        timestamps: Shape (n,), unix seconds; by default none is known.
    """
    if timestamps is None:
        timestamps = np.full(len(indices), NO_TIME, dtype=np.int64)
    return Interactions(
        SOMEBODY,
        items,
        np.array([0, len(indices)], dtype=np.int64),
        indices.astype(np.int32),
        ratings.astype(np.float32),
        timestamps,
        positive,
    )
