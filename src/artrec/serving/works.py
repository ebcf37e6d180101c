"""Works as the service shows them: columns as plain lists, found by id, no tables in a request."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from artrec import schema

LISTED: Final = ("genres", "creators", "writers", "cast", "countries", "languages", "tags")


class Works:
    """The works of one medium.

    Args:
        medium: Its name.
        table: Table `schema.WORKS`.

    Attributes:
        medium: The medium's name.
        ids: Inner item ids.
        titles: Titles; the id where a work has none.
        years: ndarray of shape (n_works,), float64, NaN where unknown.
        minutes: ndarray of shape (n_works,), float64, NaN where unknown.
    """

    def __init__(self, medium: str, table: pd.DataFrame) -> None:
        self.medium = medium
        self.ids: list[str] = table[schema.ITEM_ID].tolist()
        titles = table[schema.TITLE].tolist()
        self.titles = [title or f"({item})" for title, item in zip(titles, self.ids, strict=True)]
        self.years = table[schema.YEAR].to_numpy(dtype=np.float64, na_value=np.nan)
        nothing = np.full(len(table), np.nan)
        self.minutes = (
            table["runtime_minutes"].to_numpy(dtype=np.float64, na_value=np.nan)
            if "runtime_minutes" in table
            else nothing
        )
        self._cells: dict[str, list[str | None]] = {
            name: table[name].tolist() for name in LISTED if name in table
        }
        self._series = table["series"].tolist() if "series" in table else None
        self._numbers = table["series_number"].tolist() if "series_number" in table else None
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

    def values(self, at: int, column: str) -> list[str]:
        """Values of a joined column (`LISTED`) of a work."""
        cells = self._cells.get(column)
        cell = cells[at] if cells is not None else None
        return [each for each in cell.split(schema.SEPARATOR) if each] if cell else []

    def series(self, at: int) -> dict[str, Any] | None:
        """First series a work belongs to and its place there, None without one."""
        cell = self._series[at] if self._series is not None else None
        if not cell:
            return None
        number = (self._numbers[at] or "") if self._numbers is not None else ""
        name = cell.split(schema.SEPARATOR)[0]
        return {"name": name, "position": number.split(schema.SEPARATOR)[0] or None}
