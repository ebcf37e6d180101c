"""What is loaded: one bundle, a shelf a medium; and the holder that swaps it as a whole."""

from __future__ import annotations

import threading
import time
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from artrec.bundle.member import Member
from artrec.bundle.reading import Bundle, read_current
from artrec.bundle.store import current
from artrec.errors import ArtrecError, ArtrecWarning, UnknownIdError
from artrec.serving.works import Works


@dataclass(frozen=True, eq=False)
class Shelf:
    """One medium of the bundle in use.

    Attributes:
        medium: Its name.
        member: Scorer, works, profiles and manifest.
        works: The works, ready to be shown.
    """

    medium: str
    member: Member
    works: Works

    @property
    def table(self) -> pd.DataFrame:
        """The catalogue as a table `schema.WORKS`; not for use while a call waits."""
        return self.member.works

    @cached_property
    def label(self) -> str:
        """What people call the medium."""
        return self.medium.replace("_", " ").capitalize()


@dataclass(frozen=True, eq=False)
class Loaded:
    """A bundle, whole and immutable: a request takes one at its start and uses nothing else.

    Attributes:
        version: The bundle's name.
        shelves: Medium to shelf.
    """

    version: str
    shelves: dict[str, Shelf]

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
                "there is no such work",
                f"an item is written medium:id; media here: {', '.join(self.shelves)}",
            )
        return shelf, at

    @classmethod
    def of(cls, bundle: Bundle) -> Loaded:
        """Make a bundle's members ready to serve."""
        shelves = {
            medium: Shelf(medium, member, Works(medium, member.works))
            for medium, member in bundle.members.items()
        }
        return cls(bundle.version, shelves)


class Shelves:
    """Holds the bundle in use, looks for a newer one, and swaps it in one step.

    Args:
        store: Folder of the published bundles.
    """

    def __init__(self, store: Path) -> None:
        self.store = store
        self.problem = ""
        self.loaded_at = 0.0
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

        Raises:
            BundleError: There is no whole bundle.
        """
        with self._loading:
            try:
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always", ArtrecWarning)
                    fresh = Loaded.of(read_current(self.store))
            except ArtrecError as error:
                self.problem = error.problem
                raise
            told = [each.message for each in caught if isinstance(each.message, ArtrecWarning)]
            self.problem = told[0].problem if told else ""
            self._loaded = fresh
            self.loaded_at = time.time()
            return fresh

    def is_stale(self) -> bool:
        """Whether CURRENT names another version than the one in use."""
        try:
            return self._loaded is None or current(self.store) != self._loaded.version
        except ArtrecError as error:
            self.problem = error.problem
            return False
