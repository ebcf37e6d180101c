"""Features of (user, candidate) pairs, in named groups, all known at the time of the profile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, PositiveInt
from scipy import sparse

from artrec import schema
from artrec.config import Config
from artrec.data.content import Content
from artrec.data.ids import MISSING, IdMap
from artrec.data.interactions import Interactions
from artrec.features.neighbors import Places, alike, dense, liked_together
from artrec.features.standing import EPSILON, log_ranks, moments

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]

TOGETHER: Final = "liked_together"
WORK: Final = "work"
USER: Final = "user"
MATCH: Final = "match"
SERIES: Final = "series"
NEXT: Final = "series.next"
LOGGED: Final = ("n_", "ratings_count")


class PairConfig(Config):
    """Which features of a pair are made."""

    leave_out: tuple[str, ...] = Field(
        default=(),
        description="Features (`work.n_interactions`) and groups (`popularity`) that are not made: "
        "where a source caps its counts, they tell what was withheld.",
    )
    contributing: tuple[str, ...] = Field(
        default=(),
        description="Scorers that are a sum over the profile's works (EASE) of which it is also a "
        "feature what the works one loved, liked and disliked add, and the closest of them.",
    )
    loved_from: float | None = Field(
        default=None, description="Lowest rating that says more than liked; null for none."
    )
    n_neighbors: PositiveInt = Field(
        default=100, description="Most similar items kept of each item and kind of similarity."
    )
    taste_width: PositiveInt = Field(
        default=64,
        description="Content fields of at most so many columns are compared with the mean of what "
        "a user liked; wider ones with the single works.",
    )


@dataclass(frozen=True, eq=False)
class PairFeatures:
    """What the features of a pair need to know of items; users come with their profiles.

    Feature names are ``<group>.<what>``; a group is a scorer, a kind of similarity, or one of
    ``work``, ``user`` and ``match``. A value that is not known is NaN.

    Attributes:
        items: Items of the candidates.
        config: What is made.
        columns: Names of the work features.
        table: ndarray of shape (n_items, n_columns), float32: work features as of the cut.
        numbers: ndarray of shape (n_items,), float32: place in a series, NaN where there is none.
        neighbors: Kind of similarity to csr_array of shape (n_items, n_items).
        tastes: Content field to ndarray of shape (n_items, n_features), rows of length 1 or 0.
    """

    items: IdMap
    config: PairConfig
    columns: tuple[str, ...]
    table: Floats
    numbers: Floats
    neighbors: Mapping[str, sparse.csr_array]
    tastes: Mapping[str, Floats]

    @classmethod
    def of(
        cls,
        items: IdMap,
        known: Interactions,
        works: pd.DataFrame,
        content: Content | None,
        config: PairConfig,
    ) -> Self:
        """Gather what is known of items before the cut.

        Args:
            items: Items that may be candidates.
            known: Interactions before the cut, nothing of what is to be found.
            works: Column item_id and any others; numbers are features, ``series_number`` is the
                place in a series, the rest is not looked at. Time-dependent columns must be as of
                the cut.
            content: Content of works, or None.
            config: What is made.
        """
        described = works.drop_duplicates(schema.ITEM_ID).set_index(schema.ITEM_ID)
        described = described.reindex(items.index)
        columns, table = _work_columns(described, config)
        if "series_number" not in described:
            described["series_number"] = np.nan
        numbers = pd.to_numeric(described["series_number"], errors="coerce")
        neighbors = {}
        if _wanted(TOGETHER, config):
            neighbors[TOGETHER] = liked_together(known.onto_items(items), config.n_neighbors)
        fields = {} if content is None else content.take(items).fields
        fields = {name: field for name, field in fields.items() if _wanted(name, config)}
        narrow = {name for name, each in fields.items() if each.shape[1] <= config.taste_width}
        for name in fields.keys() - narrow:
            neighbors[name] = alike(fields[name], config.n_neighbors)
        tastes = {name: dense(each) for name, each in fields.items() if name in narrow}
        order = {name: neighbors[name] for name in sorted(neighbors)}
        places = numbers.to_numpy(dtype=np.float32, na_value=np.nan)
        return cls(items, config, columns, table, places, order, tastes)

    def block(
        self, profiles: Interactions, candidates: Indices, scores: Mapping[str, Floats]
    ) -> dict[str, Floats]:
        """Features of some users' candidates.

        Args:
            profiles: Histories over `items`, as many rows as the candidates.
            candidates: Shape (n_users, n_candidates), -1 where there is none.
            scores: Of each scorer, the candidates' scores, of the same shape; NaN where unknown.

        Returns:
            Feature name to ndarray of the candidates' shape, float32; NaN where there is no
            candidate or nothing is known.
        """
        found: dict[str, Floats] = {}
        for name in scores:
            if _wanted(name, self.config):
                found |= _score_features(name, scores[name])
        liked, disliked = _sides(profiles)
        at = np.where(candidates == MISSING, 0, candidates)
        places = Places.of(candidates, len(self.items))
        for name in self.neighbors:
            found |= self._likeness(name, profiles, places)
        for name, field in self.tastes.items():
            found |= _taste(name, field, (liked, disliked), at)
        found |= self._works_and_users(profiles, liked, at)
        absent = candidates == MISSING
        for values in found.values():
            values[absent] = np.nan
        return self.wanted(found)

    def wanted(self, made: Mapping[str, Floats]) -> dict[str, Floats]:
        """The features that are not left out."""
        return {name: each for name, each in made.items() if _wanted(name, self.config)}

    def _likeness(self, name: str, profiles: Interactions, places: Places) -> dict[str, Floats]:
        """How like a candidate is to single works of the profile."""
        met = places.met(profiles, self.neighbors[name])
        side = profiles.positive[met.sources]
        found = {}
        for label, here in (("liked", side), ("disliked", ~side)):
            at, similar = met.places[here], met.similar[here]
            found[f"{name}.{label}"] = places.total(at, similar)
            found[f"{name}.closest_{label}"] = places.highest(at, similar, 0.0)
        if name == SERIES:
            numbers = self.numbers[profiles.indices[met.sources]]
            known = ~np.isnan(numbers)
            latest = places.highest(met.places[known], numbers[known], -np.inf)
            gap = self.numbers[np.maximum(places.candidates, 0)] - latest
            found[NEXT] = np.where(np.isfinite(gap), gap, np.nan).astype(np.float32)
        return found

    def _works_and_users(
        self, profiles: Interactions, liked: sparse.csr_array, at: Indices
    ) -> dict[str, Floats]:
        """What the candidate is, who the user is, and how far they are apart."""
        n_seen = np.diff(profiles.indptr)
        n_liked = np.diff(liked.indptr)
        present = np.nan_to_num(self.table)
        known = (~np.isnan(self.table)).astype(np.float32)
        seen = profiles.seen()
        with np.errstate(invalid="ignore", divide="ignore"):
            levels = (seen @ present) / (seen @ known)  # (n_users, n_columns), NaN where unknown
        mean, spread_ = _rating_moments(profiles)
        with np.errstate(invalid="ignore", divide="ignore"):
            users = {
                "n_seen": np.log1p(n_seen),
                "liked_share": n_liked / n_seen,
                "mean_rating": mean,
                "rating_spread": spread_,
            }
        found = {}
        for place, column in enumerate(self.columns):
            found[f"{WORK}.{column}"] = self.table[at, place]
            own = levels[:, place, np.newaxis].astype(np.float32)
            found[f"{USER}.{column}"] = np.repeat(own, at.shape[1], axis=1)
            found[f"{MATCH}.{column}"] = self.table[at, place] - own
        for name, values in users.items():
            column_ = np.asarray(values, dtype=np.float32)[:, np.newaxis]
            found[f"{USER}.{name}"] = np.repeat(column_, at.shape[1], axis=1)
        return found

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What must be stored beside `items` and `config`: plain arrays, no objects."""
        names = {
            "columns": list(self.columns),
            "neighbors": list(self.neighbors),
            "tastes": list(self.tastes),
        }
        stored: dict[str, npt.NDArray[Any]] = {
            "pair_names": np.frombuffer(json.dumps(names).encode(), dtype=np.uint8),
            "pair_table": self.table,
            "pair_numbers": self.numbers,
        }
        for place, matrix in enumerate(self.neighbors.values()):
            stored[f"pair_neighbors_{place}_data"] = matrix.data
            stored[f"pair_neighbors_{place}_indices"] = matrix.indices.astype(np.int32)
            stored[f"pair_neighbors_{place}_indptr"] = matrix.indptr.astype(np.int64)
        for place, field in enumerate(self.tastes.values()):
            stored[f"pair_taste_{place}"] = field
        return stored

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: PairConfig, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """Inverse of `arrays`.

        Raises:
            KeyError: An array is missing.
        """
        names = json.loads(bytes(arrays["pair_names"]))
        shape = (len(items), len(items))
        neighbors = {}
        for place, name in enumerate(names["neighbors"]):
            part = f"pair_neighbors_{place}"
            parts = tuple(arrays[f"{part}_{each}"] for each in ("data", "indices", "indptr"))
            neighbors[name] = sparse.csr_array(parts, shape=shape)
        tastes = {name: arrays[f"pair_taste_{at}"] for at, name in enumerate(names["tastes"])}
        table, numbers = arrays["pair_table"], arrays["pair_numbers"]
        return cls(items, config, tuple(names["columns"]), table, numbers, neighbors, tastes)


