"""Re-rankers: from a longer list by score to a shorter one that is also diverse or calibrated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field
from scipy import sparse

from artrec import schema
from artrec.config import Config
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.data.labels import label_shares

Array = npt.NDArray[np.float64]

SMOOTHING = 0.01  # alpha of the paper: how much of p is mixed into q, so that KL stays finite
BLOCK = 512  # users at a time: pool x genres numbers each
LEAST = -np.inf


class RerankConfig(Config):
    """How lists are re-ordered after ranking."""

    method: Literal["none", "mmr", "calibrated"] = Field(
        default="none",
        description="none keeps the order by score; mmr avoids works like those above; calibrated "
        "follows the genres of what the person liked.",
    )
    strength: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="0 keeps the order by score, 1 looks at diversity or calibration alone.",
    )
    pool: int = Field(
        default=100, ge=1, description="Best works by score that a list is chosen from."
    )

    @property
    def reorders(self) -> bool:
        """Whether lists may come out in another order than by score."""
        return self.method != "none" and self.strength > 0


def rerank(
    recommendations: pd.DataFrame,
    liked: Interactions,
    works: pd.DataFrame,
    k: int,
    config: RerankConfig,
) -> pd.DataFrame:
    """Choose and order k works of each list.

    One work after the other is taken, the best by ``(1 - strength) * relevance - strength *
    penalty``; equal ones in the order of their ranks. Relevance is the score scaled to 0..1
    within the pool. With `mmr` the penalty is the largest cosine between the genres of the work
    and of one already taken; with `calibrated` it is KL(p || q) of the list with that work, where
    p are the genres of what the person liked and q those of the list, each work's genres
    counting 1 / (their number), and relevance is the sum over the list.

    Source: Carbonell, Goldstein, "The use of MMR", SIGIR 1998, equation 1; Steck, "Calibrated
    recommendations", RecSys 2018, equations 2 to 7 (p and q without weights by time or rank).

    Args:
        recommendations: `schema.RECOMMENDATIONS` by score, at least `config.pool` a user where
            there are as many.
        liked: Profiles; what is positive there says what a person likes. Others are not needed.
        works: `schema.WORKS`; its genres are looked at.
        k: Length of the lists.
        config: Method, strength and pool.

    Returns:
        `schema.RECOMMENDATIONS`; scores are the scorer's own and need not descend any more.
    """
    if not config.reorders:
        return recommendations[recommendations[schema.RANK] <= k].reset_index(drop=True)
    catalogue = IdMap.of(works[schema.ITEM_ID])
    shares = label_shares(works, schema.GENRES, catalogue)
    pools = _pools(recommendations, catalogue, config.pool)
    tastes = genre_tastes(liked, shares, catalogue, pools.users)
    take = _diverse if config.method == "mmr" else _calibrated
    order = np.full((len(pools.users), min(k, pools.items.shape[1])), -1, dtype=np.int64)
    for start in range(0, len(pools.users), BLOCK):
        rows = slice(start, start + BLOCK)
        order[rows] = _greedy(pools.part(rows), shares, tastes[rows], order.shape[1], config, take)
    return _as_table(recommendations, pools, order)


def genre_tastes(
    liked: Interactions, shares: sparse.csr_array, catalogue: IdMap, users: IdMap
) -> Array:
    """p(genre | user): mean of p(genre | work) over liked works that have genres.

    Returns:
        ndarray of shape (n_users, n_genres); rows of people with none of them are zero.
    """
    weights = liked.onto_items(catalogue).weights()
    sums = (weights @ shares).toarray()
    totals = sums.sum(axis=1, keepdims=True)
    tastes = np.divide(sums, totals, out=np.zeros_like(sums), where=totals > 0)
    at = liked.users.find(users.index)
    return np.asarray(np.where((at >= 0)[:, np.newaxis], tastes[at], 0.0), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Pools:
    """The best of each user by rank: places that a short list does not fill hold item -1."""

    users: IdMap
    items: npt.NDArray[np.int64]  # (n_users, pool), dense in the catalogue
    relevance: Array  # (n_users, pool), 0..1
    places: npt.NDArray[np.int64]  # (n_users, pool), row of the recommendations table

    def part(self, rows: slice) -> _Pools:
        users = IdMap(self.users.index[rows])
        return _Pools(users, self.items[rows], self.relevance[rows], self.places[rows])


def _pools(recommendations: pd.DataFrame, catalogue: IdMap, size: int) -> _Pools:
    users = IdMap.of(recommendations[schema.USER_ID])
    ranks = recommendations[schema.RANK].to_numpy(dtype=np.int64)
    near = np.flatnonzero(ranks <= size)
    shape = (len(users), min(size, int(ranks.max(initial=0))))
    rows = users.to_index(recommendations[schema.USER_ID].to_numpy()[near])
    at = (rows, ranks[near] - 1)
    items, places = np.full(shape, -1, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
    items[at] = catalogue.to_index(recommendations[schema.ITEM_ID].to_numpy()[near])
    places[at] = near
    scores = np.full(shape, np.nan)
    scores[at] = recommendations[schema.SCORE].to_numpy(dtype=np.float64)[near]
    # a user of the table has at least one score, but it may be the only one
    low, high = np.nanmin(scores, axis=1, initial=np.inf), np.nanmax(scores, axis=1, initial=LEAST)
    spread = np.where(high > low, high - low, 1.0)
    relevance = (scores - low[:, np.newaxis]) / spread[:, np.newaxis]
    return _Pools(users, items, relevance, places)


Penalty = Callable[[Array, Array, npt.NDArray[np.int64], int], Array]


def _greedy(
    pools: _Pools,
    shares: sparse.csr_array,
    tastes: Array,
    k: int,
    config: RerankConfig,
    penalty_of: Penalty,
) -> npt.NDArray[np.int64]:
    """Positions in the pool, in the order they are taken; -1 where a list ends."""
    n_users, size = pools.items.shape
    filled = pools.items >= 0
    genres = shares[np.where(filled, pools.items, 0).ravel()].toarray()
    genres = genres.reshape(n_users, size, -1) * filled[:, :, np.newaxis]
    free = filled.copy()
    taken = np.full((n_users, k), -1, dtype=np.int64)
    everyone = np.arange(n_users)
    relevance = np.where(filled, pools.relevance, 0.0)
    for step in range(k):
        penalty = penalty_of(genres, tastes, taken, step)
        value = (1 - config.strength) * relevance - config.strength * penalty
        value[~free] = LEAST
        best = value.argmax(axis=1)
        open_lists = free[everyone, best]
        taken[open_lists, step] = best[open_lists]
        free[everyone, best] = False
    return taken


def _diverse(
    genres: Array,
    tastes: Array,  # noqa: ARG001 every penalty is called alike
    taken: npt.NDArray[np.int64],
    step: int,
) -> Array:
    """Largest cosine with a work already taken, shape (n_users, pool)."""
    n_users, size, _ = genres.shape
    if step == 0:
        return np.zeros((n_users, size))
    chosen = _genres_of(genres, taken[:, :step])
    lengths = np.linalg.norm(genres, axis=2)
    dots = np.einsum("upg,utg->upt", genres, chosen)
    both = lengths[:, :, np.newaxis] * np.linalg.norm(chosen, axis=2)[:, np.newaxis, :]
    cosines = np.divide(dots, both, out=np.zeros_like(dots), where=both > 0)
    return np.asarray(cosines.max(axis=2))


def _calibrated(genres: Array, tastes: Array, taken: npt.NDArray[np.int64], step: int) -> Array:
    """KL(p || q) of the list with each work added, shape (n_users, pool); 0 without tastes."""
    listed = _genres_of(genres, taken[:, :step]).sum(axis=1) if step else 0.0 * tastes
    sums = listed[:, np.newaxis, :] + genres
    totals = sums.sum(axis=2, keepdims=True)
    q = np.divide(sums, totals, out=np.zeros_like(sums), where=totals > 0)
    p = tastes[:, np.newaxis, :]
    mixed = (1 - SMOOTHING) * q + SMOOTHING * p
    ratio = np.divide(p, mixed, out=np.ones_like(mixed), where=(p > 0) & (mixed > 0))
    return np.asarray((p * np.log(ratio)).sum(axis=2))


def _genres_of(genres: Array, taken: npt.NDArray[np.int64]) -> Array:
    rows = np.arange(len(genres))[:, np.newaxis]
    return np.asarray(genres[rows, np.maximum(taken, 0)] * (taken >= 0)[:, :, np.newaxis])


def _as_table(
    recommendations: pd.DataFrame, pools: _Pools, order: npt.NDArray[np.int64]
) -> pd.DataFrame:
    rows, ranks = np.nonzero(order >= 0)
    places = pools.places[rows, order[rows, ranks]]
    table = recommendations.iloc[places].assign(**{schema.RANK: ranks + 1})
    return schema.RECOMMENDATIONS.conform(table)
