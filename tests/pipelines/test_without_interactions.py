"""A medium that nobody has met anything of: works of art, from ingest to the bundle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kedro.pipeline import Pipeline

from artrec.bundle.manifest import verify_member
from artrec.bundle.member import load_member
from artrec.models.content import Content
from project_world import registered, run_stage

ARTWORKS = "artworks"
N_WORKS, K = 24, 20
SUBJECTS = ("harbour", "orchard", "machine")


def raw_artworks() -> pd.DataFrame:
    """Invented records: every third work is of one subject, one maker and one material."""

    def record(number: int) -> dict[str, str]:
        subject = SUBJECTS[number % 3]
        tree = {"name": "subject", "children": [{"name": subject, "children": [
            {"name": f"{subject} at dawn"}, {"name": f"{subject} with figures"}
        ]}]}  # fmt: skip
        return {
            "acno": f"N{number:05d}",
            "title": f"The {subject}, number {number}",
            "contributors": json.dumps([{"fc": f"Maker {number % 3}", "role": "artist", "id": 1}]),
            "dateText": str(1800 + number % 3 * 50),
            "medium": ("Oil paint on canvas", "Graphite on paper", "Steel")[number % 3],
            "subjects": json.dumps(tree),
            "classification": "painting",
        }

    return pd.DataFrame([record(number) for number in range(N_WORKS)])


@pytest.fixture(scope="module")
def pipelines() -> dict[str, Pipeline]:
    return registered(ARTWORKS)


@pytest.fixture(scope="module")
def made(pipelines: dict[str, Pipeline], tmp_path_factory: Any) -> dict[str, Any]:
    return run_stage(
        pipelines["recommend"], {"raw_artworks": raw_artworks()}, tmp_path_factory.mktemp("art")
    )


def test_no_stage_asks_for_what_people_did(pipelines) -> None:
    named = {
        each.rpartition(".")[2]
        for each in pipelines["recommend"].datasets()
        if not each.startswith("params:")
    }
    assert not [each for each in named if "interactions" in each or "withheld" in each]
    assert {"works", "documents", "final_content", "final_scorer", "similar_works"} <= named
    assert pipelines["tune"].nodes == []
    assert pipelines["select"].nodes == pipelines["evaluate"].nodes == []


def test_works_pass_the_gate(made) -> None:
    works = made["works"]
    assert works["item_id"].tolist() == [f"N{number:05d}" for number in range(N_WORKS)]
    assert set(works["creators"]) == {"Maker 0", "Maker 1", "Maker 2"}
    assert made["validation_report"]["passed"] is True
    assert made["rejected_rows"].empty


def test_each_work_has_those_most_like_it_and_never_itself(made) -> None:
    similar = made["similar_works"]
    assert set(similar["work_id"]) == set(made["works"]["item_id"])
    assert (similar["work_id"] != similar["item_id"]).all()
    for _, own in similar.groupby("work_id"):
        assert own["rank"].tolist() == list(range(1, K + 1))
        assert own["score"].is_monotonic_decreasing
    nearest = similar[similar["rank"] <= N_WORKS // 3 - 1]
    kind = similar["work_id"].str[1:].astype(int) % 3
    assert (nearest["item_id"].str[1:].astype(int) % 3 == kind[nearest.index]).all()


def test_the_member_recommends_by_what_is_liked(made) -> None:
    assert isinstance(made["final_scorer"], Content)
    folder: Path = made["bundle_member"]
    manifest = verify_member(folder)
    member = load_member(folder, manifest)
    assert manifest.model == "content"
    assert manifest.metrics == {}
    assert "CC0" in manifest.licence
    assert len(member.works) == len(member.scorer.items) == N_WORKS
    assert len(member.profiles) == 0
    assert (made["bundle_store"] / "CURRENT").read_text().strip()
