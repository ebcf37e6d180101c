"""Departure: an item's level is its recent popularity, and what is learned is who departs from it.

Where tastes move by the week, no model that learns how much people like items comes near what was
popular in the last days, because no item stays what it was. So nothing of that is learned here:
the level is given, and coefficients say how a person's share differs from everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from artrec.config import Config
from artrec.data.ids import IdMap
from artrec.data.interactions import NO_TIME, Interactions
from artrec.errors import InputError
from artrec.models.base import Scorer, Scores
from artrec.models.checks import as_config, check_profiles, sealed
from artrec.models.conditional_logit import Choices, fit_coefficients
from artrec.models.moments import ITEM_TRAITS, SECONDS_A_DAY, USER_TRAITS, Floats, Moment

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
RECENT_DAYS: Final = 14


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
        default=2000, ge=1, description="People drawn from a window, and for the mean departure."
    )
    regularization: float = Field(
        default=10.0,
        ge=0,
        allow_inf_nan=False,
        description="Of the coefficients, whose features have standard deviation 1.",
    )
    n_iterations: int = Field(default=100, ge=1, description="Of L-BFGS at most.")
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
            said = _Aligned(part, people).block(slice(None), slice(None))
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
class Departure:
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
        moment: What is known of items at the end of the fit.
        voices: Personal scorers, fitted on everything before that.
        coefficients: ndarray of shape (n_features,), in the order of `feature_names`.
        base: ndarray of shape (n_items,): logarithm of the level minus the mean departure.
        log_level: ndarray of shape (n_items,): what somebody without a history gets.
    """

    name: ClassVar[str] = "departure"

    items: IdMap
    config: DepartureConfig
    moment: Moment
    voices: Voices
    coefficients: Floats
    base: Floats
    log_level: Floats

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
        log_level = now.moment.traits[:, ITEM_TRAITS.index("lately")]
        people = _people(now, config.n_users, rng)
        voices = Voices.of(now.parts, people)
        items = now.moment.described.items
        parts = (items, config, now.moment, voices, sealed(coefficients))
        draft = cls(*parts, np.zeros_like(log_level), log_level)
        mean = draft.score(people).block(slice(None), slice(None)).mean(axis=0)
        return cls(*parts, sealed(log_level - mean), log_level)

    @property
    def parts(self) -> Mapping[str, Scorer]:
        """The personal scorers it was given."""
        return self.voices.parts

    def score(self, profiles: Interactions) -> DepartureScores:
        """See `Scorer.score`; an empty profile scores the logarithm of the level."""
        check_profiles(profiles, self.items, self.name)
        return DepartureScores(self, profiles)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`; the parts are stored beside them."""
        return {
            **self.moment.arrays(),
            "means": self.voices.means,
            "spreads": self.voices.spreads,
            "coefficients": self.coefficients,
            "base": self.base,
        }

    @classmethod
    def from_parts(
        cls,
        items: IdMap,
        config: Config,
        arrays: Mapping[str, npt.NDArray[Any]],
        parts: Mapping[str, Scorer],
    ) -> Self:
        """Inverse of `arrays` and `parts`."""
        moment = Moment.from_arrays(items, arrays)
        voices = Voices(dict(sorted(parts.items())), arrays["means"], arrays["spreads"])
        log_level = moment.traits[:, ITEM_TRAITS.index("lately")]
        learned = (arrays["coefficients"], arrays["base"], log_level)
        return cls(items, as_config(config, DepartureConfig), moment, voices, *learned)


class DepartureScores:
    """Base and bilinear features as a product, plus what the parts say, block by block.

    Args:
        of: The fitted model.
        profiles: Histories over its items.

    Attributes:
        whole_rows: Whether some columns cost as much as all: true where they do for a part.
    """

    def __init__(self, of: Departure, profiles: Interactions) -> None:
        self.of = of
        self.shape = profiles.shape
        self.known = (np.diff(profiles.indptr) > 0)[:, np.newaxis]
        self.left = _left(of.moment.people(profiles), of)
        self.right = np.hstack([of.moment.traits, of.moment.described.taste])
        self.said = [_Aligned(part, profiles) for part in of.parts.values()]
        self.weights = of.coefficients[len(of.coefficients) - 2 * len(self.said) :].reshape(-1, 2)
        self.whole_rows = any(each.whole_rows for each in self.said)

    def block(self, rows: slice, columns: slice) -> Floats:
        """See `Scores.block`."""
        found = self.left[rows] @ self.right[columns].T
        for at, (said, weights) in enumerate(zip(self.said, self.weights, strict=True)):
            plain, relative = self.of.voices.features(at, said.block(rows, columns), columns)
            found += weights[0] * plain + weights[1] * relative
        found += self.of.base[columns]
        return np.where(self.known[rows], found, self.of.log_level[columns])


class _Aligned:
    """Scores of a part over the items of the profiles; an item it does not know gets 0."""

    def __init__(self, part: Scorer, profiles: Interactions) -> None:
        self.at = part.items.find(profiles.items.index)
        self.same = bool(part.items == profiles.items)
        self.scores: Scores = part.score(profiles.onto_items(part.items))
        self.whole_rows = bool(getattr(self.scores, "whole_rows", False)) or not self.same

    def block(self, rows: slice, columns: Any) -> Floats:
        if self.same and isinstance(columns, slice):
            return np.asarray(self.scores.block(rows, columns), dtype=np.float32)
        at = self.at[columns]
        said = self.scores.block(rows, slice(0, self.scores.shape[1]))[:, at]
        return np.where(at >= 0, said, 0).astype(np.float32)


def feature_names(config: DepartureConfig, parts: Sequence[str]) -> list[tuple[str, str]]:
    """Group and name of every feature, in the order of the coefficients."""
    names = [(group, f"{user} x {item}") for group, user, item in PRODUCTS]
    names += [(GENRES, "share"), (DECADES, "share")]
    names = [each for each in names if each[0] not in config.leave_out]
    return names + [(part, kind) for part in sorted(parts) for kind in ("plain", "relative")]


def _products(config: DepartureConfig) -> list[tuple[int, int]]:
    """Columns of the user's and of the item's trait of every product in use."""
    return [
        (USER_TRAITS.index(user), ITEM_TRAITS.index(item))
        for group, user, item in PRODUCTS
        if group not in config.leave_out
    ]


def _shares(moment: Moment, config: DepartureConfig) -> list[slice]:
    """Columns of taste that are compared, genres then decades, of those in use."""
    n_genres = moment.described.n_genres
    spans = {GENRES: slice(0, n_genres), DECADES: slice(n_genres, None)}
    return [span for group, span in spans.items() if group not in config.leave_out]


def _left(people: Floats, of: Departure) -> Floats:
    """What a person's item traits and taste weigh, shape (n_users, n_item_traits + n_taste)."""
    products, shares = _products(of.config), _shares(of.moment, of.config)
    traits = np.zeros((len(people), len(ITEM_TRAITS)), dtype=np.float32)
    for weight, (user, item) in zip(of.coefficients, products, strict=False):
        traits[:, item] += weight * people[:, user]
    taste = people[:, len(USER_TRAITS) :]
    weighted = np.zeros_like(taste)
    for weight, span in zip(of.coefficients[len(products) :], shares, strict=False):
        weighted[:, span] = weight * taste[:, span]
    return np.hstack([traits, weighted])


def _features(
    window: Window,
    voices: Voices,
    people: Interactions,
    columns: npt.NDArray[np.int64],
    config: DepartureConfig,
) -> Floats:
    """Features of pairs, ndarray of shape (n_users, n_columns, n_features)."""
    moment = window.moment
    traits, taste = moment.traits[columns], moment.described.taste[columns]
    who = moment.people(people)
    own = who[:, len(USER_TRAITS) :]
    found = [np.outer(who[:, user], traits[:, item]) for user, item in _products(config)]
    found += [own[:, span] @ taste[:, span].T for span in _shares(moment, config)]
    for at, part in enumerate(voices.parts.values()):
        said = _Aligned(part, people).block(slice(None), columns)
        found += voices.features(at, said, columns)
    return np.stack(found, axis=2).astype(np.float32, copy=False)


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
    chosen = np.zeros((len(rows), len(window.moment.described.items)), dtype=np.float32)
    at = people.users.find(window.later.users.index)[window.later.rows()]
    kept = likes & (at >= 0)
    chosen[at[kept], window.later.indices[kept]] = 1
    possible = people.seen().toarray() == 0
    voices = Voices.of(window.parts, _people(window, config.n_users, rng))
    features = _features(window, voices, people, columns, config)
    return Choices(features, chosen[:, columns] * possible[:, columns], possible[:, columns])


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
