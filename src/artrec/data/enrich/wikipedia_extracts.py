"""Enrichment of films from Wikipedia: the first paragraph of a film's page as its text."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.enrich.base import TARGET_ID, Enriched, Enrichment, filled, linked_targets
from artrec.data.enrich.matching import (
    RANK,
    REASON,
    candidates_by_title,
    settle,
    untitled,
)
from artrec.data.sources import wikipedia_extracts
from artrec.data.sources.raw import RawRows
from artrec.data.sources.wikipedia_extracts import EXTRACTS
from artrec.data.titles import normalise

TEXT = "text"
PEOPLE = (schema.CREATORS, "writers", "cast")
# the lists date a film by its release in the United States, its page by the first one; a year told
# much earlier is that of the film it is made after
MAX_TOLD_GAP = 3
AGREE, UNKNOWN, DISAGREE = 0, 1, 2
IN_WORDS = {AGREE: "people agree", UNKNOWN: "people unknown", DISAGREE: "no person in common"}
# more than any rank of `candidates_by_title`
RANKS = 100


def enrich(works: pd.DataFrame, raw: RawRows) -> Enriched:
    """Read the extracts, link works to them and give works without a text the extract as ``text``.

    Args:
        works: `schema.WORKS` of films.
        raw: JSON records of prust/wikipedia-movie-data, all files.

    Raises:
        InputError: A column of the raw table is missing, or there is no row.
    """
    extracts, rejected = wikipedia_extracts.parse(raw.whole())
    links = link_extracts(works, extracts)
    return Enriched(with_extracts(works, extracts, links), links, rejected)


ENRICHMENT = Enrichment(enrich, table=wikipedia_extracts.TABLE)


def link_extracts(works: pd.DataFrame, extracts: pd.DataFrame) -> pd.DataFrame:
    """Link each work to at most one page, and each page to at most one work.

    Names and years fit as in `artrec.data.enrich.matching`; a page has the years its records and
    its text tell. Of pages that fit, one that names a director, writer or actor of the work comes
    before one of which that cannot be said, and that before one that names other people alone.
    A page with other people alone does not fit where the years differ, nor one whose text tells
    a year far from its record's (a remake) unless people agree.

    Args:
        works: `schema.WORKS`; item_id, title, year, and creators, writers and cast where they are.
        extracts: `artrec.data.sources.wikipedia_extracts.EXTRACTS`.

    Returns:
        `artrec.data.enrich.base.LINKS`: one row a work, in the order of `works`; the target is the
        page.
    """
    works = schema.WORKS.conform(works)
    known = EXTRACTS.conform(extracts).rename(columns={"page": TARGET_ID})
    told = known[known["told_year"].notna() & (known["told_year"] != known[schema.YEAR])]
    far = (told["told_year"] - told[schema.YEAR]).abs() > MAX_TOLD_GAP
    told = told.assign(year=told["told_year"])
    near = pd.concat([known, told[~far]], ignore_index=True)
    pairs = pd.concat(
        [
            candidates_by_title(works, dated).assign(far=is_far)
            for dated, is_far in ((near, False), (told[far], True))
        ],
        ignore_index=True,
    )
    people = _people_of_pairs(works, known, pairs)
    off = ~pairs[REASON].str.endswith("same year")
    fits = ~(off & (people == DISAGREE)) & ~(pairs["far"] & (people != AGREE))
    pairs[RANK] += RANKS * people
    pairs[REASON] += "; " + pd.Series(people, index=pairs.index).map(IN_WORDS)
    best = pairs[fits].sort_values(RANK, kind="stable")
    return settle(works, best.drop_duplicates([schema.ITEM_ID, TARGET_ID]), untitled(works))


def with_extracts(works: pd.DataFrame, extracts: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Fill ``text`` of works that have none from the page each is linked to.

    Args:
        works: `schema.WORKS`.
        extracts: `artrec.data.sources.wikipedia_extracts.EXTRACTS`.
        links: `artrec.data.enrich.base.LINKS`.

    Returns:
        `schema.WORKS` with the column ``text``, rows in the order of `works`.
    """
    works = schema.WORKS.conform(works)
    of_page = EXTRACTS.conform(extracts).drop_duplicates("page").set_index("page")[TEXT]
    return filled(works, pd.DataFrame({TEXT: linked_targets(works, links).map(of_page)}))


def _people_of_pairs(
    works: pd.DataFrame, known: pd.DataFrame, pairs: pd.DataFrame
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Whether a page names people of a work: AGREE, UNKNOWN or DISAGREE for each pair."""
    cells = [works[column].fillna("") for column in PEOPLE if column in works]
    names = {
        item: [name for cell in told for name in cell.split(schema.SEPARATOR)]
        for item, *told in zip(works[schema.ITEM_ID], *cells, strict=True)
    }
    pages = known.drop_duplicates(TARGET_ID).set_index(TARGET_ID)
    text, cast = pages[TEXT], pages["cast"]
    verdicts = [
        _people(
            names[item],
            f"{text[page]} {cast[page] or ''}",
        )
        for item, page in zip(pairs[schema.ITEM_ID], pairs[TARGET_ID], strict=True)
    ]
    return np.array(verdicts, dtype=np.int64)


def _people(names: Iterable[str], text: str) -> int:
    words, known = f" {normalise(text)} ", False
    for key in map(normalise, names):
        if key and f" {key} " in words:
            return AGREE
        known = known or bool(key)
    return DISAGREE if known else UNKNOWN
