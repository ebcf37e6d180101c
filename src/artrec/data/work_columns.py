"""Columns of works as arrays: what a service shows of them, which processes map and share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.texts import Texts, map_array
from artrec.data.titles import names_of
from artrec.data.work_names import WorkNames

SHOWN: Final = "shown_title"
TEXTS: Final = (
    schema.ITEM_ID,
    schema.TITLE,
    SHOWN,
    schema.GENRES,
    schema.CREATORS,
    "writers",
    "cast",
    "countries",
    "languages",
    "tags",
    "series",
    "series_number",
)
NUMBERS: Final = (schema.YEAR, "runtime_minutes")
NAMES: Final = "names"

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class WorkColumns:
    """Some columns of a table `schema.WORKS`, in its order.

    Attributes:
        texts: Column of `TEXTS` to its cells; a missing cell is empty, and so are all cells of a
            column that the table does not have. `SHOWN` is the title as a page shows it.
        numbers: Column of `NUMBERS` to its cells, shape (n_works,), float64, NaN where unknown.
        names: What works are found by.
    """

    texts: Mapping[str, Texts]
    numbers: Mapping[str, Numbers]
    names: WorkNames

    def __len__(self) -> int:
        return len(self.texts[schema.ITEM_ID])

    @classmethod
    def of(cls, works: pd.DataFrame) -> WorkColumns:
        """Take them from a table of works."""
        cells: dict[str, list[str | None]] = {
            name: works[name].tolist() if name in works else [None] * len(works) for name in TEXTS
        }
        both = zip(cells[schema.TITLE], cells[schema.ITEM_ID], strict=True)
        cells[SHOWN] = [shown(title, item or "") for title, item in both]
        numbers = {
            name: works[name].to_numpy(dtype=np.float64, na_value=np.nan)
            if name in works
            else np.full(len(works), np.nan)
            for name in NUMBERS
        }
        names = WorkNames.of(title or "" for title in cells[schema.TITLE])
        return cls({name: Texts.of(each) for name, each in cells.items()}, numbers, names)

    def save(self, folder: Path) -> None:
        """Write them into a folder, which is made."""
        folder.mkdir(parents=True)
        for name, texts in self.texts.items():
            texts.save(folder, name)
        for name, numbers in self.numbers.items():
            np.save(folder / f"{name}.npy", numbers, allow_pickle=False)
        self.names.save(folder / NAMES)

    @classmethod
    def load(cls, folder: Path) -> WorkColumns:
        """Map what `save` wrote.

        Raises:
            OSError: A file is missing or cannot be read.
            ValueError: A file does not fit the others.
        """
        texts = {name: Texts.load(folder, name) for name in TEXTS}
        numbers: dict[str, Numbers] = {name: map_array(folder / f"{name}.npy") for name in NUMBERS}
        found = cls(texts, numbers, WorkNames.load(folder / NAMES))
        sizes = {len(each) for each in texts.values()} | {len(each) for each in numbers.values()}
        if len(sizes) > 1 or found.names.owners.max(initial=-1) >= len(found):
            raise ValueError(f"the columns in {folder} do not fit together")
        return found


def shown(title: str | None, item_id: str) -> str:
    """A title as a page shows it: its main name, the article in front.

    Examples:
        >>> shown("Wages of Fear, The (Salaire de la peur, Le)", "1")
        'The Wages of Fear'
        >>> shown(None, "1")
        '(1)'
    """
    return (names_of(title)[0] if title else "") or title or f"({item_id})"
