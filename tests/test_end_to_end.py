"""The main job as people start it, on a sample of the embedded data; what the command answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from artrec import schema
from project_world import ROOT, copied_project, merged, own_ratings, sample_embedded

N_USERS = 60
LAYERS = [f"0{number}_*" for number in range(2, 9)]
BIN = Path(sys.executable).parent
RAW = Path("data") / "01_raw"


def run(project: Path, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `kedro` or `artrec` in the project, as the README says it."""
    return subprocess.run(
        [BIN / command, *arguments],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A project on a sample of the embedded data after `kedro run --pipeline=recommend`."""
    project = copied_project(tmp_path_factory.mktemp("job"))
    sample_embedded(project, N_USERS)
    done = run(project, "kedro", "run", "--pipeline=recommend")
    assert done.returncode == 0, done.stderr[-3000:]
    return project, done.stdout + done.stderr


@pytest.fixture(scope="module")
def interactions(job) -> pd.DataFrame:
    return pd.read_parquet(job[0] / "data" / "03_primary" / "movies" / "interactions.parquet")


def content(project: Path) -> dict[str, bytes]:
    data = project / "data"
    return {
        path.relative_to(data).as_posix(): path.read_bytes()
        for layer in LAYERS
        for path in sorted(data.glob(f"{layer}/**/*"))
        if path.is_file()
    }


def test_everybody_gets_recommendations_of_what_they_have_not_seen(job, interactions) -> None:
    folder = job[0] / "data" / "07_model_output" / "movies"
    lists = pd.read_parquet(folder / "recommendations.parquet")
    assert list(lists.columns) == ["user_id", "item_id", "score", "rank"]
    pd.testing.assert_frame_equal(lists, schema.RECOMMENDATIONS.conform(lists), check_dtype=False)
    assert set(lists["user_id"]) == set(interactions["user_id"])
    assert lists["user_id"].nunique() == N_USERS
    for _, own in lists.groupby("user_id"):
        assert own["rank"].tolist() == list(range(1, 101))
    both = lists.merge(interactions, on=["user_id", "item_id"])
    assert both.empty
    readable = pd.read_csv(folder / "recommendations_readable.csv", dtype=str)
    assert len(readable) == len(lists)
    assert readable["title"].notna().mean() > 0.99


def test_the_evaluation_stands_beside_it(job) -> None:
    folder = job[0] / "data" / "08_reporting"
    metrics = json.loads((folder / "movies" / "evaluation_metrics.json").read_text())
    selection = json.loads((folder / "movies" / "selection.json").read_text())
    assert 0 < metrics[selection["model"]]["ndcg@10"] < 1
    assert 0.5 < metrics["biased_svd"]["rmse"] < 1.5
    results = pd.read_csv(folder / "movies" / "per_user_test" / "results.csv")
    assert {"split_id", "n_users", "mean", "low", "high", "source_variant"} <= set(results)
    report = json.loads((folder / "movies" / "validation_report.json").read_text())
    assert report["passed"] is True
    for name in ("evaluation.html", "evaluation.md", "comparison.png", "validation.html"):
        assert (folder / "movies" / name).stat().st_size > 1000
    assert (folder / "published.json").is_file()


def test_the_closing_summary_says_what_lies_where(job) -> None:
    project, said = job
    closing = said[said.index("read      ") :]
    assert f"of {N_USERS} users" in closing
    assert "* chosen" in closing
    for line in closing.splitlines():
        if line.startswith(("lists ", "report ")):
            named = next(word for word in line.split() if word.startswith("data/"))
            assert (project / named).is_file()


def test_a_second_run_under_its_other_name_makes_the_same_bytes(job) -> None:
    project, _ = job
    before = content(project)
    assert len(before) > 100
    assert not [name for name in before if Path(name).name.startswith(".")]
    again = run(project, "kedro", "run", "--pipelines=recommend")
    assert again.returncode == 0, again.stderr[-3000:]
    after = content(project)
    assert sorted(after) == sorted(before)
    assert [name for name in before if before[name] != after[name]] == []
    assert len(list((project / "data" / "published").glob("*/published.json"))) == 1


def test_the_command_answers_from_what_was_published(job, interactions) -> None:
    project, _ = job
    user = interactions["user_id"].iloc[0]
    answer = run(project, "artrec", "recommend", "--user", user, "-k", "5", "--json")
    assert answer.returncode == 0, answer.stderr
    told = [each["item_id"] for each in json.loads(answer.stdout)["recommendations"]]
    lists = pd.read_parquet(
        project / "data" / "07_model_output" / "movies" / "recommendations.parquet"
    )
    assert told == lists[lists["user_id"] == user]["item_id"].head(5).tolist()
    liked = run(project, "artrec", "recommend", "--like", "Jurassic Park (1993)", "-k", "3")
    assert liked.returncode == 0, liked.stderr
    near = run(project, "artrec", "similar", "Jurassic Park (1993)", "-k", "3")
    assert near.returncode == 0, near.stderr
    for shown in (liked, near):
        rows = [line for line in shown.stdout.splitlines() if "(19" in line or " 19" in line]
        assert len(rows) >= 3
    versions = run(project, "artrec", "bundle", "list")
    current = (project / "data" / "published" / "CURRENT").read_text().strip()
    assert versions.returncode == 0
    assert current in versions.stdout


# --- a person's own data -------------------------------------------------------------------------


def say(project: Path, file: str, changes: dict[str, Any]) -> None:
    """Change conf/own as a person does by hand."""
    path = project / "conf" / "own" / file
    told = merged(yaml.safe_load(path.read_text()), changes)
    path.write_text(yaml.safe_dump(told, sort_keys=False))


NAMES = {"user_id": "who", "item_id": "film", "timestamp": "when", "rating": "stars"}


def own_layout(rating: str | None = "stars") -> dict[str, Any]:
    columns = {**NAMES, "rating": rating}
    own = {"columns": columns, "timestamp_unit": "ms"}
    return {"movies": {"source": {"name": "mine", "own": own}}}


def own_table() -> pd.DataFrame:
    table = own_ratings().rename(columns=NAMES)
    table["when"] += "000"
    return table[["stars", "when", "film", "who"]].assign(note="x")


def test_own_data_run_apart_from_the_embedded_ones(tmp_path: Path) -> None:
    project = copied_project(tmp_path)
    own_table().to_csv(project / RAW / "own" / "ratings.csv", index=False)
    say(project, "parameters_movies.yml", own_layout())
    quick = "--params=movies.evaluation.n_bootstrap=100"
    done = run(project, "kedro", "run", "--pipeline=recommend", "--env=own", quick)
    assert done.returncode == 0, done.stderr[-3000:]
    data = project / "data"
    assert sorted(path.name for path in data.iterdir() if path.is_dir()) == ["01_raw", "own"]
    lists = pd.read_parquet(data / "own" / "07_model_output" / "movies" / "recommendations.parquet")
    table = own_ratings()
    assert set(lists["user_id"]) == set(table["user_id"])
    assert lists.merge(table, on=["user_id", "item_id"]).empty
    assert "data/own/07_model_output" in done.stdout
    answer = run(project, "artrec", "recommend", "--store", "data/own/published", "--user", "u07")
    assert answer.returncode == 0, answer.stderr


@pytest.fixture
def own_project(tmp_path: Path) -> Any:
    project = copied_project(tmp_path)
    yield project
    bootstrap_project(ROOT)


def ingested(project: Path) -> pd.DataFrame:
    bootstrap_project(project)
    with KedroSession.create(project_path=project, env="own") as session:
        session.run(pipeline_names=["ingest", "validate"])
    path = project / "data" / "own" / "03_primary" / "movies" / "interactions.parquet"
    return pd.read_parquet(path)


def test_own_parquet_with_typed_columns_and_works_is_the_same(own_project) -> None:
    table = own_ratings()
    typed = table.assign(
        timestamp=pd.to_datetime(table["timestamp"].astype("int64"), unit="s", utc=True),
        rating=table["rating"].astype(float),
    )
    typed.to_parquet(own_project / RAW / "own" / "ratings.parquet", index=False)
    works = pd.DataFrame({"item_id": sorted(table["item_id"].unique())})
    works.assign(title="Film " + works["item_id"]).to_csv(
        own_project / RAW / "own" / "works.csv", index=False
    )
    say(
        own_project,
        "catalog.yml",
        {"movies.raw_ratings": {"filepath": "data/01_raw/own/ratings.parquet"}},
    )
    none = dict.fromkeys(("year", "genres", "creators"))
    own = {"timestamp_unit": "iso", "works_columns": none}
    say(own_project, "parameters_movies.yml", {"movies": {"source": {"own": own}}})
    found = ingested(own_project)
    expected = table.astype({"timestamp": "int64", "rating": float}).reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    works_found = pd.read_parquet(
        own_project / "data" / "own" / "03_primary" / "movies" / "works.parquet"
    )
    assert works_found["title"].str.startswith("Film ").all()
