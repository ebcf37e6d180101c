"""Departure: an item's level is its recent popularity, and what is learned is who departs from it.

Where tastes move by the week, no model that learns how much people like items comes near what was
popular in the last days, because no item stays what it was. So nothing of that is learned here:
the level is given, and coefficients say how a person's share differs from everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from artrec.config import Config
from artrec.data.ids import MISSING, IdMap
from artrec.data.interactions import NO_TIME, Interactions
from artrec.errors import InputError
from artrec.models.base import MadeOfParts, Scorer
from artrec.models.checks import as_config, check_profiles, sealed
from artrec.models.conditional_logit import Choices, fit_coefficients
from artrec.models.departure_features import Aligned, Features, Voices, feature_names
from artrec.models.moments import ITEM_TRAITS, SECONDS_A_DAY, Floats, Moment

RECENT_DAYS: Final = 14
LEVEL: Final = "level"

Sums = npt.NDArray[np.float64]


class DepartureConfig(Config):
    """What the level is, and how the departures from it are learned."""

    level: str = Field(
        default="recent_popularity",
        description="Which of the scorers given is an item's level; it scores all people alike.",
    )
    prior: float = Field(
        default=0.01,
        gt=0,
        allow_inf_nan=False,
        description="Added to the level before its logarithm, so that nothing is impossible.",
    )
    n_windows: int = Field(
        default=5, ge=1, description="Latest windows of the fit that coefficients are learned from."
    )
    width_days: float = Field(
        default=14.0, gt=0, allow_inf_nan=False, description="Length of such a window."
    )
    n_items: int = Field(
        default=500,
        ge=2,
        description="Items of the highest level that a window's choices are among.",
    )
    n_users: int = Field(
        default=1000, ge=1, description="People drawn from a window, and for the mean departure."
    )
    regularization: float = Field(
        default=10.0,
        ge=0,
        allow_inf_nan=False,
        description="Of the coefficients, whose features have standard deviation 1.",
    )
    n_iterations: int = Field(default=40, ge=1, description="Of L-BFGS at most.")
    leave_out: tuple[str, ...] = Field(
        default=(),
        description="Groups of features that are not used: history, freshness, mainstream, "
        "ratings, pace, genres, decades.",
    )


@dataclass(frozen=True, eq=False)
class Window:
    """A window inside the fit: what was known before it, and what people then liked.

    Attributes:
        moment: What was known of items.
        known: All interactions before the window, over the moment's items.
        parts: Personal scorers, fitted on these interactions only.
        later: Interactions of the window.
    """

    moment: Moment
    known: Interactions
    parts: Mapping[str, Scorer]
    later: Interactions


@dataclass(frozen=True, eq=False)
class Departure(MadeOfParts):
    """Logarithm of recent popularity, plus what is learned of a person's departure from it.

    ``score(u, i) = log(level_i + prior) + (x_ui - mean of x_vi over people v) . b``, b from a
    conditional logit over earlier windows in which every item of every window has a level of its
    own (`artrec.models.conditional_logit`). With the mean over people taken off, the departures
    of all together leave the level as it is. Who has no history gets the level alone.

    Fitted on earlier windows inside the fit only: what a window's features are made of is known
    before it. It has a meaning only where everybody's history is cut at one time.

    Attributes:
        items: Items it scores, those of the level.
        config: Its configuration.
        features: Of pairs, at the end of the fit.
        coefficients: ndarray of shape (n_features,), in the order of `feature_names`.
        means: ndarray of shape (n_features, n_items): means of the features over people.
    """

    name: ClassVar[str] = "departure"

    items: IdMap
    config: DepartureConfig
    features: Features
    coefficients: Floats
    means: Floats

    @classmethod
    def fit(
        cls,
        now: Window,
        earlier: Sequence[Window],
        config: DepartureConfig,
        rng: np.random.Generator,
    ) -> Self:
        """Learn coefficients from earlier windows, and look at items and people as they are now.

        Args:
            now: The end of the fit; its `later` is not looked at.
            earlier: Windows before that, in any order.
            config: Regularisation, and how much of each window is looked at.
            rng: Draws people where there are more than are wanted.

        Raises:
            InputError: Nobody with a history chose anything in any window.
        """
        choices = [_choices(each, config, rng) for each in earlier]
        if not any(each.chosen.any() for each in choices):
            raise InputError(
                f"{cls.name} learns from people with a history who like something in a later "
                f"window; in {len(earlier)} windows there is nobody",
                "bring more data, or change `width_days`, `n_windows` and `n_items`",
            )
        learned = fit_coefficients(choices, config.regularization, config.n_iterations)
        coefficients = learned.astype(np.float32)
        people = _people(now, config.n_users, rng)
        features = Features(now.moment, Voices.of(now.parts, people), config.leave_out)
        means = sealed(features.means(people))
        return cls(now.moment.described.items, config, features, sealed(coefficients), means)

    @property
    def log_level(self) -> Floats:
        """Logarithm of the level, ndarray of shape (n_items,)."""
        return np.asarray(self.features.moment.traits[:, ITEM_TRAITS.index("lately")])

    def parts(self) -> Mapping[str, Scorer]:
        """See `Composite.parts`: the personal scorers it was given."""
        return self.features.voices.parts

    def score(self, profiles: Interactions) -> DepartureScores:
        """See `Scorer.score`; an empty profile scores the logarithm of the level."""
        check_profiles(profiles, self.items, self.name)
        return DepartureScores(self, profiles)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """What a score is the sum of: `LEVEL`, groups of `DepartureConfig.leave_out`, the parts."""
        return (LEVEL, *dict.fromkeys(self._group_of_each()))

    def _group_of_each(self) -> list[str]:
        return [group for group, _ in feature_names(self.config.leave_out, list(self.parts()))]

    def added(self, people: Interactions, items: npt.NDArray[np.int64]) -> Sums:
        """What each of `groups` adds to the scores of some items.

        Args:
            people: Histories over `items`.
            items: Dense indices, shape (n_users, n); -1 where there is none, which gets zeros.

        Returns:
            ndarray of shape (n_users, n, n_groups).
        """
        columns, at = np.unique(np.maximum(items, 0), return_inverse=True)
        at = at.reshape(items.shape)
        rows = np.arange(len(items))[:, np.newaxis]
        away = self.features.of_pairs(people, columns) - self.means[:, columns].T
        away *= self.coefficients * (np.diff(people.indptr) > 0)[:, np.newaxis, np.newaxis]
        found = np.zeros((*items.shape, len(self.groups)))
        found[:, :, 0] = self.log_level[columns][at]
        for place, group in enumerate(self._group_of_each()):
            found[:, :, self.groups.index(group)] += away[rows, at, place]
        found[items == MISSING] = 0
        return found

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`; the parts are stored beside them."""
        return {
            **self.features.moment.arrays(),
            "voice_means": self.features.voices.means,
            "voice_spreads": self.features.voices.spreads,
            "coefficients": self.coefficients,
            "means": self.means,
        }

    @classmethod
    def from_parts(
        cls,
        items: IdMap,
        config: Config,
        arrays: Mapping[str, npt.NDArray[Any]],
        parts: Mapping[str, Scorer],
    ) -> Self:
        """See `Composite.from_parts`."""
        typed = as_config(config, DepartureConfig)
        said = (arrays["voice_means"], arrays["voice_spreads"])
        voices = Voices(dict(sorted(parts.items())), *said)
        features = Features(Moment.from_arrays(items, arrays), voices, typed.leave_out)
        return cls(items, typed, features, arrays["coefficients"], arrays["means"])


