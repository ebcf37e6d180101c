"""Features of (person, item) pairs: by what a person departs from what everybody does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from artrec.data.interactions import Interactions
from artrec.models.base import Scorer, Scores
from artrec.models.checks import sealed
from artrec.models.moments import ITEM_TRAITS, USER_TRAITS, Floats, Moment

# (group, user trait, item trait): a feature is the product of the two
PRODUCTS: Final = (
    ("history", "length", "ever"),
    ("history", "length", "lately"),
    ("history", "length", "new"),
    ("history", "length", "quality"),
    ("history", "length", "year"),
    ("freshness", "fresh", "ever"),
    ("freshness", "fresh", "lately"),
    ("freshness", "fresh", "new"),
    ("mainstream", "mainstream", "ever"),
    ("mainstream", "mainstream", "lately"),
    ("mainstream", "mainstream", "new"),
    ("ratings", "generous", "quality"),
    ("pace", "pace", "ever"),
    ("pace", "pace", "lately"),
    ("pace", "pace", "new"),
)
GENRES: Final = "genres"
DECADES: Final = "decades"
LARGEST: Final = 5.0
SOFTENING: Final = 0.02


@dataclass(frozen=True, eq=False)
class Voices:
    """Personal scorers as features: how they depart from what they give an item on average.

    Attributes:
        parts: Name to scorer.
        means: ndarray of shape (n_parts, n_items), float32; mean score over some people.
        spreads: ndarray of shape (n_parts,), float32; standard deviation over people and items.
    """

    parts: Mapping[str, Scorer]
    means: Floats
    spreads: Floats

    @classmethod
    def of(cls, parts: Mapping[str, Scorer], people: Interactions) -> Self:
        """Listen to what the parts say to some people, over the items of their histories."""
        parts = dict(sorted(parts.items()))
        means = np.zeros((len(parts), len(people.items)), dtype=np.float32)
        spreads = np.ones(len(parts), dtype=np.float32)
        for at, part in enumerate(parts.values()):
            said = Aligned(part, people).block(slice(None), slice(None))
            means[at] = said.mean(axis=0)
            spreads[at] = said.std() or 1.0
        return cls(parts, sealed(means), sealed(spreads))

    def features(self, at: int, said: Floats, columns: Any) -> tuple[Floats, Floats]:
        """How far a part's scores are from the item's mean: plain, and relative to the mean.

        The relative one is a square root with the sign of the distance, so that rare and popular
        items compare.
        """
        away = said - self.means[at, columns]
        usual = np.abs(self.means[at, columns]) + SOFTENING * self.spreads[at]
        relative = np.sign(away) * np.minimum(np.sqrt(np.abs(away) / usual), LARGEST)
        return away / self.spreads[at], relative.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Features:
    """Features at one moment: products of traits, shared genres and decades, and the voices.

    Attributes:
        moment: What is known of items.
        voices: Personal scorers.
        leave_out: Groups that are not used.
    """

    moment: Moment
    voices: Voices
    leave_out: tuple[str, ...]

    def of_pairs(self, people: Interactions, columns: npt.NDArray[np.int64]) -> Floats:
        """All features, ndarray of shape (n_users, n_columns, n_features), as `feature_names`.

        Args:
            people: Histories over the moment's items.
            columns: Items wanted.
        """
        traits, taste = self.moment.traits[columns], self.moment.described.taste[columns]
        who = self.moment.people(people)
        own = who[:, len(USER_TRAITS) :]
        found = [np.outer(who[:, user], traits[:, item]) for user, item in self._products()]
        found += [own[:, span] @ taste[:, span].T for span in self._shares()]
        for at, part in enumerate(self.voices.parts.values()):
            said = Aligned(part, people).block(slice(None), columns)
            found += self.voices.features(at, said, columns)
        return np.stack(found, axis=2).astype(np.float32, copy=False)

    def means(self, people: Interactions) -> Floats:
        """Mean of each feature over some people, ndarray of shape (n_features, n_items)."""
        traits, taste = self.moment.traits, self.moment.described.taste
        who = self.moment.people(people).mean(axis=0)
        own = who[len(USER_TRAITS) :]
        found = [who[user] * traits[:, item] for user, item in self._products()]
        found += [taste[:, span] @ own[span] for span in self._shares()]
        for at, part in enumerate(self.voices.parts.values()):
            said = Aligned(part, people).block(slice(None), slice(None))
            found += [each.mean(axis=0) for each in self.voices.features(at, said, slice(None))]
        return np.stack(found).astype(np.float32, copy=False)

    def left(self, people: Interactions, weights: Floats) -> Floats:
        """What a person's weighted traits and taste are, where `right` are the items'.

        ``left @ right`` is the weighted sum of all features but the voices'.

        Args:
            people: Histories over the moment's items.
            weights: ndarray of shape (n_features,).

        Returns:
            ndarray of shape (n_users, len(ITEM_TRAITS) + n_taste).
        """
        who = self.moment.people(people)
        products = self._products()
        traits = np.zeros((len(who), len(ITEM_TRAITS)), dtype=np.float32)
        for weight, (user, item) in zip(weights, products, strict=False):
            traits[:, item] += weight * who[:, user]
        taste = who[:, len(USER_TRAITS) :]
        weighted = np.zeros_like(taste)
        for weight, span in zip(weights[len(products) :], self._shares(), strict=False):
            weighted[:, span] = weight * taste[:, span]
        return np.hstack([traits, weighted])

    @property
    def right(self) -> Floats:
        """Ndarray of shape (len(ITEM_TRAITS) + n_taste, n_items); see `left`."""
        return np.hstack([self.moment.traits, self.moment.described.taste]).T

    def _products(self) -> list[tuple[int, int]]:
        """Columns of the person's and of the item's trait of every product in use."""
        return [
            (USER_TRAITS.index(user), ITEM_TRAITS.index(item))
            for group, user, item in PRODUCTS
            if group not in self.leave_out
        ]

    def _shares(self) -> list[slice]:
        """Columns of taste that are compared, genres then decades, of those in use."""
        n_genres = self.moment.described.n_genres
        spans = {GENRES: slice(0, n_genres), DECADES: slice(n_genres, None)}
        return [span for group, span in spans.items() if group not in self.leave_out]


class Aligned:
    """Scores of a part over the items of the profiles; an item it does not know gets 0."""

    def __init__(self, part: Scorer, profiles: Interactions) -> None:
        self.at = part.items.find(profiles.items.index)
        self.same = bool(part.items == profiles.items)
        self.scores: Scores = part.score(profiles.onto_items(part.items))
        self.whole_rows = bool(getattr(self.scores, "whole_rows", False)) or not self.same

    def block(self, rows: slice, columns: Any) -> Floats:
        """Of some people for some items: columns are a slice or an array of indices."""
        if self.same and isinstance(columns, slice):
            return np.asarray(self.scores.block(rows, columns), dtype=np.float32)
        at = self.at[columns]
        said = self.scores.block(rows, slice(0, self.scores.shape[1]))[:, at]
        return np.where(at >= 0, said, 0).astype(np.float32)


def feature_names(leave_out: Sequence[str], parts: Sequence[str]) -> list[tuple[str, str]]:
    """Group and name of every feature, in their order.

    Examples:
        >>> feature_names(["history", "mainstream", "ratings", "pace", "genres"], ["svd"])[2:]
        [('freshness', 'fresh x new'), ('decades', 'share'), ('svd', 'plain'), ('svd', 'relative')]
    """
    names = [(group, f"{user} x {item}") for group, user, item in PRODUCTS]
    names += [(GENRES, "share"), (DECADES, "share")]
    names = [each for each in names if each[0] not in leave_out]
    return names + [(part, kind) for part in sorted(parts) for kind in ("plain", "relative")]
