"""What is loaded: one bundle, a shelf a medium; and the holder that swaps it as a whole."""

from __future__ import annotations

import threading
import time
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from artrec.bundle.member import Member
from artrec.bundle.reading import Bundle, read_current
from artrec.bundle.store import current
from artrec.data.interactions import NO_TIME, Interactions
from artrec.errors import ArtrecError, ArtrecWarning, UnknownIdError
from artrec.features.atlas import Atlas, draw_atlas
from artrec.models.base import Scorer
from artrec.recommend.person import Opinion, person
from artrec.recommend.search import TitleIndex
from artrec.serving.lean_imports import import_lightgbm
from artrec.serving.steering import spread_of
from artrec.serving.works import Floats, Kept, Places, Works

WINDOW_SECONDS: Final = 365 * 86_400
LEAST_RECENT: Final = 0.01  # of all interactions
MOST_BRIEFS: Final = 5_000
SCALE: Final = {"min": 1.0, "max": 5.0, "step": 1.0}
LABELS: Final = {"movies": "Films", "books": "Books", "artworks": "Art", "music": "Music"}


@dataclass(frozen=True, eq=False)
class Shelf:
    """One medium of the bundle in use; nothing that it says changes once it is made.

    Attributes:
        member: Scorer, profiles and manifest.
        works: The works, ready to be shown.
        place_of: Shape (n_items of the scorer,): place of each item among the works.
        item_at: Shape (n_works,): the scorer's item of each work, -1 where it has none.
        liked: Shape (n_works,): how many people liked each work.
        recently: Shape (n_works,): the same in the last year of the data, or in the latest
            hundredth of it where that reaches further back.
        fame: Shape (n_works,): how well known each work is, 0..1.
        briefs: What lists show of works, kept as they are asked for.
    """

    member: Member
    works: Works
    place_of: Places
    item_at: Places
    liked: Floats
    recently: Floats
    fame: Floats
    briefs: Kept[int, dict[str, Any]] = field(default_factory=lambda: Kept(MOST_BRIEFS))

    @classmethod
    def of(cls, member: Member) -> Shelf:
        """Make a member ready to serve."""
        if hasattr(type(member.scorer), "forest"):
            import_lightgbm()
        works = Works(member.medium, member.columns)
        place_of = np.array(
            [works.find(each) for each in member.scorer.items.index], dtype=np.int64
        )
        item_at = np.full(len(works), -1, dtype=np.int64)
        item_at[place_of] = np.arange(len(place_of))
        at = member.profiles.items.find(works.ids)
        liked, recently, met = (np.append(counts, 0.0)[at] for counts in _counts(member.profiles))
        shelf = cls(member, works, place_of, item_at, liked, recently, spread_of(met))
        shelf.warm()
        return shelf

    def warm(self) -> None:
        """Make what would otherwise be made while a first call waits."""
        works = self.works
        _ = (self.titles, works.genres, works.traits, works.volumes, works.labelled("genres", ()))
        _ = (self.usual, self.by_fame, self.of_nobody, self.to_begin_with)

    @property
    def medium(self) -> str:
        """Its name."""
        return self.member.medium

    @property
    def scorer(self) -> Scorer:
        """The fitted model."""
        return self.member.scorer

    @property
    def positive_from(self) -> float | None:
        """Lowest rating that counts as liked; None where everything met does."""
        return self.member.manifest.positive_from

    @property
    def table(self) -> pd.DataFrame:
        """The catalogue as a table `schema.WORKS`, read anew; not for use while a call waits."""
        return self.member.read_works()

    @property
    def label(self) -> str:
        """What people call the medium."""
        return LABELS.get(self.medium, self.medium.replace("_", " ").capitalize())

    @cached_property
    def titles(self) -> TitleIndex:
        """Finds works by title."""
        met = np.append(self.member.profiles.item_counts(), 0)
        at = self.member.profiles.items.find(self.works.ids)
        return TitleIndex.over(self.member.columns, met[at])

    @cached_property
    def rating(self) -> dict[str, float]:
        """The scale that ratings of this medium are given on."""
        from artrec.serving.scales import scale_of

        scale = scale_of(self)
        if scale is None:
            return dict(SCALE)
        return {"min": scale.min, "max": scale.max, "step": scale.step}

    @cached_property
    def usual(self) -> Floats:
        """How often each genre is among what people like: shares that sum to 1."""
        weights = self.liked @ self.works.genres
        total = weights.sum()
        return np.asarray(weights / total if total > 0 else weights)

    @cached_property
    def atlas(self) -> Atlas:
        """Where works lie on the map; drawn here for a bundle that was written without one."""
        return self.member.atlas or draw_atlas(self.table, self.member.profiles)

    @cached_property
    def of_nobody(self) -> Floats:
        """Scores of somebody of whom nothing is known, shape (n_items of the scorer,)."""
        none = np.empty(0, dtype=np.int64)
        empty = person(self.scorer.items, none, none.astype(np.float32), none.astype(bool))
        return np.asarray(Opinion(self.scorer, empty).scores, dtype=np.float64)

    @cached_property
    def to_begin_with(self) -> Places:
        """Works to choose from at a first visit, in order."""
        from artrec.serving.catalogue import works_to_begin_with

        return works_to_begin_with(self)

    @cached_property
    def by_fame(self) -> Places:
        """Works, the best known first."""
        return np.lexsort((np.arange(len(self.works)), -self.liked))


