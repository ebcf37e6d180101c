"""One person's scores: the same as everybody's, told in one go as one by one."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from artrec.data.interactions import Interactions
from artrec.models.base import ExplainingScorer, ManyExplainingScorer, Scorer
from artrec.models.content import Content, ContentConfig
from artrec.models.ease import Ease, EaseConfig
from artrec.models.item_knn import ItemKnn, ItemKnnConfig
from artrec.models.popularity import Popularity, PopularityConfig
from artrec.models.user_knn import UserKnn, UserKnnConfig
from artrec.recommend.person import Opinion, person

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def known() -> Interactions:
    table = worlds.mixed_feelings(np.random.default_rng(5)).table
    return Interactions.from_table(table, worlds.POSITIVE_FROM)


def scorers(known: Interactions) -> dict[str, Scorer]:
    content = worlds.content_for(known.items, np.random.default_rng(2))
    weights = dict.fromkeys(content.fields, 1.0)
    return {
        "ease by users": Ease.fit(known, EaseConfig(regularization=3.0, side="users"), RNG),
        "ease by items": Ease.fit(known, EaseConfig(regularization=3.0, side="items"), RNG),
        "item_knn": ItemKnn.fit(known, ItemKnnConfig(), RNG),
        "user_knn": UserKnn.fit(known, UserKnnConfig(), RNG),
        "content": Content.fit(known, ContentConfig(weights=weights), RNG, content),
    }


@pytest.mark.parametrize(
    "name", ["ease by users", "ease by items", "item_knn", "user_knn", "content"]
)
def test_told_together_is_told_one_by_one(name: str, known: Interactions) -> None:
    scorer = scorers(known)[name]
    assert isinstance(scorer, ManyExplainingScorer)
    assert isinstance(scorer, ExplainingScorer)
    profile = known.take_users([4])
    every = np.arange(len(known.items))
    chosen, added = scorer.contributions_to(profile, every)
    whole = np.zeros((len(every), len(every)))
    whole[:, chosen] = added
    for item in every.tolist():
        own, values = scorer.contributions(profile, item)
        alone = np.zeros(len(every))
        alone[own] = values
        assert whole[item] == pytest.approx(alone, abs=1e-5)
    scores = scorer.score(profile).block(slice(0, 1), slice(0, len(every)))[0]
    assert whole.sum(axis=1) == pytest.approx(scores, abs=1e-4)


@pytest.mark.parametrize("name", ["ease by items", "content"])
def test_parts_sum_to_the_score_and_name_known_works(name: str, known: Interactions) -> None:
    scorer = scorers(known)[name]
    profile = known.take_users([3])
    opinion = Opinion(scorer, profile)
    items = np.array([0, 5, 7])
    met = set(known.items.to_id(profile.indices))
    for item, parts in zip(items, opinion.parts(items, 3), strict=True):
        assert sum(part.contribution for part in parts) == pytest.approx(
            float(opinion.scores[item]), abs=1e-4
        )
        assert {work for part in parts for work, _ in part.works} <= met
        assert all(0 < share <= 1 for part in parts for _, share in part.works)


def test_a_person_from_places_scores_as_a_row_of_the_table_does(known: Interactions) -> None:
    row = known.take_users([2])
    same = person(known.items, row.indices, row.ratings, row.positive, row.timestamps)
    scorer = Ease.fit(known, EaseConfig(regularization=3.0), RNG)
    assert np.array_equal(Opinion(scorer, same).scores, Opinion(scorer, row).scores)


def test_a_scorer_that_says_the_same_of_everything_is_silent(known: Interactions) -> None:
    nobody = person(known.items, *(np.empty(0, dtype=kind) for kind in (int, float, bool)))
    scorer = Ease.fit(known, EaseConfig(regularization=3.0), RNG)
    assert Opinion(scorer, nobody).is_silent
    assert not Opinion(scorer, known.take_users([2])).is_silent
    assert not Opinion(Popularity.fit(known, PopularityConfig(), RNG), nobody).is_silent