def work_features(works: pd.DataFrame, derived: pd.DataFrame) -> pd.DataFrame:
    """What `PairFeatures.of` is given: the catalogue's numbers beside those derived as of the cut.

    Args:
        works: Table `schema.WORKS`.
        derived: Table of `artrec.features.works.works_as_of`, whose columns come first.

    Returns:
        item_id, the derived columns, and of the catalogue every number that is not among them
        and ``series_number``. Leave out (`PairConfig.leave_out`) those that are not known as of
        the cut.
    """
    numbers = [
        name
        for name in works.columns
        if name not in derived.columns
        and (pd.api.types.is_numeric_dtype(works[name]) or name == "series_number")
    ]
    return derived.merge(works[[schema.ITEM_ID, *numbers]], on=schema.ITEM_ID, how="left")


def group_of(feature: str) -> str:
    """The group of a feature: what stands before the point.

    Examples:
        >>> group_of("work.year")
        'work'
    """
    return feature.partition(".")[0]


def _wanted(name: str, config: PairConfig) -> bool:
    return name not in config.leave_out and group_of(name) not in config.leave_out


def _work_columns(described: pd.DataFrame, config: PairConfig) -> tuple[tuple[str, ...], Floats]:
    """Numeric columns of works; counts as logarithms."""
    chosen = []
    for name in described.columns:
        numeric = pd.api.types.is_numeric_dtype(described[name])
        wanted = all(_wanted(f"{group}.{name}", config) for group in (WORK,))
        if numeric and wanted and name != "series_number":
            chosen.append(str(name))
    table = np.full((len(described), len(chosen)), np.nan, dtype=np.float32)
    for place, name in enumerate(chosen):
        values = described[name].to_numpy(dtype=np.float64, na_value=np.nan)
        logged = name.startswith(LOGGED)
        table[:, place] = np.log1p(np.maximum(values, 0)) if logged else values
    return tuple(chosen), table


