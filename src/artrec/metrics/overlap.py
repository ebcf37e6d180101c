"""Lists beside each other: what popularity does not find, and how alike two models are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.ids import IdMap
from artrec.metrics.bootstrap import Measured, plain_mean

OVERLAP_COLUMNS = ("model", "other", "k", "n_users", "overlap")


def serendipity(
    recommendations: pd.DataFrame, primitive: pd.DataFrame, relevant: pd.DataFrame, k: int
) -> Measured:
    """Serendipity@k = relevant items of a list that the primitive list does not hold, over k.

    The mean over users with a relevant item; a user without a list scores 0. The primitive list
    is popularity's of the same person, cut at the same k. Short lists: still over k. Ties: none, by
    rank. Source: Ge, Delgado-Battenfeld, Jannach, Beyond accuracy (2010), equation 4, with
    relevance as usefulness.

    Args:
        recommendations: `schema.RECOMMENDATIONS`.
        primitive: `schema.RECOMMENDATIONS`, of the same people.
        relevant: Table user_id, item_id.
        k: List cut-off.
    """
    users = IdMap.of(relevant[schema.USER_ID])
    items = _items(recommendations, primitive, relevant)
    listed = _pairs(recommendations[recommendations[schema.RANK] <= k], users, items)
    obvious = _pairs(primitive[primitive[schema.RANK] <= k], users, items)
    wanted = _pairs(relevant, users, items)
    found = np.intersect1d(np.setdiff1d(listed, obvious), wanted)
    counts = np.bincount(found // max(len(items), 1), minlength=len(users))
    return plain_mean("serendipity", k, counts / k)


def overlaps(lists: Mapping[str, pd.DataFrame], k: int) -> pd.DataFrame:
    """How much of one model's list another's holds too: |A and B| / k', a mean over users.

    k' is the longer of the two lists, at most k; people without a list of either have no value.

    Args:
        lists: Model name to `schema.RECOMMENDATIONS`, of the same people.
        k: List cut-off.

    Returns:
        Table of `OVERLAP_COLUMNS`, one row a pair of models in their order, both ways round alike.
    """
    users = IdMap.of(pd.concat([table[schema.USER_ID] for table in lists.values()]))
    items = _items(*lists.values())
    cut = {name: table[table[schema.RANK] <= k] for name, table in lists.items()}
    pairs = {name: _pairs(table, users, items) for name, table in cut.items()}
    size = max(len(items), 1)
    lengths = {
        name: np.bincount(each // size, minlength=len(users)) for name, each in pairs.items()
    }
    rows = []
    names = list(lists)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            both = np.intersect1d(pairs[one], pairs[other])
            shared = np.bincount(both // size, minlength=len(users))
            longer = np.maximum(lengths[one], lengths[other])
            valued = longer > 0
            mean = float((shared[valued] / longer[valued]).mean()) if valued.any() else np.nan
            rows.append((one, other, k, int(valued.sum()), mean))
    return pd.DataFrame(rows, columns=list(OVERLAP_COLUMNS))


def _items(*tables: pd.DataFrame) -> IdMap:
    return IdMap.of(pd.concat([table[schema.ITEM_ID] for table in tables]))


def _pairs(table: pd.DataFrame, users: IdMap, items: IdMap) -> npt.NDArray[np.int64]:
    """Each known (user, item) pair as one number, ascending."""
    rows = users.find(table[schema.USER_ID])
    columns = items.to_index(table[schema.ITEM_ID])
    return np.unique((rows * len(items) + columns)[rows >= 0])
