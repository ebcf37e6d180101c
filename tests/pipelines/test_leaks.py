"""Who may see what, read off the graph: nothing that chooses stands below anything of the test."""

from __future__ import annotations

import pytest
from kedro.pipeline import Pipeline

from project_world import MEDIUM, registered, world_medium

CHOOSING = {
    "recommend": ["selection", "final_scorer", "recommendations"],
    "tune": ["tuning_results"],
}
READERS_OF_FIGURES = {"evaluate", "bundle", "publish"}


@pytest.fixture(scope="module")
def graphs() -> dict[str, Pipeline]:
    return registered()


def ancestors(pipeline: Pipeline, dataset: str) -> set[str]:
    """Every dataset that has a say in this one."""
    return pipeline.to_outputs(dataset).datasets() - {dataset}


def of_test(names: set[str]) -> set[str]:
    return {
        name
        for name in names
        if "_test_" in name or "evaluation_" in name.removeprefix(f"params:{MEDIUM}.")
    }


def of_validation(name: str) -> bool:
    return "per_user_validation_" in name or "global_validation_" in name


@pytest.mark.parametrize(
    ("pipeline", "dataset"), [(name, each) for name, all_ in CHOOSING.items() for each in all_]
)
def test_nothing_that_chooses_or_is_published_sees_the_test(graphs, pipeline, dataset) -> None:
    # tune reads what split made: only with it the way to the raw files is whole
    whole = graphs[pipeline] + graphs["split"]
    above = ancestors(whole, f"{MEDIUM}.{dataset}")
    assert f"{MEDIUM}.interactions" in above
    assert of_test(above) == set()


def test_the_check_would_see_a_leak(graphs) -> None:
    above = ancestors(graphs["recommend"], f"{MEDIUM}.evaluation_metrics")
    assert f"{MEDIUM}.per_user_test_withheld" in of_test(above)


def test_select_and_tune_read_the_validation_holdout_only(graphs) -> None:
    for name in ("select", "tune"):
        read = {each for each in graphs[name].inputs() if not each.startswith("params:")}
        assert read
        assert {each for each in read if not of_validation(each)} == set()
    chosen_on = {each for each in graphs["select"].inputs() if "global_" in each}
    assert chosen_on == set()  # a part of the headline's test happened before that cut


def test_test_figures_are_read_by_report_and_bundle_only(graphs) -> None:
    recommend = graphs["recommend"]
    readers = {
        node.namespace.split(".")[1] if node.namespace else node.name
        for node in recommend.nodes
        if any(
            "evaluation_" in each or "_test_results" in each
            for each in node.inputs
            if not each.startswith("params:")
        )
    }
    assert readers <= READERS_OF_FIGURES
    assert "bundle" in readers


def test_published_recommendations_are_judged_by_nothing(graphs) -> None:
    recommend = graphs["recommend"]
    below = {
        output
        for name in ("recommendations", "final_scorer")
        for output in recommend.from_inputs(f"{MEDIUM}.{name}").all_outputs()
    }
    assert f"{MEDIUM}.recommendations_readable" in below
    assert {each for each in below if "metrics" in each or "results" in each} == set()
    assert graphs["evaluate"].inputs() & below == set()


def test_a_hybrid_is_chosen_and_published_by_what_validation_taught(graphs) -> None:
    """Its parts for the test, its renewal and its test lists lead nowhere but to figures."""
    recommend = graphs["recommend"]
    for model in world_medium().hybrids:
        below = recommend.from_inputs(f"{MEDIUM}.{model}-per_user_test_scorer").all_outputs()
        assert f"{MEDIUM}.evaluation_metrics" in below
        assert below & {f"{MEDIUM}.{each}" for each in ("selection", "final_scorer")} == set()
    above = ancestors(recommend, f"{MEDIUM}.final_scorer")
    assert {
        f"{MEDIUM}.{each}-per_user_validation_scorer" for each in world_medium().hybrids
    } <= above


def test_content_models_are_fitted_on_fit_and_content_only(graphs) -> None:
    for node in graphs["train_content"].nodes:
        tables = {each for each in node.inputs if not each.startswith("params:")}
        (output,) = node.outputs
        holdout = output.rpartition("-")[2].removesuffix("_scorer")
        assert tables == {f"{MEDIUM}.{holdout}_fit", f"{MEDIUM}.{holdout}_content"}


def test_models_are_fitted_on_fit_only(graphs) -> None:
    for node in graphs["train_cf"].nodes:
        tables = [each for each in node.inputs if not each.startswith("params:")]
        (output,) = node.outputs
        holdout = output.rpartition("-")[2].removesuffix("_scorer")
        assert tables == [f"{MEDIUM}.{holdout}_fit"]


@pytest.mark.parametrize("holdout", ["per_user_test", "global_test"])
def test_figures_are_sliced_by_what_is_known_at_their_own_cut(graphs, holdout) -> None:
    features = {f"{MEDIUM}.{holdout}_{each}_features" for each in ("works", "users")}
    (measuring,) = graphs["evaluate"].only_nodes_with_outputs(f"{MEDIUM}.{holdout}_slices").nodes
    assert {each for each in measuring.inputs if each.endswith("_features")} == features
    made = graphs["feature_engineering"].to_outputs(*features)
    read = {each for each in made.inputs() if not each.startswith("params:")}
    assert read == {
        f"{MEDIUM}.{each}" for each in ("works", f"{holdout}_fit", f"{holdout}_profiles")
    }
