"""The train_hybrid pipeline: learned where its scorers had not seen the labels."""

from __future__ import annotations

import numpy as np
import pytest

from artrec.models.registry import model_class
from project_world import MEDIUM, registered, world_medium

WORLD = world_medium()
VALIDATION, TEST = "per_user_validation", "per_user_test"


def inputs_of(output: str) -> set[str]:
    """Data sets a node of train_hybrid reads to make one."""
    stage = registered()["train_hybrid"]
    (node,) = stage.only_nodes_with_outputs(f"{MEDIUM}.{output}").nodes
    return {
        each.removeprefix(f"{MEDIUM}.") for each in node.inputs if not each.startswith("params:")
    }


@pytest.mark.parametrize("model", WORLD.hybrids)
@pytest.mark.parametrize("made", ["scorer", "lists"])
def test_it_learns_from_validation_with_scorers_that_have_not_seen_it(model, made) -> None:
    read = inputs_of(f"{model}-{VALIDATION}_{made}")
    assert {f"{VALIDATION}_profiles", f"{VALIDATION}_withheld"} <= read
    scorers = {each for each in read if each.endswith("_scorer")}
    assert scorers == {f"{name}-{VALIDATION}_scorer" for name in WORLD.blended}
    rest = read - scorers - {f"{VALIDATION}_profiles", f"{VALIDATION}_withheld"}
    assert rest <= {"works", f"{VALIDATION}_works_features", f"{VALIDATION}_content"}
    # and those scorers and features come from validation's fit: no label is in it
    recommend = registered()["recommend"]
    above = recommend.to_outputs(*(f"{MEDIUM}.{each}" for each in read - {
        f"{VALIDATION}_profiles", f"{VALIDATION}_withheld"
    })).datasets()  # fmt: skip
    above = {each.removeprefix(f"{MEDIUM}.") for each in above}
    assert f"{VALIDATION}_fit" in above
    # split makes them in one node; nothing reads them on the way
    for node in recommend.nodes:
        outputs = {each.removeprefix(f"{MEDIUM}.") for each in node.outputs}
        if outputs & (scorers | {f"{VALIDATION}_works_features", f"{VALIDATION}_content"}):
            assert f"{MEDIUM}.{VALIDATION}_withheld" not in node.inputs, node.name
            assert not [each for each in node.inputs if f".{TEST}_" in each], node.name
    assert not {each for each in read if "_test" in each}


@pytest.mark.parametrize("model", WORLD.hybrids)
def test_for_the_test_what_was_learned_stays_and_the_scorers_are_renewed(model) -> None:
    read = inputs_of(f"{model}-{TEST}_scorer")
    assert f"{TEST}_withheld" not in read
    assert f"{model}-{VALIDATION}_scorer" in read
    assert {f"{name}-{TEST}_scorer" for name in WORLD.blended} <= read


def test_weights_and_trees_are_those_of_validation(world_run) -> None:
    learned, renewed = (world_run[f"blend-{each}_scorer"] for each in (VALIDATION, TEST))
    np.testing.assert_array_equal(learned.weights, renewed.weights)
    learned, renewed = (world_run[f"hybrid-{each}_scorer"] for each in (VALIDATION, TEST))
    assert learned.texts == renewed.texts
    np.testing.assert_array_equal(learned.weights, renewed.weights)


@pytest.mark.parametrize("model", WORLD.hybrids)
def test_the_parts_are_the_models_of_the_same_holdout(world_run, model) -> None:
    for holdout in (VALIDATION, TEST):
        scorer = world_run[f"{model}-{holdout}_scorer"]
        assert type(scorer) is model_class(model)
        assert tuple(scorer.parts()) == WORLD.blended
        for name, part in scorer.parts().items():
            alone = world_run[f"{name}-{holdout}_scorer"].arrays()
            assert part.arrays().keys() == alone.keys()
            for key, array in part.arrays().items():
                np.testing.assert_array_equal(array, alone[key], err_msg=f"{name}: {key}")


@pytest.mark.parametrize("model", WORLD.hybrids)
def test_lists_to_choose_by_are_of_everybody_and_leave_out_what_they_know(world_run, model) -> None:
    lists = world_run[f"{model}-{VALIDATION}_lists"]
    liked = world_run[f"{VALIDATION}_withheld"].query("rating >= 4")
    assert set(liked["user_id"]) <= set(lists["user_id"])
    profiles = world_run[f"{VALIDATION}_profiles"]
    known = set(zip(profiles["user_id"], profiles["item_id"], strict=True))
    assert known & set(zip(lists["user_id"], lists["item_id"], strict=True)) == set()


def test_what_is_withheld_for_the_test_changes_nothing(run_world_stage, world_run) -> None:
    liked = world_run[f"{TEST}_withheld"]
    made = run_world_stage(
        "train_hybrid",
        **{f"{TEST}_withheld": liked.assign(rating=6 - liked["rating"], item_id="000")},
    )
    for holdout in (VALIDATION, TEST):
        ours, theirs = (run[f"hybrid-{holdout}_scorer"] for run in (world_run, made))
        assert ours.texts == theirs.texts
        np.testing.assert_array_equal(
            world_run[f"blend-{holdout}_scorer"].weights, made[f"blend-{holdout}_scorer"].weights
        )
