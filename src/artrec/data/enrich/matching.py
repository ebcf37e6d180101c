"""Links works to records of another source: by IMDb id, else by normalised title and year.

By title, a work and a record fit when a name of the one equals a name of the other and the years
differ by at most one; where the years differ, the names must have the same words, articles
included. Where several records fit equally well, or several works claim one record, nothing is
guessed: those are *ambiguous* and left apart.
"""

from __future__ import annotations

import re

import pandas as pd

from artrec import schema
from artrec.data.enrich.base import AMBIGUOUS, LINKED, LINKS, TARGET_ID, UNMATCHED
from artrec.data.titles import compact, names_of, normalise, without_article

MAX_YEAR_GAP = 1
# how alike two names must be, strictest first
FORMS = ("same words", "same but for the article", "same but for blanks")
IMDB_ID = "imdb_id"
IMDB_DIGITS = 7
NUMBERED = re.compile(r"^(?:tt)?(\d+)$")
RANK, REASON = "rank", "reason"
BY_ID = "IMDb id"
NO_FILM_OF_ID = "no film of that IMDb id"


def imdb_key(text: object) -> str | None:
    """An IMDb id in its one form; None if it is none.

    Ids are numbers filled up with zeros to seven digits: a source that dropped the zeros, or the
    "tt", means the same film.

    Examples:
        >>> imdb_key("0114709"), imdb_key("tt0114709"), imdb_key("114709"), imdb_key("tt11286314")
        ('tt0114709', 'tt0114709', 'tt0114709', 'tt11286314')
        >>> imdb_key("nm0000001") is imdb_key(None) is None
        True
    """
    found = NUMBERED.match(str(text).strip())
    return None if found is None else "tt" + found[1].lstrip("0").zfill(IMDB_DIGITS)


