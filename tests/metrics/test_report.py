"""All figures of a holdout: the right tables in, nothing lost, counts right where lists lack."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from artrec.metrics.beyond_accuracy import beyond_accuracy
from artrec.metrics.comparison import COMPARISON_COLUMNS, compare
from artrec.metrics.ranking import EvaluationConfig, per_user
from artrec.metrics.rating import rating_measured
from artrec.metrics.report import Truth, headline, judge_all
from artrec.metrics.summary import RESULT_COLUMNS, Label, Told, ranking_measured, rows_of_all

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


def judged_of(lists, truth, predictions=None):
    labels = {model: label(model) for model in lists}
    return judge_all(labels, lists, predictions or {}, truth, CONFIG, SEED)


def test_one_model_has_every_figure_in_one_table(truth):
    predictions = truth.withheld.assign(prediction=3.0)
    judged = judged_of({"ease": LISTS}, truth, {"ease": predictions})
    values = per_user(LISTS, truth.relevant, CONFIG.cutoffs)
    # only lists of people with something relevant: x is left out
    beyond = beyond_accuracy(
        LISTS[LISTS["user_id"] != "x"], truth.fit, truth.profiles, truth.works, CONFIG.cutoffs
    )
    told = [
        Told(label("ease"), [*ranking_measured(values), *beyond], 1),
        Told(label("ease"), rating_measured(predictions), 0),
    ]
    expected = rows_of_all(told, CONFIG, np.random.default_rng(SEED))
    pd.testing.assert_frame_equal(judged.results, expected)
    assert list(judged.per_user.columns) == ["model", *values.columns]
    assert judged.per_user["model"].tolist() == ["ease"] * 3
    pd.testing.assert_frame_equal(judged.per_user[values.columns], values)


def test_every_slice_names_its_people_and_works(truth):
    slices = judged_of({"ease": LISTS}, truth).slices
    at_2 = slices[(slices["metric"] == "recall") & (slices["k"] == 2)]
    told = {(row.slice_by, row.slice): (row.n_users, row.mean) for row in at_2.itertuples()}
    assert told == {
        ("history of the user", "short"): (1, 1.0),
        ("history of the user", "long"): (1, 1.0),
        ("history of the user", "unlabelled"): (1, 0.0),
        ("taste of the user", "middle"): (2, 1.0),
        ("taste of the user", "mainstream"): (1, 0.0),
        ("popularity of the item", "head"): (1, 1.0),
        ("popularity of the item", "tail"): (1, 1.0),
        ("popularity of the item", "unlabelled"): (1, 0.0),
        ("genre of the work", "Drama"): (3, 2 / 3),
    }


def test_popularity_lift_is_told_of_groups_of_people(truth):
    slices = judged_of({"ease": LISTS}, truth).slices
    lift = slices[(slices["metric"] == "popularity_lift") & (slices["k"] == 1)]
    of_history = lift[lift["slice_by"] == "history of the user"].set_index("slice")["mean"]
    # three met a, one met b, nobody d: u's list begins with b, v's with d
    assert of_history["short"] == pytest.approx((1 - 3) / 3)
    assert of_history["long"] == pytest.approx((0 - 3) / 3)
    assert lift.loc[lift["slice"] == "unlabelled", "n_users"].tolist() == [0]
    assert not lift["slice_by"].str.contains("item|work").any()


def test_a_ranking_model_has_no_rating_figures(truth):
    results = judged_of({"ease": LISTS}, truth).results
    assert not results["metric"].isin(["rmse", "mae"]).any()
    assert list(results.columns) == list(RESULT_COLUMNS)


def test_all_models_are_judged_and_compared_at_every_cut_off(truth):
    lists = {"popularity": ranked(u="ca", v="ab"), "svd": LISTS}
    predictions = {"svd": truth.withheld.assign(prediction=3.0)}
    judged = judged_of(lists, truth, predictions)
    assert set(judged.results.loc[judged.results["metric"] == "rmse", "model"]) == {"svd"}
    surprise = judged.results[judged.results["metric"] == "serendipity"]
    assert surprise["k"].tolist() == [*CONFIG.cutoffs] * 2
    assert (surprise.loc[surprise["model"] == "popularity", "mean"] == 0).all()
    values = {model: per_user(lists[model], truth.relevant, CONFIG.cutoffs) for model in lists}
    rng = np.random.default_rng(SEED)
    by_hand = [compare(values, "ndcg", k, CONFIG, rng) for k in (1, 2)]
    pd.testing.assert_frame_equal(judged.comparisons, pd.concat(by_hand, ignore_index=True))
    assert judged.overlaps["k"].tolist() == [1, 2]
    assert judged.overlaps["overlap"].tolist() == [0.0, 0.0]


def test_a_model_more_changes_no_row_of_the_others(truth):
    lists = {"popularity": ranked(u="ca", v="ab"), "svd": LISTS}
    both, more = (judged_of(given, truth) for given in (lists, {"few": ranked(u="ad"), **lists}))
    for table in ("results", "slices"):
        rows = getattr(more, table)
        kept = rows[rows["model"] != "few"].reset_index(drop=True)
        if table == "results":
            pd.testing.assert_frame_equal(kept, getattr(both, table))
        else:
            keys = ["slice_by", "slice", "model", "metric", "k"]
            wanted = getattr(both, table).sort_values(keys, ignore_index=True)
            pd.testing.assert_frame_equal(kept.sort_values(keys, ignore_index=True), wanted)


def test_nothing_relevant_gives_rows_that_say_so_and_no_comparisons(truth):
    nothing = Truth(**{**vars(truth), "positive_from": 9.0})
    judged = judged_of({"a": LISTS, "b": LISTS}, nothing)
    comparisons = judged.comparisons
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
