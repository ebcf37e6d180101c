"""What every model is: a config, a `fit` that returns a frozen scorer, and scores as blocks.

A scorer stores no users. It scores *profiles* (`Interactions` rows): a known user and a stranger
with a history go the same way, in evaluation, in the bundle and in the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy import sparse

from artrec.config import Config
from artrec.data.content import Content
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import BundleError

FloatArray = npt.NDArray[np.floating[Any]]


class InputConfig(Config):
    """What an interaction below the positive threshold weighs, where a positive one weighs 1."""

    below_in_fit: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Weight at fit of an interaction below the positive threshold.",
    )
    below_in_profile: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Weight in a profile of an interaction below the positive threshold.",
    )


class Scores(Protocol):
    """Scores of n users for all items of a scorer, computed a block at a time."""

    @property
    def shape(self) -> tuple[int, int]:
        """(n_users, n_items)."""
        ...

    def block(self, rows: slice, columns: slice) -> FloatArray:
        """Scores of some users for some items, ndarray of shape (n_rows, n_columns), finite."""
        ...


class ProductScores:
    """Scores that are a product: ``left @ right``.

    Args:
        left: Dense or sparse (csr_array), of shape (n_users, n_features).
        right: Dense ndarray or csc/csr_array, of shape (n_features, n_items); where `left` is
            sparse, in C order, or every block copies it.

    Attributes:
        whole_rows: Whether some columns cost as much as all: true where a factor is sparse.
    """

    def __init__(
        self, left: FloatArray | sparse.csr_array, right: FloatArray | sparse.sparray
    ) -> None:
        self.left = left
        self.right = right
        self.shape = (int(left.shape[0]), int(right.shape[1]))
        self.whole_rows = sparse.issparse(left) or sparse.issparse(right)

    def block(self, rows: slice, columns: slice) -> FloatArray:
        """See `Scores.block`."""
        # what is whole is taken as it is: a slice of it would be copied
        left = self.left if rows == slice(0, self.shape[0]) else self.left[rows]
        right = self.right if columns == slice(0, self.shape[1]) else self.right[:, columns]
        part: Any = left @ right
        return np.asarray(part.toarray() if sparse.issparse(part) else part)


@runtime_checkable
class Scorer(Protocol):
    """A fitted model. Immutable; it knows no lists, no filters and no titles."""

    name: ClassVar[str]

    @property
    def items(self) -> IdMap:
        """Items it can score; all others get no score and are never ranked."""
        ...

    @property
    def config(self) -> Config:
        """The configuration it was fitted with."""
        ...

    def score(self, profiles: Interactions) -> Scores:
        """Score every item for every profile.

        Args:
            profiles: Histories over exactly `items` (see `Interactions.onto_items`). An empty
                row is allowed: its scores are finite, and stated by each model.
        """
        ...

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What must be stored beside `items` and `config`: plain arrays, no objects."""
        ...

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: Config, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """Inverse of `arrays`."""
        ...


class Finished(Protocol):
    """Scores of some users for all items, and what they are made of."""

    @property
    def scores(self) -> FloatArray:
        """Of shape (n_rows, n_items), finite."""
        ...

    def added(self, items: npt.NDArray[np.int64]) -> FloatArray:
        """What each group of features adds to the scores of some items.

        Args:
            items: Dense indices, shape (n_rows, n); -1 where there is none, which gets zeros.

        Returns:
            ndarray of shape (n_rows, n, n_groups), float64; the sum over the groups is the score
            up to float32 rounding.
        """
        ...


