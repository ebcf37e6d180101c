"""Which film of the catalogue a record means: by id, else by title, year and director.

Titles are compared as `artrec.data.enrich.matching` compares them. Where no title is equal, a film
of the same year is taken whose title says more or less of the same ("Star Wars" is "Star Wars:
Episode IV - A New Hope"), or differs in spelling alone. Where several fit equally well nothing is
guessed.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.enrich.matching import IMDB_ID, MAX_YEAR_GAP, imdb_key
from artrec.data.exports.outcomes import (
    Outcome,
    ambiguous,
    best_of,
    gathered,
    matched,
    unmatched,
)
from artrec.data.exports.people import share_a_name
from artrec.data.exports.records import Record
from artrec.data.titles import compact, names_of, normalise, without_article

FOLDS: Final[tuple[Callable[[str], str], ...]] = (str, without_article, compact)
# films whose director is the same may be dated further apart
MAX_GAP_BY_DIRECTOR: Final = 3
NO_FILM: Final = re.compile(r"series|episode|game|podcast|music|short form", re.IGNORECASE)
BETWEEN_PARTS: Final = re.compile(r":\s+|\s+[-\u2013\u2014]\s+")
SPELT_ALIKE: Final = 93.0
LONG_ENOUGH: Final = 8
NO_TITLE: Final = "no film of that title and year"
SEVERAL: Final = "several films fit equally well"


class FilmMatcher:
    """Finds films; made once a catalogue.

    Args:
        works: Table `schema.WORKS`.
    """

    def __init__(self, works: pd.DataFrame) -> None:
        self._years = works[schema.YEAR].to_numpy(dtype=np.float64, na_value=np.nan).tolist()
        self._creators = [_split(cell) for cell in works[schema.CREATORS]]
        ids = works[IMDB_ID] if IMDB_ID in works else [None] * len(works)
        self._imdb = [imdb_key(each) if isinstance(each, str) else None for each in ids]
        self._places = {item: at for at, item in enumerate(works[schema.ITEM_ID])}
        self._by_imdb = gathered((key, at) for at, key in enumerate(self._imdb) if key)
        names = list(_names(works))
        self._titles: dict[int, list[str]] = defaultdict(list)
        for at, key, _ in names:
            self._titles[at].append(key)
        self._by_name = [
            gathered((fold(key), (at, other)) for at, key, other in names) for fold in FOLDS
        ]
        self._by_part = gathered(_parts(works))
        bare = [(at, without_article(key)) for at, key, _ in names]
        self._of_year = gathered((self._years[at], (at, name)) for at, name in bare)
        self._by_end = gathered(
            ((self._years[at], " ".join(name.split()[-2:])), (at, name)) for at, name in bare
        )
        self._by_start = gathered(
            ((self._years[at], name.partition(" ")[0]), (at, name)) for at, name in bare
        )

    def match(self, record: Record) -> Outcome:
        """The film a record means."""
        found = self._by_id(record)
        if found is not None:
            return found
        if NO_FILM.search(record.kind):
            return unmatched(f"it is no film, but a {record.kind}")
        ranks = dict(self._ranked(record))
        if ranks:
            best = best_of(ranks)
            if len(best) > 1:
                return ambiguous(best, SEVERAL)
            if self._shares(record, best[0]) is False:
                return ambiguous(best, "the title and year fit, the director does not")
            return matched(best[0], "title and year" if record.year else "title")
        return self._weakly(record)

    def _by_id(self, record: Record) -> Outcome | None:
        at = self._places.get(record.movielens_id, -1) if record.movielens_id else -1
        if at >= 0 and self._agrees(record, at):
            return matched(at, "MovieLens id")
        places = self._by_imdb.get(record.imdb_id, [])
        if len(places) > 1:
            places = [at for at in places if self._agrees(record, at)] or places
        if len(places) > 1:
            return ambiguous(places, "several films have that IMDb id")
        return matched(places[0], "IMDb id") if places else None

    def _agrees(self, record: Record, at: int) -> bool:
        """Whether title and year say the same as an id, and no other id contradicts."""
        if self._other_id(record, at):
            return False
        keys = {compact(key) for key in self._titles[at]}
        gap = self._gap(record, at)
        return (gap is None or gap <= MAX_YEAR_GAP) and any(
            compact(key) in keys for key, _ in _record_names(record)
        )

    def _ranked(self, record: Record) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Films of the same title: place and rank, a better rank of a place later."""
        ranks: dict[int, tuple[int, ...]] = {}
        for key, alternative in _record_names(record):
            for form, fold in enumerate(FOLDS):
                for at, other in self._by_name[form].get(fold(key), []):
                    rank = self._rank(record, at, form)
                    if rank is not None:
                        full = (*rank, int(alternative) + int(other))
                        ranks[at] = min(full, ranks.get(at, full))
        yield from ranks.items()

    def _rank(self, record: Record, at: int, form: int) -> tuple[int, int, int] | None:
        """How well a film of the same title fits, lower is better; None where it does not."""
        gap, same = self._gap(record, at), self._shares(record, at)
        if gap is None:
            if same is False or form == len(FOLDS) - 1:
                return None
            gap = 0
        elif same:
            if gap > MAX_GAP_BY_DIRECTOR:
                return None
        elif gap > (MAX_YEAR_GAP if form == 0 else 0) or (same is False and gap > 0):
            return None
        if self._other_id(record, at) and not (same and gap <= MAX_YEAR_GAP):
            return None
        return gap, int(same is not True), form

    def _weakly(self, record: Record) -> Outcome:
        """A film of the same year whose title is not equal, but nearly."""
        if record.year is None:
            return unmatched("no film of that title")
        for why, places in (
            ("a part of the title, and the year", self._by_parts(record)),
            ("a title spelt alike, and the year", self._alike(record)),
            ("a longer title, and the year", self._longer(record)),
        ):
            fitting = [at for at in dict.fromkeys(places) if self._may_be(record, at)]
            if len(fitting) > 1:
                return ambiguous(fitting, SEVERAL)
            if fitting:
                return matched(fitting[0], why)
        return unmatched(NO_TITLE)

    def _may_be(self, record: Record, at: int) -> bool:
        same, gap = self._shares(record, at), self._gap(record, at)
        if same is False or gap is None or gap > (MAX_YEAR_GAP if same else 0):
            return False
        return bool(same) or not self._other_id(record, at)

    def _by_parts(self, record: Record) -> Iterator[int]:
        """Films one part of whose title is the record's, or the last part of the record's."""
        for key, _ in _record_names(record):
            yield from self._by_part.get(without_article(key), [])
        for title in filter(None, (record.title, record.original_title)):
            parts = BETWEEN_PARTS.split(title)
            for at in range(1, len(parts)):
                key = without_article(normalise(" ".join(parts[at:])))
                if len(key) >= LONG_ENOUGH:
                    yield from (place for place, _ in self._by_name[1].get(key, []))
            head = without_article(normalise(parts[0]))
            for place, _ in self._by_name[1].get(head, []) if len(parts) > 1 else []:
                if self._shares(record, place):
                    yield place

    def _alike(self, record: Record) -> Iterator[int]:
        from rapidfuzz import fuzz, process

        of_year = self._of_year.get(float(record.year or 0), [])
        names = [name for _, name in of_year]
        for key, _ in _record_names(record):
            bare = without_article(key)
            if len(bare) < LONG_ENOUGH:
                continue
            for name, _, place in process.extract(
                bare, names, scorer=fuzz.ratio, score_cutoff=SPELT_ALIKE
            ):
                if _numbers(name) == _numbers(bare):
                    yield of_year[place][0]

    def _longer(self, record: Record) -> Iterator[int]:
        """Films whose title ends with the record's, or the other way round; by words."""
        year = float(record.year or 0)
        for key, _ in _record_names(record):
            bare = without_article(key)
            for at, name in self._by_end.get((year, " ".join(bare.split()[-2:])), []):
                short, long = sorted((name, bare), key=len)
                if long.endswith(f" {short}") and " " in short and len(short) >= LONG_ENOUGH:
                    yield at
            for at, name in self._by_start.get((year, bare.partition(" ")[0]), []):
                short, long = sorted((name, bare), key=len)
                if long.startswith(f"{short} ") and self._shares(record, at):
                    yield at

    def _gap(self, record: Record, at: int) -> int | None:
        year = self._years[at]
        return None if record.year is None or math.isnan(year) else abs(record.year - int(year))

    def _shares(self, record: Record, at: int) -> bool | None:
        return share_a_name(record.creators, self._creators[at])

    def _other_id(self, record: Record, at: int) -> bool:
        known = self._imdb[at]
        return bool(record.imdb_id and known and record.imdb_id != known)


