"""Behind a reason: which works of a history one group of a composite score comes from."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from artrec.data.ids import MISSING
from artrec.data.interactions import Interactions
from artrec.features.neighbors import at_columns
from artrec.features.pairs import PairFeatures
from artrec.models.base import Composite, ExplainingScorer, ManyExplainingScorer, Scorer, is_a
from artrec.recommend.candidates import Panel

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating[Any]]
Told = tuple[npt.NDArray[np.object_], Floats]


class HistoryBehind:
    """The works of one history behind the groups of a scorer that is made of others.

    Args:
        scorer: Any scorer; behind those that are not made of others there is nothing.
        profile: One row over the scorer's items.
    """

    def __init__(self, scorer: Scorer, profile: Interactions) -> None:
        self._scorer = scorer
        self._profile = profile
        self._parts = cast(Composite, scorer).parts() if is_a(scorer, Composite) else {}
        panel, pairs = getattr(scorer, "panel", None), getattr(scorer, "pairs", None)
        self._panel = panel if isinstance(panel, Panel) else None
        self._pairs = pairs if isinstance(pairs, PairFeatures) else None

    def of(self, group: str, items: Indices) -> Told | None:
        """What each work of the history adds through one group.

        Args:
            group: A group of the scorer.
            items: Dense indices of the scored items, shape (n,).

        Returns:
            Outer ids of works, and what each adds, ndarray of shape (n, n_works): none below 0
            matters. None for a group that no single work is behind.
        """
        part = self._parts.get(group)
        if is_a(part, ExplainingScorer):
            return self._of_scorer(group, cast(ExplainingScorer, part), items)
        return None if self._pairs is None else self._of_likeness(self._pairs, group, items)

    def _of_scorer(self, name: str, part: ExplainingScorer, items: Indices) -> Told:
        if self._panel is not None:
            known, own = self._panel.as_known_to(name, self._profile, items)
        else:
            known = self._profile.onto_items(part.items)
            own = part.items.find(self._scorer.items.index[items])
        there = np.flatnonzero(own != MISSING)
        if is_a(part, ManyExplainingScorer):
            many = cast(ManyExplainingScorer, part)
            chosen, values = many.contributions_to(known, own[there])
        else:
            chosen, values = _one_by_one(part, known, own[there])
        added = np.zeros((len(items), len(chosen)), dtype=np.float64)
        added[there] = values
        return part.items.to_id(chosen), added

    def _of_likeness(self, pairs: PairFeatures, group: str, items: Indices) -> Told | None:
        known = self._profile.onto_items(pairs.items)
        liked = known.indices[known.positive].astype(np.int64)
        if group in pairs.neighbors:
            alike = at_columns(pairs.neighbors[group][liked], items).T.astype(np.float64)
        elif group in pairs.tastes:
            field = pairs.tastes[group]
            alike = np.maximum(field[items] @ field[liked].T, 0).astype(np.float64)
        else:
            return None
        return pairs.items.to_id(liked), alike


def _one_by_one(
    part: ExplainingScorer, known: Interactions, items: Indices
) -> tuple[Indices, Floats]:
    told = [part.contributions(known, int(item)) for item in items]
    every = [chosen for chosen, _ in told]
    chosen = np.unique(np.concatenate(every)) if every else np.empty(0, dtype=np.int64)
    added = np.zeros((len(items), len(chosen)))
    for row, (own, values) in enumerate(told):
        added[row, np.searchsorted(chosen, own)] = values
    return chosen.astype(np.int64), added
