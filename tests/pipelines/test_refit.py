"""The refit pipeline: the chosen configuration, fitted on all interactions."""

from __future__ import annotations

import numpy as np
import pytest

from artrec.errors import ConfigError
from artrec.models.ease import Ease
from project_world import world_medium


def test_the_chosen_model_is_fitted_on_everything(run_world_stage, world_run) -> None:
    config = world_run["ease-per_user_test_scorer"].config.model_copy(
        update={"regularization": 7.5}
    )
    chosen = {**world_run["selection"], "model": "ease", "config": config.model_dump()}
    made = run_world_stage("refit", selection=chosen)
    scorer = made["final_scorer"]
    assert isinstance(scorer, Ease)
    assert scorer.config == config
    counts = world_run["interactions"]["item_id"].value_counts()
    assert scorer.items.index.tolist() == sorted(counts[counts >= 3].index)


def test_popularity_refitted_counts_all_interactions(run_world_stage, world_run) -> None:
    chosen = {**world_run["selection"], "model": "popularity", "config": {"below_in_fit": 0.0}}
    scorer = run_world_stage("refit", selection=chosen)["final_scorer"]
    everything = world_run["interactions"]
    liked = everything[everything["rating"] >= 4]["item_id"].value_counts()
    expected = [float(liked.get(item, 0)) for item in scorer.items.index]
    assert scorer.counts.tolist() == expected


def test_a_selection_of_another_version_is_refused(run_world_stage, world_run) -> None:
    with pytest.raises(ConfigError, match="no model 'eaze'") as raised:
        run_world_stage("refit", selection={**world_run["selection"], "model": "eaze"})
    assert "'ease'" in raised.value.hint


@pytest.mark.parametrize("model", world_medium().hybrids)
def test_a_chosen_hybrid_keeps_what_it_learned_over_parts_fitted_on_everything(
    run_world_stage, world_run, model: str
) -> None:
    learned = world_run[f"{model}-per_user_validation_scorer"]
    config = learned.config.model_dump(mode="json")
    chosen = {**world_run["selection"], "model": model, "config": config}
    scorer = run_world_stage("refit", selection=chosen)["final_scorer"]
    assert type(scorer) is type(learned)
    np.testing.assert_array_equal(scorer.weights, learned.weights)
    everything = world_run["interactions"]
    weight = np.where(everything["rating"] >= 4, 1.0, 0.4)
    counted = everything.assign(weight=weight).groupby("item_id")["weight"].sum()
    popular = scorer.parts()["popularity"]
    assert popular.config.below_in_fit == 0.4
    found = dict(zip(popular.items.index, popular.counts, strict=True))
    assert found == pytest.approx(counted[list(found)].to_dict(), rel=1e-6)
    assert tuple(scorer.parts()) == tuple(learned.parts())
    for name, part in scorer.parts().items():
        assert part.config == learned.parts()[name].config


def test_a_chosen_content_model_is_fitted_on_everything(run_world_stage, world_run) -> None:
    config = world_run["content-per_user_test_scorer"].config.model_dump(mode="json")
    chosen = {**world_run["selection"], "model": "content", "config": config}
    scorer = run_world_stage("refit", selection=chosen)["final_scorer"]
    assert scorer.items == world_run["final_content"].items