def _sides(profiles: Interactions) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Liked and other items of each profile, as 1."""
    seen = profiles.seen()
    liked = sparse.csr_array(
        (profiles.positive.astype(np.float32), seen.indices, seen.indptr), shape=seen.shape
    )
    other = sparse.csr_array(
        ((~profiles.positive).astype(np.float32), seen.indices.copy(), seen.indptr.copy()),
        shape=seen.shape,
    )
    liked.eliminate_zeros()
    other.eliminate_zeros()
    return liked, other


def _score_features(name: str, scores: Floats) -> dict[str, Floats]:
    """A score as it is, centred and scaled, as a share of the highest, and its rank."""
    mean, deviation = moments(scores)
    highest = np.where(np.isnan(scores), -np.inf, scores).max(axis=1, keepdims=True)
    return {
        f"{name}.raw": scores.astype(np.float32),
        f"{name}.scaled": ((scores - mean) / deviation).astype(np.float32),
        f"{name}.share": (scores / np.maximum(np.abs(highest), EPSILON)).astype(np.float32),
        f"{name}.rank": log_ranks(scores),
    }


def _taste(
    name: str, field: Floats, sides: tuple[sparse.csr_array, sparse.csr_array], at: Indices
) -> dict[str, Floats]:
    """Cosine of a candidate with the mean of what a user liked, and of what not."""
    found = {}
    for side, profiles in zip(("liked", "disliked"), sides, strict=True):
        taste = np.asarray(profiles @ field)
        lengths = np.sqrt((taste**2).sum(axis=1, keepdims=True))
        taste = taste / np.where(lengths > 0, lengths, 1)
        all_items = taste @ field.T  # (n_users, n_items)
        found[f"{name}.{side}"] = np.take_along_axis(all_items, at, axis=1).astype(np.float32)
    return found


def _rating_moments(
    profiles: Interactions,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean and spread of each profile's ratings, NaN where there are none."""
    rated = ~np.isnan(profiles.ratings)
    rows, values = profiles.rows()[rated], profiles.ratings[rated].astype(np.float64)
    n_users = len(profiles.users)
    counts = np.bincount(rows, minlength=n_users)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(rows, values, minlength=n_users) / counts
        variance = np.bincount(rows, values**2, minlength=n_users) / counts - mean**2
    return mean, np.sqrt(np.maximum(variance, 0))
