"""Tables of works and users as of a time: what reports slice by and rankers read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Final

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field, PositiveInt
from scipy import sparse

from artrec import schema
from artrec.config import Config, ascending
from artrec.data.ids import IdMap

SECONDS_A_DAY = 86_400

CARRIED: Final = (schema.GENRES, schema.CREATORS, "cast", "countries", "languages")
LENGTH: Final = "runtime_minutes"

Share = Annotated[float, Field(gt=0, lt=1)]


class FeatureConfig(Config):
    """How the works' and users' tables are derived."""

    recent_days: tuple[PositiveInt, ...] = Field(
        default=(7, 30, 90),
        description="Windows, in days before the cut, that popularity and activity are counted in.",
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
    new_within_years: int = Field(
        default=1,
        ge=0,
        description="A work is new to somebody who meets it at most so many calendar years after "
        "its own.",
    )
    taste_genres: int = Field(
        default=30,
        ge=0,
        description="Genres, those most works have, that a user's taste is spread over.",
    )
    taste_from_decade: int = Field(
        default=1920,
        multiple_of=10,
        description="Earlier decades count as this one in a user's taste.",
    )


def works_as_of(
    works: pd.DataFrame, interactions: pd.DataFrame, config: FeatureConfig, as_of: int | None
) -> pd.DataFrame:
    """One row a work: what it is, and what its interactions until `as_of` say.

    Columns of the catalogue that only fill once people have met a work (tags, counts and average
    ratings) are not taken over: nobody knows as of when they are.

    Args:
        works: Table `schema.WORKS`.
        interactions: Table `schema.INTERACTIONS`.
        config: Windows, prior and popularity shares.
        as_of: Time in seconds; later interactions are not looked at. None where the source has
            no times: all are looked at.

    Returns:
        item_id; decade (0 where the year is missing); genres, creators, cast, countries,
        languages as the catalogue has them, and runtime_minutes, where it has such a column;
        n_genres, n_creators; n_interactions, n_last_<d>_days, age_years (NaN where unknown),
        days_known (since the first interaction, NaN before it), mean_rating (shrunk to the
        global mean: (sum + prior * global mean) / (n + prior)), popularity ("head" / "middle" /
        "tail" / "unseen").
    """
    past = _before(interactions, as_of)
    table = pd.DataFrame({schema.ITEM_ID: works[schema.ITEM_ID]})
    year = works[schema.YEAR].astype("float64")
    table["decade"] = _decades(year).fillna(0).astype("int64")
    for column in (*CARRIED, LENGTH):
        if column in works:
            table[column] = works[column]
    for column in (schema.GENRES, schema.CREATORS):
        table[f"n_{column}"] = works[column].fillna("").map(_count_values).astype("int64")
    table["n_interactions"] = _counted(table, past[schema.ITEM_ID].value_counts())
    if as_of is not None:
        for days, recent in _windows(past, config, as_of):
            table[f"n_last_{days}_days"] = _counted(table, recent[schema.ITEM_ID].value_counts())
        table["age_years"] = pd.Timestamp(as_of, unit="s").year - year
        first = past.groupby(schema.ITEM_ID)[schema.TIMESTAMP].min()
        table["days_known"] = (as_of - table[schema.ITEM_ID].map(first)) / SECONDS_A_DAY
    if schema.RATING in past:
        table["mean_rating"] = _shrunk_means(table, past, schema.ITEM_ID, config.prior_ratings)
    table["popularity"] = _popularity(table["n_interactions"], config.popularity_shares)
    return table


def users_as_of(
    interactions: pd.DataFrame,
    config: FeatureConfig,
    as_of: int | None,
    works: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row a user: activity and taste until `as_of`.

    Args:
        interactions: Table `schema.INTERACTIONS`.
        config: Windows, bounds of the history lengths, and what taste is spread over.
        as_of: Time in seconds, or None where the source has no times.
        works: Table `schema.WORKS`; without it nothing is said of taste. Which columns there are
            depends on it alone.

    Returns:
        user_id, n_interactions, mean_rating, rating_spread (standard deviation), history ("<20",
        "20-49", ...). With times: days_active (first to last interaction), days_since_last,
        n_last_<d>_days. With works: genre_<name> and decade_<d>, the shares of the user's
        interactions that have it (a work of several genres is split among them; NaN for somebody
        whose works say nothing); with both, share_new, the share of works met when they were new
        among those with a year (NaN without any).
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
        table["days_since_last"] = ((as_of - times.max()) / SECONDS_A_DAY).to_numpy()
        for days, recent in _windows(past, config, as_of):
            counts = recent[schema.USER_ID].value_counts()
            counted = table[schema.USER_ID].map(counts).fillna(0)
            table[f"n_last_{days}_days"] = counted.astype("int64")
    table["history"] = _levels(table["n_interactions"], config.user_levels)
    if works is not None:
        taste = _taste(past, works, config)
        table = table.join(taste, on=schema.USER_ID)
    return table


def latest_time(interactions: pd.DataFrame) -> int | None:
    """Time of the last interaction, or None where the source has no times."""
    if schema.TIMESTAMP not in interactions or interactions.empty:
        return None
    return int(interactions[schema.TIMESTAMP].max())


def _windows(
    past: pd.DataFrame, config: FeatureConfig, as_of: int
) -> Iterator[tuple[int, pd.DataFrame]]:
    for days in config.recent_days:
        yield days, past[past[schema.TIMESTAMP] > as_of - days * SECONDS_A_DAY]


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


def _decades(years: pd.Series) -> pd.Series:
    return years // 10 * 10


def _taste(past: pd.DataFrame, works: pd.DataFrame, config: FeatureConfig) -> pd.DataFrame:
    """A row a user with something in `past`: shares of genres and decades, and of new works."""
    described = works.drop_duplicates(schema.ITEM_ID).set_index(schema.ITEM_ID)
    years = described[schema.YEAR].astype("float64")
    decades = _decades(years).clip(lower=config.taste_from_decade)
    traits = {
        "genre": _genre_shares(described[schema.GENRES], config.taste_genres),
        "decade": pd.get_dummies(decades.astype("Int64"), dtype="float64"),
    }
    users, items = IdMap.of(past[schema.USER_ID]), IdMap.of(past[schema.ITEM_ID])
    rows, columns = users.to_index(past[schema.USER_ID]), items.to_index(past[schema.ITEM_ID])
    # shape (n_users, n_items): times a user met an item
    met = sparse.csr_array((np.ones(len(past)), (rows, columns)), shape=(len(users), len(items)))
    found = []
    for name, each in traits.items():
        sums = met @ each.reindex(items.index, fill_value=0.0).to_numpy()
        total = sums.sum(axis=1, keepdims=True)
        # nothing known of any work met: no taste, rather than none of everything
        shares = np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)
        names = [f"{name}_{column}" for column in each.columns]
        found.append(pd.DataFrame(shares, index=users.index, columns=names))
    if schema.TIMESTAMP in past:
        when = pd.to_datetime(past[schema.TIMESTAMP], unit="s").dt.year.to_numpy()
        age = pd.Series(when - years.reindex(past[schema.ITEM_ID]).to_numpy())
        new = (age <= config.new_within_years).where(age.notna()).astype("float64")
        share_new = new.groupby(past[schema.USER_ID].to_numpy()).mean()
        found.append(share_new.rename("share_new").to_frame())
    return pd.concat(found, axis=1)


def _genre_shares(genres: pd.Series, n_genres: int) -> pd.DataFrame:
    """A row a work, a column a genre: 1 / n where it has n of the genres kept, else 0."""
    lists = genres.fillna("").str.split(schema.SEPARATOR, regex=False).explode()
    lists = lists[lists != ""]
    counts = lists.value_counts()
    kept = sorted(counts.index, key=lambda name: (-counts[name], name))[:n_genres]
    flags = pd.get_dummies(lists[lists.isin(kept)], dtype="float64").groupby(level=0).max()
    flags = flags.reindex(index=genres.index, columns=sorted(kept), fill_value=0.0)
    return flags.div(flags.sum(axis=1).replace(0, 1), axis=0)


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
