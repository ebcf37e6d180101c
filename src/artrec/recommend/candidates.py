"""Candidates: which items the expensive ranking looks at, proposed by several scorers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, NonNegativeFloat
from scipy import sparse

from artrec import schema
from artrec.config import Config
from artrec.data.ids import MISSING, IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError
from artrec.models.base import Scorer, Scores

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]

POPULARITIES: Final = ("recent_popularity", "popularity")
"""Scorers of which one must be among those that propose candidates."""

LEAST_SCORERS: Final = 3
Known = tuple[Interactions, Indices]
BLOCK_CELLS: Final = 8_000_000


class CandidateConfig(Config):
    """How many items each user's list is made from, and who proposes them."""

    n_candidates: int = Field(default=500, ge=1, description="Candidates a user at most.")
    quotas: dict[str, NonNegativeFloat] = Field(
        default_factory=dict,
        description="Relative share of the candidates each scorer proposes, 1 where not named; "
        "a scorer of share 0 proposes none.",
    )


@dataclass(frozen=True, eq=False)
class Panel:
    """Several fitted scorers over the union of their items.

    Attributes:
        scorers: Name to scorer, in the order their scores are stacked.
        items: Union of their items.
        places: Of each scorer, where its items stand in the union, shape (n_items of it,).
    """

    scorers: Mapping[str, Scorer]
    items: IdMap
    places: tuple[Indices, ...]

    @classmethod
    def of(cls, scorers: Mapping[str, Scorer]) -> Self:
        """Put scorers beside each other.

        Raises:
            ConfigError: There are fewer than three, or none of them is a popularity.
        """
        if len(scorers) < LEAST_SCORERS or not any(name in scorers for name in POPULARITIES):
            raise ConfigError(
                f"candidates come from at least {LEAST_SCORERS} scorers, one of them "
                f"{' or '.join(POPULARITIES)}; got {list(scorers)}",
                "name them in the medium's `hybrid.scorers`",
            )
        kinds = list(scorers.values())
        first = kinds[0].items
        same = all(each.items is first or each.items == first for each in kinds)
        ids = first if same else IdMap.of(each for kind in kinds for each in kind.items.index)
        return cls(scorers, ids, tuple(ids.to_index(each.items.index) for each in kinds))

    def score(self, profiles: Interactions) -> PanelScores:
        """Score some profiles.

        Args:
            profiles: Histories over any items.
        """
        known = profiles.onto_items(self.items)
        parts = [
            each.score(known.renamed(each.items, back))
            for each, back in zip(self.scorers.values(), self._back, strict=True)
        ]
        return PanelScores(self, known, tuple(parts))

    def as_known_to(self, name: str, profiles: Interactions, items: Indices) -> Known:
        """Profiles and items over a scorer's own items.

        Args:
            name: The scorer's.
            profiles: Histories over the panel's items.
            items: Dense indices of the panel's items, shape (n,).

        Returns:
            The histories, and the items' dense indices, -1 for those it does not know.
        """
        scorer, back = self.scorers[name], self._back[list(self.scorers).index(name)]
        return profiles.renamed(scorer.items, back), back[items]

    @cached_property
    def _back(self) -> tuple[Indices, ...]:
        """Of each scorer, where the union's items stand in it, -1 where it does not know one."""
        found = []
        for scorer, places in zip(self.scorers.values(), self.places, strict=True):
            back = np.full(len(self.items), MISSING, dtype=np.int64)
            back[places] = np.arange(len(scorer.items))
            found.append(back)
        return tuple(found)


