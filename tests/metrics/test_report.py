"""All figures of a holdout: the right tables in, nothing lost, counts right where lists lack."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from artrec.metrics.beyond_accuracy import beyond_accuracy
from artrec.metrics.comparison import COMPARISON_COLUMNS, compare
from artrec.metrics.ranking import EvaluationConfig, per_user
from artrec.metrics.rating import rating_measured
from artrec.metrics.report import Truth, headline, judge, judge_all
from artrec.metrics.slices import by_item, by_user, slice_rows
from artrec.metrics.summary import RESULT_COLUMNS, Label, ranking_measured, result_rows

CONFIG = EvaluationConfig(cutoffs=(1, 2), n_bootstrap=100)
SEED = 11


def label(model):
    return Label("films", "films, 3 rows", "named", model, {"of": model}, SEED)


def rows(*each, columns=("user_id", "item_id", "rating")):
    return pd.DataFrame(list(each), columns=list(columns))


def ranked(**lists):
    found = [
        (user, item, 1.0 / rank, rank)
        for user, items in lists.items()
        for rank, item in enumerate(items, start=1)
    ]
    return rows(*found, columns=("user_id", "item_id", "score", "rank"))


@pytest.fixture
def truth():
    fit = rows(("u", "a", 5.0), ("v", "a", 4.0), ("w", "a", 2.0), ("v", "b", 4.0))
    return Truth(
        fit=fit,
        profiles=fit[fit["item_id"] == "a"],
        # x has nothing relevant, w no list
        withheld=rows(
            ("u", "b", 4.0), ("v", "c", 5.0), ("v", "d", 1.0), ("w", "d", 4.5), ("x", "a", 1)
        ),
        works=rows(
            *[(item, item, "Drama") for item in "abcd"], columns=("item_id", "title", "genres")
        ),
        works_features=rows(("b", "head"), ("c", "tail"), columns=("item_id", "popularity")),
        users_features=rows(("u", "short"), ("v", "long"), columns=("user_id", "history")),
        positive_from=4.0,
    )


LISTS = ranked(u="bd", v="dc", x="bc")


def test_relevant_is_what_was_withheld_and_liked(truth):
    assert truth.relevant.to_numpy().tolist() == [["u", "b"], ["v", "c"], ["w", "d"]]


def test_one_model_has_every_figure_in_one_table(truth):
    predictions = truth.withheld.assign(prediction=3.0)
    judged = judge(label("ease"), LISTS, truth, CONFIG, np.random.default_rng(SEED), predictions)
    values = per_user(LISTS, truth.relevant, CONFIG.cutoffs)
    rng = np.random.default_rng(SEED)
    # only lists of people with something relevant: x is left out
    beyond = beyond_accuracy(
        LISTS[LISTS["user_id"] != "x"], truth.fit, truth.profiles, truth.works, CONFIG.cutoffs
    )
    expected = pd.concat(
        [
            result_rows(label("ease"), ranking_measured(values), 1, CONFIG, rng),
            result_rows(label("ease"), beyond, 1, CONFIG, rng),
            result_rows(label("ease"), rating_measured(predictions), 0, CONFIG, rng),
        ],
        ignore_index=True,
    )
    pd.testing.assert_frame_equal(judged.results, expected)
    history = pd.Series({"u": "short", "v": "long"})
    popularity = pd.Series({"b": "head", "c": "tail"})
    users = by_user(values, history)
    items = by_item(LISTS, truth.relevant, popularity, CONFIG.cutoffs)
    slices = pd.concat(
        [
            slice_rows(label("ease"), "history of the user", users, CONFIG, rng),
            slice_rows(label("ease"), "popularity of the item", items, CONFIG, rng),
        ],
        ignore_index=True,
    )
    pd.testing.assert_frame_equal(judged.slices, slices)
    assert list(judged.per_user.columns) == ["model", *values.columns]
    assert judged.per_user["model"].tolist() == ["ease"] * 3
    pd.testing.assert_frame_equal(judged.per_user[values.columns], values)


def test_a_ranking_model_has_no_rating_figures(truth):
    judged = judge(label("ease"), LISTS, truth, CONFIG, np.random.default_rng(SEED))
    assert not judged.results["metric"].isin(["rmse", "mae"]).any()
    assert list(judged.results.columns) == list(RESULT_COLUMNS)


def test_all_models_are_judged_and_compared_at_every_cut_off(truth):
    lists = {"popularity": ranked(u="ca", v="ab"), "svd": LISTS}
    predictions = {"svd": truth.withheld.assign(prediction=3.0)}
    labels = {model: label(model) for model in lists}
    judged, comparisons = judge_all(labels, lists, predictions, truth, CONFIG, SEED)
    alone = [
        judge(
            labels[m],
            lists[m],
            truth,
            CONFIG,
            np.random.default_rng(SEED),
            predictions.get(m),
            lists["popularity"],
        )
        for m in lists
    ]
    for table in ("per_user", "results", "slices"):
        together = pd.concat([getattr(each, table) for each in alone], ignore_index=True)
        pd.testing.assert_frame_equal(getattr(judged, table), together)
    assert set(judged.results.loc[judged.results["metric"] == "rmse", "model"]) == {"svd"}
    surprise = judged.results[judged.results["metric"] == "serendipity"]
    assert surprise["k"].tolist() == [*CONFIG.cutoffs] * 2
    assert (surprise.loc[surprise["model"] == "popularity", "mean"] == 0).all()
    values = {model: each.per_user for model, each in zip(lists, alone, strict=True)}
    rng = np.random.default_rng(SEED)
    by_hand = [compare(values, "ndcg", k, CONFIG, rng) for k in (1, 2)]
    pd.testing.assert_frame_equal(comparisons, pd.concat(by_hand, ignore_index=True))


def test_nothing_relevant_gives_rows_that_say_so_and_no_comparisons(truth):
    nothing = Truth(**{**vars(truth), "positive_from": 9.0})
    labels = {model: label(model) for model in ("a", "b")}
    judged, comparisons = judge_all(labels, {"a": LISTS, "b": LISTS}, {}, nothing, CONFIG, SEED)
    ranking = judged.results[judged.results["metric"] == "ndcg"]
    assert ranking["n_users"].tolist() == [0] * 4
    assert ranking["mean"].isna().all()
    assert comparisons.empty
    assert list(comparisons.columns) == list(COMPARISON_COLUMNS)


def test_the_headline_names_figures_and_leaves_out_what_has_none():
    results = pd.DataFrame(
        [
            ("a", "ndcg", 10, 1 / 3),
            ("a", "rmse", 0, 0.9),
            ("b", "ndcg", 5, 0.5),
            ("b", "gini", 5, np.nan),
        ],
        columns=["model", "metric", "k", "mean"],
    )
    assert headline(results) == {"a": {"ndcg@10": 0.333333, "rmse": 0.9}, "b": {"ndcg@5": 0.5}}
    assert headline(results.tail(1)) == {}
