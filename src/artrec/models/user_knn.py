"""User-kNN: an item scores by how many people like the profile's owner liked it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy import sparse

from artrec.config import Config
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.features.neighbors import at_columns
from artrec.models.base import FloatArray, InputConfig, ProductScores
from artrec.models.checks import as_config, check_fit, check_profiles, degree_scale, sealed

BLOCK_CELLS = 8_000_000


class UserKnnConfig(InputConfig):
    """Which people count as neighbours, and how much."""

    n_neighbors: int = Field(
        default=200, ge=1, description="Most similar people whose likes are counted."
    )
    shrinkage: float = Field(
        default=10.0,
        ge=0,
        allow_inf_nan=False,
        description="Added to the cosine's denominator, so that few common items weigh little.",
    )
    item_exponent: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="How much less an item that many people met says of likeness: it counts "
        "its number of people to the power of minus this.",
    )


@dataclass(frozen=True, eq=False)
class UserKnn:
    """User-based neighbourhood model with shrunk cosine similarity.

    Of a profile p and each person v the model was fitted on, rows r_v:
    ``s_v = sum_i w_i p_i r_vi / (|p|_w |r_v|_w + shrinkage)`` with ``w_i = d_i^-item_exponent``
    (d_i people met item i) and ``|x|_w^2 = sum_i w_i x_i^2``. The `n_neighbors` largest positive
    s_v count (ties go to the smaller user id), and ``score(i) = sum over them of s_v r_vi``. An
    empty profile scores 0. A person the model was fitted on is a neighbour of their own profile
    like anybody else, which adds to what they have met only.

    Unlike the other models this one *is* its training data: it stores the interactions of the
    people it was fitted on, without their ids. Publish it only where those may be published.

    Source: Herlocker, Konstan, Borchers and Riedl, "An algorithmic framework for performing
    collaborative filtering", SIGIR 1999; the weight of items after the inverse user frequency of
    Breese, Heckerman and Kadie, UAI 1998; shrinkage after Bell and Koren, KDD Cup 2007.

    Attributes:
        items: Items it scores.
        config: Its configuration.
        people: csr_array of shape (n_people, n_items), float32: weights of those with any.
        by_item: csr_array of shape (n_items, n_people), float32: the same times w_i.
        lengths: ndarray of shape (n_people,), float32: |r_v|_w.
        item_weights: ndarray of shape (n_items,), float32: w_i.
    """

    name: ClassVar[str] = "user_knn"

    items: IdMap
    config: UserKnnConfig
    people: sparse.csr_array
    by_item: sparse.csr_array
    lengths: npt.NDArray[np.float32]
    item_weights: npt.NDArray[np.float32]

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        config: UserKnnConfig,
        rng: np.random.Generator,  # noqa: ARG003 every model is fitted the same way
    ) -> Self:
        """Keep what people did, ready to be compared with.

        Args:
            interactions: What happened before the cut.
            config: Neighbours, shrinkage and weights.
            rng: Not used; nothing here is random.

        Raises:
            InputError: There is no interaction.
        """
        check_fit(interactions, cls.name)
        matrix = interactions.weights(config.below_in_fit)
        return cls._of(interactions.items, config, matrix[np.diff(matrix.indptr) > 0])

    def score(self, profiles: Interactions) -> ProductScores:
        """See `Scorer.score`; an empty profile scores 0 everywhere."""
        check_profiles(profiles, self.items, self.name)
        weights = profiles.weights(self.config.below_in_profile)
        return ProductScores(self._neighbors(weights), self.people)

    def contributions(
        self, profile: Interactions, item: int
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """See `ExplainingScorer.contributions`.

        What an item adds is its part in the likeness of the neighbours who like `item`. An item
        of the profile itself has a part in its own score.
        """
        chosen, added = self.contributions_to(profile, np.array([item]))
        return chosen[added[0] != 0], added[0, added[0] != 0]

    def contributions_to(
        self, profile: Interactions, items: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """See `ManyExplainingScorer.contributions_to`."""
        check_profiles(profile, self.items, self.name)
        weights = profile.weights(self.config.below_in_profile)
        near = self._neighbors(weights)
        likes = at_columns(self.people[near.indices], items)  # (n_near, n_items)
        parts = at_columns(self.by_item[weights.indices], near.indices)  # (n_counting, n_near)
        denominators = self._length(weights)[0] * self.lengths[near.indices]
        denominators = denominators + np.float32(self.config.shrinkage)
        added = (parts @ (likes / denominators[:, np.newaxis])).T * weights.data
        return weights.indices.astype(np.int64), np.asarray(added)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`: the three arrays of the people's compressed rows."""
        return {
            "data": self.people.data,
            "indices": self.people.indices.astype(np.int32),
            "indptr": self.people.indptr.astype(np.int64),
        }

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: Config, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """See `Scorer.from_arrays`."""
        parts = (arrays["data"], arrays["indices"], arrays["indptr"])
        people = sparse.csr_array(parts, shape=(len(arrays["indptr"]) - 1, len(items)))
        return cls._of(items, as_config(config, UserKnnConfig), people)

    @classmethod
    def _of(cls, items: IdMap, config: UserKnnConfig, people: sparse.csr_array) -> Self:
        met = np.bincount(people.indices, minlength=len(items))
        item_weights = degree_scale(met, -config.item_exponent).astype(np.float32)
        values = people.data * item_weights[people.indices]
        scaled = sparse.csr_array((values, people.indices, people.indptr), shape=people.shape)
        squares = scaled.multiply(people).sum(axis=1)
        lengths = np.sqrt(np.asarray(squares)).ravel().astype(np.float32)
        by_item = scaled.T.tocsr()  # (n_items, n_people)
        sealed(people.data)
        sealed(by_item.data)
        return cls(items, config, people, by_item, sealed(lengths), sealed(item_weights))

    def _length(self, weights: sparse.csr_array) -> npt.NDArray[np.float32]:
        """|p|_w of each profile, shape (n_profiles,)."""
        squares = sparse.csr_array(weights.multiply(weights)) @ self.item_weights
        return np.asarray(np.sqrt(squares), dtype=np.float32)

    def _neighbors(self, weights: sparse.csr_array) -> sparse.csr_array:
        """Likeness to the nearest people: csr_array of shape (n_profiles, n_people)."""
        n_profiles, n_people = weights.shape[0], self.people.shape[0]
        own = self._length(weights)
        step = max(1, BLOCK_CELLS // max(n_people, 1))
        blocks = []
        for start in range(0, n_profiles, step):
            rows = slice(start, min(start + step, n_profiles))
            common = sparse.csr_array(weights[rows] @ self.by_item)
            common.sort_indices()
            of_profile = np.repeat(own[rows], np.diff(common.indptr))
            denominators = of_profile * self.lengths[common.indices]
            common.data /= denominators + np.float32(self.config.shrinkage)
            blocks.append(_nearest(common, self.config.n_neighbors))
        if not blocks:
            return sparse.csr_array((0, n_people), dtype=np.float32)
        return sparse.csr_array(sparse.vstack(blocks, format="csr"))


def _nearest(likeness: sparse.csr_array, n: int) -> sparse.csr_array:
    """The n largest stored values of each row; of equal ones the leftmost stay.

    Examples:
        >>> _nearest(sparse.csr_array([[1.0, 3.0, 0.0, 3.0, 3.0]]), 2).toarray()
        array([[0., 3., 0., 3., 0.]])
    """
    kept = np.ones(len(likeness.data), dtype=bool)
    for row in np.flatnonzero(np.diff(likeness.indptr) > n).tolist():
        inside = slice(likeness.indptr[row], likeness.indptr[row + 1])
        values = likeness.data[inside]
        bound = np.partition(values, -n)[-n]
        above, equal = values > bound, values == bound
        kept[inside] = above | (equal & (np.cumsum(equal) <= n - above.sum()))
    sums = np.concatenate(([0], np.cumsum(kept)))
    parts = (likeness.data[kept], likeness.indices[kept], sums[likeness.indptr])
    return sparse.csr_array(parts, shape=likeness.shape)
