"""dvc.yaml agrees with registry, catalog, parameters and code; DVC repeats what it has to."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from kedro.framework.startup import bootstrap_project
from kedro.inspection import get_project_snapshot
from kedro.inspection.models import ProjectSnapshot

import doc_pages
from artrec.dvc_stages import generate, groups, holds
from artrec.models.registry import CONTENT_MODELS, HYBRID_MODELS
from project_world import (
    ROOT,
    as_cloned,
    quicken,
    registered,
    sample_embedded,
    world_medium,
)

Stages = dict[str, dict[str, Any]]
WORLD = world_medium()

AFTER_TRAINING = {f"{each}-movies" for each in ("select", "evaluate", "refit", "rank", "bundle")}
AFTER_TRAINING.add("publish")
AFTER_EASE = AFTER_TRAINING | {
    "train_cf-movies-ease", "train_hybrid-movies-blend", "train_hybrid-movies-hybrid"
}  # fmt: skip
NO_OP_SECONDS = 5
PARAMETERS = Path("conf") / "base" / "parameters_movies.yml"


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "dvc.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def stages(text: str) -> Stages:
    found: Stages = yaml.safe_load(text)["stages"]
    return found


@pytest.fixture(scope="module")
def snapshot() -> ProjectSnapshot:
    bootstrap_project(ROOT)
    with as_cloned():
        return get_project_snapshot(ROOT, env="base")


def outs_of(stage: dict[str, Any]) -> list[str]:
    outs = [*stage.get("outs", []), *stage.get("metrics", [])]
    return [path for each in outs for path in ([each] if isinstance(each, str) else each)]


def params_of(stage: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for each in stage.get("params", []):
        for path, names in each.items():
            yield from ((path, name) for name in names)


def makers(stages: Stages, path: str) -> list[str]:
    return [name for name, stage in stages.items() for out in outs_of(stage) if out == path]


def training_of(model: str) -> str:
    """The stage that fits a model of the world's medium."""
    stage = "train_cf"
    if model in (*CONTENT_MODELS, *HYBRID_MODELS):
        stage = "train_content" if model in CONTENT_MODELS else "train_hybrid"
    return f"{stage}-movies-{model}"


def repeated(stages: Stages, parameter: str) -> set[str]:
    """Stages that a changed parameter repeats when every repeated stage makes other outs."""
    found = {
        name
        for name, stage in stages.items()
        if any(f"{parameter}.".startswith(f"{read}.") for _, read in params_of(stage))
    }
    while True:
        fresh = {out for name in found for out in outs_of(stages[name])}
        more = {name for name, stage in stages.items() if fresh & set(stage["deps"])}
        if more <= found:
            return found
        found |= more


# --- the file agrees with the project ------------------------------------------------------------


def test_the_file_is_what_the_generator_writes(text: str) -> None:
    with as_cloned():
        assert text == generate(ROOT), "run `make dvc`"


def test_every_medium_has_stages_of_its_own() -> None:
    with as_cloned("movies", "books", "artworks"):
        every: Stages = yaml.safe_load(generate(ROOT))["stages"]
    outs = [path for stage in every.values() for path in outs_of(stage)]
    assert len(set(outs)) == len(outs)
    assert len({stage["cmd"] for stage in every.values()}) == len(every)
    for medium in ("movies", "books", "artworks"):
        assert {f"ingest-{medium}", f"bundle-{medium}"} <= set(every)
    assert set(every["publish"]["deps"]) >= {
        f"data/06_models/bundle/{medium}" for medium in ("movies", "books", "artworks")
    }
    for name, stage in every.items():
        for path in stage["deps"]:
            raw = path.startswith("data/01_raw/")  # fetched
            assert raw or (ROOT / path).exists() or makers(every, path), f"{name}: {path}"


def test_every_node_of_the_main_job_runs_in_exactly_one_stage(snapshot, stages) -> None:
    run = [node.name for _, _, nodes in groups(snapshot).values() for node in nodes]
    assert sorted(run) == sorted(node.name for node in registered()["recommend"].nodes)
    assert list(groups(snapshot)) == list(stages)


def test_a_stage_of_its_own_for_every_model(stages) -> None:
    trained = {name for name in stages if name.startswith("train_")}
    assert trained == {training_of(model) for model in WORLD.models}


def test_each_command_runs_the_nodes_of_its_stage_and_no_other(snapshot, stages) -> None:
    pipelines = registered()
    for name, (pipeline, _, nodes) in groups(snapshot).items():
        command = stages[name]["cmd"]
        found = re.fullmatch(
            r"kedro run --pipelines=(\w+)(?: --namespaces=([\w.]+))? --env=base", command
        )
        assert found, command
        assert found[1] == pipeline
        only = pipelines[found[1]].filter(node_namespaces=[found[2]] if found[2] else None)
        assert {node.name for node in only.nodes} == {node.name for node in nodes}, command


