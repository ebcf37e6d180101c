"""The validate pipeline on tables in memory: what is saved when it passes and when it stops."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from artrec import schema
from artrec.data.sources.raw import RawRows
from artrec.errors import DataQualityError
from artrec.pipelines.validate import create_pipeline
from artrec.quality.config import ValidationConfig
from project_world import world_medium

OUTPUTS = ["quarantine", "validation_report", "validation_page", "validation_text"]


class KeptDataset(MemoryDataset):
    """Stands for a file: still there after the runner has no more use for it."""

    def _release(self) -> None:
        return


def catalog_of_ratings(ratings: list[float]) -> DataCatalog:
    n = len(ratings)
    items = [f"i{row}" for row in range(n)]
    interactions = pd.DataFrame(
        {"user_id": "u", "item_id": items, "timestamp": 1_000_000_000, "rating": ratings}
    )
    works = pd.DataFrame(
        {"item_id": items, "title": "A", "year": 2000, "genres": "Drama", "creators": None}
    )
    inputs: dict[str, Any] = {
        "raw_ratings": RawRows.of(pd.DataFrame({"item": items, "rating": ratings})),
        "parsed_interactions": schema.INTERACTIONS.conform(interactions),
        "parsed_works": schema.WORKS.conform(works),
        "rejected_rows": pd.DataFrame({name: [] for name in schema.REJECTED.required}),
        "params:validation": ValidationConfig(max_quarantined_share=0.3),
    }
    data = {name: MemoryDataset(value) for name, value in inputs.items()}
    data |= {name: KeptDataset() for name in [*OUTPUTS, "interactions", "works"]}
    return DataCatalog(data)


def test_good_rows_pass_and_bad_ones_are_kept_apart() -> None:
    catalog = catalog_of_ratings([1.0, 2.0, 9.0, 4.0])
    SequentialRunner().run(create_pipeline(world_medium()), catalog)
    assert catalog.load("interactions")["item_id"].tolist() == ["i0", "i1", "i3"]
    assert catalog.load("works")["item_id"].tolist() == ["i0", "i1", "i2", "i3"]
    assert catalog.load("quarantine")["row"].tolist() == [3]
    assert catalog.load("validation_report")["passed"] is True
    assert catalog.load("validation_page").startswith("<!doctype html>")
    assert catalog.load("validation_text").startswith("# Validation report")


def test_stopped_run_leaves_report_and_quarantine_but_no_tables() -> None:
    catalog = catalog_of_ratings([1.0, 9.0, 9.0, 4.0])
    with pytest.raises(DataQualityError, match=r"50\.00% of the rows are bad"):
        SequentialRunner().run(create_pipeline(world_medium()), catalog)
    assert catalog.load("quarantine")["row"].tolist() == [2, 3]
    assert catalog.load("validation_report")["passed"] is False
    assert "Stopped" in catalog.load("validation_page")
    assert not catalog.exists("interactions")
    assert not catalog.exists("works")


def test_parameters_arrive_typed_and_the_gate_depends_on_the_report() -> None:
    pipeline = create_pipeline(world_medium())
    assert pipeline.inputs() == {
        "raw_ratings",
        "parsed_interactions",
        "parsed_works",
        "rejected_rows",
        "params:validation",
    }
    gate = next(node for node in pipeline.nodes if node.name == "validate.pass_or_stop")
    assert "validation_report" in gate.inputs
    assert set(gate.outputs) == {"interactions", "works"}