class DepartureScores:
    """Base and bilinear features as a product, plus what the parts say, block by block.

    Args:
        of: The fitted model.
        profiles: Histories over its items.

    Attributes:
        whole_rows: Whether some columns cost as much as all: true where they do for a part.
    """

    def __init__(self, of: Departure, profiles: Interactions) -> None:
        self.of, self.profiles = of, profiles
        self.groups = of.groups
        self.shape = profiles.shape
        self.known = (np.diff(profiles.indptr) > 0)[:, np.newaxis]
        self.voices = of.features.voices
        self.left = of.features.left(profiles, of.coefficients)
        self.right = of.features.right
        self.log_level = of.log_level
        self.base = of.log_level - of.coefficients @ of.means
        self.said = [Aligned(part, profiles) for part in of.parts().values()]
        self.weights = of.coefficients[len(of.coefficients) - 2 * len(self.said) :].reshape(-1, 2)
        self.whole_rows = any(each.whole_rows for each in self.said)

    def block(self, rows: slice, columns: slice) -> Floats:
        """See `Scores.block`."""
        found = self.left[rows] @ self.right[:, columns] + self.base[columns]
        for at, (said, weights) in enumerate(zip(self.said, self.weights, strict=True)):
            plain, relative = self.voices.features(at, said.block(rows, columns), columns)
            found += weights[0] * plain + weights[1] * relative
        return np.where(self.known[rows], found, self.log_level[columns])

    def finished(self, rows: slice) -> FinishedDeparture:
        """See `GroupedScores.finished`."""
        start, stop, _ = rows.indices(self.shape[0])
        people = self.profiles.take_users(np.arange(start, max(start, stop)))
        return FinishedDeparture(self.of, people, self.block(rows, slice(None)))


