"""The select pipeline: the model that is best on validation, by the configured metric."""

from __future__ import annotations

import pandas as pd
import pytest

from artrec.errors import InputError
from artrec.metrics.lists import relevant_items
from artrec.metrics.ranking import per_user
from project_world import QUICK, configured, world_medium

MODELS = world_medium().models_on("per_user_validation")
POSITIVE_FROM = 4.0


def test_the_best_on_validation_is_chosen_with_its_configuration(world_run) -> None:
    selection = world_run["selection"]
    relevant = relevant_items(world_run["per_user_validation_withheld"], POSITIVE_FROM)
    means = {
        model: per_user(world_run[f"{model}-per_user_validation_lists"], relevant, (10,))[
            "ndcg@10"
        ].mean()
        for model in MODELS
    }
    assert selection["metric"] == "ndcg@10"
    assert selection["validation"] == pytest.approx(means)
    assert selection["model"] == max(means, key=means.__getitem__)
    scorer = world_run[f"{selection['model']}-per_user_validation_scorer"]
    assert selection["config"] == scorer.config.model_dump(mode="json")


def test_personal_models_beat_popularity_on_two_tastes(world_run) -> None:
    figures = world_run["selection"]["validation"]
    assert figures["ease"] > 1.5 * figures["popularity"]
    assert world_run["selection"]["model"] != "popularity"


def test_lists_are_of_the_withheld_users_and_leave_out_their_profile(world_run) -> None:
    profiles = world_run["per_user_validation_profiles"]
    known = set(zip(profiles["user_id"], profiles["item_id"], strict=True))
    for model in MODELS:
        lists = world_run[f"{model}-per_user_validation_lists"]
        assert set(lists["user_id"]) == set(world_run["per_user_validation_withheld"]["user_id"])
        assert lists.groupby("user_id")["rank"].max().max() == 10
        assert known & set(zip(lists["user_id"], lists["item_id"], strict=True)) == set()


def test_metric_and_cut_off_are_parameters(run_world_stage, world_run) -> None:
    changes = {**QUICK, "selection": {"metric": "recall", "k": 5}}
    made = run_world_stage("select", configured(medium=changes))
    assert made["selection"]["metric"] == "recall@5"
    assert made["ease-per_user_validation_lists"]["rank"].max() == 5


def test_test_figures_cannot_change_the_choice(run_world_stage, world_run) -> None:
    """Select runs, and chooses the same, where everything of the test part is gone."""
    gone = {
        name: pd.DataFrame()
        for name in world_run
        if "_test_" in name or name.startswith("evaluation")
    }
    assert len(gone) > 20
    assert run_world_stage("select", **gone)["selection"] == world_run["selection"]


def test_a_validation_part_that_nobody_liked_chooses_nothing(run_world_stage, world_run) -> None:
    disliked = world_run["per_user_validation_withheld"].assign(rating=1.0)
    with pytest.raises(InputError, match="nobody has a liked item") as raised:
        run_world_stage("select", per_user_validation_withheld=disliked)
    assert "splitting.min_interactions" in raised.value.hint
