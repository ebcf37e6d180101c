"""Why: the score of a work for one person, split into reasons, with the person's works behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from artrec.recommend.reasons import LIKED_BY_MOST
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


def liked_by_most(counts: Array) -> list[tuple[float, list[Part]]]:
    """The same where nothing is known of a person: how many people liked each item."""
    return [(float(n), [Part(LIKED_BY_MOST, float(n), NO_SHARES)]) for n in counts]


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
