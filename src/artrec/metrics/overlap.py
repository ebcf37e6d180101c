"""Lists beside each other: what popularity does not find, and how alike two models are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.ids import MISSING, IdMap
from artrec.metrics.bootstrap import Measured, plain_mean
from artrec.metrics.slices import Found

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
    found = Found.of(recommendations, relevant, k)
    return unexpected(found, Found.of(primitive, relevant, k), k)


def unexpected(found: Found, obvious: Found, k: int) -> Measured:
    """`serendipity` of relevant pairs that were looked up already, at least `k` deep.

    Args:
        found: Where they stand in the lists.
        obvious: Where they stand in popularity's.
        k: List cut-off.
    """
    surprising = found.within(k) & ~obvious.within(k)
    counts = np.bincount(found.rows[surprising], minlength=len(found.users))
    return plain_mean("serendipity", k, counts / k)


def overlaps(lists: Mapping[str, pd.DataFrame], cutoffs: Sequence[int]) -> pd.DataFrame:
    """How much of one model's list another's holds too: |A and B| / k', a mean over users.

    k' is the longer of the two lists, at most k; people without a list of either have no value.

    Args:
        lists: Model name to `schema.RECOMMENDATIONS`, of the same people.
        cutoffs: Lengths at which lists are cut.

    Returns:
        Table of `OVERLAP_COLUMNS`, at each cut-off one row a pair of models in their order, both
        ways round alike.
    """
    users = IdMap.of(pd.concat([table[schema.USER_ID] for table in lists.values()]))
    items = IdMap.of(pd.concat([table[schema.ITEM_ID] for table in lists.values()]))
    coded = {name: _coded(table, users, items, max(cutoffs)) for name, table in lists.items()}
    rows: list[tuple[str, str, int, int, float]] = []
    for one, other in combinations(lists, 2):
        same = coded[one][:, :, np.newaxis] == coded[other][:, np.newaxis, :]
        same &= (coded[one] != MISSING)[:, :, np.newaxis]
        for k in cutoffs:
            shared = same[:, :k, :k].sum(axis=(1, 2))
            lengths = [(coded[each][:, :k] != MISSING).sum(axis=1) for each in (one, other)]
            longer = np.maximum(*lengths)
            valued = longer > 0
            mean = float((shared[valued] / longer[valued]).mean()) if valued.any() else np.nan
            rows.append((one, other, k, int(valued.sum()), mean))
    table = pd.DataFrame(rows, columns=list(OVERLAP_COLUMNS))
    return table.sort_values("k", kind="stable", ignore_index=True)


def _coded(table: pd.DataFrame, users: IdMap, items: IdMap, depth: int) -> npt.NDArray[np.int32]:
    """Dense items by user and place, shape (n_users, depth); `MISSING` where a list ends."""
    near = table[schema.RANK].to_numpy(dtype=np.int64) <= depth
    rows = users.to_index(table[schema.USER_ID].to_numpy()[near])
    lists = np.full((len(users), depth), MISSING, dtype=np.int32)
    places = table[schema.RANK].to_numpy(dtype=np.int64)[near] - 1
    lists[rows, places] = items.to_index(table[schema.ITEM_ID].to_numpy()[near])
    return lists
