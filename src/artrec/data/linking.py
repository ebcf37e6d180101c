"""Links works of a catalogue to films of the metadata table, by normalised title and year.

A work and a film are linked when a name of the one equals a name of the other and the years differ
by at most one; where the years differ, the names must have the same words, articles included. Where
several films fit equally well, or several works claim one film, nothing is guessed: those are
*ambiguous* and left apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from artrec import schema
from artrec.data.sources.wikidata_films import FILMS
from artrec.data.titles import compact, names_of, normalise, without_article

LINKED, AMBIGUOUS, UNMATCHED = "linked", "ambiguous", "unmatched"
MAX_YEAR_GAP = 1
# how alike two names must be, strictest first
FORMS = ("same words", "same but for the article", "same but for blanks")

LINKS = schema.Table(
    name="metadata links",
    required={
        schema.ITEM_ID: schema.TEXT,
        "status": schema.TEXT,
        "wikidata_id": schema.TEXT,
        "reason": schema.TEXT,
        "candidates": schema.TEXT,
    },
    optional={},
    key=(schema.ITEM_ID,),
)


@dataclass(frozen=True)
class LinkCounts:
    """How many works, and how many of their interactions, were linked.

    Attributes:
        linked: Works linked to one film.
        ambiguous: Works left apart because more than one answer is possible.
        unmatched: Works of which the table has no film.
        linked_interactions: Interactions with linked works.
        interactions: All interactions.
    """

    linked: int
    ambiguous: int
    unmatched: int
    linked_interactions: int
    interactions: int

    @property
    def share_of_works(self) -> float:
        """Linked works over all works."""
        return self.linked / max(self.linked + self.ambiguous + self.unmatched, 1)

    @property
    def share_of_interactions(self) -> float:
        """Interactions with linked works over all interactions."""
        return self.linked_interactions / max(self.interactions, 1)


def link_films(works: pd.DataFrame, films: pd.DataFrame) -> pd.DataFrame:
    """Link each work to at most one film, and each film to at most one work.

    Candidates are ranked by year gap, then by how alike the names are (`FORMS`), then main titles
    before names in brackets. A work takes its best-ranked film, if only one has that rank; a film
    claimed by several works goes to the best-ranked of them, if only one has that rank.

    Args:
        works: `schema.WORKS`; item_id, title and year are looked at.
        films: `artrec.data.sources.wikidata_films.FILMS`.

    Returns:
        `LINKS`: one row a work, in the order of `works`. ``candidates`` names the films of the
        best rank, `schema.SEPARATOR`-joined.
    """
    works = schema.WORKS.conform(works)
    films = FILMS.conform(films)
    candidates = _candidates(
        _names(works, schema.ITEM_ID), _names(films, "wikidata_id").drop(columns="alternative")
    )
    best = _best_of(candidates, schema.ITEM_ID)
    alone = ~best[schema.ITEM_ID].duplicated(keep=False)
    claims = best[alone]
    won = _best_of(claims, "wikidata_id")
    won = won[~won["wikidata_id"].duplicated(keep=False)]
    return _as_links(works, best, claims, won)


def count_links(links: pd.DataFrame, interactions: pd.DataFrame) -> LinkCounts:
    """Count links, and the interactions they reach.

    Args:
        links: `LINKS`.
        interactions: `schema.INTERACTIONS`.
    """
    of_status = links["status"].value_counts()
    linked_ids = links.loc[links["status"] == LINKED, schema.ITEM_ID]
    return LinkCounts(
        linked=int(of_status.get(LINKED, 0)),
        ambiguous=int(of_status.get(AMBIGUOUS, 0)),
        unmatched=int(of_status.get(UNMATCHED, 0)),
        linked_interactions=int(interactions[schema.ITEM_ID].isin(linked_ids).sum()),
        interactions=len(interactions),
    )


def _names(table: pd.DataFrame, id_column: str) -> pd.DataFrame:
    """One row a name of each titled, dated row; ``alternative`` is 1 for names in brackets."""
    known = table[table[schema.TITLE].notna() & table[schema.YEAR].notna()]
    rows = [
        (outer, int(year), int(position > 0), normalise(name))
        for outer, title, year in zip(
            known[id_column], known[schema.TITLE], known[schema.YEAR], strict=True
        )
        for position, name in enumerate(names_of(title))
    ]
    names = pd.DataFrame(rows, columns=[id_column, schema.YEAR, "alternative", "key"])
    return names[names["key"] != ""]


def _candidates(work_names: pd.DataFrame, film_names: pd.DataFrame) -> pd.DataFrame:
    """All (work, film) pairs that fit, each with its best rank: item_id, wikidata_id, rank."""
    found = []
    for form, fold in enumerate((str, without_article, compact)):
        left = work_names.assign(key=work_names["key"].map(fold))
        right = film_names.assign(key=film_names["key"].map(fold))
        pairs = left.merge(right, on="key", suffixes=("", "_film"))
        gap = (pairs[schema.YEAR] - pairs[f"{schema.YEAR}_film"]).abs()
        rank = (gap * len(FORMS) + form) * 2 + pairs["alternative"]
        # a year off by one is accident enough: the words must then be the same
        fits = pairs.assign(rank=rank.astype("int64"))[gap <= (MAX_YEAR_GAP if form == 0 else 0)]
        found.append(fits[[schema.ITEM_ID, "wikidata_id", "rank"]])
    pairs = pd.concat(found, ignore_index=True)
    return pairs.groupby([schema.ITEM_ID, "wikidata_id"], as_index=False)["rank"].min()


def _best_of(candidates: pd.DataFrame, column: str) -> pd.DataFrame:
    """The candidates of the best rank that each value of `column` has."""
    best = candidates.groupby(column)["rank"].transform("min")
    return candidates[candidates["rank"] == best]


def _as_links(
    works: pd.DataFrame, best: pd.DataFrame, claims: pd.DataFrame, won: pd.DataFrame
) -> pd.DataFrame:
    ids = works[schema.ITEM_ID]
    candidates = best.groupby(schema.ITEM_ID)["wikidata_id"].agg(schema.SEPARATOR.join)
    film = won.set_index(schema.ITEM_ID)["wikidata_id"]
    ranks = won.set_index(schema.ITEM_ID)["rank"]
    untold = works[schema.TITLE].isna() | works[schema.YEAR].isna()
    links = pd.DataFrame(
        {
            schema.ITEM_ID: ids,
            "status": UNMATCHED,
            "wikidata_id": ids.map(film),
            "reason": "no film of that title and year",
            "candidates": ids.map(candidates),
        }
    )
    links.loc[untold, "reason"] = "no title or no year"
    several = ids.isin(best[schema.ITEM_ID]) & ~ids.isin(claims[schema.ITEM_ID])
    links.loc[several, ["status", "reason"]] = [AMBIGUOUS, "several films fit equally well"]
    lost = ids.isin(claims[schema.ITEM_ID]) & ~ids.isin(won[schema.ITEM_ID])
    links.loc[lost, ["status", "reason"]] = [AMBIGUOUS, "another work claims the same film"]
    linked = ids.isin(won[schema.ITEM_ID])
    links.loc[linked, "status"] = LINKED
    links.loc[linked, "reason"] = ids[linked].map(ranks).map(_rank_in_words)
    return LINKS.conform(links)


def _rank_in_words(rank: int) -> str:
    form_and_gap, alternative = divmod(int(rank), 2)
    gap, form = divmod(form_and_gap, len(FORMS))
    name = "name in brackets" if alternative else "title"
    return f"{name}: {FORMS[form]}; " + ("same year" if gap == 0 else "year off by one")
