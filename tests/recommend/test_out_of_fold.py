"""Out of fold, nobody's list rests on that person's own withheld works."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import worlds
from artrec import schema
from artrec.data.interactions import Interactions
from artrec.models.base import Scorer
from artrec.models.blend import BlendConfig
from artrec.models.hybrid import HybridConfig
from artrec.models.registry import config_class, model_class
from artrec.models.trees import TreesConfig
from artrec.recommend.out_of_fold import blend_with_lists, hybrid_with_lists
from artrec.splitting.base import SplittingConfig, judged_on_at_most
from artrec.splitting.holdout import random_holdout

TREES = TreesConfig(n_rounds=30, min_leaf=10, n_leaves=7, learning_rate=0.2, n_threads=1)


def scorers_of(table: pd.DataFrame) -> dict[str, Scorer]:
    data = Interactions.from_table(table, worlds.POSITIVE_FROM)
    return {
        name: model_class(name).fit(data, config_class(name)(), np.random.default_rng(1))
        for name in ("popularity", "item_knn", "ease")
    }


@pytest.mark.parametrize("n_users", [4000, 60])  # fewer people than twice that, and enough
@pytest.mark.parametrize("kind", ["blend", "hybrid"])
def test_lists_are_for_everybody_and_learn_from_others_only(kind: str, n_users: int) -> None:
    world = worlds.two_tastes(np.random.default_rng(11))
    split = random_holdout(world.table, SplittingConfig(), np.random.default_rng(2))
    works = pd.DataFrame({schema.ITEM_ID: sorted(split.train[schema.ITEM_ID].unique())})
    scorers = scorers_of(split.train)

    def lists(withheld: pd.DataFrame) -> pd.DataFrame:
        given = (split.train, withheld, scorers)
        rest = (worlds.POSITIVE_FROM, 5, np.random.default_rng(3))
        if kind == "blend":
            return blend_with_lists(*given, BlendConfig(n_candidates=40, n_users=n_users), *rest)[1]
        config = HybridConfig(n_candidates=40, trees=TREES, stopping_share=0.3, n_users=n_users)
        return hybrid_with_lists(*given, works, None, config, *rest)[1]

    assert split.validation[schema.USER_ID].nunique() == 120
    made = lists(split.validation)
    assert set(made[schema.USER_ID]) == set(split.validation[schema.USER_ID])
    assert made.groupby(schema.USER_ID).size().eq(5).all()
    # other answers of one person change nothing in that person's own list
    person = split.validation[schema.USER_ID].iloc[0]
    others = split.validation.copy()
    own = others[schema.USER_ID] == person
    met = set(split.train.loc[split.train[schema.USER_ID] == person, schema.ITEM_ID])
    others.loc[own, schema.ITEM_ID] = sorted(
        set(works[schema.ITEM_ID]) - met - set(others.loc[own, schema.ITEM_ID])
    )[: int(own.sum())]
    again = lists(others)
    pd.testing.assert_frame_equal(
        made[made[schema.USER_ID] == person].reset_index(drop=True),
        again[again[schema.USER_ID] == person].reset_index(drop=True),
    )
    assert not made.equals(again)


@pytest.mark.parametrize("kind", ["blend", "hybrid"])
def test_what_is_withheld_of_people_who_are_not_judged_alone_teaches(kind: str) -> None:
    world = worlds.two_tastes(np.random.default_rng(11))
    split = random_holdout(world.table, SplittingConfig(), np.random.default_rng(2))
    holdout = judged_on_at_most(split.for_validation(), 40, np.random.default_rng(5))
    works = pd.DataFrame({schema.ITEM_ID: sorted(split.train[schema.ITEM_ID].unique())})
    scorers = scorers_of(split.train)

    def made(withheld: pd.DataFrame, n_users: int) -> tuple[Scorer, pd.DataFrame]:
        given = (split.train, withheld, scorers)
        rest = (worlds.POSITIVE_FROM, 5, np.random.default_rng(3), holdout.unjudged)
        if kind == "blend":
            return blend_with_lists(*given, BlendConfig(n_candidates=40, n_users=n_users), *rest)
        config = HybridConfig(n_candidates=40, trees=TREES, stopping_share=0.3, n_users=n_users)
        return hybrid_with_lists(*given, works, None, config, *rest)

    def taught(scorer: Scorer) -> list[bytes]:
        return [each.tobytes() for _, each in sorted(scorer.arrays().items())]

    one, lists = made(holdout.withheld, 70)
    assert set(lists[schema.USER_ID]) == set(holdout.withheld[schema.USER_ID])
    # of the judged people's withheld works nothing is learned, neither which nor how many
    other, again = made(holdout.withheld.groupby(schema.USER_ID).head(1), 70)
    assert taught(other) == taught(one)
    pd.testing.assert_frame_equal(again, lists)
    # with fewer of the others than are wanted, the judged ones teach each other
    assert taught(made(holdout.withheld, 90)[0]) != taught(one)