@runtime_checkable
class GroupedScores(Protocol):
    """Scores (`Scores`) that are sums over named groups of features."""

    @property
    def shape(self) -> tuple[int, int]:
        """(n_users, n_items)."""
        ...

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, each once."""
        ...

    def block(self, rows: slice, columns: slice) -> FloatArray:
        """See `Scores.block`."""
        ...

    def finished(self, rows: slice) -> Finished:
        """Scores of some users for all items, and what they are made of; for the cost of both."""
        ...


class Model(Scorer, Protocol):
    """A scorer class that can be fitted."""

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        config: Any,
        rng: np.random.Generator,
    ) -> Self:
        """Fit on interactions; `config` is the model's own, `rng` the only randomness.

        Raises:
            InputError: There is nothing to fit on.
        """
        ...


class ContentModel(Scorer, Protocol):
    """A scorer class that is fitted on interactions and on what works are."""

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        config: Any,
        rng: np.random.Generator,
        content: Content,
    ) -> Self:
        """Fit; see `Model.fit`.

        Args:
            interactions: What happened before the cut.
            config: The model's own.
            rng: The only randomness.
            content: What works are, fitted on training works only.
        """
        ...


@runtime_checkable
class ExplainingScorer(Scorer, Protocol):
    """A scorer whose score is a sum over the profile's items."""

    def contributions(
        self, profile: Interactions, item: int
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """What each item of one profile adds to the score of `item`.

        Args:
            profile: One row over `items`.
            item: Dense index of the scored item.

        Returns:
            Dense indices of the profile's items that count, and what each adds; the sum is the
            score up to float32 rounding.
        """
        ...


@runtime_checkable
class ManyExplainingScorer(ExplainingScorer, Protocol):
    """A scorer that tells the sums of several items for little more than that of one."""

    def contributions_to(
        self, profile: Interactions, items: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """What each item of one profile adds to the scores of some items.

        Args:
            profile: One row over `items`.
            items: Dense indices of the scored items, shape (n,).

        Returns:
            Dense indices of the profile's items that count for any, and what each adds: ndarray
            of shape (n, n_counting), whose row sums are the scores up to float32 rounding.
        """
        ...


@runtime_checkable
class LinearScorer(Scorer, Protocol):
    """A scorer whose score is a sum over the profile's items of what each adds to others."""

    def adds(self, sources: npt.NDArray[np.int64], items: npt.NDArray[np.int64]) -> FloatArray:
        """What items of a profile add to scores, where they weigh 1 in it.

        Args:
            sources: Dense indices of items of profiles, shape (n,).
            items: Dense indices of the items scored, of each source its own, shape (n, m).

        Returns:
            ndarray of shape (n, m). An item adds nothing to itself.
        """
        ...


@runtime_checkable
class FieldExplainingScorer(ExplainingScorer, Protocol):
    """A scorer whose score is a sum over the profile's items and the fields of the works."""

    def field_contributions(
        self, profile: Interactions, item: int
    ) -> tuple[npt.NDArray[np.int64], Mapping[str, FloatArray]]:
        """What each item of one profile adds to the score of `item` through each field.

        Args:
            profile: One row over `items`.
            item: Dense index of the scored item.

        Returns:
            Dense indices of the profile's items that count, and for each field (text, genres,
            creators, ...) what each of them adds. All together sum to the score; summed over the
            fields they are `contributions`.
        """
        ...


@runtime_checkable
class RatingPredictor(Scorer, Protocol):
    """A scorer that also predicts ratings on the source's scale."""

    def predict(
        self, profiles: Interactions, rows: npt.NDArray[np.int64], item_ids: npt.ArrayLike
    ) -> FloatArray:
        """Predicted rating of each (row, outer item id) pair, shape (n_pairs,).

        An item the model does not know gets the user's own level (global mean plus user bias).
        """
        ...


@runtime_checkable
class Composite(Protocol):
    """A scorer made of other scorers, which are stored beside it."""

    def parts(self) -> Mapping[str, Scorer]:
        """The scorers it is made of, by name, in the order it needs them."""
        ...

    @classmethod
    def from_parts(
        cls,
        items: IdMap,
        config: Config,
        arrays: Mapping[str, npt.NDArray[Any]],
        parts: Mapping[str, Scorer],
    ) -> Any:
        """Inverse of `Scorer.arrays` and `parts`."""
        ...


class MadeOfParts:
    """What scorers made of others share (`Composite`)."""

    @classmethod
    def from_arrays(
        cls,
        items: IdMap,  # noqa: ARG003 every scorer is restored alike
        config: Config,  # noqa: ARG003
        arrays: Mapping[str, npt.NDArray[Any]],  # noqa: ARG003
    ) -> Self:
        """See `Scorer.from_arrays`; without its parts there is nothing to restore.

        Raises:
            BundleError: Always.
        """
        raise BundleError(
            f"a {cls.__name__.lower()} is made of other scorers and cannot be restored from arrays "
            "alone",
            "load the folder it was saved in: artrec.models.store.load_scorer",
        )


_KNOWN_KINDS: Final[dict[tuple[type, type], bool]] = {}


def is_a(each: object, protocol: type) -> bool:
    """`isinstance`, looked up once a class: for protocols it takes longer than a score."""
    key = (type(each), protocol)
    if key not in _KNOWN_KINDS:
        _KNOWN_KINDS[key] = isinstance(each, protocol)
    return _KNOWN_KINDS[key]
