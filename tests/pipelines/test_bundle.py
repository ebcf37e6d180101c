"""The bundle pipeline: what is published is the refitted model with the figures of its like."""

from __future__ import annotations

from artrec.bundle.manifest import verify_member
from artrec.bundle.member import load_member


def test_a_member_holds_the_refitted_model_and_its_figures(run_world_stage, world_run) -> None:
    folder = run_world_stage("bundle")["bundle_member"]
    manifest = verify_member(folder)
    member = load_member(folder, manifest)
    chosen = world_run["selection"]["model"]
    assert manifest.model == chosen
    assert manifest.metrics == world_run["evaluation_metrics"][chosen]
    assert manifest.source["label"] == world_run["source_variant"]["label"]
    assert "GroupLens" in manifest.licence
    assert member.scorer.items == world_run["final_scorer"].items
    assert len(member.profiles) == len(world_run["interactions"])
    assert len(member.works) == len(world_run["works"])


def test_equal_input_gives_equal_bytes(run_world_stage, world_run, tmp_path) -> None:
    first = run_world_stage("bundle")["bundle_member"]
    kept = {path.relative_to(first): path.read_bytes() for path in files_of(first)}
    second = run_world_stage("bundle")["bundle_member"]
    assert {path.relative_to(second): path.read_bytes() for path in files_of(second)} == kept
    assert len(kept) > 8


def files_of(folder):
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]
