"""Title search: from what a person types to one work, or to the works it may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.texts import Texts
from artrec.data.titles import article_first, normalise, without_article
from artrec.data.work_columns import WorkColumns
from artrec.data.work_names import WorkNames
from artrec.errors import UnknownIdError

Indices = npt.NDArray[np.int64]

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

# as somebody types: a word may be unfinished, and the better known comes first among near fits
BEGINS = 88.0  # the title begins with what was typed, in the middle of a word
HAS_ALL_BEGINNINGS = 74.0
KNOWN = 8.0  # what being the best known work of all counts for
CANDIDATES = 400  # names that are looked at closely, of each kind
SUGGESTED = 80
SUGGESTED_WITHIN = 30.0  # of the best
LONGEST = 300  # letters of a query that are looked at

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


@dataclass(frozen=True)
class Suggestion:
    """One work that an unfinished title may mean.

    Attributes:
        place: Its row in the catalogue.
        score: How well it fits, from 0 to 100.
        order: The same with how well known it is; suggestions descend by it.
    """

    place: int
    score: float
    order: float


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
        titles = [each or "" for each in works[schema.TITLE]]
        years = works[schema.YEAR].to_numpy(dtype=np.float64, na_value=np.nan)
        ids = Texts.of(works[schema.ITEM_ID])
        self._keep(ids, Texts.of(titles), years, WorkNames.of(titles), popularity)

    @classmethod
    def over(cls, columns: WorkColumns, popularity: npt.NDArray[np.integer]) -> Self:
        """The same from columns whose names were gathered before."""
        made = cls.__new__(cls)
        texts, years = columns.texts, columns.numbers[schema.YEAR]
        made._keep(texts[schema.ITEM_ID], texts[schema.TITLE], years, columns.names, popularity)
        return made

    def _keep(
        self,
        ids: Texts,
        titles: Texts,
        years: npt.NDArray[np.float64],
        names: WorkNames,
        popularity: npt.NDArray[np.integer],
    ) -> None:
        self._ids, self._titles, self._years = ids, titles, years
        self._popularity = np.asarray(popularity)
        self._owners, self._names = names.owners, names.names
        self._lookup, self._bare = names.lookup, names.lookup.names
        known = np.log1p(np.maximum(self._popularity.astype(np.float64), 0))
        self._known = KNOWN * known / max(known.max(initial=0.0), 1e-9)

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
        some = np.flatnonzero(fits >= LISTED_FROM)
        ids = np.array([self._ids[at] for at in some.tolist()], dtype=str)
        order = np.lexsort((ids, -self._popularity[some], -fits[some]))
        chosen = some[order[:limit]].tolist()
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

    def suggest(self, query: str, limit: int = 10) -> list[Suggestion]:
        """Works that somebody may be about to type, best first.

        Unlike `find` it takes words for unfinished, and the better known works come first among
        those that fit about as well.

        Args:
            query: What was typed so far.
            limit: Number of works at most.
        """
        title, year = split_year(query[:LONGEST])
        wanted = normalise(article_first(title))
        bare = without_article(wanted)
        if not bare:
            return []
        best: dict[int, float] = {}
        for at in self._suggested(bare):
            fit = self._fit_of_beginning(wanted, bare, at)
            owner = int(self._owners[at])
            best[owner] = max(best.get(owner, 0.0), fit)
        owners = np.array(list(best), dtype=np.int64)
        fits = np.array(list(best.values()), dtype=np.float64)
        if year is not None and len(owners):
            fits = fits - self._year_distance(year)[owners]
        least = max(LISTED_FROM, fits.max(initial=0.0) - SUGGESTED_WITHIN)
        order = fits + np.where(fits < EXACT_BUT_ARTICLE, self._known[owners], KNOWN)
        ranked = np.lexsort((owners, -self._popularity[owners], -order))
        return [
            Suggestion(int(owners[i]), float(fits[i]), float(order[i]))
            for i in ranked[:limit]
            if fits[i] >= least
        ]

    def _suggested(self, bare: str) -> list[int]:
        """Names worth a closer look: those that begin so, hold the words, or look alike."""
        begun = self._lookup.beginning(bare)
        first, starting = begun[:20], self._best_known(begun)  # equal names are among the first
        worded = self._best_known(np.flatnonzero(self._lookup.with_words(bare.split())))
        alike = self._lookup.alike(bare, SUGGESTED)
        chosen: list[int] = np.unique(np.concatenate([first, starting, worded, alike])).tolist()
        return chosen

    def _best_known(self, names: Indices) -> Indices:
        if len(names) <= SUGGESTED:
            return names
        known = self._popularity[self._owners[names]]
        return names[np.argpartition(-known, SUGGESTED - 1)[:SUGGESTED]]

    def _fit_of_beginning(self, query: str, bare: str, at: int) -> float:
        """Fit of a name to a query that may be unfinished."""
        from rapidfuzz import fuzz

        name, bare_name = self._names[at], self._bare[at]
        fit = _kind(query, bare, name, bare_name)
        if not fit and bare_name.startswith(bare):
            fit = BEGINS
        if not fit and _begins_all(bare, bare_name):
            fit = HAS_ALL_BEGINNINGS
        if fit:
            return fit
        # beside the whole name, its beginning: "lord of the rigns" begins a long title
        whole = fuzz.ratio(bare, bare_name)
        begun = 0.97 * fuzz.ratio(bare, bare_name[: len(bare) + 1]) if len(bare) > 3 else 0.0
        turned = OTHER_WORD_ORDER * fuzz.token_sort_ratio(bare, bare_name)
        return SIMILAR * max(whole, begun, turned)

    def _fits(self, query: str) -> npt.NDArray[np.float64]:
        """Fit of each work's best name, shape (n_works,); 0 where no name resembles the query."""
        from rapidfuzz import fuzz, process

        fits = np.zeros(len(self._titles))
        if not query or not len(self._names):
            return fits
        bare = without_article(query)
        looked_at = self._candidates(bare)
        names = [self._names[at] for at in looked_at.tolist()]
        bares = [self._bare[at] for at in looked_at.tolist()]
        if not names:
            return fits
        similar = np.maximum(
            process.cdist([bare], bares, scorer=fuzz.ratio)[0],
            OTHER_WORD_ORDER * process.cdist([bare], bares, scorer=fuzz.token_sort_ratio)[0],
        ).astype(np.float64)
        kinds = [_kind(query, bare, *both) for both in zip(names, bares, strict=True)]
        np.maximum.at(fits, self._owners[looked_at], np.maximum(SIMILAR * similar, kinds))
        return fits

    def _candidates(self, bare: str) -> Indices:
        """Names worth a closer look, in order; all of a short list."""
        if len(self._names) <= CANDIDATES:
            return np.arange(len(self._names))
        beginning = self._lookup.beginning(bare)[:CANDIDATES]
        worded = np.flatnonzero(self._lookup.with_words(bare.split()))[:CANDIDATES]
        return np.unique(np.concatenate([beginning, worded, self._lookup.alike(bare, CANDIDATES)]))

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
        return Match(self._ids[at], self._titles[at], year, score)


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


def _begins_all(query: str, name: str) -> bool:
    """Whether each word of a query begins a word of the name."""
    asked = query.split()
    if not all(begun in name for begun in asked):  # cheap, before the words
        return False
    words = name.split()
    return all(any(word.startswith(begun) for word in words) for begun in asked)


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
