"""Some people's lists beside each other, to read with one's own eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from artrec import schema
from artrec.reporting.document import Fold, plain
from artrec.reporting.tables import table_of

PROFILE: Final = "(profile)"
WITHHELD: Final = "(withheld)"
BEST: Final = 8
COLUMNS: Final = (
    schema.USER_ID,
    "list",
    schema.RANK,
    schema.ITEM_ID,
    schema.TITLE,
    schema.YEAR,
    schema.RATING,
    "hit",
)


def side_by_side(
    lists: Mapping[str, pd.DataFrame],
    profiles: pd.DataFrame,
    relevant: pd.DataFrame,
    works: pd.DataFrame,
    k: int,
    n_people: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """What some people liked best, what was withheld of it, and every model's list for them.

    Args:
        lists: Model name to `schema.RECOMMENDATIONS`.
        profiles: `schema.INTERACTIONS` the lists were made from.
        relevant: Table user_id, item_id of what the lists should have found.
        works: `schema.WORKS`.
        k: Length of the lists.
        n_people: How many people, drawn from those with something relevant.
        rng: The only randomness.

    Returns:
        Table of `COLUMNS`; ``list`` is a model's name, `PROFILE` (the `BEST` best rated, the
        latest first among equals; rank counts them, rating is theirs) or `WITHHELD`. ``hit``
        marks what was relevant.
    """
    everybody = np.sort(relevant[schema.USER_ID].unique().astype(object))
    chosen = rng.choice(everybody, size=min(n_people, len(everybody)), replace=False)
    people = sorted(map(str, chosen))
    parts = [_best_rated(profiles, people), _ranked(relevant, people).assign(list=WITHHELD)]
    for model, table in lists.items():
        near = table[table[schema.RANK] <= k]
        parts.append(near[near[schema.USER_ID].isin(people)].assign(list=model))
    rows = pd.concat(parts, ignore_index=True)
    if schema.RATING not in rows:
        rows[schema.RATING] = np.nan
    known = works.set_index(schema.ITEM_ID)
    rows[schema.TITLE] = rows[schema.ITEM_ID].map(known[schema.TITLE])
    rows[schema.YEAR] = rows[schema.ITEM_ID].map(known[schema.YEAR])
    pairs = pd.MultiIndex.from_frame(rows[[schema.USER_ID, schema.ITEM_ID]])
    wanted = pd.MultiIndex.from_frame(relevant[[schema.USER_ID, schema.ITEM_ID]])
    rows["hit"] = pairs.isin(wanted)
    return rows.sort_values(schema.USER_ID, kind="stable", ignore_index=True)[list(COLUMNS)]


def people_folds(table: pd.DataFrame, models: Sequence[str]) -> list[Fold]:
    """A fold a person: their best-rated works, then the models' lists beside each other.

    Args:
        table: What `side_by_side` returns.
        models: Columns, in this order.
    """
    return [
        _person(str(user), part, [each for each in models if (part["list"] == each).any()])
        for user, part in table.groupby(schema.USER_ID, sort=True)
    ]


def _person(user: str, rows: pd.DataFrame, models: Sequence[str]) -> Fold:
    by_list = {str(name): part for name, part in rows.groupby("list", sort=False)}
    profile = by_list.get(PROFILE, rows.iloc[:0])
    withheld = by_list.get(WITHHELD, rows.iloc[:0])
    listed = rows[rows["list"].isin(models)]
    found = set(listed.loc[listed["hit"], schema.ITEM_ID])
    liked = "; ".join(_work(row, rated=True) for row in profile.to_dict("records"))
    missed = withheld[~withheld[schema.ITEM_ID].isin(found)]
    length = int(listed[schema.RANK].max()) if len(listed) else 0
    columns = [by_list[model].set_index(schema.RANK) for model in models]
    body = [
        [str(rank), *(_listed(column, rank) for column in columns)] for rank in range(1, length + 1)
    ]
    text = [
        f"Best rated in the profile: {liked or 'nothing'}.",
        f"Withheld and liked: {len(withheld)}; found by no list: "
        f"{'; '.join(_work(row) for row in missed.head(BEST).to_dict('records')) or 'none'}"
        f"{' and others' if len(missed) > BEST else ''}.",
        table_of(["", *map(plain, models)], body, left=True),
    ]
    hits = len(found)
    return Fold(f"Person {user}: {hits} of {len(withheld)} found", "\n\n".join(text))


def _listed(column: pd.DataFrame, rank: int) -> str:
    if rank not in column.index:
        return ""
    row = column.loc[rank]
    work = _work({str(name): value for name, value in row.items()})
    return f"**{work}\N{NO-BREAK SPACE}✓**" if row["hit"] else work


def _work(row: Mapping[str, Any], rated: bool = False) -> str:
    year, rating = row[schema.YEAR], row[schema.RATING]
    named = plain(row[schema.TITLE])
    dated = "" if pd.isna(year) else f" ({int(str(year).partition('.')[0])})"
    told = f", {rating:g}" if rated and not pd.isna(rating) else ""
    return named + dated + told


def _best_rated(profiles: pd.DataFrame, people: Sequence[str]) -> pd.DataFrame:
    own = profiles[profiles[schema.USER_ID].isin(people)]
    order = [each for each in (schema.RATING, schema.TIMESTAMP) if each in own]
    best = own.sort_values([*order, schema.ITEM_ID], ascending=[False] * len(order) + [True])
    best = _ranked(best, people)
    return best[best[schema.RANK] <= BEST].assign(list=PROFILE)


def _ranked(table: pd.DataFrame, people: Sequence[str]) -> pd.DataFrame:
    own = table[table[schema.USER_ID].isin(people)]
    ranks = own.groupby(schema.USER_ID).cumcount() + 1
    kept = [each for each in (schema.USER_ID, schema.ITEM_ID, schema.RATING) if each in own]
    return own[kept].assign(**{schema.RANK: ranks})
