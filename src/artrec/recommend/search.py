"""Title search: from what a person types to one work, or to the works it may mean."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.errors import UnknownIdError

# How well a title fits, from 0 to 100. Steps between kinds are wider than `CLEAR`.
EXACT = 100.0
EXACT_BUT_ARTICLE = 96.0
SIMILAR_AT_MOST = 91.0
BEGINS_WITH = 88.0
CONTAINS = 80.0

OTHER_WORD_ORDER = 0.95
YEAR_BESIDE = 3.0
YEAR_UNKNOWN = 5.0
YEAR_OTHER = 40.0

TAKEN_FROM = 75.0
CLEAR = 4.0
LISTED_FROM = 60.0

_YEAR = re.compile(r"^(?P<title>.*\S)\s*\((?P<year>\d{4})\)\s*$", re.DOTALL)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_ALSO_KNOWN = re.compile(r"^\s*a\.?k\.?a\.?\s+", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W_]+")
_ARTICLES = "the|a|an|le|la|les|l|der|die|das|el|los|las|il|lo|gli|un|une"
_LEADING = re.compile(rf"^(?:{_ARTICLES}) (?=\S)")
_TRAILING = re.compile(rf"^(?P<rest>.*\S),\s*(?P<article>{_ARTICLES}|l')\s*$", re.IGNORECASE)
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "&": " and ", "'": None, "\u2019": None}
)


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
        named = "; ".join(each.label for each in candidates)
        many = len(candidates) > 1
        what = f"may mean {len(candidates)} works" if many else "is no title, but resembles one"
        super().__init__(
            f"{query!r} {what}: {named}",
            f"write the year behind the title, {candidates[0].label!r}, or give the item id",
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
        names = [(at, name) for at, title in enumerate(self._titles) for name in names_of(title)]
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
        fits = self._fits(normalise(_article_first(title)))
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
        equal = [each for each in found if best.score == EXACT and each.score == EXACT]
        raise AmbiguousTitleError(query, tuple(equal or found))

    def _fits(self, query: str) -> npt.NDArray[np.float64]:
        """Fit of each work's best name, shape (n_works,)."""
        from rapidfuzz import fuzz, process

        fits = np.zeros(len(self._titles))
        if not query or not self._names:
            return fits
        bare = without_article(query)
        similar: npt.NDArray[np.float64] = np.maximum(
            process.cdist([bare], self._bare, scorer=fuzz.ratio)[0],
            OTHER_WORD_ORDER * process.cdist([bare], self._bare, scorer=fuzz.token_sort_ratio)[0],
        ).astype(np.float64)
        similar = np.minimum(similar, SIMILAR_AT_MOST)
        for at, (name, bare_name) in enumerate(zip(self._names, self._bare, strict=True)):
            if name == query:
                similar[at] = EXACT
            elif bare_name == bare:
                similar[at] = EXACT_BUT_ARTICLE
            elif bare_name.startswith(bare + " "):
                similar[at] = max(similar[at], BEGINS_WITH)
            elif f" {bare} " in f" {bare_name} ":
                similar[at] = max(similar[at], CONTAINS)
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


def normalise(title: str) -> str:
    """Lower case, without accents and punctuation, single blanks.

    Examples:
        >>> normalise("Am\u00e9lie & the  Caf\u00e9!")
        'amelie and the cafe'
    """
    lower = title.casefold().translate(_UNDECOMPOSED)
    plain = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    return _NO_WORD.sub(" ", plain).strip()


def without_article(name: str) -> str:
    """A normalised name without its leading article.

    Examples:
        >>> without_article("the thing")
        'thing'
        >>> without_article("a")
        'a'
    """
    return _LEADING.sub("", name)


def names_of(title: str) -> list[str]:
    """Normalised names of a work: the title, its articles put first, and those in brackets.

    Examples:
        >>> names_of("City of Lost Children, The (Cit\u00e9 des enfants perdus, La)")
        ['the city of lost children', 'la cite des enfants perdus']
        >>> names_of("Seven (a.k.a. Se7en)")
        ['seven', 'se7en']
    """
    outside = _BRACKETS.sub(" ", title)
    inside = [_ALSO_KNOWN.sub("", each) for each in _BRACKETS.findall(title)]
    names = [normalise(_article_first(each)) for each in (outside, *inside)]
    whole = normalise(title)
    return list(dict.fromkeys(name for name in names if name)) or ([whole] if whole else [])


def _article_first(title: str) -> str:
    found = _TRAILING.match(title.strip())
    return f"{found['article']} {found['rest']}" if found else title
