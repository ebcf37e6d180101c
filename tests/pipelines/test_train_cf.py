"""The train_cf pipeline: every model on every holdout it has a meaning on, from fit alone."""

from __future__ import annotations

import numpy as np
import pytest

from artrec.models.registry import CONTENT_MODELS, HYBRID_MODELS, config_class, model_class
from project_world import configured, registered, world_medium

WORLD = world_medium()
COLLABORATIVE = [name for name in WORLD.models if name not in (*CONTENT_MODELS, *HYBRID_MODELS)]


def test_every_model_is_fitted_on_every_holdout_it_has_a_meaning_on(world_run) -> None:
    fitted = {name for name in world_run if name.endswith("_scorer") and "-" in name}
    assert fitted == {
        f"{model}-{holdout}_scorer"
        for holdout in WORLD.holdouts
        for model in WORLD.models_on(holdout)
    }
    for name in fitted:
        model = name.partition("-")[0]
        assert type(world_run[name]) is model_class(model)
        assert type(world_run[name].config) is config_class(model)


@pytest.mark.parametrize("model", COLLABORATIVE)
def test_a_model_reads_its_fit_and_its_own_parameters_only(model: str) -> None:
    for node in registered()["train_cf"].filter(node_namespaces=[f"movies.train_cf.{model}"]).nodes:
        (output,) = node.outputs
        holdout = output.removeprefix(f"movies.{model}-").removesuffix("_scorer")
        assert set(node.inputs) == {
            f"movies.{holdout}_fit",
            f"params:movies.models.{model}",
            "params:movies.training",
            "params:movies.source.positive_from",
            "params:seed",
        }


@pytest.mark.parametrize(
    "holdout", [each for each in WORLD.holdouts if "popularity" in WORLD.models_on(each)]
)
def test_popularity_counts_the_positives_of_fit(world_run, holdout: str) -> None:
    fit = world_run[f"{holdout}_fit"]
    scorer = world_run[f"popularity-{holdout}_scorer"]
    weight = np.where(fit["rating"] >= 4, 1.0, scorer.config.below_in_fit)
    expected = fit.assign(weight=weight).groupby("item_id")["weight"].sum()
    found = dict(zip(scorer.items.index, scorer.counts, strict=True))
    assert found == pytest.approx(expected[list(found)].to_dict(), rel=1e-6)


def test_items_without_support_are_not_fitted(run_world_stage, world_run) -> None:
    counts = world_run["per_user_test_fit"]["item_id"].value_counts()
    parameters = configured(medium={"training": {"min_item_support": 12}})
    made = run_world_stage("train_cf", parameters)
    supported = sorted(counts[counts >= 12].index)
    assert 0 < len(supported) < len(counts)
    assert made["ease-per_user_test_scorer"].items.index.tolist() == supported


def test_a_changed_parameter_changes_that_model_alone(run_world_stage, world_run) -> None:
    parameters = configured(medium={"models": {"ease": {"regularization": 3.25}}})
    made = run_world_stage("train_cf", parameters)
    assert made["ease-per_user_test_scorer"].config.regularization == 3.25
    for name, value in made.items():
        if name.endswith("_scorer") and not name.startswith("ease-"):
            before = {key: each for key, each in vars(world_run[name]).items() if is_array(each)}
            for key, array in before.items():
                np.testing.assert_array_equal(getattr(value, key), array, err_msg=name)


def is_array(value: object) -> bool:
    return isinstance(value, np.ndarray)
