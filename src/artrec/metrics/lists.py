"""Lists met with truth: which place of which user's list holds a relevant item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.ids import MISSING, IdMap
from artrec.errors import InputError

PAIR = [schema.USER_ID, schema.ITEM_ID]


@dataclass(frozen=True, eq=False)
class Matched:
    """What every ranking metric is computed from.

    Attributes:
        users: Users with at least one relevant item, one a row.
        hits: ndarray of shape (n_users, depth), bool; place j is rank j + 1. A place that the
            list does not fill is no hit.
        n_relevant: ndarray of shape (n_users,); relevant items, at least 1.
        n_listed: ndarray of shape (n_users,); recommendations within depth, 0 without a list.
    """

    users: IdMap
    hits: npt.NDArray[np.bool_]
    n_relevant: npt.NDArray[np.int64]
    n_listed: npt.NDArray[np.int64]


def relevant_items(withheld: pd.DataFrame, positive_from: float | None) -> pd.DataFrame:
    """The withheld interactions that a recommendation should have found.

    Args:
        withheld: `schema.INTERACTIONS`.
        positive_from: Lowest rating that makes an item relevant; None where every interaction
            does. A missing rating does, as in `artrec.data.interactions`.

    Returns:
        Table user_id, item_id.
    """
    chosen = np.ones(len(withheld), dtype=bool)
    if positive_from is not None and schema.RATING in withheld:
        chosen = ~(withheld[schema.RATING].to_numpy() < positive_from)
    return withheld.loc[chosen, PAIR].reset_index(drop=True)


def match(
    recommendations: pd.DataFrame,
    relevant: pd.DataFrame,
    depth: int,
    users: Iterable[str] | None = None,
) -> Matched:
    """Find the hits of every list.

    The order of a list is its `rank` column and nothing else: whoever ranked has broken ties,
    by (-score, item). Lists of users without a relevant item are left out.

    Args:
        recommendations: `schema.RECOMMENDATIONS`, in any order; ranks from 1.
        relevant: Table user_id, item_id without repeats.
        depth: Ranks that are looked at, the largest cut-off.
        users: Whom to average over; those without a relevant item are left out. By default
            everybody with one.

    Raises:
        InputError: A relevant pair is repeated, a rank is below 1, or a list has two items at
            one rank or one item at two.
    """
    known = IdMap.of(relevant[schema.USER_ID])
    if users is not None:
        known = IdMap(known.index.intersection(IdMap.of(users).index))
    rows = known.find(relevant[schema.USER_ID])
    wanted = rows != MISSING
    items = IdMap.of(relevant[schema.ITEM_ID])
    columns = items.find(relevant[schema.ITEM_ID])
    truth = np.sort(rows[wanted] * len(items) + columns[wanted])
    if (np.diff(truth) == 0).any():
        raise InputError("a (user, item) pair is relevant twice", "drop the repeated rows")
    listed = _shown(recommendations, known, depth)
    hits = np.zeros((len(known), depth), dtype=bool)
    found = items.find(listed.items)
    keys = np.where(found == MISSING, MISSING, listed.rows * len(items) + found)
    is_hit = _among(keys, truth)
    if len(np.unique(keys[is_hit])) < int(is_hit.sum()):
        raise InputError("a list holds one item at two ranks", "rank each item once a user")
    hits[listed.rows[is_hit], listed.places[is_hit]] = True
    return Matched(
        known,
        hits,
        np.bincount(rows[wanted], minlength=len(known)).astype(np.int64),
        np.bincount(listed.rows, minlength=len(known)).astype(np.int64),
    )


@dataclass(frozen=True, eq=False)
class _Shown:
    """Recommendations within depth: row of the user, place from 0, outer item id."""

    rows: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    items: npt.NDArray[np.object_]


def _shown(recommendations: pd.DataFrame, users: IdMap, depth: int) -> _Shown:
    places = recommendations[schema.RANK].to_numpy(dtype=np.int64) - 1
    if (places < 0).any():
        raise InputError(f"ranks start from 1; one is {places.min() + 1}", "add to every rank")
    near = places < depth
    rows = users.find(recommendations[schema.USER_ID].to_numpy()[near])
    places, items = places[near], recommendations[schema.ITEM_ID].to_numpy()[near]
    kept = rows != MISSING
    rows, places, items = rows[kept], places[kept], items[kept]
    taken = np.bincount(rows * depth + places)
    if (taken > 1).any():
        at = int(np.argmax(taken > 1))
        raise InputError(
            f"user {users.index[at // depth]!r} has {taken[at]} items at rank {at % depth + 1}",
            "give each item of a list a rank of its own",
        )
    return _Shown(rows, places, items)


def _among(keys: npt.NDArray[np.int64], ordered: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether each key is in the sorted array."""
    if not len(ordered):
        return np.zeros(len(keys), dtype=bool)
    at = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    return np.asarray(ordered[at] == keys)
