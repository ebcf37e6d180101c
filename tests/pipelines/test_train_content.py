"""The train_content pipeline: models of content, on the holdouts they have a meaning on."""

from __future__ import annotations

import numpy as np
import pytest

from artrec.models.registry import CONTENT_MODELS, model_class
from project_world import MEDIUM, configured, registered, world_medium

WORLD = world_medium()
MODELS = [name for name in WORLD.models if name in CONTENT_MODELS]
PAIRS = [(model, where) for where in WORLD.holdouts for model in MODELS
         if model in WORLD.models_on(where)]  # fmt: skip


def test_the_models_of_content_are_fitted_where_they_have_a_meaning(world_run) -> None:
    assert {"content", "projection"} <= set(MODELS)
    stage = registered()["train_content"]
    assert stage.outputs() == {f"{MEDIUM}.{model}-{where}_scorer" for model, where in PAIRS}
    for model, where in PAIRS:
        scorer = world_run[f"{model}-{where}_scorer"]
        assert type(scorer) is model_class(model)
        assert scorer.items == world_run[f"{where}_content"].items  # cold works too


@pytest.mark.parametrize(("model", "where"), PAIRS)
def test_a_model_reads_its_fit_its_content_and_its_own_parameters_only(model, where) -> None:
    stage = registered()["train_content"]
    (node,) = stage.only_nodes_with_outputs(f"{MEDIUM}.{model}-{where}_scorer").nodes
    assert set(node.inputs) == {
        f"{MEDIUM}.{where}_fit",
        f"{MEDIUM}.{where}_content",
        f"params:{MEDIUM}.models.{model}",
        f"params:{MEDIUM}.training",
        f"params:{MEDIUM}.source.positive_from",
        "params:seed",
    }


def test_cold_works_are_ranked_among_themselves_by_all_of_them(world_run) -> None:
    cold = set(world_run["item_cold_test_candidates"]["item_id"])
    models = WORLD.models_on("item_cold_test")
    assert set(models) == {"content", "projection"}
    for model in models:
        lists = world_run[f"{model}-item_cold_test_lists"]
        assert set(lists["item_id"]) <= cold
        assert set(lists["user_id"]) == set(world_run["item_cold_test_withheld"]["user_id"])


def test_content_tells_two_tastes_apart_without_any_interaction(world_run) -> None:
    """Cold films of the genre that a person loves come first."""
    lists = world_run["content-item_cold_test_lists"].query("rank == 1")
    same = lists["item_id"].astype(int) % 2 == lists["user_id"].str[1:].astype(int) % 2
    assert same.mean() > 0.9


def test_a_changed_weight_changes_that_model_alone(run_world_stage, world_run) -> None:
    told = configured(medium={"models": {"content": {"weights": {"genres": 1.0}}}})
    made = run_world_stage("train_content", told)
    content = made["content-per_user_test_scorer"]
    assert set(content.space.fields) == {"genres"}
    ours, theirs = (run["projection-item_cold_test_scorer"] for run in (world_run, made))
    for name, array in ours.arrays().items():
        np.testing.assert_array_equal(array, theirs.arrays()[name])
