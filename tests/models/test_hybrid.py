"""The hybrid learns out of fold: a planted leak shows, and the honest set-up has none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import worlds
from artrec import schema
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, InputError
from artrec.features.pairs import PairConfig
from artrec.models.base import Scorer
from artrec.models.hybrid import Hybrid, HybridConfig, fit_hybrid
from artrec.models.registry import config_class, model_class
from artrec.models.trees import TreesConfig
from artrec.splitting.base import Split, SplittingConfig
from artrec.splitting.holdout import random_holdout

TREES = TreesConfig(n_rounds=30, min_leaf=10, n_leaves=7, learning_rate=0.2, n_threads=1)
CONFIG = HybridConfig(n_candidates=40, trees=TREES, stopping_share=0.3)


def nothing_to_learn(seed: int = 4) -> Split:
    """Everybody met eight of fifty works at random: nobody's next work can be known."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"u{user:03}", f"i{item:02}", worlds.LIKED)
        for user in range(150)
        for item in rng.choice(50, size=8, replace=False)
    ]
    return random_holdout(worlds.table_of(rows), SplittingConfig(), np.random.default_rng(1))


def scorers_of(table: pd.DataFrame) -> dict[str, Scorer]:
    data = Interactions.from_table(table, worlds.POSITIVE_FROM)
    named = {
        "popularity": {},
        "item_knn": {"n_neighbors": 50, "shrinkage": 0.0},
        "ease": {"regularization": 0.5, "side": "items"},
    }
    return {
        name: model_class(name).fit(data, config_class(name)(**given), np.random.default_rng(1))
        for name, given in named.items()
    }


def hybrid_of(split: Split, scorers: dict[str, Scorer], config: HybridConfig = CONFIG) -> Hybrid:
    works = pd.DataFrame({schema.ITEM_ID: sorted(split.train[schema.ITEM_ID].unique())})
    return fit_hybrid(
        split.train,
        split.validation,
        scorers,
        works,
        None,
        config,
        worlds.POSITIVE_FROM,
        np.random.default_rng(2),
    )


def test_scorers_that_saw_the_labels_show_and_ours_have_not() -> None:
    split = nothing_to_learn()
    leaking = hybrid_of(split, scorers_of(pd.concat([split.train, split.validation])))
    honest = hybrid_of(split, scorers_of(split.train))
    # one of 42 unseen works at random: NDCG@50 about 0.26
    assert leaking.report["lambdarank.stopped_at"] > 0.7
    assert honest.report["lambdarank.stopped_at"] < 0.4


def test_labels_among_what_was_known_are_refused() -> None:
    split = nothing_to_learn()
    with pytest.raises(InputError, match="learn its own answers"):
        fit_hybrid(
            pd.concat([split.train, split.validation.iloc[:3]]),
            split.validation,
            scorers_of(split.train),
            pd.DataFrame({schema.ITEM_ID: ["i00"]}),
            None,
            CONFIG,
            worlds.POSITIVE_FROM,
            np.random.default_rng(2),
        )


def test_the_report_says_how_it_was_learned() -> None:
    split = nothing_to_learn()
    report = hybrid_of(split, scorers_of(split.train)).report
    assert 0.7 < report["candidate_recall"] <= 1
    assert report["users"] == 150
    assert report["lambdarank.rounds"] >= 1


def test_what_a_profiles_works_add_is_a_feature_where_asked() -> None:
    split = nothing_to_learn()
    asked = CONFIG.model_copy(update={"pairs": PairConfig(contributing=("ease",))})
    hybrid = hybrid_of(split, scorers_of(split.train), asked)
    assert {"ease.liked", "ease.closest", "ease.next_closest"} <= set(hybrid.names)
    known = Interactions.from_table(split.train, worlds.POSITIVE_FROM)
    assert np.isfinite(hybrid.score(known).block(slice(0, 5), slice(None))).all()
    plain = hybrid_of(split, scorers_of(split.train))
    assert set(hybrid.names) > set(plain.names)
    left_out = PairConfig(contributing=("ease",), leave_out=("ease.closest",))
    without = hybrid_of(
        split, scorers_of(split.train), CONFIG.model_copy(update={"pairs": left_out})
    )
    assert set(hybrid.names) - set(without.names) == {"ease.closest"}


def test_a_scorer_that_is_no_sum_over_the_profile_cannot_contribute() -> None:
    split = nothing_to_learn()
    asked = CONFIG.model_copy(update={"pairs": PairConfig(contributing=("popularity",))})
    with pytest.raises(ConfigError, match="popularity"):
        hybrid_of(split, scorers_of(split.train), asked)
