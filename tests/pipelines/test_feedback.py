"""Feedback is one source more: ingest reads it, validate checks it, interactions hold it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kedro.pipeline import Pipeline
from kedro.runner import SequentialRunner

from artrec.errors import DataQualityError
from artrec.media import read_media
from artrec.pipelines import ingest, validate
from project_world import (
    MEDIUM,
    N_RATED,
    N_USERS,
    catalog_for,
    loaded,
    raw_metadata,
    raw_ratings,
    run_stage,
    world_medium,
)

ANN, BEN = "p_" + "a" * 26, "p_" + "b" * 26
TODAY = 1_790_000_000  # years after the source's latest date


def told(*rows: tuple[str, str, int, float]) -> pd.DataFrame:
    columns = ["user_id", "item_id", "timestamp", "rating"]
    return pd.DataFrame(rows, columns=columns).astype(str)


GOOD = told((ANN, "003", TODAY, 4.5), (ANN, "004", TODAY + 1, 1.0), (BEN, "003", TODAY, 5.0))


RAW = {"raw_ratings": raw_ratings(), "raw_wikidata_films": raw_metadata()}


def ingest_and_validate(feedback: bool) -> Pipeline:
    medium = replace(world_medium(), feedback=feedback)
    both = ingest.create_pipeline(medium) + validate.create_pipeline(medium)
    return Pipeline(both, namespace=MEDIUM)


@pytest.fixture(scope="module")
def stages() -> Pipeline:
    """Ingest and validate of the world's medium, with feedback there."""
    return ingest_and_validate(feedback=True)


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the same stages make where there is no feedback."""
    return run_stage(ingest_and_validate(feedback=False), RAW, tmp_path_factory.mktemp("without"))


@pytest.fixture
def run(stages: Pipeline, tmp_path: Path) -> Any:
    return lambda feedback: run_stage(stages, RAW | {"raw_feedback": feedback}, tmp_path)


def test_feedback_changes_the_interactions(run, without) -> None:
    made = run(GOOD)
    before, after = without["interactions"], made["interactions"]
    assert len(after) == len(before) + 3
    pd.testing.assert_frame_equal(after.iloc[: len(before)], before)
    assert after.iloc[len(before) :].to_numpy().tolist() == [
        [ANN, "003", TODAY, 4.5],
        [ANN, "004", TODAY + 1, 1.0],
        [BEN, "003", TODAY, 5.0],
    ]
    pd.testing.assert_frame_equal(made["works"], without["works"])


def test_it_is_counted(run, without) -> None:
    made = run(GOOD)
    assert made["source_variant"]["rows"] == {"ratings": N_USERS * N_RATED, "feedback": 3}
    assert made["source_variant"]["sha256"] != without["source_variant"]["sha256"]
    tables = {each["name"]: each for each in made["validation_report"]["tables"]}
    assert (tables["feedback"]["rows_in"], tables["feedback"]["rows_good"]) == (3, 3)
    assert tables["interactions"]["rows_in"] == N_USERS * N_RATED
    assert "## Feedback" in made["validation_text"]


def test_bad_feedback_is_set_aside_with_its_reason(run, without) -> None:
    bad = told(
        *((ANN, f"{item:03d}", TODAY, 4.0) for item in range(60)),
        (ANN, "no such film", TODAY, 4.0),
        ("42", "005", TODAY, 4.0),
        (BEN, "005", TODAY, 9.0),
    )
    made = run(bad)
    aside = made["quarantine"]
    assert aside.loc[aside["table"] == "feedback", "row"].tolist() == [61, 62, 63]
    reasons = " ".join(aside["reason"])
    assert "not among the works" in reasons and "rating lies outside" in reasons
    assert set(made["interactions"]["user_id"]) - set(without["interactions"]["user_id"]) == {ANN}


def test_feedback_on_another_catalogue_stops_the_run(stages, tmp_path: Path) -> None:
    strange = told(*((ANN, f"tt{item}", TODAY, 4.0) for item in range(5)))
    catalog = catalog_for(stages, RAW | {"raw_feedback": strange}, tmp_path)

    with pytest.raises(DataQualityError, match="feedback"):
        SequentialRunner().run(stages, catalog)
    assert not loaded(stages, catalog)["validation_report"]["passed"]


def test_it_is_taken_in_only_where_its_file_is(tmp_path: Path) -> None:
    entries = {f"songs.raw_{name}": {"filepath": f"{name}.csv"} for name in ("ratings", "feedback")}
    block = {"source": {"reader": "own"}, "pipeline": {"protocols": ["per_user"]}, "models": {}}
    untold = block | {"pipeline": {}}

    def found(told: dict[str, Any]) -> bool:
        (medium,) = read_media({"songs": told}, entries, tmp_path)
        return medium.feedback

    assert not found(block)
    (tmp_path / "feedback.csv").touch()
    assert found(block)
    assert not found(untold)  # nothing to learn taste from
