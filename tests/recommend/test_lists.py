"""Lists of a holdout: only its candidates are ranked, and nothing of a person's own profile."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from artrec import schema
from artrec.data.interactions import Interactions
from artrec.models.popularity import Popularity, PopularityConfig
from artrec.models.registry import config_class, model_class
from artrec.recommend.lists import lists_for_withheld

ROWS = {"u": "ab", "v": "ac", "w": "ad", "x": "c"}
TABLE = worlds.table_of([(user, item, 5.0) for user, met in ROWS.items() for item in met])
WITHHELD = worlds.table_of([("u", "c", 5.0), ("x", "a", 5.0)])


def lists(candidates: list[str] | None, k: int = 3) -> dict[str, list[str]]:
    scorer = Popularity.fit(
        Interactions.from_table(TABLE, worlds.POSITIVE_FROM),
        PopularityConfig(),
        np.random.default_rng(0),
    )
    made = lists_for_withheld(
        scorer, TABLE, TABLE, WITHHELD, worlds.POSITIVE_FROM, k, candidates=candidates
    )
    return {user: rows[schema.ITEM_ID].tolist() for user, rows in made.groupby(schema.USER_ID)}


def test_without_candidates_everything_unseen_is_ranked() -> None:
    assert lists(None) == {"u": ["c", "d"], "x": ["a", "b", "d"]}


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        (["d", "b"], {"u": ["d"], "x": ["b", "d"]}),
        (["d", "unknown"], {"u": ["d"], "x": ["d"]}),
        ([], {}),
    ],
)
def test_candidates_are_all_that_is_ranked(
    candidates: list[str], expected: dict[str, list[str]]
) -> None:
    assert lists(candidates) == expected


@pytest.mark.parametrize("model", ["popularity", "ease"])
def test_who_has_no_history_gets_what_most_people_liked(model: str) -> None:
    data = Interactions.from_table(TABLE, worlds.POSITIVE_FROM)
    rng = np.random.default_rng(0)
    scorer = model_class(model).fit(data, config_class(model)(), rng)
    withheld = worlds.table_of([("u", "c", 5.0), ("new", "d", 5.0)])
    made = lists_for_withheld(scorer, TABLE, TABLE, withheld, worlds.POSITIVE_FROM, 4)
    of = {user: rows[schema.ITEM_ID].tolist() for user, rows in made.groupby(schema.USER_ID)}
    assert of["new"] == ["a", "c", "b", "d"]  # liked by 3, 2, 1, 1
    assert set(of) == {"u", "new"}
