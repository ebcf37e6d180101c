"""Re-rankers: from a longer list by score to a shorter one that is also diverse or calibrated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

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
BLOCK = 128  # users at a time: pool x genres numbers each
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
    shares: sparse.csr_array | None = None,
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
        shares: What `label_shares` makes of the works' genres, where it is at hand.

    Returns:
        `schema.RECOMMENDATIONS`; scores are the scorer's own and need not descend any more.
    """
    if not config.reorders:
        return recommendations[recommendations[schema.RANK] <= k].reset_index(drop=True)
    catalogue = IdMap.of(works[schema.ITEM_ID])
    if shares is None:
        shares = label_shares(works, schema.GENRES, catalogue)
    pools = _pools(recommendations, catalogue, config.pool)
    tastes = genre_tastes(liked, shares, catalogue, pools.users)
    penalty = _Diverse if config.method == "mmr" else _Calibrated
    order = np.full((len(pools.users), min(k, pools.items.shape[1])), -1, dtype=np.int64)
    for start in range(0, len(pools.users), BLOCK):
        rows = slice(start, start + BLOCK)
        order[rows] = _greedy(
            pools.part(rows), shares, tastes[rows], order.shape[1], config, penalty
        )
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


class _Penalty(Protocol):
    """What each work of the pools would cost now, and what changes when works are taken."""

    def __init__(self, genres: Array, tastes: Array) -> None: ...

    def now(self) -> Array:
        """Shape (n_users, pool)."""
        ...

    def take(self, genres: Array) -> None:
        """One work a user was taken: its genres, shape (n_users, n_genres), zeros for none."""
        ...


def _greedy(
    pools: _Pools,
    shares: sparse.csr_array,
    tastes: Array,
    k: int,
    config: RerankConfig,
    penalty: type[_Penalty],
) -> npt.NDArray[np.int64]:
    """Positions in the pool, in the order they are taken; -1 where a list ends."""
    n_users, size = pools.items.shape
    free = pools.items >= 0
    genres = shares[np.where(free, pools.items, 0).ravel()].toarray()
    genres = genres.reshape(n_users, size, -1) * free[:, :, np.newaxis]
    taken = np.full((n_users, k), -1, dtype=np.int64)
    everyone = np.arange(n_users)
    relevance = (1 - config.strength) * np.where(free, pools.relevance, 0.0)
    penalties = penalty(genres, tastes)
    for step in range(k):
        value = relevance - config.strength * penalties.now()
        value[~free] = LEAST
        best = value.argmax(axis=1)
        open_lists = free[everyone, best]
        taken[open_lists, step] = best[open_lists]
        free[everyone, best] = False
        penalties.take(genres[everyone, best] * open_lists[:, np.newaxis])
    return taken


class _Diverse:
    """Largest cosine with a work already taken."""

    def __init__(self, genres: Array, tastes: Array) -> None:  # noqa: ARG002 all are made alike
        lengths = np.linalg.norm(genres, axis=2, keepdims=True)
        self._units = genres / np.where(lengths > 0, lengths, 1)
        self._closest = np.zeros(genres.shape[:2])

    def now(self) -> Array:
        return self._closest

    def take(self, genres: Array) -> None:
        lengths = np.linalg.norm(genres, axis=1, keepdims=True)
        units = genres / np.where(lengths > 0, lengths, 1)
        cosines = (self._units @ units[:, :, np.newaxis])[:, :, 0]
        np.maximum(self._closest, cosines, out=self._closest)


class _Calibrated:
    """KL(p || q) of the list with each work added; 0 without tastes."""

    def __init__(self, genres: Array, tastes: Array) -> None:
        self._genres, self._tastes = genres, tastes
        self._totals = genres.sum(axis=2)
        self._listed = np.zeros_like(tastes)
        logs = np.log(tastes, out=np.zeros_like(tastes), where=tastes > 0)
        self._own = (tastes * logs).sum(axis=1, keepdims=True)

    def now(self) -> Array:
        totals = self._totals + self._listed.sum(axis=1, keepdims=True)
        shares = (1 - SMOOTHING) / np.where(totals > 0, totals, 1)
        mixed = self._genres + self._listed[:, np.newaxis, :]
        mixed *= shares[:, :, np.newaxis]
        mixed += SMOOTHING * self._tastes[:, np.newaxis, :]
        # where a taste is 0 its logarithm counts nothing
        np.maximum(mixed, np.finfo(float).tiny, out=mixed)
        crossed = np.log(mixed, out=mixed) @ self._tastes[:, :, np.newaxis]
        return np.asarray(self._own - crossed[:, :, 0])

    def take(self, genres: Array) -> None:
        self._listed += genres


def _as_table(
    recommendations: pd.DataFrame, pools: _Pools, order: npt.NDArray[np.int64]
) -> pd.DataFrame:
    rows, ranks = np.nonzero(order >= 0)
    places = pools.places[rows, order[rows, ranks]]
    table = recommendations.iloc[places].assign(**{schema.RANK: ranks + 1})
    return schema.RECOMMENDATIONS.conform(table)


def diverse_order(
    relevance: Array, genres: sparse.csr_array, k: int, strength: float
) -> npt.NDArray[np.int64]:
    """One list made diverse, by the method `mmr` of `rerank`.

    Args:
        relevance: Shape (n,), highest for what suits best; scaled to 0..1 here.
        genres: Genres of the works, csr_array of shape (n, n_genres).
        k: Length of the list.
        strength: 0 keeps the order by relevance, 1 looks at diversity alone.

    Returns:
        Places in the order they are taken, shape (min(k, n),).
    """
    dense = np.asarray(genres.toarray(), dtype=np.float64)
    lengths = np.linalg.norm(dense, axis=1, keepdims=True)
    dense = np.divide(dense, lengths, out=np.zeros_like(dense), where=lengths > 0)
    low, high = relevance.min(initial=np.inf), relevance.max(initial=-np.inf)
    value = (1 - strength) * (relevance - low) / (high - low if high > low else 1.0)
    penalty = np.zeros(len(value))
    taken = np.empty(min(k, len(value)), dtype=np.int64)
    for step in range(len(taken)):
        best = int(np.argmax(value - strength * penalty))
        taken[step] = best
        value[best] = LEAST
        np.maximum(penalty, dense @ dense[best], out=penalty)
    return taken