@dataclass(frozen=True, eq=False)
class FinishedDeparture:
    """Scores of a block of people, and what they are made of (`base.Finished`)."""

    of: Departure
    people: Interactions
    scores: Floats

    def added(self, items: npt.NDArray[np.int64]) -> Sums:
        """See `Finished.added`."""
        return self.of.added(self.people, items)


def _choices(window: Window, config: DepartureConfig, rng: np.random.Generator) -> Choices:
    """What people with a history could choose in a window, and did."""
    log_level = window.moment.traits[:, ITEM_TRAITS.index("lately")]
    columns = np.sort(np.argsort(-log_level, kind="stable")[: config.n_items])
    likes = window.later.positive
    likers = window.later.users.to_id(np.unique(window.later.rows()[likes]))
    rows = window.known.users.find(likers)
    tasteful = np.unique(window.known.rows()[window.known.positive])
    rows = _drawn(np.intersect1d(rows, tasteful), config.n_users, rng)
    people = window.known.take_users(rows)
    place = np.full(len(log_level), MISSING)
    place[columns] = np.arange(len(columns))
    at = people.users.find(window.later.users.index)[window.later.rows()]
    where = place[window.later.indices]
    kept = likes & (at != MISSING) & (where != MISSING)
    chosen = np.zeros((len(rows), len(columns)), dtype=np.float32)
    chosen[at[kept], where[kept]] = 1
    possible = people.seen()[:, columns].toarray() == 0
    voices = Voices.of(window.parts, _people(window, config.n_users, rng))
    features = Features(window.moment, voices, config.leave_out).of_pairs(people, columns)
    return Choices(features, chosen * possible, possible)


def _people(now: Window, n_users: int, rng: np.random.Generator) -> Interactions:
    """Those with a positive who did something in the last weeks: who is going to come."""
    known = now.known
    recent = known.timestamps != NO_TIME
    recent &= known.timestamps > now.moment.as_of - RECENT_DAYS * SECONDS_A_DAY
    rows = np.intersect1d(known.rows()[recent], known.rows()[known.positive])
    if not len(rows):
        rows = np.unique(known.rows())
    return known.take_users(_drawn(rows, n_users, rng))


def _drawn(
    rows: npt.NDArray[np.int64], most: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, size=most, replace=False))
