"""The tune pipeline: every model on an equal grid, judged on validation, the best marked."""

from __future__ import annotations

import json

import pytest
from kedro.validation.exceptions import ParameterValidationError

from artrec.models.registry import CONTENT_MODELS, HYBRID_MODELS
from project_world import configured, world_medium

WORLD = world_medium()
MODELS = [
    name
    for name in WORLD.models_on("per_user_validation")
    if name not in (*CONTENT_MODELS, *HYBRID_MODELS)
] + ["recent_popularity"]
GRIDS = {
    "popularity": [{"below_in_fit": 0.0}, {"below_in_fit": 1.0}],
    "recent_popularity": [{"window_days": 60}, {"window_days": 600}],
    "item_knn": [{"n_neighbors": 1}, {"n_neighbors": 20}],
    "user_knn": [{"n_neighbors": 1}, {"n_neighbors": 20}],
    "svd": [{"n_factors": 2}, {"n_factors": 8}],
    "biased_svd": [{"n_factors": 2}, {"n_factors": 4}],
    "ease": [{"regularization": 5000.0}, {"regularization": 5.0}],
}


def test_every_model_is_tried_equally_and_its_best_is_marked(run_world_stage, world_run) -> None:
    results = run_world_stage("tune", configured(medium={"grids": {"models": GRIDS}}))[
        "tuning_results"
    ]
    assert results.groupby("model").size().to_dict() == dict.fromkeys(MODELS, 2)
    assert results.groupby("model")["chosen"].sum().to_dict() == dict.fromkeys(MODELS, 1)
    ranked = results[results["criterion"] == "ndcg@10"]
    best = ranked.loc[ranked.groupby("model")["value"].idxmax()]
    assert best["chosen"].all()
    rated = results[results["criterion"] == "rmse"]
    assert set(rated["model"]) == {"biased_svd"}
    assert rated.loc[rated["value"].idxmin(), "chosen"]
    ease = results[(results["model"] == "ease") & results["chosen"]]
    assert json.loads(ease["parameters"].iloc[0])["regularization"] in (5.0, 5000.0)
    assert ranked[ranked["model"] == "ease"]["value"].nunique() == 2


def test_a_grid_of_unequal_size_or_with_a_misspelt_name_is_refused(run_world_stage) -> None:
    unequal = {**GRIDS, "svd": [{"n_factors": 2}]}
    with pytest.raises(ParameterValidationError, match="the same number of trials"):
        run_world_stage("tune", configured(medium={"grids": {"models": unequal}}))
    misspelt = {**GRIDS, "svd": [{"n_factor": 2}, {"n_factors": 4}]}
    with pytest.raises(ParameterValidationError, match="did you mean 'n_factors'"):
        run_world_stage("tune", configured(medium={"grids": {"models": misspelt}}))
