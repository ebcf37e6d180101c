"""Features of (user, candidate) pairs: what the single works of a profile add to a score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from artrec.data.ids import MISSING
from artrec.data.interactions import Interactions
from artrec.features.standing import EPSILON

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]
Adds = Callable[[Indices, Indices], npt.NDArray[np.floating]]
"""From works, shape (n,), and candidates, shape (n, m), to what each adds, shape (n, m)."""

BLOCK_CELLS: Final = 2_000_000


def contribution_features(
    name: str,
    adds: Adds,
    profiles: Interactions,
    candidates: Indices,
    scores: Floats,
    loved_from: float | None,
) -> dict[str, Floats]:
    """How a profile's works speak for each candidate, by a scorer that is a sum over them.

    Args:
        name: The scorer's, the group of the features.
        adds: What a work of weight 1 adds (see `artrec.models.base.LinearScorer.adds`).
        profiles: Histories over the scorer's items, as many rows as the candidates.
        candidates: Shape (n_users, n_candidates), -1 where there is none.
        scores: The candidates' scores by the scorer, of the same shape, NaN where unknown.
        loved_from: Likes rated so and higher are told apart from the others; None for none.

    Returns:
        Feature name to ndarray of the candidates' shape: what works that were ``loved``, other
        ``liked`` and ``disliked`` ones add, what all add in proportion to their rating's distance
        from the person's mean (``centred``), the largest addition of one liked work (``closest``)
        and the largest but one (``next_closest``). All are shares of the highest score of the
        list: they mean the same when the scorer was fitted on more. Nothing of a side adds 0.
    """
    shape = candidates.shape
    names = ("loved", "liked", "disliked", "centred", "closest", "next_closest")
    found = {f"{name}.{each}": np.zeros(shape, dtype=np.float32) for each in names}
    step = max(1, BLOCK_CELLS // max(1, shape[1] * _longest(profiles)))
    for start in range(0, shape[0], step):
        rows = slice(start, min(start + step, shape[0]))
        known = profiles.take_users(np.arange(rows.start, rows.stop))
        if len(known):
            owners = known.rows()
            at = np.maximum(candidates[rows], 0)[owners]
            added = np.asarray(adds(known.indices.astype(np.int64), at), dtype=np.float32)
            _fill(found, name, rows, known, added, loved_from)
    highest = np.nan_to_num(np.abs(scores)).max(axis=1, keepdims=True)
    absent = np.where(candidates == MISSING, np.nan, 0).astype(np.float32)
    return {each: values / np.maximum(highest, EPSILON) + absent for each, values in found.items()}


def _longest(profiles: Interactions) -> int:
    return int(np.diff(profiles.indptr).max(initial=1))


def _fill(
    found: dict[str, Floats],
    name: str,
    rows: slice,
    known: Interactions,
    added: Floats,
    loved_from: float | None,
) -> None:
    """The features of a block of users, from what each of their works adds."""
    lengths = np.diff(known.indptr)
    speaking = np.flatnonzero(lengths)
    firsts = known.indptr[:-1][speaking]
    users = np.arange(rows.start, rows.stop)[speaking]
    loved = np.zeros(len(known), dtype=bool)
    if loved_from is not None:
        loved = known.positive & (known.ratings >= loved_from)
    sides = {
        "loved": loved,
        "liked": known.positive & ~loved,
        "disliked": ~known.positive,
        "centred": _centred(known),
    }
    for side, weights in sides.items():
        weighed = added * weights.astype(np.float32)[:, np.newaxis]
        found[f"{name}.{side}"][users] = np.add.reduceat(weighed, firsts, axis=0)
    single = np.where(known.positive[:, np.newaxis], added, 0)
    closest = np.maximum.reduceat(single, firsts, axis=0)
    place = np.repeat(np.arange(len(speaking)), lengths[speaking])
    others = np.where(single == closest[place], 0, single)
    found[f"{name}.closest"][users] = closest
    found[f"{name}.next_closest"][users] = np.maximum.reduceat(others, firsts, axis=0)


def _centred(known: Interactions) -> Floats:
    """Each rating's distance from its user's mean; 0 where there is none."""
    rated = ~np.isnan(known.ratings)
    rows = known.rows()
    n_users = len(known.users)
    counts = np.maximum(np.bincount(rows[rated], minlength=n_users), 1)
    means = np.bincount(rows[rated], known.ratings[rated], minlength=n_users) / counts
    return np.where(rated, known.ratings - means[rows], 0).astype(np.float32)