def test_what_crosses_stages_is_the_out_of_exactly_one(snapshot, stages) -> None:
    made = {
        dataset: name
        for name, (_, _, nodes) in groups(snapshot).items()
        for node in nodes
        for dataset in node.outputs
    }
    crossing = {
        dataset
        for name, (_, _, nodes) in groups(snapshot).items()
        for node in nodes
        for dataset in node.inputs
        if made.get(dataset, name) != name
    }
    assert len(crossing) > 30
    for dataset in crossing:
        path = snapshot.datasets[dataset].filepath
        assert path is not None, f"{dataset} has no file"
        assert makers(stages, path) == [made[dataset]]


def test_every_saved_file_is_the_out_of_exactly_one_stage(snapshot, stages) -> None:
    saved = {name for node in registered()["recommend"].nodes for name in node.outputs}
    for dataset in saved:
        assert len(makers(stages, snapshot.datasets[dataset].filepath)) == 1, dataset


def test_every_dep_is_committed_or_made_by_a_stage(stages) -> None:
    for name, stage in stages.items():
        for path in stage["deps"]:
            assert (ROOT / path).exists() or makers(stages, path), f"{name}: {path}"
            if path.startswith("data/") and not path.startswith("data/01_raw/"):
                assert len(makers(stages, path)) == 1, f"{name}: {path}"


def test_every_param_stands_where_it_is_said_to(stages) -> None:
    for name, stage in stages.items():
        for path, parameter in params_of(stage):
            content = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
            assert holds(content, parameter), f"{name}: {parameter} in {path}"


def test_a_stage_has_the_params_of_its_nodes_and_no_other(snapshot, stages) -> None:
    for name, (_, _, nodes) in groups(snapshot).items():
        inputs = {each for node in nodes for each in node.inputs if each.startswith("params:")}
        assert {f"params:{parameter}" for _, parameter in params_of(stages[name])} == inputs


def test_plots_are_outs(text: str, stages) -> None:
    plots = yaml.safe_load(text)["plots"]
    paths = {path for each in plots for path in ([each] if isinstance(each, str) else each)}
    assert {Path(path).suffix for path in paths} == {".png", ".csv"}
    for path in paths:
        assert makers(stages, path) == ["evaluate-movies"]


# --- what DVC cannot live with -------------------------------------------------------------------


def test_the_store_and_the_lock_are_left_alone(stages) -> None:
    named = {path for stage in stages.values() for path in (*stage["deps"], *outs_of(stage))}
    inside = re.compile(r"data(/published(/.*)?|/\.run\.lock.*)?")
    assert [path for path in named if inside.fullmatch(path)] == []
    outs = [each for stage in stages.values() for each in stage["outs"]]
    uncached = [each for each in outs if isinstance(each, dict)]
    assert uncached == [{"data/08_reporting/published.json": {"cache": False}}]


def test_parameters_hold_nothing_that_json_does_not_know() -> None:
    """DVC compares parameters as JSON; an unquoted date is none."""
    for path in (ROOT / "conf" / "base").glob("parameters*.yml"):
        json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_no_dataset_is_versioned_by_kedro() -> None:
    for path in (ROOT / "conf" / "base").glob("catalog*.yml"):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert [name for name, entry in entries.items() if "versioned" in entry] == []


def test_dvc_reports_nothing_and_stages_nothing() -> None:
    config = (ROOT / ".dvc" / "config").read_text(encoding="utf-8")
    assert "analytics = false" in config
    assert "autostage = false" in config
    url = re.search(r"url = (\S+)", config)
    assert url
    assert not Path(url[1]).is_absolute()
    assert f"/{url[1]}" in (ROOT / ".dvc" / ".gitignore").read_text(encoding="utf-8").splitlines()


# --- what a change repeats -----------------------------------------------------------------------


@pytest.mark.parametrize("model", WORLD.models)
def test_a_parameter_of_one_model_repeats_that_model_and_what_follows(stages, model: str) -> None:
    after = {training_of(model)} | AFTER_TRAINING
    if model in WORLD.blended:
        after |= {training_of(each) for each in WORLD.hybrids}
    if model not in WORLD.models_on("per_user_validation"):
        # judged elsewhere only: nothing that chooses or publishes reads it but the figures
        after -= {"select-movies", "refit-movies", "rank-movies"}
    assert repeated(stages, f"movies.models.{model}.any") == after


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("movies.recommendations.k", {"rank-movies"}),
        ("movies.licence.attribution", {"bundle-movies", "publish"}),
        ("movies.evaluation.n_bootstrap", {"evaluate-movies", "bundle-movies", "publish"}),
        ("movies.grids.models.ease", set()),
        ("movies.models.ease_and_more", set()),
    ],
)
def test_a_parameter_repeats_what_reads_it(stages, parameter: str, expected: set[str]) -> None:
    assert repeated(stages, parameter) == expected


