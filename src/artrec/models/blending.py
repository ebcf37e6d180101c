"""How scorers' scores and ranks are weighed together: the numerics shared by blend and hybrid."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from artrec.data.ids import MISSING
from artrec.features.standing import EPSILON, log_ranks, moments

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]
Sums = npt.NDArray[np.float64]

MOST_STEPS: Final = 200
FACTORS: Final = (0.4, 0.7, 1.5, 2.5)
SHARES: Final = (0.1, 0.3, 1.0)
FIRST: Final = 100
LEAST_GAIN: Final = 1e-5


def views_of(picked: Floats) -> Floats:
    """What a blend weighs, for candidates.

    Args:
        picked: Candidates' scores, shape (n_scorers, n_users, n_candidates), NaN where unknown.

    Returns:
        ndarray of shape (n_users, n_candidates, 2 * n_scorers), finite: of each scorer the scaled
        score (unknown: the lowest known) and the minus log rank (unknown: as if last).
    """
    found = []
    for scores in picked:
        mean, deviation = moments(scores)
        scaled = (scores - mean) / deviation
        found += [_lowest_for_nan(scaled), _ranks(scores)]
    return np.stack(found, axis=-1).astype(np.float32)


def learn_weights(
    views: Floats, labels: npt.NDArray[np.bool_], regularization: float
) -> npt.NDArray[np.float32]:
    """Weights, none negative, under which the relevant candidates are the likeliest.

    Minimises the mean over users of the mean over their relevant candidates of
    ``log sum exp(s) - s_relevant``, with s = views @ weights, plus
    ``regularization * |weights|^2`` on scaled columns: a conditional logit.

    Source: McFadden, "Conditional logit analysis of qualitative choice behavior" (1974).

    Args:
        views: Shape (n_users, n_candidates, n_views), finite.
        labels: Shape (n_users, n_candidates); users without any are left out.
        regularization: Weight of the penalty.

    Returns:
        ndarray of shape (n_views,); equal weights where nobody has a relevant candidate.
    """
    counted = labels.any(axis=1)
    views, truth = views[counted], labels[counted].astype(np.float32)
    width = views.shape[2]
    if not len(views):
        return np.full(width, 1.0 / max(width, 1), dtype=np.float32)
    truth /= truth.sum(axis=1, keepdims=True)
    scale = views.reshape(-1, width).std(axis=0) + EPSILON

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        scores = views @ (weights / scale).astype(np.float32)
        scores -= scores.max(axis=1, keepdims=True)
        exponents = np.exp(scores)
        sums = exponents.sum(axis=1, keepdims=True)
        likelihood = float((truth * (scores - np.log(sums))).sum(dtype=np.float64)) / len(views)
        residual = (exponents / sums - truth) / len(views)
        slope = np.tensordot(residual, views, axes=([0, 1], [0, 1])).astype(np.float64) / scale
        penalty = regularization * float(weights @ weights)
        return penalty - likelihood, slope + 2 * regularization * weights

    start = np.full(width, 0.1)
    bounds = [(0.0, None)] * width
    from scipy.optimize import minimize  # 15 MB that who only ranks has no use for

    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": MOST_STEPS}
    )
    return np.asarray(found.x / scale, dtype=np.float32)


def tune_weights(
    views: Floats, labels: npt.NDArray[np.bool_], weights: Floats, n_rounds: int = 2
) -> Floats:
    """Change one weight after the other where that raises NDCG@10 over the users.

    The likelihood that `learn_weights` raises counts all places of a list alike; here the first
    ten count. Each weight is tried at 0 and at some factors of itself or of the largest.

    Args:
        views: Shape (n_users, n_candidates, n_views), finite.
        labels: Shape (n_users, n_candidates); users without any are left out.
        weights: Where the search starts, shape (n_views,).
        n_rounds: Times each weight is looked at.

    Returns:
        ndarray of shape (n_views,), not below 0.
    """
    counted = labels.any(axis=1)
    views, labels = _first(views[counted], labels[counted], weights)
    if not len(views):
        return weights
    spread = views.reshape(-1, views.shape[2]).std(axis=0) + EPSILON
    scores = views @ weights
    best, tuned = ndcg_at(scores, labels), weights.copy()
    for _ in range(n_rounds):
        for at in range(len(tuned)):
            largest = float((tuned * spread).max()) / float(spread[at])
            tried = {0.0, *(float(tuned[at]) * each for each in FACTORS)}
            tried |= {largest * each for each in SHARES}
            for value in sorted(tried - {float(tuned[at])}):
                changed = scores + (value - tuned[at]) * views[:, :, at]
                figure = ndcg_at(changed, labels)
                if figure > best + LEAST_GAIN:
                    best, scores, tuned[at] = figure, changed, value
    return tuned


def ndcg_at(scores: Floats, labels: npt.NDArray[np.bool_], k: int = 10) -> float:
    """Mean NDCG@k of lists in the order of their scores; ideal over the labelled candidates."""
    k = min(k, scores.shape[1])
    discounts = 1 / np.log2(np.arange(2, k + 2))
    best = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
    hits = np.take_along_axis(labels, np.take_along_axis(best, order, axis=1), axis=1)
    ideal = np.cumsum(discounts)[np.minimum(np.maximum(labels.sum(axis=1), 1), k) - 1]
    return float(((hits * discounts).sum(axis=1) / ideal).mean())


class Blending:
    """A blend of all items for some users: summed up, and told apart for any of them.

    Items that are no candidates are scaled as the candidates are and share the rank after the
    last candidate.

    Args:
        stacked: Shape (n_scorers, n_users, n_items), NaN where a scorer knows no item.
        candidates: Shape (n_users, n_candidates), -1 where there is none.
        weights: Shape (2 * n_scorers,), of `views_of`.
    """

    def __init__(self, stacked: Floats, candidates: Indices, weights: Floats) -> None:
        self._stacked = stacked
        self._candidates = candidates
        self._last = -np.log(np.float32(candidates.shape[1] + 1))
        self._by_score: dict[int, tuple[Floats, Floats]] = {}  # what a score weighs, and its mean
        self._by_rank: dict[int, Floats] = {}  # what candidates have above the last
        self._at_last: dict[int, np.float32] = {}
        picked = pick(stacked, candidates)
        for at, scores in enumerate(picked):
            by_score, by_rank = weights[2 * at], weights[2 * at + 1]
            if by_score:
                mean, deviation = moments(scores)
                self._by_score[at] = (by_score / deviation, mean)
            if by_rank:
                self._by_rank[at] = by_rank * (_ranks(scores) - self._last)
                self._at_last[at] = by_rank * self._last

    def all(self) -> Floats:
        """The blend of every item: ndarray of shape (n_users, n_items), float32, finite."""
        rows, places = np.nonzero(self._candidates != MISSING)
        blended = np.zeros(self._stacked.shape[1:], dtype=np.float32)
        for at, (share, mean) in self._by_score.items():
            blended += (_lowest_for_nan(self._stacked[at]) - mean) * share
        for above in self._by_rank.values():
            blended[rows, self._candidates[rows, places]] += above[rows, places]
        if self._at_last:
            blended += np.float32(sum(self._at_last.values()))
        return blended

    def at(self, items: Indices) -> Sums:
        """What each scorer adds to the blend of some items.

        Args:
            items: Shape (n_users, n); -1 where there is none, which gets zeros.

        Returns:
            ndarray of shape (n_users, n, n_scorers), float64.
        """
        asked = pick(self._stacked, items)
        same = items[:, :, np.newaxis] == self._candidates[:, np.newaxis, :]
        among, place = same.any(axis=2), same.argmax(axis=2)
        found = np.zeros((*items.shape, len(self._stacked)))
        for at, (share, mean) in self._by_score.items():
            scores = _lowest_for_nan(asked[at], self._stacked[at])
            found[:, :, at] = (scores - mean) * share
        for at, above in self._by_rank.items():
            ranks = np.where(among, np.take_along_axis(above, place, axis=1), 0)
            found[:, :, at] += ranks + self._at_last[at]
        found[items == MISSING] = 0
        return found


def _first(
    views: Floats, labels: npt.NDArray[np.bool_], weights: Floats
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The candidates a blend puts first; of users whose relevant ones are not there, none."""
    if views.shape[1] <= FIRST:
        return views, labels
    kept = np.argpartition(-(views @ weights), FIRST - 1, axis=1)[:, :FIRST]
    first = np.take_along_axis(views, kept[:, :, np.newaxis], axis=1)
    found = np.take_along_axis(labels, kept, axis=1)
    return first[found.any(axis=1)], found[found.any(axis=1)]


def pick(stacked: Floats, candidates: Indices) -> Floats:
    """Candidates' scores, shape (n_scorers, n_users, n_candidates); NaN where there is none."""
    absent = candidates == MISSING
    at = np.where(absent, 0, candidates)
    rows = np.arange(len(candidates))[:, np.newaxis]
    picked = stacked[:, rows, at]
    picked[:, absent] = np.nan
    return np.asarray(picked, dtype=np.float32)


def _ranks(scores: Floats) -> Floats:
    return np.nan_to_num(log_ranks(scores), nan=-float(np.log(scores.shape[1])))


def _lowest_for_nan(values: Floats, among: Floats | None = None) -> Floats:
    """The values, and where they are unknown the lowest of their row among others (or of it)."""
    unknown = np.isnan(values)
    if not unknown.any():
        return values
    others = values if among is None else among
    lowest = np.where(np.isnan(others), np.inf, others).min(axis=1, keepdims=True, initial=np.inf)
    lowest = np.where(np.isinf(lowest), 0, lowest)
    return np.where(unknown, lowest, values).astype(np.float32)
