"""The curve of accuracy against diversity: its ends, its people, its rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from artrec.metrics.beyond_accuracy import beyond_accuracy
from artrec.metrics.ranking import EvaluationConfig, per_user
from artrec.metrics.report import Truth
from artrec.recommend.tradeoff import CURVE_COLUMNS, METHODS, sample_people, trade_accuracy

CONFIG = EvaluationConfig(cutoffs=(2,), n_bootstrap=100)
WORKS = pd.DataFrame(
    [("a", "Drama"), ("b", "Drama"), ("c", "War"), ("d", "War"), ("p", "Drama"), ("q", "War")],
    columns=["item_id", "genres"],
)
PROFILES = pd.DataFrame(
    [("u", "p", 5.0), ("u", "q", 5.0), ("v", "p", 5.0)], columns=["user_id", "item_id", "rating"]
)
WITHHELD = pd.DataFrame(
    [("u", "b", 5.0), ("v", "c", 1.0)], columns=["user_id", "item_id", "rating"]
)
POOLS = pd.DataFrame(
    [(user, item, 1.0 / rank, rank) for user in "uv" for rank, item in enumerate("abcd", start=1)],
    columns=["user_id", "item_id", "score", "rank"],
)
NOTHING = pd.DataFrame()
TRUTH = Truth(PROFILES, PROFILES, WITHHELD, WORKS, NOTHING, NOTHING, 4.0)


def curve(strengths: tuple[float, ...] = (0.0, 1.0)) -> pd.DataFrame:
    return trade_accuracy("ease", POOLS, TRUTH, 2, CONFIG, np.random.default_rng(0), strengths)


def test_strength_zero_is_the_order_by_score_and_one_cares_for_genres_alone() -> None:
    means = curve().set_index(["method", "strength", "metric"])["mean"]
    near = POOLS[(POOLS["rank"] <= 2) & (POOLS["user_id"] == "u")]
    by_score = per_user(near, WITHHELD.iloc[:1], [2])["ndcg@2"].mean()
    lists = {
        each.metric: each.figure for each in beyond_accuracy(near, PROFILES, PROFILES, WORKS, [2])
    }
    for method in METHODS:
        assert means[(method, 0.0, "ndcg")] == pytest.approx(by_score)
        same = lists["intra_list_diversity"]
        assert means[(method, 0.0, "intra_list_diversity")] == pytest.approx(same) == 0.0
        # Drama, then War: the hit is lost, the list is diverse and mirrors the profile
        assert means[(method, 1.0, "ndcg")] == 0.0
        assert means[(method, 1.0, "intra_list_diversity")] == 1.0
        assert means[(method, 1.0, "calibration_kl")] == pytest.approx(0.0)


def test_only_people_with_something_relevant_are_judged() -> None:
    rows = curve()
    assert list(rows.columns) == list(CURVE_COLUMNS)
    assert set(rows["n_users"]) == {1}


def test_people_are_drawn_once_and_kept_whole() -> None:
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"user_id": list("abcabc"), "row": range(6)})
    drawn = sample_people(table, 2, rng)
    assert len(drawn) == 4
    assert drawn["row"].is_monotonic_increasing
    assert sample_people(table, 3, rng) is table
