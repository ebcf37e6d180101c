"""Why: the score of a work for one person, split into reasons, with the person's works behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from artrec.data.interactions import Interactions
from artrec.features.pairs import PairFeatures
from artrec.models.base import Composite, ExplainingScorer, FieldExplainingScorer, Scorer
from artrec.recommend.reasons import LIKED_BY_MOST, added_to
from artrec.recommend.words import in_words

Indices = npt.NDArray[np.int64]
Array = npt.NDArray[np.floating[Any]]
Shares = tuple[tuple[str, float], ...]

NO_SHARES: Final[Shares] = ()


@dataclass(frozen=True)
class Behind:
    """A work of the person's history behind a reason.

    Attributes:
        item_id: Its id.
        title: Title and year, as people write them.
        share: Its part of what the whole history adds through this reason, 0 to 1.
    """

    item_id: str
    title: str
    share: float


@dataclass(frozen=True)
class Reason:
    """What one group of features adds to a score.

    Attributes:
        group: Name of the group: a scorer, a field, a kind of likeness.
        words: The same in plain words.
        contribution: What it adds; negative where it speaks against the work.
        works: Works of the history behind it, the strongest first; empty where none is.
    """

    group: str
    words: str
    contribution: float
    works: tuple[Behind, ...]


@dataclass(frozen=True)
class Why:
    """Why a work scores as it does for one person.

    Attributes:
        item_id: The work.
        title: Title and year, as people write them.
        score: The model's own score; only its order among works means anything.
        reasons: What it is the sum of, by magnitude.
    """

    item_id: str
    title: str
    score: float
    reasons: tuple[Reason, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {
            "item_id": self.item_id,
            "title": self.title,
            "score": self.score,
            "reasons": [
                {
                    "group": reason.group,
                    "words": reason.words,
                    "contribution": reason.contribution,
                    "works": [vars(work) for work in reason.works],
                }
                for reason in self.reasons
            ],
        }


@dataclass(frozen=True)
class Part:
    """One group of one item's score, before anything has a title.

    Attributes:
        group: Name of the group.
        contribution: What it adds.
        works: Outer ids of the history's works behind it, and their shares.
    """

    group: str
    contribution: float
    works: Shares


def parts_of_scores(
    scorer: Scorer, profile: Interactions, item_ids: Sequence[str], n_works: int
) -> list[tuple[float, list[Part]]]:
    """The scores of some items for one profile, and what they are made of.

    Args:
        scorer: Any fitted model.
        profile: One row over any items.
        item_ids: Items that the scorer knows.
        n_works: Works behind a reason at most.

    Returns:
        Of each item its score and its parts, by magnitude; they sum to the score up to float32
        rounding.
    """
    known = profile.onto_items(scorer.items)
    items = scorer.items.to_index(list(item_ids))
    if isinstance(scorer, ExplainingScorer):
        return [_of_history(scorer, known, int(item), n_works) for item in items]
    groups, added, scores = added_to(scorer, known, items)
    found = []
    for item_id, values, score in zip(item_ids, added, scores, strict=True):
        parts = [
            Part(
                group,
                float(value),
                # nothing of the history is behind what speaks against a work
                behind(scorer, group, profile, item_id, n_works) if value > 0 else NO_SHARES,
            )
            for group, value in zip(groups, values, strict=True)
            if value
        ]
        found.append((float(score), by_magnitude(parts)))
    return found


def liked_by_most(counts: Array) -> list[tuple[float, list[Part]]]:
    """The same where nothing is known of a person: how many people liked each item."""
    return [(float(n), [Part(LIKED_BY_MOST, float(n), NO_SHARES)]) for n in counts]


def _of_history(
    scorer: ExplainingScorer, known: Interactions, item: int, n_works: int
) -> tuple[float, list[Part]]:
    """Of a model that sums over the history: its fields, or itself as the one group."""
    if isinstance(scorer, FieldExplainingScorer):
        chosen, by_field = scorer.field_contributions(known, item)
    else:
        chosen, values = scorer.contributions(known, item)
        by_field = {scorer.name: values}
    ids = scorer.items.to_id(chosen)
    parts = [
        Part(group, float(np.sum(values, dtype=np.float64)), shares(ids, values, n_works))
        for group, values in by_field.items()
    ]
    score = scorer.score(known).block(slice(0, 1), slice(item, item + 1))
    return float(score[0, 0]), by_magnitude([part for part in parts if part.contribution])


def behind(scorer: Scorer, group: str, profile: Interactions, item_id: str, n_works: int) -> Shares:
    """Works of a profile behind one group of a scorer that is made of others.

    Args:
        scorer: Any fitted model.
        group: Name of a group of it.
        profile: One row over any items.
        item_id: The work that is scored.
        n_works: Works at most.
    """
    part = scorer.parts().get(group) if isinstance(scorer, Composite) else None
    if isinstance(part, ExplainingScorer) and item_id in part.items:
        known = profile.onto_items(part.items)
        chosen, values = part.contributions(known, int(part.items.to_index([item_id])[0]))
        return shares(part.items.to_id(chosen), values, n_works)
    pairs = getattr(scorer, "pairs", None)
    if not isinstance(pairs, PairFeatures):
        return NO_SHARES
    known = profile.onto_items(pairs.items)
    liked = known.indices[known.positive].astype(np.int64)
    item = int(pairs.items.to_index([item_id])[0])
    alike = pairs.likeness(group, liked, item)
    return NO_SHARES if alike is None else shares(pairs.items.to_id(liked), alike, n_works)


def shares(ids: npt.NDArray[np.object_], values: Array, n_works: int) -> Shares:
    """Of some works those that add most, and their parts of what all together add or take.

    Args:
        ids: Outer ids of the works.
        values: What each adds, of the same shape; those that add nothing are left out.
        n_works: How many at most.
    """
    total = float(np.abs(values).sum(dtype=np.float64))
    order = np.argsort(-values, kind="stable")[:n_works]
    return tuple((str(ids[at]), float(values[at]) / total) for at in order if values[at] > 0)


def by_magnitude(parts: list[Part]) -> list[Part]:
    """The parts that add or take most first."""
    return sorted(parts, key=lambda part: -abs(part.contribution))


def as_why(item_id: str, score: float, parts: list[Part], label: Callable[[str], str]) -> Why:
    """Put titles to what was found.

    Args:
        item_id: The work.
        score: Its score.
        parts: What it is made of.
        label: Title and year of an item id.
    """
    reasons = tuple(
        Reason(
            part.group,
            in_words(part.group),
            part.contribution,
            tuple(Behind(each, label(each), share) for each, share in part.works),
        )
        for part in parts
    )
    return Why(item_id, label(item_id), score, reasons)
