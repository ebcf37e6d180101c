"""The evaluate pipeline: every model judged on both holdouts, rows complete, report readable."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from artrec.metrics.lists import relevant_items
from artrec.metrics.ranking import per_user
from artrec.models.registry import RATING_MODELS
from project_world import N_USERS, configured, world_medium

WORLD = world_medium()
HOLDOUTS = WORLD.judged_on
(PREDICTS,) = RATING_MODELS
RANKING = {"precision", "recall", "ndcg", "map", "mrr", "hit_rate"}
BEYOND = {"coverage", "gini", "novelty", "intra_list_diversity", "popularity_lift"}
BEYOND |= {"calibration_kl", "calibration_js", "serendipity"}
WHAT_OF = ["data_set", "source_variant", "split_id", "model", "parameters", "seed", "k", "n_users"]


@pytest.mark.parametrize("holdout", HOLDOUTS)
def test_every_row_says_what_it_is_a_figure_of(world_run, holdout: str) -> None:
    results = world_run[f"{holdout}_results"]
    assert set(results["model"]) == set(WORLD.models_on(holdout))
    assert results[WHAT_OF].notna().all(None)
    assert set(results["split_id"]) == {world_run[f"{holdout}_split"]["split_id"]}
    assert set(results["source_variant"]) == {world_run["source_variant"]["label"]}
    told = {row.model: json.loads(row.parameters) for row in results.itertuples()}
    assert all(told[model] == world_run["fitted_parameters"][model] for model in told)
    figures = set(zip(results["model"], results["metric"], results["k"], strict=True))
    # a surprise is what popularity would not have shown; it ranks no work that nobody has met
    wanted = RANKING | (BEYOND if "popularity" in told else BEYOND - {"serendipity"})
    rating = set(RATING_MODELS) & set(told)
    expected = {(m, f, k) for m in told for f in wanted for k in (5, 10, 20)}
    assert figures == expected | {(m, f, 0) for m in rating for f in ("rmse", "mae")}


@pytest.mark.parametrize("holdout", HOLDOUTS)
def test_means_are_over_users_and_inside_their_intervals(world_run, holdout: str) -> None:
    withheld = world_run[f"{holdout}_withheld"]
    relevant = relevant_items(withheld, 4.0)
    results = world_run[f"{holdout}_results"].set_index(["model", "metric", "k"])
    for model in WORLD.models_on(holdout):
        values = per_user(world_run[f"{model}-{holdout}_lists"], relevant, (10,))
        row = results.loc[(model, "ndcg", 10)]
        assert row["mean"] == pytest.approx(values["ndcg@10"].mean())
        assert row["low"] <= row["mean"] <= row["high"]
        assert row["n_users"] == relevant["user_id"].nunique() <= N_USERS


@pytest.mark.parametrize(
    "holdout", [each for each in HOLDOUTS if PREDICTS in WORLD.models_on(each)]
)
def test_the_error_is_over_all_withheld_ratings(world_run, holdout: str) -> None:
    withheld = world_run[f"{holdout}_withheld"]
    results = world_run[f"{holdout}_results"].set_index(["model", "metric", "k"])
    predicted = world_run[f"{PREDICTS}-{holdout}_predictions"]
    assert len(predicted) == len(withheld)
    rmse = np.sqrt(((predicted["prediction"] - predicted["rating"]) ** 2).mean())
    assert results.loc[(PREDICTS, "rmse", 0), "mean"] == pytest.approx(rmse)


@pytest.mark.parametrize("holdout", HOLDOUTS)
def test_lists_leave_out_what_is_known_of_each_person(world_run, holdout: str) -> None:
    profiles = world_run[f"{holdout}_profiles"]
    known = set(zip(profiles["user_id"], profiles["item_id"], strict=True))
    for model in WORLD.models_on(holdout):
        lists = world_run[f"{model}-{holdout}_lists"]
        assert known & set(zip(lists["user_id"], lists["item_id"], strict=True)) == set()
        assert set(lists["user_id"]) == set(world_run[f"{holdout}_withheld"]["user_id"])


def test_pairs_of_models_are_compared_with_the_better_one_first(world_run) -> None:
    comparisons = world_run["per_user_test_comparisons"]
    n_models = len(WORLD.models_on("per_user_test"))
    assert len(comparisons) == 3 * n_models * (n_models - 1) // 2
    assert (comparisons["difference"] >= 0).all()
    assert (comparisons["p_holm"] >= comparisons["p"]).all()
    ours = comparisons[(comparisons["k"] == 10) & (comparisons["other"] == "popularity")]
    assert ours.set_index("model").loc["ease", "p"] < 0.05


def test_report_summary_and_metrics_tell_the_same_figures(world_run) -> None:
    results = world_run["per_user_test_results"].set_index(["model", "metric", "k"])["mean"]
    ease = results[("ease", "ndcg", 10)]
    assert world_run["evaluation_metrics"]["ease"]["ndcg@10"] == pytest.approx(ease, abs=1e-6)
    summary = world_run["evaluation_summary"].set_index(["split", "model"])
    assert summary.loc[("per_user_last_0.2", "ease"), "ndcg@10"] == pytest.approx(ease, abs=1e-4)
    for text in (world_run["evaluation_md_text"], world_run["evaluation_html_text"]):
        assert f"{ease:.4f}" in text
        assert world_run["source_variant"]["sha256"][:12] in text
    assert 'src="http' not in world_run["evaluation_html_text"]


def test_slices_part_users_and_items(world_run) -> None:
    slices = world_run["per_user_test_slices"]
    assert list(dict.fromkeys(slices["slice_by"])) == [
        "history of the user",
        "taste of the user",
        "popularity of the item",
        "age of the work",
        "genre of the work",
    ]
    assert (
        slices.loc[slices["metric"] == "popularity_lift", "slice_by"].str.endswith("user")
    ).all()
    genres = slices[slices["slice_by"] == "genre of the work"]
    assert set(genres["slice"]) == {"Comedy", "Drama", "Romance"}
    first = slices[(slices["metric"] == "ndcg") & (slices["k"] == 10) & (slices["model"] == "ease")]
    history = first[first["slice_by"] == "history of the user"]
    assert history["n_users"].sum() == N_USERS


def test_reranked_lists_trade_accuracy_for_diversity(world_run) -> None:
    curves = world_run["diversity_curves"].set_index(["method", "strength", "metric"])["mean"]
    results = world_run["per_user_test_results"].set_index(["model", "metric", "k"])["mean"]
    for method in ("mmr", "calibrated"):
        assert curves[(method, 0.0, "ndcg")] == pytest.approx(results[("ease", "ndcg", 10)])
    far = ("mmr", 1.0, "intra_list_diversity")
    assert curves[far] > curves[("mmr", 0.0, "intra_list_diversity")]
    calm = ("calibrated", 1.0, "calibration_kl")
    assert curves[calm] <= curves[("calibrated", 0.0, "calibration_kl")]


def test_lists_of_some_people_stand_beside_each_other(world_run) -> None:
    shown = world_run["people_side_by_side"]
    assert len(shown["user_id"].unique()) == 20
    ease = shown[shown["list"] == "ease"]
    lists = world_run["ease-per_user_test_lists"]
    near = lists[(lists["rank"] <= 10) & lists["user_id"].isin(ease["user_id"])]
    pd.testing.assert_frame_equal(
        ease[["user_id", "item_id", "rank"]].reset_index(drop=True),
        near[["user_id", "item_id", "rank"]].reset_index(drop=True),
    )
    assert world_run["evaluation_html_text"].count("<summary>Person ") == 20


def test_the_seed_moves_intervals_and_nothing_else(run_world_stage, world_run) -> None:
    parameters = configured(medium={"evaluation": {"n_bootstrap": 100}})
    same = run_world_stage("evaluate", parameters)["per_user_test_results"]
    pd.testing.assert_frame_equal(same, world_run["per_user_test_results"])
    other = run_world_stage("evaluate", parameters | {"seed": 1})["per_user_test_results"]
    pd.testing.assert_series_equal(other["mean"], same["mean"])
    assert not other["low"].equals(same["low"])


def test_a_holdout_without_a_liked_item_is_reported_as_such(run_world_stage, world_run) -> None:
    disliked = world_run["global_test_withheld"].assign(rating=1.0)
    made = run_world_stage("evaluate", global_test_withheld=disliked)
    results = made["global_test_results"]
    ranking = results[results["metric"].isin(RANKING)]
    assert (ranking["n_users"] == 0).all()
    assert ranking["mean"].isna().all()
    assert made["global_test_comparisons"].empty
    assert made["evaluation_metrics"] == world_run["evaluation_metrics"]
    assert "**0 users**" in made["evaluation_md_text"]
    assert "nan" not in made["evaluation_md_text"]


def test_the_recall_of_the_hybrid_s_candidates_is_reported(world_run) -> None:
    (learned,) = world_run["fitted_parameters"]["learned"].values()
    assert 0 < learned["candidate_recall"] <= 1
    told = f"{learned['candidate_recall']:.0%} was among the candidates of hybrid"
    assert told in world_run["evaluation_md_text"]