def _names(works: pd.DataFrame) -> Iterator[tuple[int, str, bool]]:
    """Place, normalised name, whether it is not the main one."""
    originals = works["original_title"] if "original_title" in works else [None] * len(works)
    for at, (title, original) in enumerate(zip(works[schema.TITLE], originals, strict=True)):
        names = [*(names_of(title) if isinstance(title, str) else ())]
        names += [original] if isinstance(original, str) else []
        for position, name in enumerate(names):
            key = normalise(name)
            if key:
                yield at, key, position > 0


def _parts(works: pd.DataFrame) -> Iterator[tuple[str, int]]:
    """Parts of main names, at their beginning and at their end, without article."""
    for at, title in enumerate(works[schema.TITLE]):
        if not isinstance(title, str):
            continue
        parts = BETWEEN_PARTS.split(names_of(title)[0])
        if len(parts) > 1:
            ends = {" ".join(parts[cut:]) for cut in range(1, len(parts))}
            for part in sorted({parts[0], *ends}):
                key = without_article(normalise(part))
                if key:
                    yield key, at


def _record_names(record: Record) -> Iterator[tuple[str, bool]]:
    """Normalised names of a record, and whether each is not the main one."""
    seen: set[str] = set()
    for position, title in enumerate((record.title, record.original_title)):
        for place, name in enumerate(names_of(title) if title else ()):
            key = normalise(name)
            if key and key not in seen:
                seen.add(key)
                yield key, position + place > 0


def _numbers(key: str) -> list[str]:
    """Words of a title that count: "Rocky 2" is not "Rocky 3"."""
    return [word for word in key.split() if word.isdigit() or word in ("i", "v", "x")]


def _split(cell: object) -> tuple[str, ...]:
    return tuple(cell.split(schema.SEPARATOR)) if isinstance(cell, str) else ()