def test_the_code_of_one_model_repeats_that_model_alone(stages) -> None:
    trained = {name: stage for name, stage in stages.items() if name.startswith("train_cf-")}
    reading = {
        path: [name.removeprefix("train_cf-movies-") for name, stage in trained.items()
               if f"src/artrec/models/{path}.py" in stage["deps"]]
        for path in ("ease", "ease_solve", "popularity", "base")
    }  # fmt: skip
    assert reading == {
        "ease": ["ease"],
        "ease_solve": ["ease"],
        "popularity": ["popularity", "recent_popularity"],
        "base": sorted(name.removeprefix("train_cf-movies-") for name in trained),
    }


# --- code a stage runs: tests/test_dvc_code.py reads a small tree -------------------------------


def test_a_stage_names_all_code_it_imports(stages) -> None:
    """What Python has loaded is among the deps, whatever the reading of the source says."""
    modules = ["artrec.pipelines.evaluate.nodes", "artrec.datasets.folders", "artrec.models.ease"]
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, {', '.join(modules)}\n"
            "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('artrec')))",
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    loaded = {
        path.relative_to(ROOT).as_posix()
        for path in map(Path, shown)
        if len(ast.parse(path.read_text(encoding="utf-8")).body) > 1
    }
    assert len(loaded) > 20
    assert loaded - set(stages["evaluate-movies"]["deps"]) == set()


# --- dvc itself ----------------------------------------------------------------------------------


def cloned(folder: Path, change: Callable[[Path], None] | None = None) -> Path:
    """The project as git would clone it, with what is not yet committed, as a first commit."""
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-coz", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("not a git checkout: there is no list of tracked files")
    for name in filter(None, listing.stdout.split("\0")):
        if (ROOT / name).is_file() and name != "dvc.lock":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    if change is not None:
        change(folder)
    git = ["git", "-C", str(folder), "-c", "user.name=test", "-c", "user.email=test@localhost"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as it is"]):
        subprocess.run([*git, *words], check=True)
    return folder


def make_small(folder: Path) -> None:
    """Fewer people and fewer resamples: what DVC repeats does not depend on them."""
    sample_embedded(folder, n_users=60)
    quicken(folder / PARAMETERS)


def dvc(folder: Path, *words: str) -> str:
    """Run `dvc` as inside an activated environment; its combined output."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["dvc", *words],
        cwd=folder,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def ran(shown: str) -> set[str]:
    return set(re.findall(r"^Running stage '([\w-]+)'", shown, re.MULTILINE))


@pytest.mark.slow
def test_repro_from_nothing_then_nothing_then_one_model(tmp_path: Path, stages) -> None:
    clone = cloned(tmp_path / "clone", make_small)
    assert ran(dvc(clone, "repro")) == set(stages)
    status = subprocess.run(
        ["git", "-C", str(clone), "status", "--short"], capture_output=True, text=True, check=True
    )
    assert status.stdout == "?? dvc.lock\n"

    start = time.perf_counter()
    again = dvc(clone, "repro")
    seconds = time.perf_counter() - start
    assert "Data and pipelines are up to date" in again
    assert ran(again) == set()
    # a busy machine is no fault; benchmarks/ holds the figure
    assert seconds < 4 * NO_OP_SECONDS

    path = clone / PARAMETERS
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    told["movies"]["models"]["ease"]["regularization"] = 555.0
    path.write_text(yaml.safe_dump(told), encoding="utf-8")
    assert set(json.loads(dvc(clone, "status", "--json"))) == {"train_cf-movies-ease"}
    assert "555.0" in dvc(clone, "params", "diff")
    assert ran(dvc(clone, "repro")) == AFTER_EASE


@pytest.mark.release
@pytest.mark.timeout(1800)
def test_the_how_to_runs_from_top_to_bottom(tmp_path: Path) -> None:
    clone = cloned(tmp_path / "clone")
    project = tmp_path / "project"
    subprocess.run(["git", "clone", "-q", str(clone), str(project)], check=True)
    for name in ("user.name", "user.email"):
        subprocess.run(["git", "-C", str(project), "config", name, "test@localhost"], check=True)
    (project / ".venv").symlink_to(sys.prefix)
    page = doc_pages.fences(ROOT / "docs" / "how-to" / "reproduce-with-dvc.md")
    assert doc_pages.run_fences(page, project, {"release"}) == sum(bool(e.tier) for e in page) > 8
    # two results were committed; the first of them is back
    assert '"ease"' in (project / "data/08_reporting/movies/selection.json").read_text()
