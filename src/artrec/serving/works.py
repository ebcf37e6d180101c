"""Works as the service shows them: cells of mapped columns, found by id, no tables in a request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse

from artrec import schema
from artrec.data.texts import Texts
from artrec.data.work_columns import SHOWN, WorkColumns

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

LISTED: Final = ("genres", "creators", "writers", "cast", "countries", "languages", "tags")
FILTERED: Final = ("genres", "creators", "languages")
NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
NO_VOLUME: Final = -1
MOST_KEPT: Final = 20_000

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(dict[Key, Value]):
    """What was made once and may be asked for again; when there is too much, it begins anew.

    Args:
        most: Entries at most.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def keep(self, key: Key, value: Value) -> Value:
        """Keep a value, and give it back."""
        if len(self) >= self._most:
            self.clear()
        self[key] = value
        return value


class Works:
    """The works of one medium.

    Args:
        medium: Its name.
        columns: Columns of its works.

    Attributes:
        medium: The medium's name.
        ids: Inner item ids.
        titles: Titles as people write them; the id where a work has none.
        years: ndarray of shape (n_works,), float64, NaN where unknown.
        minutes: ndarray of shape (n_works,), float64, NaN where unknown.
    """

    def __init__(self, medium: str, columns: WorkColumns) -> None:
        self.medium = medium
        # ids and titles are in every answer: as texts of their own they are at hand
        self.ids = columns.texts[schema.ITEM_ID].tolist()
        self.titles = columns.texts[SHOWN].tolist()
        self.years = columns.numbers[schema.YEAR]
        self.minutes = columns.numbers["runtime_minutes"]
        self._cells = columns.texts
        self._parted: Kept[tuple[str, int], list[str]] = Kept(MOST_KEPT)
        self._places = {item: at for at, item in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def find(self, item_id: str) -> int:
        """Place of a work by its inner id, -1 where there is none."""
        return self._places.get(item_id, -1)

    def name(self, at: int) -> str:
        """Id of a work as it is named outside: ``movies:42``."""
        return f"{self.medium}:{self.ids[at]}"

    def year(self, at: int) -> int | None:
        """Year of a work, None where unknown."""
        return None if np.isnan(self.years[at]) else int(self.years[at])

    def length(self, at: int) -> float | None:
        """Minutes of a work, None where unknown."""
        minutes = float(self.minutes[at])
        return None if np.isnan(minutes) else minutes

    def values(self, at: int, column: str) -> list[str]:
        """Values of a joined column (`LISTED`) of a work; not to be changed."""
        kept = self._parted.get((column, at))
        if kept is None:
            kept = self._parted.keep((column, at), split_cell(self._cells[column][at]))
        return kept

    def series(self, at: int) -> dict[str, Any] | None:
        """First series a work belongs to and its place there, None without one."""
        names = split_cell(self._cells["series"][at])
        if not names:
            return None
        numbers = self._cells["series_number"][at].split(schema.SEPARATOR)
        return {"name": names[0], "position": numbers[0] or None}

    def labelled(self, column: str, labels: Iterable[str]) -> Mask:
        """Which works have one of some labels in a column of `FILTERED`, case aside."""
        found = np.zeros(len(self), dtype=bool)
        places = self._labels[column]
        for label in labels:
            found[places.get(label.casefold(), [])] = True
        return found

    @cached_property
    def _labels(self) -> dict[str, dict[str, list[int]]]:
        found: dict[str, dict[str, list[int]]] = {}
        for column in FILTERED:
            places: dict[str, list[int]] = {}
            for at, cell in enumerate(self._cells[column].tolist()):
                for label in split_cell(cell):
                    places.setdefault(label.casefold(), []).append(at)
            found[column] = places
        return found

    @cached_property
    def genre_names(self) -> list[str]:
        """Names of the genres, in ascending order."""
        return self._genres[1]

    @cached_property
    def genres(self) -> sparse.csr_array:
        """Genres of works as ones: csr_array of shape (n_works, n_genres)."""
        return self._genres[0]

    @cached_property
    def _genres(self) -> tuple[sparse.csr_array, list[str]]:
        return _ones([split_cell(cell) for cell in self._cells["genres"].tolist()])

    @cached_property
    def traits(self) -> sparse.csr_array:
        """What a work is, for likeness: genres, creators and decade, rows of length 1 or 0."""
        rows = []
        for at, cell in enumerate(self._cells["creators"].tolist()):
            decade = [] if np.isnan(self.years[at]) else [f"d{int(self.years[at]) // 10}"]
            rows.append([f"c{name}" for name in split_cell(cell)] + decade)
        both = sparse.hstack([self.genres, _ones(rows)[0]], format="csr")
        lengths = np.sqrt(np.diff(both.indptr))
        scale = np.divide(1.0, lengths, out=np.zeros(len(lengths)), where=lengths > 0)
        both.data = np.repeat(scale, np.diff(both.indptr))
        return both

    @cached_property
    def volumes(self) -> Volumes:
        """Which works are volumes of a series, and what comes before each."""
        return Volumes(self._cells["series"], self._cells["series_number"])


class Volumes:
    """Volumes of series: which ones come before which.

    A volume is one place in one series; editions of it share it. Only whole numbers from 1 on make
    an order: nothing has to be read before 0.5, and 1.5 comes after 1. A box ("1-3") is no volume.

    Args:
        series: A cell of names a work.
        numbers: A cell of as many numbers a work.

    Attributes:
        of_work: Work to its volumes.
        works: Volume to its works.
        before: Volume to the one before it, -1 where there is none.
    """

    def __init__(self, series: Texts, numbers: Texts) -> None:
        self.of_work: dict[int, list[int]] = {}
        self.works: list[list[int]] = []
        keys: dict[tuple[str, float], int] = {}
        for at in np.flatnonzero(np.diff(series.starts)).tolist():
            names, places = split_cell(series[at]), numbers[at].split(schema.SEPARATOR)
            for name, place in zip(names, places, strict=False):
                if NUMBER.fullmatch(place.strip()):
                    key = (name.casefold(), float(place))
                    volume = keys.setdefault(key, len(self.works))
                    if volume == len(self.works):
                        self.works.append([])
                    self.works[volume].append(at)
                    self.of_work.setdefault(at, []).append(volume)
        self.before = [NO_VOLUME] * len(self.works)
        by_series: dict[str, list[tuple[float, int]]] = {}
        for (name, number), volume in keys.items():
            by_series.setdefault(name, []).append((number, volume))
        for members in by_series.values():
            latest = NO_VOLUME
            for number, volume in sorted(members):
                self.before[volume] = latest
                if number >= 1 and number.is_integer():
                    latest = volume

    def first_unmet(self, at: int, met: Mask) -> list[int]:
        """The works to offer in place of one: itself, unless an earlier volume was not met.

        Args:
            at: The work.
            met: Shape (n_works,), which works the person knows.

        Returns:
            The work alone where it may be offered; else the editions of the first volume of its
            series that comes before it and was not met.
        """
        volumes = self.of_work.get(at, [])
        earliest: list[int] = []
        for volume in volumes:
            first = self._first_unmet(volume, met)
            if first == volume:
                return [at]
            earliest = earliest or self.works[first]
        return earliest or [at]

    def _first_unmet(self, volume: int, met: Mask) -> int:
        """The volume itself, where the one before was met; else that one's, and so on."""
        before = self.before[volume]
        while before != NO_VOLUME and not met[self.works[before]].any():
            volume, before = before, self.before[before]
        return volume


def split_cell(cell: str | None) -> list[str]:
    """Values of a cell joined by `schema.SEPARATOR`."""
    return [each for each in cell.split(schema.SEPARATOR) if each] if cell else []


def _ones(rows: list[list[str]]) -> tuple[sparse.csr_array, list[str]]:
    """Labels of each row as ones, and the labels in ascending order."""
    names = sorted({label for row in rows for label in row})
    places = {name: at for at, name in enumerate(names)}
    columns = [sorted({places[label] for label in row}) for row in rows]
    indptr = np.concatenate(([0], np.cumsum([len(row) for row in columns])))
    indices = np.array([at for row in columns for at in row], dtype=np.int32)
    parts = (np.ones(len(indices)), indices, indptr.astype(np.int32))
    return sparse.csr_array(parts, shape=(len(rows), max(len(names), 1))), names