@dataclass(frozen=True, eq=False)
class PanelScores:
    """What every scorer of a panel says of some profiles, a block of users at a time.

    Attributes:
        panel: The scorers.
        profiles: The profiles, over the panel's items.
        parts: Scores of each scorer.
    """

    panel: Panel
    profiles: Interactions
    parts: tuple[Scores, ...]

    def block(self, rows: slice) -> Floats:
        """Scores of some users: shape (n_scorers, n_rows, n_items), NaN where one knows no item."""
        n_rows = rows.stop - rows.start
        shape = (len(self.parts), n_rows, len(self.panel.items))
        stacked = np.full(shape, np.nan, dtype=np.float32)
        for at, (scores, places) in enumerate(zip(self.parts, self.panel.places, strict=True)):
            whole = np.asarray(scores.block(rows, slice(0, scores.shape[1])), dtype=np.float32)
            if len(places) == shape[2]:
                stacked[at] = whole
            else:
                stacked[at][:, places] = whole
        return stacked

    def spans(self) -> Iterator[slice]:
        """Blocks of users that fit into the memory a block may take."""
        n_users = len(self.profiles.users)
        step = max(1, BLOCK_CELLS // max(1, len(self.parts) * len(self.panel.items)))
        for start in range(0, n_users, step):
            yield slice(start, min(start + step, n_users))


def choose_candidates(
    stacked: Floats,
    names: tuple[str, ...],
    seen: sparse.csr_array,
    config: CandidateConfig,
    allowed: npt.NDArray[np.bool_] | None = None,
) -> Indices:
    """The best items of several scorers together, each by its quota.

    An item's place is the least over the scorers of ``rank / quota``; the items of the first
    places are taken, equal ones by item index. A scorer that says the same of all items proposes
    nothing.

    Args:
        stacked: Scores, shape (n_scorers, n_users, n_items), NaN where unknown.
        names: Names of the scorers.
        seen: Shape (n_users, n_items); a stored pair is no candidate.
        config: Number and quotas.
        allowed: Shape (n_items,); items that may be candidates. By default all.

    Returns:
        Item indices of shape (n_users, n_candidates), ascending; -1 at the end where there are
        fewer.
    """
    _, n_users, n_items = stacked.shape
    n = min(config.n_candidates, n_items)
    barred = seen.toarray() != 0
    if allowed is not None:
        barred |= ~allowed
    places = np.full((n_users, n_items), np.inf)
    quotas = [config.quotas.get(name, 1.0) for name in names]
    last = np.inf  # no candidate's place is behind it
    for at in np.argsort(quotas, kind="stable")[::-1].tolist():
        if quotas[at] > 0:
            deepest = n if np.isinf(last) else min(n, int(quotas[at] * last) + 1)
            against = np.where(barred | np.isnan(stacked[at]), np.inf, -stacked[at])
            ranks = _propose(places, against, deepest, quotas[at])
            if deepest == n and np.isfinite(ranks).all():
                last = min(last, n / quotas[at])
    places += np.arange(n_items) * (0.01 / max(n_items, 1))  # equal places by item index
    chosen = np.argpartition(places, n - 1, axis=1)[:, :n] if n < n_items else _all(places)
    chosen[np.isinf(np.take_along_axis(places, chosen, axis=1))] = n_items
    chosen.sort(axis=1)
    found = np.full((n_users, config.n_candidates), MISSING, dtype=np.int64)
    found[:, :n] = np.where(chosen == n_items, MISSING, chosen)
    return found


def candidate_recall(candidates: Indices, relevant: sparse.csr_array) -> float:
    """Mean share of a user's relevant items that are candidates: the ceiling of any ranking.

    Args:
        candidates: Shape (n_users, n_candidates), -1 where there is none.
        relevant: Shape (n_users, n_items), stored where relevant. Users without any are left out.

    Returns:
        The mean, NaN where nobody has a relevant item.
    """
    totals = np.diff(relevant.indptr)
    found = labels_of(candidates, relevant).sum(axis=1)
    counted = totals > 0
    return float((found[counted] / totals[counted]).mean()) if counted.any() else float("nan")


def labels_of(candidates: Indices, relevant: sparse.csr_array) -> npt.NDArray[np.bool_]:
    """Which candidates are relevant, of the candidates' shape; False where there is none."""
    width = int(relevant.shape[1]) + 1
    rows = np.arange(len(candidates))[:, np.newaxis]
    keys = np.where(candidates == MISSING, -1, rows * width + candidates)
    kept = np.repeat(np.arange(relevant.shape[0]), np.diff(relevant.indptr))
    return np.isin(keys, kept * width + relevant.indices.astype(np.int64))


def relevant_matrix(withheld: pd.DataFrame, profiles: Interactions) -> sparse.csr_array:
    """Withheld positives of the profiles' users over the profiles' items, as 1.

    Args:
        withheld: Positive rows only, of a table `schema.INTERACTIONS`; users and items that the
            profiles do not know are left out.
        profiles: Whose rows and columns the matrix has.
    """
    rows = profiles.users.find(withheld[schema.USER_ID])
    columns = profiles.items.find(withheld[schema.ITEM_ID])
    known = (rows != MISSING) & (columns != MISSING)
    ones = np.ones(int(known.sum()), dtype=np.float32)
    matrix = sparse.csr_array((ones, (rows[known], columns[known])), shape=profiles.shape)
    matrix.sort_indices()
    return matrix


def _propose(
    places: npt.NDArray[np.float64], against: Floats, n: int, quota: float
) -> npt.NDArray[np.float64]:
    """Lower the places of a scorer's best n items to rank / quota.

    Args:
        places: Shape (n_users, n_items).
        against: Minus the scores, infinite where there is none; of the same shape.
        n: Items at most.
        quota: The scorer's.

    Returns:
        Its items' places by rank, shape (n_users, n); infinite where it has none.
    """
    best = _first(against, n) if n < against.shape[1] else _all(against)
    values = np.take_along_axis(against, best, axis=1)
    order = np.argsort(values, axis=1, kind="stable")  # of equal scores the lower item
    best = np.take_along_axis(best, order, axis=1)
    values = np.take_along_axis(values, order, axis=1)
    ranks = np.where(np.isfinite(values), np.arange(1, n + 1) / quota, np.inf)
    for row in np.flatnonzero(~(np.isfinite(values) & (values > values[:, :1])).any(axis=1)):
        said = against[row][np.isfinite(against[row])]
        if not len(said) or said.min() == said.max():
            ranks[row] = np.inf  # it says the same of all
    rows = np.arange(len(best))[:, np.newaxis]
    places[rows, best] = np.minimum(places[rows, best], ranks)
    return ranks


def _first(against: Floats, n: int) -> Indices:
    """The n lowest values of each row, ascending by place; of equal ones those on the left.

    Args:
        against: Shape (n_users, n_items).
        n: Fewer than there are.
    """
    bound = np.partition(against, n - 1, axis=1)[:, n - 1 : n]
    tied = against == bound
    below = against < bound
    wanted = n - below.sum(axis=1, keepdims=True)
    crowded = np.flatnonzero(tied.sum(axis=1, keepdims=True) > wanted)
    tied[crowded] &= np.cumsum(tied[crowded], axis=1) <= wanted[crowded]
    return np.nonzero(below | tied)[1].reshape(len(against), n)


def _all(values: npt.NDArray[np.floating]) -> Indices:
    return np.tile(np.arange(values.shape[1], dtype=np.int64), (len(values), 1))
