"""Histories: what is known of a person, as places on a shelf, from wherever it comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from artrec.data.ids import MISSING
from artrec.data.interactions import NO_TIME, Interactions
from artrec.errors import UnknownIdError
from artrec.models.base import FloatArray
from artrec.recommend.person import person
from artrec.serving.shelf import Shelf
from artrec.serving.works import Mask, Places

LOVED_WITHIN: Final = 0.5  # of the highest rating


class Told(Protocol):
    """What a person tells of one work (`artrec.serving.feedback.events.State`)."""

    @property
    def rating(self) -> float | None: ...  # noqa: D102
    @property
    def liked(self) -> bool: ...  # noqa: D102
    @property
    def disliked(self) -> bool: ...  # noqa: D102
    @property
    def seen(self) -> bool: ...  # noqa: D102
    @property
    def not_interested(self) -> bool: ...  # noqa: D102
    @property
    def at(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class History:
    """What one person knows of one medium; arrays are aligned, places ascend, none twice.

    Attributes:
        places: Shape (n,): works they know.
        ratings: Shape (n,), NaN where there is none.
        positive: Shape (n,): which of them they liked.
        loved: Shape (n,): which they liked as much as one can.
        times: Shape (n,): unix seconds, `NO_TIME` where not known.
        barred: Works not to be shown though they are not known.
    """

    places: Places
    ratings: FloatArray
    positive: Mask
    loved: Mask
    times: Places
    barred: Places

    @property
    def n_liked(self) -> int:
        """How many works they liked."""
        return int(self.positive.sum())

    def liked(self) -> Places:
        """Works they liked."""
        return self.places[self.positive]

    def met(self, size: int) -> Mask:
        """Which works they know, shape (n_works,)."""
        mask = np.zeros(size, dtype=bool)
        mask[self.places] = True
        return mask

    def profile(self, shelf: Shelf) -> Interactions:
        """The same over the scorer's items."""
        items = shelf.item_at[self.places]
        known = np.flatnonzero(items != MISSING)
        known = known[np.argsort(items[known], kind="stable")]
        return person(
            shelf.scorer.items,
            items[known],
            self.ratings[known],
            self.positive[known],
            self.times[known],
        )


@dataclass
class Entry:
    """One work of a profile as it was sent.

    Attributes:
        rating: On the medium's scale, None where there is none.
        liked: Whether they say so; None where they do not say.
        at: Unix seconds, None where not known.
    """

    rating: float | None = None
    liked: bool | None = None
    at: int | None = None


def history_of(shelf: Shelf, entries: Mapping[int, Entry], barred: Iterable[int] = ()) -> History:
    """A history from what is said of some works.

    A work counts as liked where they say so, or where they rated it as high as the medium's
    `positive_from`; a work only known counts as known.

    Args:
        shelf: Of the works.
        entries: Place of a work to what is said of it.
        barred: Places of works not to be shown.
    """
    places = np.array(sorted(entries), dtype=np.int64)
    told = [entries[int(at)] for at in places]
    ratings = np.array([np.nan if e.rating is None else e.rating for e in told], dtype=np.float32)
    positive = np.array([_liked(each, shelf.positive_from) for each in told], dtype=bool)
    top = shelf.rating["max"] - LOVED_WITHIN
    loved = np.array(
        [each.liked is True or (each.rating is not None and each.rating >= top) for each in told],
        dtype=bool,
    )
    times = np.array([NO_TIME if e.at is None else e.at for e in told], dtype=np.int64)
    out = np.array(sorted(set(barred) - set(entries)), dtype=np.int64)
    return History(places, ratings, positive, loved & positive, times, out)


def history_of_state(shelf: Shelf, state: Mapping[str, Told]) -> History:
    """A history from stored feedback; works that the bundle does not know are left out.

    Args:
        shelf: Of one medium.
        state: Outer item id (``movies:42``) to what the person tells of it.
    """
    entries: dict[int, Entry] = {}
    barred = []
    prefix = f"{shelf.medium}:"
    for item, told in state.items():
        at = shelf.works.find(item.removeprefix(prefix)) if item.startswith(prefix) else MISSING
        if at == MISSING:
            continue
        if told.not_interested:
            barred.append(at)
        if told.rating is not None or told.liked or told.disliked or told.seen:
            liked = True if told.liked else False if told.disliked else None
            entries[at] = Entry(told.rating, liked, told.at)
    return history_of(shelf, entries, barred)


def history_of_user(shelf: Shelf, user_id: str) -> History:
    """The history of a user of the data.

    Raises:
        UnknownIdError: The bundle does not know them.
    """
    profiles = shelf.member.profiles
    row = int(profiles.users.find([user_id])[0])
    if row == MISSING:
        raise UnknownIdError(
            f"there is no user {user_id[:80]!r} among those of {shelf.medium}",
            "a user of the data is written medium:id, as in movies:42",
        )
    span = slice(int(profiles.indptr[row]), int(profiles.indptr[row + 1]))
    ids = profiles.items.to_id(profiles.indices[span])
    places = np.array([shelf.works.find(each) for each in ids], dtype=np.int64)
    order = np.argsort(places, kind="stable")
    order = order[places[order] != MISSING]
    ratings = np.asarray(profiles.ratings[span])[order]
    positive = np.asarray(profiles.positive[span])[order]
    loved = positive & (ratings >= shelf.rating["max"] - LOVED_WITHIN)
    times = np.asarray(profiles.timestamps[span])[order]
    return History(places[order], ratings, positive, loved, times, np.empty(0, dtype=np.int64))


def _liked(entry: Entry, positive_from: float | None) -> bool:
    if entry.liked is not None:
        return entry.liked
    if entry.rating is None:
        return False
    return positive_from is None or entry.rating >= positive_from
