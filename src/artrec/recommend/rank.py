"""Ranking: the best k items of every user from blocked scores, and the table made of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, InputError
from artrec.models.base import FloatArray, ProductScores, Scorer, Scores
from artrec.recommend.best import NOTHING, IntArray, RunningBest, running_best
from artrec.recommend.threads import single_threaded_blas

MOST_KEPT = 2**18  # candidates kept at a time by a worker, if there is one user at least


@dataclass(frozen=True)
class Blocks:
    """How many users and items are scored and searched at a time.

    Attributes:
        rows: Users scored together.
        columns: Items scored together; a score block should stay in the processor's cache.
    """

    rows: int = 512
    columns: int = 1536

    def __post_init__(self) -> None:
        _positive("rows", self.rows)
        _positive("columns", self.columns)


def top_k(
    scores: Scores,
    k: int,
    excluded: sparse.csr_array | None = None,
    n_threads: int | None = None,
    *,
    allowed: npt.NDArray[np.bool_] | None = None,
    blocks: Blocks | None = None,
) -> tuple[IntArray, FloatArray]:
    """Best k items of every user; ties go to the lower item index.

    Memory grows with n_users x k, never with n_users x n_items.

    Args:
        scores: Finite scores of n users for all items.
        k: Length of a list; a user for whom fewer items remain gets a shorter one.
        excluded: Shape (n_users, n_items); a stored pair never appears, whatever its value.
        n_threads: Worker threads; by default one a usable core.
        allowed: Shape (n_items,); items that may appear. By default all.
        blocks: Sizes of the blocks; they change the speed only.

    Returns:
        Item indices, shape (n_users, k), best first, ``-1`` after the end of a list; and their
        scores, same shape, ``-inf`` after the end.

    Raises:
        ConfigError: `k` or `n_threads` is not a positive whole number.
        InputError: `excluded` or `allowed` has another shape, or a score is not finite.
    """
    _positive("k", k)
    if n_threads is not None:
        _positive("n_threads", n_threads)
    n_users, n_items = scores.shape
    _same_shape("excluded", excluded, (n_users, n_items))
    _same_shape("allowed", allowed, (n_items,))
    sizes = blocks or _fit_blocks(scores, min(k, max(n_items, 1)))
    spans = [slice(a, min(a + sizes.rows, n_users)) for a in range(0, n_users, sizes.rows)]
    search = _Search(scores, min(k, n_items), excluded, allowed, sizes)
    workers = min(n_threads or _usable_cores(), len(spans))
    if workers <= 1 or n_items == 0:
        parts = [search.run(span) for span in spans] if n_items else []
    else:
        with single_threaded_blas(), ThreadPoolExecutor(workers) as pool:
            parts = list(pool.map(search.run, spans))
    dtype = parts[0][1].dtype if parts else np.dtype(np.float32)
    indices = np.full((n_users, k), NOTHING, dtype=np.int64)
    values = np.full((n_users, k), -np.inf, dtype=dtype)
    for span, (found, best) in zip(spans, parts, strict=False):
        indices[span, : found.shape[1]] = found
        values[span, : found.shape[1]] = best
    return indices, values


def recommend(
    scorer: Scorer,
    profiles: Interactions,
    k: int,
    exclude_seen: bool = True,
    *,
    candidates: Iterable[str] | None = None,
    fallback: FloatArray | None = None,
) -> pd.DataFrame:
    """Recommend to every user of `profiles`.

    Of somebody whose history tells a scorer nothing, all scores are equal: nothing liked, or only
    what nobody else liked. `silent` finds these people, and they are ranked by `fallback`.

    Args:
        scorer: Any fitted model.
        profiles: Histories, over any items; those the scorer does not know are left out.
        k: Length of a list.
        exclude_seen: Whether items of a user's profile, of any rating, are left out.
        candidates: Outer ids of the items that may appear; unknown ones are ignored. By default
            all.
        fallback: ndarray of shape (n_items of the scorer,), for example `liked_counts`; by default
            equal scores are ranked by item id, as all ties are.

    Returns:
        A table `schema.RECOMMENDATIONS`, ordered by user and rank, which starts at 1. A user for
        whom nothing remains has no rows.
    """
    known = profiles.onto_items(scorer.items)
    allowed = None if candidates is None else _among(scorer.items, candidates)
    return ranked(scorer.items, known, scorer.score(known), k, exclude_seen, allowed, fallback)[0]


def ranked(
    items: IdMap,
    known: Interactions,
    scores: Scores,
    k: int,
    exclude_seen: bool,
    allowed: npt.NDArray[np.bool_] | None,
    fallback: FloatArray | None,
) -> tuple[pd.DataFrame, IntArray]:
    """`recommend` for scores at hand.

    Args:
        items: What the scores are of.
        known: Histories over these items.
        scores: Of these histories.
        k: Length of a list.
        exclude_seen: See `recommend`.
        allowed: See `top_k`.
        fallback: See `recommend`.

    Returns:
        A table `schema.RECOMMENDATIONS`, and rows of `known` that were ranked by the fallback.
    """
    excluded = known.seen() if exclude_seen else None
    found, values = top_k(scores, k, excluded, allowed=allowed)
    # who has unequal scores in a list has unequal scores
    level = np.where(found == NOTHING, np.inf, values).min(axis=1) == values[:, 0]
    rows = np.empty(0, dtype=np.int64)
    if fallback is not None:
        rows = silent(scores, np.flatnonzero(level))
    if fallback is not None and len(rows):
        same = ProductScores(np.ones((len(rows), 1)), np.asarray(fallback, dtype=np.float64)[None])
        out = excluded[rows] if excluded is not None else None
        found[rows], values[rows] = top_k(same, k, out, allowed=allowed)
    users, places = np.nonzero(found != NOTHING)
    table = {
        schema.USER_ID: known.users.to_id(users),
        schema.ITEM_ID: items.to_id(found[users, places]),
        schema.SCORE: values[users, places].astype(np.float64),
        schema.RANK: places + 1,
    }
    return schema.RECOMMENDATIONS.conform(pd.DataFrame(table)), rows


def liked_counts(interactions: Interactions, items: IdMap) -> FloatArray:
    """How many users liked each item, ndarray of shape (len(items),): the fallback for `recommend`.

    Args:
        interactions: Over any items.
        items: Items that are counted.
    """
    known = interactions.onto_items(items)
    liked = known.indices[known.positive]
    return np.bincount(liked, minlength=len(items)).astype(np.float64)


def silent(scores: Scores, rows: IntArray) -> IntArray:
    """Those of some users of whom a scorer says nothing: all their scores are equal.

    Args:
        scores: What it made of their profiles.
        rows: Dense indices of the users asked about.
    """
    everything = slice(0, scores.shape[1])
    blocks = (scores.block(slice(row, row + 1), everything) for row in rows.tolist())
    return rows[[bool(block.min() == block.max()) for block in blocks]]


class _Search:
    """Searches one span of users: scores items in ascending order, keeps what beats the k-th."""

    def __init__(
        self,
        scores: Scores,
        k: int,
        excluded: sparse.csr_array | None,
        allowed: npt.NDArray[np.bool_] | None,
        blocks: Blocks,
    ) -> None:
        self.scores = scores
        self.k = k
        self.excluded = excluded
        self.forbidden = None if allowed is None else ~np.asarray(allowed, dtype=bool)
        self.blocks = blocks

    def run(self, rows: slice) -> tuple[IntArray, FloatArray]:
        best: RunningBest | None = None
        for columns, block in self._masked_blocks(rows):
            if best is None:
                best = running_best(block.shape[0], self.k, block.dtype)
            best.offer(block, columns.start)
        assert best is not None  # there is at least one item
        return best.ranked()

    def _masked_blocks(self, rows: slice) -> Iterator[tuple[slice, FloatArray]]:
        """Blocks of at most `Blocks.columns` items with ``-inf`` where an item may not appear."""
        n_items = self.scores.shape[1]
        out_rows, out_columns = self._excluded_pairs(rows)
        wide = n_items if getattr(self.scores, "whole_rows", False) else self.blocks.columns
        for start in range(0, n_items, wide):
            columns = slice(start, min(start + wide, n_items))
            block = np.asarray(self.scores.block(rows, columns))
            if not np.issubdtype(block.dtype, np.floating):
                block = block.astype(np.float64)
            elif not (block.flags.owndata and block.flags.writeable):
                block = block.copy()
            here = slice(*np.searchsorted(out_columns, (columns.start, columns.stop)))
            block[out_rows[here], out_columns[here] - start] = -np.inf
            if self.forbidden is not None:
                block[:, self.forbidden[columns]] = -np.inf
            for part in range(start, columns.stop, self.blocks.columns):
                stop = min(part + self.blocks.columns, columns.stop)
                yield slice(part, stop), block[:, part - start : stop - start]

    def _excluded_pairs(self, rows: slice) -> tuple[IntArray, IntArray]:
        """Excluded (row within the span, item) pairs, ordered by item."""
        if self.excluded is None:
            none = np.zeros(0, dtype=np.int64)
            return none, none
        indptr = self.excluded.indptr[rows.start : rows.stop + 1]
        items = np.asarray(self.excluded.indices[indptr[0] : indptr[-1]], dtype=np.int64)
        order = np.argsort(items, kind="stable")
        return np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))[order], items[order]


def _fit_blocks(scores: Scores, k: int) -> Blocks:
    """Blocks that stay near the cache, narrower in users where long lists are kept."""
    if getattr(scores, "whole_rows", False):
        return Blocks(rows=max(1, min(32, MOST_KEPT // k)))
    rows = max(1, min(Blocks.rows, scores.shape[0], MOST_KEPT // k))
    return Blocks(rows, max(Blocks.columns, min(8192, 2**18 // rows)))


def _among(items: IdMap, candidates: Iterable[str]) -> npt.NDArray[np.bool_]:
    allowed = np.zeros(len(items) + 1, dtype=bool)
    allowed[items.find(list(candidates))] = True  # unknown ids are -1: the place past the end
    return allowed[:-1]


def _positive(name: str, value: int) -> None:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < 1:
        raise ConfigError(
            f"{name} must be a whole number of at least 1; got {value!r}",
            f"ask for {name}=10, for example",
        )


def _same_shape(
    name: str,
    given: sparse.csr_array | npt.NDArray[np.bool_] | None,
    shape: tuple[int, ...],
) -> None:
    if given is not None and tuple(given.shape) != shape:
        raise InputError(
            f"{name} must have the shape {shape} of the scores; got {tuple(given.shape)}",
            "map the profiles onto the scorer's items first (Interactions.onto_items)",
        )


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