def link_by_imdb_id(works: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Link each work to the one record with its IMDb id.

    Records that share an id (a film and its longer cut) are told apart by title and year; works
    that share one claim the same record, and the better title has it.

    Args:
        works: `schema.WORKS`; item_id, title, year and imdb_id are looked at.
        targets: Columns target_id, title, year, imdb_id.

    Returns:
        `LINKS`, one row a work, in the order of `works`. ``reason`` says whether title and year
        agree beside the id; they need not, for titles are in many languages.
    """
    works = schema.WORKS.conform(works)
    without = has_imdb_id(works).map({True: NO_FILM_OF_ID, False: "no IMDb id"})
    return settle(works, candidates_by_imdb_id(works, targets), without)


def candidates_by_imdb_id(works: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """All (work, record) pairs of one IMDb id: item_id, target_id, rank, reason.

    Rank 0 where title and year agree too, else 1.
    """
    left = works[[schema.ITEM_ID]].assign(key=_imdb_keys(works)).dropna()
    right = targets[[TARGET_ID]].assign(key=_imdb_keys(targets)).dropna()
    pairs = left.merge(right, on="key")[[schema.ITEM_ID, TARGET_ID]].drop_duplicates()
    near = works[works[schema.ITEM_ID].isin(pairs[schema.ITEM_ID])]
    fit = candidates_by_title(near, targets)[[schema.ITEM_ID, TARGET_ID]].assign(agrees=True)
    pairs = pairs.merge(fit, on=[schema.ITEM_ID, TARGET_ID], how="left")
    agrees = pairs.pop("agrees").notna()
    pairs[RANK] = (~agrees).astype("int64")
    pairs[REASON] = BY_ID + agrees.map({True: ": title and year agree", False: " alone"})
    return pairs


def candidates_by_title(works: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """All (work, record) pairs that fit by name and year: item_id, target_id, rank, reason.

    Ranked by year gap, then by how alike the names are (`FORMS`), then main titles before names in
    brackets.

    Args:
        works: `schema.WORKS`; item_id, title and year are looked at.
        targets: Columns target_id, title, year; a target may have several rows, one a name.
    """
    left = names_in(works, schema.ITEM_ID)
    right = names_in(targets, TARGET_ID).drop(columns="alternative")
    found = []
    for form, fold in enumerate((str, without_article, compact)):
        pairs = left.assign(key=left["key"].map(fold)).merge(
            right.assign(key=right["key"].map(fold)), on="key", suffixes=("", "_target")
        )
        gap = (pairs[schema.YEAR] - pairs[f"{schema.YEAR}_target"]).abs()
        pairs[RANK] = ((gap * len(FORMS) + form) * 2 + pairs["alternative"]).astype("int64")
        # a year off by one is accident enough: the words must then be the same
        fits = pairs[gap <= (MAX_YEAR_GAP if form == 0 else 0)]
        found.append(fits[[schema.ITEM_ID, TARGET_ID, RANK]])
    pairs = pd.concat(found, ignore_index=True)
    pairs = pairs.groupby([schema.ITEM_ID, TARGET_ID], as_index=False)[RANK].min()
    pairs[REASON] = pairs[RANK].map(_rank_in_words).astype("object")
    return pairs


def names_in(table: pd.DataFrame, id_column: str) -> pd.DataFrame:
    """One row a name of each titled, dated row.

    Returns:
        Columns: the id, year, alternative (1 for names in brackets), key (`normalise`).
    """
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


def has_imdb_id(works: pd.DataFrame) -> pd.Series:
    """Whether each work has an IMDb id, boolean in the rows of `works`."""
    return _imdb_keys(works).notna()


def untitled(works: pd.DataFrame) -> pd.Series:
    """Why each work has no record by title and year, in the rows of `works`."""
    untold = works[schema.TITLE].isna() | works[schema.YEAR].isna()
    return untold.map({True: "no title or no year", False: "no film of that title and year"})


def settle(works: pd.DataFrame, candidates: pd.DataFrame, unmatched: pd.Series) -> pd.DataFrame:
    """Choose among ranked candidates, each work one record and each record one work.

    Args:
        works: `schema.WORKS`, conformed.
        candidates: Columns item_id, target_id, rank (lower is better), reason; a pair once.
        unmatched: Why a work without a candidate has none, in the rows of `works`.

    Returns:
        `LINKS`, one row a work, in the order of `works`.
    """
    best = _best_of(candidates, schema.ITEM_ID)
    alone = ~best[schema.ITEM_ID].duplicated(keep=False)
    claims = best[alone]
    won = _best_of(claims, TARGET_ID)
    won = won[~won[TARGET_ID].duplicated(keep=False)]
    ids = works[schema.ITEM_ID]
    chosen = won.set_index(schema.ITEM_ID)
    links = pd.DataFrame(
        {
            schema.ITEM_ID: ids,
            "status": UNMATCHED,
            TARGET_ID: ids.map(chosen[TARGET_ID]),
            REASON: unmatched,
            "candidates": ids.map(
                best.groupby(schema.ITEM_ID)[TARGET_ID].agg(schema.SEPARATOR.join)
            ),
        }
    )
    several = ids.isin(best[schema.ITEM_ID]) & ~ids.isin(claims[schema.ITEM_ID])
    links.loc[several, ["status", REASON]] = [AMBIGUOUS, "several films fit equally well"]
    lost = ids.isin(claims[schema.ITEM_ID]) & ~ids.isin(won[schema.ITEM_ID])
    links.loc[lost, ["status", REASON]] = [AMBIGUOUS, "another work claims the same film"]
    linked = ids.isin(won[schema.ITEM_ID])
    links.loc[linked, "status"] = LINKED
    links.loc[linked, REASON] = ids[linked].map(chosen[REASON])
    return LINKS.conform(links)


def _best_of(candidates: pd.DataFrame, column: str) -> pd.DataFrame:
    """The candidates of the best rank that each value of `column` has."""
    best = candidates.groupby(column)[RANK].transform("min")
    return candidates[candidates[RANK] == best]


def _imdb_keys(table: pd.DataFrame) -> pd.Series:
    if IMDB_ID not in table:
        return pd.Series(None, index=table.index, dtype="object")
    return table[IMDB_ID].map(imdb_key, na_action="ignore").astype("object")


def _rank_in_words(rank: int) -> str:
    form_and_gap, alternative = divmod(int(rank), 2)
    gap, form = divmod(form_and_gap, len(FORMS))
    name = "name in brackets" if alternative else "title"
    return f"{name}: {FORMS[form]}; " + ("same year" if gap == 0 else "year off by one")
