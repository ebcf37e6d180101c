"""Tables of works and users as of a time: what reports slice by and rankers will read."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field, PositiveInt

from artrec import schema
from artrec.config import Config, ascending

SECONDS_A_DAY = 86_400

Share = Annotated[float, Field(gt=0, lt=1)]


class FeatureConfig(Config):
    """How the works' and users' tables are derived."""

    recent_days: tuple[PositiveInt, ...] = Field(
        default=(30, 90),
        description="Windows, in days before the cut, that popularity is counted in.",
    )
    prior_ratings: float = Field(
        default=10.0,
        ge=0,
        description="Ratings at the global mean that an item's mean starts from.",
    )
    user_levels: Annotated[tuple[PositiveInt, ...], AfterValidator(ascending)] = Field(
        default=(20, 50, 100),
        min_length=1,
        description="Upper bounds (exclusive) of the history lengths users are grouped by.",
    )
    popularity_shares: Annotated[tuple[Share, Share], AfterValidator(ascending)] = Field(
        default=(0.2, 0.5),
        description="Shares of all interactions that the head, and head and middle, make up.",
    )


def works_as_of(
    works: pd.DataFrame, interactions: pd.DataFrame, config: FeatureConfig, as_of: int | None
) -> pd.DataFrame:
    """One row a work: what it is, and what its interactions before `as_of` say.

    Args:
        works: Table `schema.WORKS`.
        interactions: Table `schema.INTERACTIONS`.
        config: Windows, prior and popularity shares.
        as_of: Time in seconds; later interactions are not looked at. None where the source has
            no times: all are looked at.

    Returns:
        item_id, decade (0 where the year is missing), n_genres, n_interactions,
        n_last_<d>_days, age_years (NaN where unknown), mean_rating (shrunk to the global mean:
        (sum + prior * global mean) / (n + prior)), popularity ("head" / "middle" / "tail" /
        "unseen").
    """
    past = _before(interactions, as_of)
    table = pd.DataFrame({schema.ITEM_ID: works[schema.ITEM_ID]})
    year = works[schema.YEAR].astype("float64")
    table["decade"] = (year // 10 * 10).fillna(0).astype("int64")
    table["n_genres"] = works[schema.GENRES].fillna("").map(_count_values).astype("int64")
    counts = past[schema.ITEM_ID].value_counts()
    table["n_interactions"] = _counted(table, counts)
    if as_of is not None:
        for days in config.recent_days:
            recent = past[past[schema.TIMESTAMP] > as_of - days * SECONDS_A_DAY]
            table[f"n_last_{days}_days"] = _counted(table, recent[schema.ITEM_ID].value_counts())
        table["age_years"] = pd.Timestamp(as_of, unit="s").year - year
    if schema.RATING in past:
        table["mean_rating"] = _shrunk_means(table, past, schema.ITEM_ID, config.prior_ratings)
    table["popularity"] = _popularity(table["n_interactions"], config.popularity_shares)
    return table


def users_as_of(
    interactions: pd.DataFrame, config: FeatureConfig, as_of: int | None
) -> pd.DataFrame:
    """One row a user: activity before `as_of`.

    Args:
        interactions: Table `schema.INTERACTIONS`.
        config: Bounds of the history lengths.
        as_of: Time in seconds, or None where the source has no times.

    Returns:
        user_id, n_interactions, mean_rating, rating_spread (standard deviation), days_active
        (first to last interaction), history ("<20", "20-49", ...).
    """
    past = _before(interactions, as_of)
    grouped = past.groupby(schema.USER_ID, sort=True)
    table = grouped.size().rename("n_interactions").reset_index()
    if schema.RATING in past:
        ratings = grouped[schema.RATING]
        table["mean_rating"] = ratings.mean().to_numpy()
        table["rating_spread"] = ratings.std(ddof=0).to_numpy()
    if as_of is not None:
        times = grouped[schema.TIMESTAMP]
        table["days_active"] = ((times.max() - times.min()) / SECONDS_A_DAY).to_numpy()
    table["history"] = _levels(table["n_interactions"], config.user_levels)
    return table


def latest_time(interactions: pd.DataFrame) -> int | None:
    """Time of the last interaction, or None where the source has no times."""
    if schema.TIMESTAMP not in interactions or interactions.empty:
        return None
    return int(interactions[schema.TIMESTAMP].max())


def _before(interactions: pd.DataFrame, as_of: int | None) -> pd.DataFrame:
    if as_of is None:
        return interactions
    return interactions[interactions[schema.TIMESTAMP] <= as_of]


def _count_values(cell: str) -> int:
    return len(cell.split(schema.SEPARATOR)) if cell else 0


def _counted(table: pd.DataFrame, counts: pd.Series) -> pd.Series:
    return table[schema.ITEM_ID].map(counts).fillna(0).astype("int64")


def _shrunk_means(table: pd.DataFrame, past: pd.DataFrame, key: str, prior: float) -> pd.Series:
    rated = past[past[schema.RATING].notna()]
    overall = rated[schema.RATING].mean() if len(rated) else np.nan
    grouped = rated.groupby(key)[schema.RATING]
    shrunk = (grouped.sum() + prior * overall) / (grouped.count() + prior)
    return table[key].map(shrunk).fillna(overall)


def _popularity(counts: pd.Series, shares: tuple[float, float]) -> pd.Series:
    head, middle = shares
    ordered = counts.sort_values(ascending=False, kind="stable")
    before = (ordered.cumsum() - ordered) / max(int(ordered.sum()), 1)
    label = np.where(before < head, "head", np.where(before < middle, "middle", "tail"))
    label = np.where(ordered == 0, "unseen", label)
    return pd.Series(label, index=ordered.index, dtype="object").reindex(counts.index)


def _levels(lengths: pd.Series, bounds: tuple[int, ...]) -> pd.Series:
    names = [f"<{bounds[0]}"]
    names += [f"{low}-{high - 1}" for low, high in pairwise(bounds)]
    names.append(f">={bounds[-1]}")
    which = np.searchsorted(np.asarray(bounds), lengths.to_numpy(), side="right")
    return pd.Series(np.asarray(names, dtype=object)[which], index=lengths.index)
