"""Names that works are found by: each name of a title, normalised, ready to be looked up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from artrec.data.name_lookup import NameLookup
from artrec.data.texts import Texts, map_array
from artrec.data.titles import article_first, names_of, normalise, without_article


@dataclass(frozen=True, eq=False)
class WorkNames:
    """The names of all works, one after the other.

    Attributes:
        owners: ndarray of shape (n_names,), int64: the work of each.
        names: The names.
        lookup: Finds them by what they are without their articles.
    """

    owners: npt.NDArray[np.int64]
    names: Texts
    lookup: NameLookup

    @classmethod
    def of(cls, titles: Iterable[str]) -> WorkNames:
        """The names of works whose titles are given in order; empty where there is none."""
        pairs = [(at, name) for at, title in enumerate(titles) for name in search_names(title)]
        owners = np.array([at for at, _ in pairs], dtype=np.int64)
        names = [name for _, name in pairs]
        lookup = NameLookup.of([without_article(name) for name in names])
        return cls(owners, Texts.of(names), lookup)

    def save(self, folder: Path) -> None:
        """Write them into a folder, which is made."""
        (folder / "lookup").mkdir(parents=True)
        np.save(folder / "owners.npy", self.owners, allow_pickle=False)
        self.names.save(folder, "names")
        self.lookup.save(folder / "lookup")

    @classmethod
    def load(cls, folder: Path) -> WorkNames:
        """Map what `save` wrote.

        Raises:
            OSError: A file is missing or cannot be read.
            ValueError: A file does not fit the others.
        """
        found = cls(
            map_array(folder / "owners.npy"),
            Texts.load(folder, "names"),
            NameLookup.load(folder / "lookup"),
        )
        if not len(found.owners) == len(found.names) == len(found.lookup.names):
            raise ValueError(f"the names in {folder} do not fit together")
        return found


def search_names(title: str) -> list[str]:
    """Normalised names a work is found by: each name its title carries, and all of it as it stands.

    Examples:
        >>> search_names("Wages of Fear, The (Salaire de la peur, Le)")[:2]
        ['the wages of fear', 'le salaire de la peur']
        >>> search_names("Seven (a.k.a. Se7en)")
        ['seven', 'se7en', 'seven a k a se7en']
    """
    names = [normalise(each) for each in (*names_of(title), article_first(title))]
    return list(dict.fromkeys(name for name in names if name))
