"""The environment for MovieLens 32M, on an invented archive of its layout."""

from __future__ import annotations

import json
from importlib import util
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from project_world import ROOT, copied_project

N_ROWS = 6000


@pytest.fixture(scope="module")
def scale() -> ModuleType:
    spec = util.spec_from_file_location("scale", ROOT / "benchmarks" / "scale.py")
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_invented_interactions_are_distinct_and_long_tailed(scale: ModuleType) -> None:
    users, items = scale.long_tailed(N_ROWS, np.random.default_rng(0))
    assert len(users) == len(set(zip(users, items, strict=True))) == N_ROWS
    for ids in (users, items):
        counts = np.sort(np.bincount(ids))[::-1]
        assert counts[: len(counts) // 10].sum() > 0.25 * N_ROWS
    again = scale.long_tailed(N_ROWS, np.random.default_rng(0))
    assert np.array_equal(again[0], users)
    assert np.array_equal(again[1], items)


def test_an_archive_goes_through_ingest_validate_and_split(
    scale: ModuleType, tmp_path: Path
) -> None:
    project = copied_project(tmp_path)
    scale.write_archive(project / scale.ARCHIVE, N_ROWS)
    bootstrap_project(project)
    try:
        with KedroSession.create(project_path=project, env=scale.ENVIRONMENT) as session:
            session.run(pipeline_names=["ingest", "validate", "split"])
    finally:
        bootstrap_project(ROOT)
    made = project / "data" / "ml-32m"
    report = json.loads((made / "08_reporting/movies/validation_report.json").read_text())
    assert report["passed"]
    assert [table["rows_good"] for table in report["tables"]][:2] == [N_ROWS, N_ROWS]
    interactions = pd.read_parquet(made / "03_primary/movies/interactions.parquet")
    assert len(interactions) == N_ROWS
    works = pd.read_parquet(made / "03_primary/movies/works.parquet").set_index("item_id")
    assert works.loc["7", ["title", "year"]].tolist() == ["Film 7", 1957]
    withheld = pd.read_parquet(made / "05_model_input/movies/per_user_test/withheld.parquet")
    assert 0 < len(withheld) < N_ROWS / 4
