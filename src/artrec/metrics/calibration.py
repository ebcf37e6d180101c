"""Calibration: whether lists hold the genres a person's profile holds, in the same shares."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from artrec import schema
from artrec.data.ids import IdMap
from artrec.metrics.bootstrap import FloatArray, Measured, plain_mean
from artrec.metrics.cut_lists import Lists

SMOOTHING: Final = 0.01
BITS: Final = np.log(2.0)


def genre_tastes(
    liked: pd.DataFrame, users: IdMap, catalogue: IdMap, shares: sparse.csr_array
) -> FloatArray:
    """p(genre | user): mean of p(genre | work) over what each person liked and has genres.

    Args:
        liked: Table user_id, item_id.
        users: Rows of the answer.
        catalogue: Rows of `shares`.
        shares: p(genre | work), as `artrec.data.labels.label_shares` gives it.

    Returns:
        ndarray of shape (n_users, n_genres); zero for a person with none.
    """
    known = liked[liked[schema.USER_ID].isin(users.index)]
    rows = users.to_index(known[schema.USER_ID])
    items = catalogue.to_index(known[schema.ITEM_ID])
    return _mean_shares(rows, items, len(users), shares)


def calibration(lists: Lists, tastes: FloatArray, shares: sparse.csr_array) -> list[Measured]:
    """Miscalibration@k as KL and as Jensen-Shannon divergence; the mean over users.

    With p(g|u) over the liked part of the profile and q(g|u) over the list, each work's genres
    counting 1 / (their number) and every work equally: KL = sum_g p ln(p / q~), q~ = .99 q + .01 p
    (nats; 0 where the list mirrors the profile), and JS = (KL(p||m) + KL(q||m)) / 2, m = (p + q) /
    2 (bits, between 0 and 1). Users whose profile or list has no genres have no value. Short lists
    count what they hold. Ties: none, by rank.
    Source: Steck, Calibrated recommendations (2018), equations 2 to 6, without weights by rank or
    time; Lin, Divergence measures based on the Shannon entropy (1991).
    """
    q = _mean_shares(lists.rows, lists.items, lists.n_users, shares)
    valued = (q.sum(axis=1) > 0) & (tastes.sum(axis=1) > 0)
    mixed = (1 - SMOOTHING) * q + SMOOTHING * tastes
    middle = (tastes + q) / 2
    kl = _divergence(tastes, mixed)
    js = (_divergence(tastes, middle) + _divergence(q, middle)) / 2 / BITS
    return [
        plain_mean("calibration_kl", lists.k, np.where(valued, kl, np.nan)),
        plain_mean("calibration_js", lists.k, np.where(valued, js, np.nan)),
    ]


def _mean_shares(
    rows: npt.NDArray[np.int64],
    items: npt.NDArray[np.int64],
    n_users: int,
    shares: sparse.csr_array,
) -> FloatArray:
    held = sparse.csr_array((np.ones(len(rows)), (rows, items)), shape=(n_users, shares.shape[0]))
    sums = (held @ shares).toarray()
    totals = sums.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(sums, totals, out=np.zeros_like(sums), where=totals > 0))


def _divergence(p: FloatArray, q: FloatArray) -> FloatArray:
    """KL(p || q) in nats, a row a user; 0 ln 0 = 0."""
    ratio = np.divide(p, q, out=np.ones_like(p), where=(p > 0) & (q > 0))
    return np.asarray((p * np.log(ratio)).sum(axis=1))
