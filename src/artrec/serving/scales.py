"""The scale a medium's ratings are on, as the ratings in its bundle show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from artrec.serving.shelf import Shelf

USUAL = (1.0, 5.0, 10.0, 20.0, 100.0)  # where scales end
HALVES = 0.5


@dataclass(frozen=True, slots=True)
class Scale:
    """Lowest and highest rating of a medium, and the step between neighbours.

    Attributes:
        min: Lowest rating.
        max: Highest rating.
        step: Distance between neighbours.
    """

    min: float
    max: float
    step: float

    @classmethod
    def of(cls, ratings: npt.NDArray[np.float32]) -> Scale | None:
        """The usual scale that ratings lie on; None where there are none.

        A scale goes up to 1, 5, 10, 20 or 100 (or the highest rating beyond), in halves if any
        rating is no whole number, and begins at its first step, or at 0 where one is.

        Examples:
            >>> Scale.of(np.array([1.5, 4.0], dtype=np.float32))
            Scale(min=0.5, max=5.0, step=0.5)
            >>> Scale.of(np.array([0.0, 9.0], dtype=np.float32))
            Scale(min=0.0, max=10.0, step=1.0)
        """
        known = np.unique(ratings[np.isfinite(ratings)]).astype(float)
        if not len(known):
            return None
        step = 1.0 if (known % 1 == 0).all() else HALVES
        highest = next((end for end in USUAL if known[-1] <= end), float(known[-1]))
        return cls(min(step, float(known[0])), highest, step)

    def holds(self, rating: float) -> bool:
        """Whether a rating is one of the scale."""
        return self.min <= rating <= self.max and (rating / self.step) % 1 == 0

    def stars(self, rating: float) -> float:
        """A rating of this scale in stars, 5 for the highest."""
        return 5 * rating / self.max


_known: WeakKeyDictionary[Shelf, Scale | None] = WeakKeyDictionary()


def scale_of(shelf: Shelf) -> Scale | None:
    """The scale of a medium's ratings, None where it has none; computed once a bundle."""
    if shelf not in _known:
        _known[shelf] = Scale.of(shelf.member.profiles.ratings)
    return _known[shelf]
