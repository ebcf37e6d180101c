"""Why: of a hybrid, groups in words with the history's works behind them, in plain values."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import worlds
from artrec import schema
from artrec.data.interactions import Interactions
from artrec.models.base import Scorer
from artrec.models.content import Content, ContentConfig
from artrec.models.hybrid import START, Hybrid, HybridConfig, fit_hybrid
from artrec.models.registry import MODELS, config_class, model_class
from artrec.models.trees import TreesConfig
from artrec.recommend.behind import HistoryBehind
from artrec.recommend.person import Opinion
from artrec.recommend.why import Part, as_why
from artrec.recommend.words import WORDS, in_words
from artrec.splitting.base import SplittingConfig
from artrec.splitting.holdout import random_holdout

TREES = TreesConfig(n_rounds=12, min_leaf=5, n_leaves=7, learning_rate=0.2, n_threads=1)
PARTS = {
    "popularity": {},
    "item_knn": {"n_neighbors": 10},
    "ease": {"regularization": 5.0, "side": "items"},
}


@pytest.fixture(scope="module")
def world() -> worlds.World:
    return worlds.two_tastes(np.random.default_rng(9))


@pytest.fixture(scope="module")
def hybrid(world: worlds.World) -> Hybrid:
    split = random_holdout(world.table, SplittingConfig(), np.random.default_rng(2))
    data = Interactions.from_table(split.train, worlds.POSITIVE_FROM)
    scorers = {
        name: model_class(name).fit(data, config_class(name)(**given), np.random.default_rng(1))
        for name, given in PARTS.items()
    }
    return fit_hybrid(
        split.train,
        split.validation,
        scorers,
        pd.DataFrame({schema.ITEM_ID: data.items.index}),
        worlds.content_for(data.items, np.random.default_rng(5)),
        HybridConfig(n_candidates=12, trees=TREES),
        worlds.POSITIVE_FROM,
        np.random.default_rng(5),
    )


def told(
    scorer: Scorer, one: Interactions, item_ids: list[str], n_works: int
) -> list[tuple[float, list[Part]]]:
    opinion = Opinion(scorer, one.onto_items(scorer.items))
    return opinion.told(scorer.items.to_index(item_ids), n_works)


def test_a_hybrids_parts_sum_and_works_of_the_history_stand_behind(
    hybrid: Hybrid, world: worlds.World
) -> None:
    everybody = Interactions.from_table(world.table, worlds.POSITIVE_FROM)
    one = everybody.take_users([3])
    known = one.onto_items(hybrid.items)
    scores = hybrid.score(known).block(slice(0, 1), slice(None))[0]
    best = hybrid.items.to_id(np.argsort(-scores)[:4])
    history = set(one.items.to_id(one.indices))
    found = told(hybrid, one, list(best), 2)
    behind = set()
    for item, (score, parts) in zip(best, found, strict=True):
        assert score == pytest.approx(scores[hybrid.items.to_index([item])[0]])
        assert sum(part.contribution for part in parts) == pytest.approx(score, abs=1e-4)
        sizes = [abs(part.contribution) for part in parts]
        assert sizes == sorted(sizes, reverse=True)
        for part in parts:
            assert len(part.works) <= 2
            assert {work for work, _ in part.works} <= history
            assert part.contribution > 0 or not part.works
            behind |= {part.group} if part.works else set()
    assert {"ease", "item_knn"} <= behind
    assert behind.isdisjoint({"popularity", "user", "work", START})


def test_works_behind_a_likeness_are_liked_ones_by_how_alike_they_are(
    hybrid: Hybrid, world: worlds.World
) -> None:
    known = Interactions.from_table(world.table, worlds.POSITIVE_FROM).onto_items(hybrid.items)
    profile = known.take_users([0])
    liked = profile.indices[profile.positive]
    items = np.array([4, 9, 11])
    ids, alike = HistoryBehind(hybrid, profile).of("liked_together", items)
    assert ids.tolist() == hybrid.items.to_id(liked).tolist()
    together = hybrid.pairs.neighbors["liked_together"].toarray()
    np.testing.assert_array_equal(alike, together[liked][:, items].T)
    assert HistoryBehind(hybrid, profile).of("user", items) is None


def test_content_tells_its_fields(world: worlds.World) -> None:
    data = Interactions.from_table(world.table, worlds.POSITIVE_FROM)
    content = worlds.content_for(data.items, np.random.default_rng(5))
    weights = dict.fromkeys(content.fields, 1.0)
    scorer = Content.fit(data, ContentConfig(weights=weights), np.random.default_rng(0), content)
    one = data.take_users([3])
    ((score, parts),) = told(scorer, one, [data.items.index[5]], 3)
    assert {part.group for part in parts} <= set(content.fields)
    assert sum(part.contribution for part in parts) == pytest.approx(score, abs=1e-4)
    assert any(part.works for part in parts)


def test_it_is_told_in_words_and_plain_values(hybrid: Hybrid, world: worlds.World) -> None:
    one = Interactions.from_table(world.table, worlds.POSITIVE_FROM).take_users([3])
    scores = hybrid.score(one.onto_items(hybrid.items)).block(slice(0, 1), slice(None))[0]
    item = hybrid.items.index[int(scores.argmax())]
    ((score, parts),) = told(hybrid, one, [item], 2)
    why = as_why(item, score, parts, lambda item_id: f"The title of {item_id}")
    plain = json.loads(json.dumps(why.to_dict()))
    assert (plain["item_id"], plain["title"]) == (item, f"The title of {item}")
    words = {each["group"]: each["words"] for each in plain["reasons"]}
    assert words["ease"] == in_words("ease") != "ease"
    works = [work for each in plain["reasons"] for work in each["works"]]
    assert works
    assert all(each["title"] == f"The title of {each['item_id']}" for each in works)


def test_every_model_and_field_has_words() -> None:
    from artrec.features.fields import FIELDS
    from artrec.models.departure import LEVEL
    from artrec.models.departure_features import DECADES, GENRES

    composites = {"blend", "hybrid", "departure"}  # told by their groups
    assert set(MODELS) - composites <= set(WORDS)
    assert {*FIELDS, LEVEL, DECADES, GENRES, START} <= set(WORDS)
