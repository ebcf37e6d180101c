"""Moments: what is known of items and people at one time, for models that depart from a level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.interactions import NO_TIME, Interactions

Floats = npt.NDArray[np.float32]

SECONDS_A_DAY = 86_400
SHRINKAGE = 3.0
TASTE_SHRINKAGE = 5.0
QUALITY_SHRINKAGE = 10.0

ITEM_TRAITS: Final = ("ever", "lately", "new", "quality", "year")
USER_TRAITS: Final = ("length", "fresh", "mainstream", "generous", "pace")


@dataclass(frozen=True, eq=False)
class Described:
    """What a catalogue says of items, whenever one asks.

    Attributes:
        items: The items, one a row.
        years: ndarray of shape (n_items,), float32; NaN where unknown.
        taste: ndarray of shape (n_items, n_traits), float32: genres, then decades. An item's
            genres sum to 1, and so does its decade; 0 where unknown.
        n_genres: How many of the traits are genres.
    """

    items: IdMap
    years: Floats
    taste: Floats
    n_genres: int

    @classmethod
    def of(cls, items: IdMap, works: pd.DataFrame | None) -> Self:
        """Read years and genres of a works table; an item that it lacks has neither."""
        if works is None:
            unknown = np.full(len(items), np.nan, dtype=np.float32)
            return cls(items, unknown, np.zeros((len(items), 0), dtype=np.float32), 0)
        known = works.drop_duplicates(schema.ITEM_ID).set_index(schema.ITEM_ID)
        known = known.reindex(items.index)
        years = known[schema.YEAR].to_numpy(dtype=np.float32, na_value=np.nan)
        cells = known[schema.GENRES].fillna("")
        flags = cells.str.get_dummies(schema.SEPARATOR).to_numpy(dtype=np.float32)
        genres = flags / np.maximum(flags.sum(axis=1, keepdims=True), 1)
        decades = pd.get_dummies(pd.Series(years) // 10, dtype=np.float32).to_numpy()
        taste = np.hstack([genres, decades]).astype(np.float32)
        return cls(items, years, taste, genres.shape[1])


@dataclass(frozen=True, eq=False)
class Moment:
    """What is known of items at one time, and what an average interaction until then was like.

    Attributes:
        described: Years, genres and decades of the items.
        as_of: Time in seconds; `NO_TIME` where the source has no times.
        traits: ndarray of shape (n_items, len(ITEM_TRAITS)), float32: logarithm of 1 + positives
            ever; logarithm of the level; newness ``exp(-age in years)``, 0 where unknown; mean
            rating, shrunk, minus the global mean; year, centred, in decades.
        expected: ndarray of shape (len(USER_TRAITS) + n_traits,), float32: what people are shrunk
            to, the mean over interactions.
    """

    described: Described
    as_of: int
    traits: Floats
    expected: Floats

    @classmethod
    def of(cls, known: Interactions, described: Described, log_level: Floats) -> Self:
        """Look back from the latest interaction.

        Args:
            known: Over the items of `described`, all before the moment.
            described: What the catalogue says of the items.
            log_level: ndarray of shape (n_items,); logarithm of recent popularity.
        """
        as_of = int(known.timestamps.max())
        n_items = len(described.items)
        liked = np.bincount(known.indices, known.positive, minlength=n_items)
        ratings, rated = _ratings(known)
        mean = float(ratings[rated].mean()) if rated.any() else 0.0
        sums = np.bincount(known.indices, np.where(rated, ratings - mean, 0), minlength=n_items)
        counts = np.bincount(known.indices, rated, minlength=n_items)
        years = described.years
        centre = np.nanmean(years) if np.isfinite(years).any() else 0.0
        traits = np.column_stack(
            [
                np.log1p(liked),
                log_level,
                newness(years, np.full(n_items, as_of)),
                sums / (counts + QUALITY_SHRINKAGE),
                np.nan_to_num((years - centre) / 10),
            ]
        ).astype(np.float32)
        n_columns = len(USER_TRAITS) + described.taste.shape[1]
        draft = cls(described, as_of, traits, np.zeros(n_columns, dtype=np.float32))
        sums_of_all = draft._sums(known).sum(axis=0)
        expected = (sums_of_all / max(len(known), 1)).astype(np.float32)
        expected[USER_TRAITS.index("generous")] = mean
        return cls(described, as_of, traits, expected)

    def people(self, profiles: Interactions) -> Floats:
        """What somebody's history says of them.

        Args:
            profiles: Histories over the items.

        Returns:
            ndarray of shape (n_users, len(USER_TRAITS) + n_traits): logarithm of 1 + interactions;
            mean newness of what they met when they met it; mean logarithm of its popularity; mean
            rating; logarithm of 1 + interactions of the last two weeks; and shares of genres and
            decades. Means and shares are shrunk to those of all interactions and counted from
            them, so that who has no history has 0.
        """
        counts = np.diff(profiles.indptr).astype(np.float64)[:, np.newaxis]
        shrinkage = np.full(len(self.expected), TASTE_SHRINKAGE)
        shrinkage[: len(USER_TRAITS)] = SHRINKAGE
        sums = self._sums(profiles)
        found = (sums - counts * self.expected) / (counts + shrinkage)
        found[:, USER_TRAITS.index("length")] = np.log1p(counts[:, 0])
        found[:, USER_TRAITS.index("pace")] = np.log1p(sums[:, USER_TRAITS.index("pace")])
        return np.asarray(found, dtype=np.float32)

    def _sums(self, profiles: Interactions) -> npt.NDArray[np.float64]:
        """Sums over each profile, same shape as `people`."""
        rows, n_users = profiles.rows(), len(profiles.users)
        ratings, rated = _ratings(profiles)
        usual = self.expected[USER_TRAITS.index("generous")]
        timed = profiles.timestamps != NO_TIME
        met = np.where(timed, profiles.timestamps, self.as_of)
        lately = timed & (met > self.as_of - 14 * SECONDS_A_DAY)
        columns = {
            "length": np.ones(len(rows)),
            "fresh": newness(self.described.years[profiles.indices], met),
            "mainstream": self.traits[profiles.indices, ITEM_TRAITS.index("ever")],
            "generous": np.where(rated, ratings, usual),
            "pace": lately,
        }
        plain = [np.bincount(rows, columns[name], minlength=n_users) for name in USER_TRAITS]
        return np.hstack([np.column_stack(plain), profiles.seen() @ self.described.taste])

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What must be stored beside the items: plain arrays."""
        return {
            "as_of": np.array([self.as_of], dtype=np.int64),
            "years": self.described.years,
            "taste": self.described.taste,
            "n_genres": np.array([self.described.n_genres], dtype=np.int64),
            "traits": self.traits,
            "expected": self.expected,
        }

    @classmethod
    def from_arrays(cls, items: IdMap, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """Inverse of `arrays`."""
        described = Described(items, arrays["years"], arrays["taste"], int(arrays["n_genres"][0]))
        return cls(described, int(arrays["as_of"][0]), arrays["traits"], arrays["expected"])


def newness(years: npt.NDArray[Any], times: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """1 in the year of a work, falling by e a year; 0 where the year is not known.

    Examples:
        >>> newness(np.array([1970.0, 1969.0, np.nan]), np.zeros(3)).round(2).tolist()
        [1.0, 0.37, 0.0]
    """
    seconds = np.where(times == NO_TIME, 0, times).astype("datetime64[s]")
    now = seconds.astype("datetime64[Y]").astype(np.int64) + 1970
    age = np.where(times == NO_TIME, np.inf, now - years)
    return np.where(np.isnan(age), 0.0, np.exp(-np.maximum(age, 0)))


def _ratings(of: Interactions) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    rated = ~np.isnan(of.ratings)
    return np.where(rated, of.ratings, 0).astype(np.float64), rated
