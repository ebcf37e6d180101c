"""Slices: the same metrics for a part of the users, or for a part of the items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.ids import MISSING, IdMap
from artrec.metrics.lists import Matched
from artrec.metrics.ranking import EvaluationConfig, figures_of, require_cutoffs
from artrec.metrics.summary import (
    RESULT_COLUMNS,
    Told,
    rows_of_all,
)

UNLABELLED: Final = "unlabelled"
RARE: Final = "other genres"
# greatest age in years of each group, and its name
AGES: Final = ((2, "0 to 2 years"), (10, "3 to 10 years"))
OLDEST: Final = "over 10 years"
NICHE: Final = 0.2
TASTES: Final = ("niche", "middle", "mainstream")
MOST_RESAMPLES: Final = 1000


def by_user(figures: pd.DataFrame, labels: pd.Series) -> dict[str, pd.DataFrame]:
    """A frame of `artrec.metrics.ranking.per_user`, parted by a label of the user.

    Args:
        figures: A row a user.
        labels: Label, indexed by user id; a user without one is under `UNLABELLED`.

    Returns:
        Label to the rows of its users, labels ascending.
    """
    names = figures[schema.USER_ID].map(labels).fillna(UNLABELLED).astype(str).to_numpy()
    return {str(name): figures[names == name].reset_index(drop=True) for name in np.unique(names)}


def by_item(
    recommendations: pd.DataFrame,
    relevant: pd.DataFrame,
    labels: pd.Series,
    cutoffs: Sequence[int] = (5, 10, 20),
) -> dict[str, pd.DataFrame]:
    """The metrics of the same lists when only the relevant items of one label count.

    Lists stay whole, so that an item of another label takes a place and helps nobody; averages
    are over users with a relevant item of that label.

    Args:
        recommendations: `schema.RECOMMENDATIONS`.
        relevant: Table user_id, item_id.
        labels: Label, indexed by item id; an item of several labels is there several times, and
            counts in each; one without a label is under `UNLABELLED`.
        cutoffs: Lengths at which lists are cut.

    Returns:
        Label to a frame of `per_user`, labels ascending.
    """
    require_cutoffs(cutoffs)
    found = Found.of(recommendations, relevant, max(cutoffs))
    return found.by_label(labelled(relevant, labels), cutoffs)


def labelled(relevant: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """Which relevant pair has which label: the same for every model of a holdout.

    Args:
        relevant: Table user_id, item_id.
        labels: See `by_item`.

    Returns:
        Table pair (row of `relevant`) and label, one row each of both.
    """
    wanted = relevant[[schema.ITEM_ID]].assign(pair=np.arange(len(relevant)))
    named = labels.rename("label").rename_axis(schema.ITEM_ID).reset_index()
    joined = wanted.merge(named, on=schema.ITEM_ID, how="left")
    joined["label"] = joined["label"].fillna(UNLABELLED).astype(str)
    return joined[["pair", "label"]]


@dataclass(frozen=True, eq=False)
class Found:
    """Where in its list each relevant item stands.

    Attributes:
        users: Users with a relevant item.
        rows: ndarray of shape (n_pairs,); dense user of each relevant pair.
        places: ndarray of shape (n_pairs,); rank - 1, `MISSING` where the list does not hold it.
        n_listed: ndarray of shape (n_users,); recommendations within depth.
        depth: Ranks looked at.
    """

    users: IdMap
    rows: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    n_listed: npt.NDArray[np.int64]
    depth: int

    @classmethod
    def of(cls, recommendations: pd.DataFrame, relevant: pd.DataFrame, depth: int) -> Found:
        """Look every relevant pair up in the lists.

        Args:
            recommendations: `schema.RECOMMENDATIONS`; an item once a list.
            relevant: Table user_id, item_id without repeats.
            depth: Ranks looked at.
        """
        users = IdMap.of(relevant[schema.USER_ID])
        items = IdMap.of(relevant[schema.ITEM_ID])
        rows = users.to_index(relevant[schema.USER_ID])
        wanted = rows * len(items) + items.to_index(relevant[schema.ITEM_ID])
        near = recommendations[schema.RANK].to_numpy(dtype=np.int64) <= depth
        owners = users.find(recommendations[schema.USER_ID].to_numpy()[near])
        known = owners != MISSING
        owners = owners[known]
        columns = items.find(recommendations[schema.ITEM_ID].to_numpy()[near][known])
        listed = np.where(columns == MISSING, MISSING, owners * len(items) + columns)
        order = np.argsort(listed, kind="stable")
        at = np.searchsorted(listed[order], wanted)
        at = np.minimum(at, max(len(listed) - 1, 0))
        ranks = recommendations[schema.RANK].to_numpy(dtype=np.int64)[near][known][order]
        places = np.full(len(wanted), MISSING, dtype=np.int64)
        if len(listed):
            places = np.where(listed[order][at] == wanted, ranks[at] - 1, MISSING)
        counts = np.bincount(owners, minlength=len(users)).astype(np.int64)
        return cls(users, rows, places, counts, depth)

    def within(self, k: int) -> npt.NDArray[np.bool_]:
        """Whether each pair is among the first k of its list, shape (n_pairs,)."""
        return np.asarray((self.places != MISSING) & (self.places < k))

    def by_label(self, labels: pd.DataFrame, cutoffs: Sequence[int]) -> dict[str, pd.DataFrame]:
        """Metrics when only the pairs of one label count, labels ascending.

        Args:
            labels: Table of `labelled`.
            cutoffs: Lengths at which lists are cut, at most `depth`.
        """
        pairs = labels["pair"].to_numpy(dtype=np.int64)
        codes, names = pd.factorize(labels["label"], sort=True)
        return {
            str(name): figures_of(self._matched(pairs[codes == code]), cutoffs)
            for code, name in enumerate(names)
        }

    def _matched(self, pairs: npt.NDArray[np.int64]) -> Matched:
        rows, places = self.rows[pairs], self.places[pairs]
        counts = np.bincount(rows, minlength=len(self.users)).astype(np.int64)
        kept = np.flatnonzero(counts)
        renamed = np.cumsum(counts > 0) - 1
        hits = np.zeros((len(kept), self.depth), dtype=bool)
        hit = places != MISSING
        hits[renamed[rows[hit]], places[hit]] = True
        users = IdMap(self.users.index[kept])
        return Matched(users, hits, counts[kept], self.n_listed[kept])


def genre_labels(works: pd.DataFrame, most: int = 20) -> pd.Series:
    """Genres by item id, a work of several genres several times; rare genres are one label.

    Args:
        works: `schema.WORKS`.
        most: Genres, those most works have, that keep their own name.
    """
    names = works.set_index(schema.ITEM_ID)[schema.GENRES].fillna("")
    long = names.str.split(schema.SEPARATOR, regex=False).explode()
    long = long[long != ""]
    frequent = long.value_counts().index[:most]
    kept = long.where(long.isin(frequent), RARE)
    return kept.reset_index().drop_duplicates().set_index(schema.ITEM_ID)[schema.GENRES]


def age_labels(works: pd.DataFrame, features: pd.DataFrame) -> pd.Series | None:
    """How old each work is when lists are made, in calendar years, by item id.

    Args:
        works: `schema.WORKS`.
        features: Table item_id and, where the source has times, ``age_years`` as of the cut.
            Without it age counts back from the newest year among works that somebody has met.

    Returns:
        Labels; None where the years are not known.
    """
    by_item = features.set_index(schema.ITEM_ID)
    if "age_years" in by_item:
        age = by_item["age_years"].astype("float64")
    elif schema.YEAR in works and "n_interactions" in by_item:
        year = works.set_index(schema.ITEM_ID)[schema.YEAR].astype("float64")
        age = year[year.index.isin(by_item.index[by_item["n_interactions"] > 0])].max() - year
    else:
        return None
    bounds = [-np.inf, *(last for last, _ in AGES), np.inf]
    names = [*(name for _, name in AGES), OLDEST]
    return pd.Series(pd.cut(age, bounds, labels=names).astype("object"), index=age.index)


def taste_labels(users: pd.Index, popularity: npt.NDArray[np.float64]) -> pd.Series:
    """Groups of people by how popular the works of their profiles are on average.

    The fifth with the least popular profiles is niche, that with the most popular mainstream.
    Source: Abdollahpouri, Mansoury, Burke, Mobasher, The unfairness of popularity bias in
    recommendation (2019), with the mean popularity of a profile for its share of popular items.

    Args:
        users: Ids.
        popularity: ndarray of shape (n_users,); mean popularity of each profile, NaN without one.
    """
    shares = pd.Series(popularity, index=users).rank(method="first", pct=True)
    bounds = [-np.inf, NICHE, 1 - NICHE, np.inf]
    return pd.Series(pd.cut(shares, bounds, labels=list(TASTES)).astype("object"), index=users)


def rows_of_slices(
    slice_by: str,
    slices: Mapping[str, Sequence[Told]],
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Result rows of every slice and model, with the columns `slice_by` and `slice` in front.

    Args:
        slice_by: What the labels say.
        slices: Label to what there is to tell of it.
        config: Confidence, and resamples, of which slices take at most `MOST_RESAMPLES`: no
            test of many pairs rests on them.
        rng: The only randomness.
    """
    fewer = config.model_copy(update={"n_bootstrap": min(config.n_bootstrap, MOST_RESAMPLES)})
    tables = []
    for name, told in slices.items():
        rows = rows_of_all(told, fewer, rng)
        rows.insert(0, "slice_by", slice_by)
        rows.insert(1, "slice", name)
        tables.append(rows)
    if not tables:
        return pd.DataFrame(columns=["slice_by", "slice", *RESULT_COLUMNS])
    return pd.concat(tables, ignore_index=True)
