"""The text_embedding pipeline: works described by what a holdout's training knows, and no more."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from artrec import schema
from artrec.data.content import Content
from artrec.errors import ArtrecWarning
from project_world import MEDIUM, registered, world_medium

WORLD = world_medium()
COLD = "item_cold_test"


def dense(content: Content, name: str) -> np.ndarray:
    field = content.fields[name]
    return field.toarray() if sparse.issparse(field) else np.asarray(field)


def without(content: Content, items: set[str]) -> dict[str, np.ndarray]:
    kept = np.flatnonzero([each not in items for each in content.items.index])
    return {name: dense(content, name)[kept] for name in content.fields}


def test_every_work_has_a_document_and_a_row_in_every_holdout(world_run) -> None:
    works = world_run["works"]
    assert world_run["documents"]["item_id"].tolist() == works["item_id"].tolist()
    for where in (*WORLD.holdouts, "final"):
        content = world_run[f"{where}_content"]
        assert content.items.index.tolist() == sorted(works["item_id"])
        assert {"text", "genres", "creators", "year"} <= set(content.fields)
        lengths = np.linalg.norm(dense(content, "text"), axis=1)
        assert ((np.abs(lengths - 1) < 1e-5) | (lengths == 0)).all()


def test_content_of_a_holdout_reads_its_fit_and_nothing_else_that_people_did() -> None:
    stage = registered()["text_embedding"]
    people = {"interactions", "fit", "profiles", "withheld"}
    for where in (*WORLD.holdouts, "final"):
        (node,) = stage.only_nodes_with_outputs(f"{MEDIUM}.{where}_content").nodes
        read = {each for each in node.inputs if each.rpartition("_")[2] in people}
        read |= {each for each in node.inputs if each == f"{MEDIUM}.interactions"}
        known = "interactions" if where == "final" else f"{where}_fit"
        assert read == {f"{MEDIUM}.{known}"}


def test_what_a_withheld_work_says_changes_no_other_work(run_world_stage, world_run) -> None:
    cold = set(world_run[f"{COLD}_candidates"]["item_id"])
    assert cold
    works = world_run["works"]
    hidden = works["item_id"].isin(cold)
    told = works.assign(
        title=works["title"].mask(hidden, "Comedy Drama Film of Director and new words"),
        creators=works["creators"].mask(hidden, "Director 3|Somebody New"),
        genres=works["genres"].mask(hidden, "Western"),
    )
    before = run_world_stage("text_embedding")
    after = run_world_stage("text_embedding", works=told)
    ours, theirs = (without(each[f"{COLD}_content"], cold) for each in (before, after))
    assert ours.keys() == theirs.keys()
    for name, rows in ours.items():
        np.testing.assert_array_equal(rows, theirs[name], err_msg=name)
    # where the works are known, what they say counts
    assert not same(
        without(before["final_content"], cold), without(after["final_content"], cold), "text"
    )


def same(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray], name: str) -> bool:
    return ours[name].shape == theirs[name].shape and np.allclose(ours[name], theirs[name])


def test_a_cold_work_has_no_tags_yet(run_world_stage, world_run) -> None:
    works = world_run["works"]
    tagged = works.assign(tags=[f"odd|t{place % 3}" for place in range(len(works))])
    made = run_world_stage("text_embedding", works=tagged)
    cold = works["item_id"].sort_values().isin(world_run[f"{COLD}_candidates"]["item_id"])
    rows = np.abs(dense(made[f"{COLD}_content"], "tags")).sum(axis=1)
    assert (rows[cold] == 0).all()
    assert (rows[~cold] > 0).all()
    assert (np.abs(dense(made["per_user_test_content"], "tags")).sum(axis=1) > 0).all()


def tagged_at(works: pd.DataFrame, time: int, later: str = "") -> pd.DataFrame:
    """Works with a tag of before a time, and perhaps one of that very moment before it."""
    return works.assign(
        tags=[f"{later and later + '|'}old{place % 3}" for place in range(len(works))],
        tag_times=f"{time}|{time - 1}" if later else f"{time - 1}",
    )


@pytest.mark.parametrize("where", ["per_user_test", "per_user_validation", "global_test", COLD])
def test_a_tag_given_once_anything_withheld_had_happened_changes_nothing(
    run_world_stage, world_run, where: str
) -> None:
    works, begins = world_run["works"], world_run[f"{where}_split"]["begins"]
    assert begins <= world_run[f"{where}_withheld"]["timestamp"].min()
    before = run_world_stage("text_embedding", works=tagged_at(works, begins))
    after = run_world_stage("text_embedding", works=tagged_at(works, begins, "brandnew"))
    ours, theirs = before[f"{where}_content"], after[f"{where}_content"]
    assert ours.fields.keys() == theirs.fields.keys()
    for name in ours.fields:
        np.testing.assert_array_equal(dense(ours, name), dense(theirs, name), err_msg=name)
    # tags of before it are read, and those of later where works are described to be published
    assert dense(ours, "tags").any()
    published = (dense(each["final_content"], "tags") for each in (before, after))
    assert len({each.shape for each in published}) == 2


def test_works_without_words_are_described_as_such(run_world_stage, world_run) -> None:
    """Ids alone are a catalogue too; a person's own ratings may come with nothing else."""
    works = world_run["works"]
    bare = schema.WORKS.conform(
        pd.DataFrame({"item_id": works["item_id"]}).assign(
            title=None, year=None, genres=None, creators=None
        )
    )
    with pytest.warns(ArtrecWarning, match="no term stands in"):
        made = run_world_stage("text_embedding", works=bare)
    assert np.abs(dense(made["final_content"], "text")).sum() == 0


def test_the_same_run_twice_describes_alike(run_world_stage, world_run) -> None:
    """With an empty cache and with a full one."""
    made = run_world_stage("text_embedding")
    again = run_world_stage("text_embedding")
    for where in ("final", "per_user_test"):
        for name in made[f"{where}_content"].fields:
            first = dense(world_run[f"{where}_content"], name)
            np.testing.assert_array_equal(first, dense(made[f"{where}_content"], name))
            np.testing.assert_array_equal(first, dense(again[f"{where}_content"], name))