@dataclass(frozen=True, eq=False)
class Loaded:
    """A bundle, whole and immutable: a request takes one at its start and uses nothing else.

    Attributes:
        version: The bundle's name.
        shelves: Medium to shelf.
        loaded_at: Unix seconds.
    """

    version: str
    shelves: dict[str, Shelf]
    loaded_at: float = field(default_factory=time.time)

    def find(self, item: str) -> tuple[Shelf, int]:
        """The shelf and the place on it of an item as it is named outside (``movies:42``).

        Raises:
            UnknownIdError: There is none.
        """
        medium, _, item_id = item.partition(":")
        shelf = self.shelves.get(medium)
        at = -1 if shelf is None else shelf.works.find(item_id)
        if shelf is None or at < 0:
            raise UnknownIdError(
                f"there is no work {item[:80]!r}",
                f"an item is written medium:id; the media here: {', '.join(self.shelves)}",
            )
        return shelf, at

    def shelf(self, medium: str) -> Shelf:
        """The shelf of a medium.

        Raises:
            UnknownIdError: There is none.
        """
        if medium not in self.shelves:
            raise UnknownIdError(
                f"there is no medium {medium[:80]!r} here",
                f"the media here: {', '.join(self.shelves)}",
            )
        return self.shelves[medium]

    @classmethod
    def of(cls, bundle: Bundle) -> Loaded:
        """Make a bundle's members ready to serve; the medium that people told most of is first."""
        members = sorted(bundle.members.values(), key=lambda each: -len(each.profiles))
        return cls(bundle.version, {each.medium: Shelf.of(each) for each in members})

    def describe(self) -> list[dict[str, Any]]:
        """What each medium is, for a page."""
        return [
            {
                "name": shelf.medium,
                "label": shelf.label,
                "n_works": len(shelf.works),
                "rating": shelf.rating,
                "positive_from": shelf.positive_from,
                "genres": shelf.works.genre_names,
                "attribution": shelf.member.manifest.attribution,
            }
            for shelf in self.shelves.values()
        ]


class Shelves:
    """Holds the bundle in use, looks for a newer one, and swaps it in one step.

    Args:
        store: Folder of the published bundles.

    Attributes:
        problem: What is wrong with the bundle that should be in use; empty where nothing is.
    """

    def __init__(self, store: Path) -> None:
        self.store = store
        self.problem = ""
        self._loaded: Loaded | None = None
        self._loading = threading.Lock()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was loaded yet."""
        return self._loaded is None

    @property
    def loaded(self) -> Loaded:
        """The bundle in use."""
        if self._loaded is None:
            raise RuntimeError("no bundle is loaded: call `load` first")
        return self._loaded

    def load(self) -> Loaded:
        """Check and load the version in use; the old one stays where that fails.

        At the first load a damaged version is passed over for the newest good one before it;
        later, the one in memory is better than any of those.

        Raises:
            BundleError: There is no whole bundle.
        """
        with self._loading:
            try:
                fresh, problem = self._read()
            except ArtrecError as error:
                self.problem = error.problem
                raise
            self.problem = problem
            if self._loaded is None or not problem:
                self._loaded = fresh
            return self._loaded

    def _read(self) -> tuple[Loaded, str]:
        if self._loaded is not None and current(self.store) == self._loaded.version:
            return self._loaded, ""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ArtrecWarning)
            bundle = read_current(self.store)
        told = [each.message for each in caught if isinstance(each.message, ArtrecWarning)]
        return Loaded.of(bundle), told[0].problem if told else ""

    def is_stale(self) -> bool:
        """Whether CURRENT names another version than the one in use."""
        try:
            named = current(self.store)
        except ArtrecError as error:
            self.problem = error.problem
            return False
        if self._loaded is not None and named == self._loaded.version:
            self.problem = ""
            return False
        return True


def _counts(profiles: Interactions) -> tuple[Floats, Floats, Floats]:
    """How many people liked, lately liked, and met each item of the profiles."""
    size = len(profiles.items)
    liked = np.asarray(profiles.positive)
    counts = np.bincount(profiles.indices[liked], minlength=size).astype(np.float64)
    met = profiles.item_counts().astype(np.float64)
    timed = profiles.timestamps != NO_TIME
    if not timed.any():
        return counts, counts, met
    times = profiles.timestamps[timed]
    # feedback of a few, years after the rest, shall not be what everybody is shown
    since = min(int(times.max()) - WINDOW_SECONDS, np.quantile(times, 1 - LEAST_RECENT))
    window = liked & (profiles.timestamps > since)
    recently = np.bincount(profiles.indices[window], minlength=size).astype(np.float64)
    return counts, recently, met
