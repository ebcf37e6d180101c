"""Title search: from what a person types to one work, or to the works it may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.titles import article_first, names_of, normalise, without_article
from artrec.errors import UnknownIdError

# How well a title fits, from 0 to 100. A typing error costs a little: "Alein" is 72 like "Alien".
EXACT = 100.0
EXACT_BUT_ARTICLE = 96.0
BEGINS_WITH = 91.0
CONTAINS = 82.0
HAS_ALL_WORDS = 80.0
SIMILAR = 0.90  # times the share of letters in common, in percent
OTHER_WORD_ORDER = 0.95

YEAR_BESIDE = 3.0
YEAR_UNKNOWN = 5.0
YEAR_OTHER = 40.0

TAKEN_FROM = 72.0
CLEAR = 4.0  # by which the best must lead to be taken
LISTED_FROM = 54.0
LISTED_WITHIN = 12.0  # of the best

_YEAR = re.compile(r"^(?P<title>.*\S)\s*\((?P<year>\d{4})\)\s*$", re.DOTALL)


@dataclass(frozen=True)
class Match:
    """One work that a title may mean.

    Attributes:
        item_id: The work's item.
        title: As the catalogue writes it.
        year: None where it is not known.
        score: How well it fits, from 0 to 100.
    """

    item_id: str
    title: str
    year: int | None
    score: float

    @property
    def label(self) -> str:
        """Title and year as people write them."""
        return label(self.title, self.year)


class AmbiguousTitleError(UnknownIdError):
    """A title fits more than one work about equally well, or none well enough.

    Attributes:
        candidates: The works it may mean, best first.
    """

    def __init__(self, query: str, candidates: tuple[Match, ...]) -> None:
        labels = [each.label for each in candidates]
        named = "; ".join(labels)
        many = len(candidates) > 1
        what = f"may mean {len(candidates)} works" if many else "is no title, but resembles one"
        super().__init__(
            f"{query!r} {what}: {named}",
            f"give the item id, {candidates[0].item_id!r}"
            if len(set(labels)) < len(labels)
            else f"write the title with its year, {labels[0]!r}, or give the item id",
        )
        self.candidates = candidates


class TitleIndex:
    """Finds works by title, through case, accents, articles, word order and typing errors.

    Args:
        works: Catalogue of works (`schema.WORKS`).
        popularity: ndarray of shape (n_works,); the more popular comes first among equals.

    Examples:
        >>> works = pd.DataFrame({
        ...     "item_id": ["1", "2"], "title": ["Alien", "Am\u00e9lie"], "year": [1979, 2001]})
        >>> index = TitleIndex(works, np.array([10, 20]))
        >>> index.resolve("amelie").item_id
        '2'
        >>> index.resolve("Alein (1979)").label
        'Alien (1979)'
    """

    def __init__(self, works: pd.DataFrame, popularity: npt.NDArray[np.integer]) -> None:
        self._ids = works[schema.ITEM_ID].to_numpy(dtype=object)
        self._titles = [each or "" for each in works[schema.TITLE]]
        self._years = works[schema.YEAR].to_numpy(dtype=np.float64, na_value=np.nan)
        self._popularity = np.asarray(popularity)
        names = [
            (at, name) for at, title in enumerate(self._titles) for name in search_names(title)
        ]
        self._owners = np.array([at for at, _ in names], dtype=np.int64)
        self._names = [name for _, name in names]
        self._bare = [without_article(name) for name in self._names]

    def find(self, query: str, limit: int = 5) -> list[Match]:
        """Works whose title resembles what was typed, best first.

        Order: fit (a title that is equal comes first), then popularity, then item id.

        Args:
            query: A title, with its year in brackets where one wants to be exact.
            limit: Number of works at most.
        """
        title, year = split_year(query)
        fits = self._fits(normalise(article_first(title)))
        if year is not None:
            fits -= self._year_distance(year)
        order = np.lexsort((self._ids.astype(str), -self._popularity, -fits))
        chosen = [int(at) for at in order[:limit] if fits[at] >= LISTED_FROM]
        return [self._match(at, float(fits[at])) for at in chosen]

    def resolve(self, query: str) -> Match:
        """The one work that a title means.

        Raises:
            AmbiguousTitleError: More than one fits, or one does but not well; holds them.
            UnknownIdError: No title is like it.
        """
        found = self.find(query, limit=8)
        if not found:
            raise UnknownIdError(
                f"no title like {query!r} among {len(self._titles)} works", self._nearest(query)
            )
        best, rest = found[0], found[1:]
        second = rest[0].score if rest else 0.0
        sole = best.score == EXACT and second < EXACT
        if sole or (best.score >= TAKEN_FROM and best.score - second >= CLEAR):
            return best
        # equal titles differ by year alone: what merely resembles them is no candidate
        least = EXACT if best.score == EXACT else best.score - LISTED_WITHIN
        raise AmbiguousTitleError(query, tuple(each for each in found if each.score >= least))

    def _fits(self, query: str) -> npt.NDArray[np.float64]:
        """Fit of each work's best name, shape (n_works,)."""
        from rapidfuzz import fuzz, process

        fits = np.zeros(len(self._titles))
        if not query or not self._names:
            return fits
        bare = without_article(query)
        similar = np.maximum(
            process.cdist([bare], self._bare, scorer=fuzz.ratio)[0],
            OTHER_WORD_ORDER * process.cdist([bare], self._bare, scorer=fuzz.token_sort_ratio)[0],
        ).astype(np.float64)
        kinds = [_kind(query, bare, *names) for names in zip(self._names, self._bare, strict=True)]
        similar = np.maximum(SIMILAR * similar, kinds)
        np.maximum.at(fits, self._owners, similar)
        return fits

    def _year_distance(self, year: int) -> npt.NDArray[np.float64]:
        """What a work's fit loses because its year is not the one asked for."""
        away = np.abs(self._years - year)
        cost = np.where(away == 0, 0.0, np.where(away <= 1, YEAR_BESIDE, YEAR_OTHER))
        return np.where(np.isnan(away), YEAR_UNKNOWN, cost)

    def _nearest(self, query: str) -> str:
        fits = self._fits(normalise(split_year(query)[0]))
        if not fits.any():
            return "give a title, for example 'Alien (1979)'"
        order = np.lexsort((-self._popularity, -fits))[:3]
        named = ", ".join(repr(self._match(int(at), 0.0).label) for at in order)
        return f"the nearest are {named}"

    def _match(self, at: int, score: float) -> Match:
        year = None if np.isnan(self._years[at]) else int(self._years[at])
        return Match(str(self._ids[at]), self._titles[at], year, score)


def _kind(query: str, bare: str, name: str, bare_name: str) -> float:
    """Fit of a name that is more than similar letters; 0 where it is not."""
    if name == query:
        return EXACT
    if bare_name == bare:
        return EXACT_BUT_ARTICLE
    if bare_name.startswith(bare + " "):
        return BEGINS_WITH
    if f" {bare} " in f" {bare_name} ":
        return CONTAINS
    words = bare.split()
    if len(words) > 1 and all(word in bare_name for word in words):  # cheap, before the sets
        return HAS_ALL_WORDS if set(words) <= set(bare_name.split()) else 0.0
    return 0.0


def label(title: str, year: int | None) -> str:
    """Title and year as people write them: ``Alien (1979)``."""
    return title if year is None else f"{title} ({year})"


def split_year(query: str) -> tuple[str, int | None]:
    """Take the year in brackets off a title.

    Examples:
        >>> split_year("Alien (1979)")
        ('Alien', 1979)
        >>> split_year("Blade Runner 2049")
        ('Blade Runner 2049', None)
    """
    found = _YEAR.match(query)
    return (found["title"], int(found["year"])) if found else (query.strip(), None)


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
