"""The project as Kedro sees it: nothing unused, nothing missing, and Kedro's daily moves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.validation.exceptions import ParameterValidationError
from omegaconf import OmegaConf

from artrec.config import Config
from artrec.errors import ConfigError
from artrec.features.text import encoders
from artrec.hooks import plain_text
from artrec.media import STRUCTURE
from artrec.pipeline_registry import STAGES
from project_world import MEDIUM, ROOT, configured, copied_project, registered

PARAMETER = "params:"
HEAVY = {"torch", "gensim", "lightgbm", "great_expectations", "mlflow", "sklearn", "matplotlib"}


@pytest.fixture(scope="module")
def pipelines() -> dict[str, Pipeline]:
    return registered()


@pytest.fixture(scope="module")
def entries() -> dict[str, Any]:
    """Catalog entries as they are written, variables not yet filled in."""
    read: dict[str, Any] = {}
    for path in sorted((ROOT / "conf" / "base").glob("catalog*.yml")):
        written = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
        assert isinstance(written, dict)
        read |= {str(name): entry for name, entry in written.items()}
    return read


def datasets_of(pipelines: dict[str, Pipeline]) -> set[str]:
    names = {name for pipeline in pipelines.values() for name in pipeline.datasets()}
    return {name for name in names if not name.startswith(PARAMETER)}


def read_parameters(pipelines: dict[str, Pipeline]) -> set[str]:
    names = {name for pipeline in pipelines.values() for name in pipeline.inputs()}
    return {name.removeprefix(PARAMETER) for name in names if name.startswith(PARAMETER)}


# --- catalog and parameters ----------------------------------------------------------------------


def test_every_catalog_entry_is_used_and_every_dataset_has_one(pipelines, entries) -> None:
    catalog = DataCatalog.from_config(
        {
            name: {"type": "MemoryDataset", "metadata": {"entry": name}}
            for name in entries
            if not name.startswith("_")
        }
    )
    used: dict[str, str] = {}
    for name in datasets_of(pipelines):
        pattern = catalog.config_resolver.match_dataset_pattern(name)
        used[name] = name if name in entries else str(pattern)
    # optional raw tables are read where they were fetched, and feedback where it was exported
    optional = {name for name, entry in entries.items() if entry.get("optional")}
    optional.add("{medium}.variant_without_feedback")
    without = {name for name, entry in used.items() if entry not in entries}
    assert {each for each in without if not each.endswith(".validation_text")} == set()
    assert set(entries) - set(used.values()) - optional == set()


def test_no_two_datasets_share_a_file(pipelines) -> None:
    catalog = KedroSession.create(project_path=ROOT, env="base").load_context().catalog
    places: dict[str, str] = {}
    for name in sorted(datasets_of(pipelines)):
        path = str(getattr(catalog.get(name), "_filepath", ""))
        if path and not path.endswith("ratings.csv.gz"):
            assert path not in places, f"{name} and {places[path]} are both {path}"
            places[path] = name
    assert len(places) > 50


def test_every_parameter_is_read_and_every_one_that_is_read_exists(pipelines) -> None:
    parameters = configured()
    for name in read_parameters(pipelines):
        value: Any = parameters
        for part in name.split("."):
            assert part in value, f"no parameter {name!r}"
            value = value[part]
    blocks = {f"{MEDIUM}.{name}" for name in parameters[MEDIUM]} | set(parameters) - {MEDIUM}
    read = read_parameters(pipelines)
    unread = {
        name for name in blocks if not any(f"{each}.".startswith(f"{name}.") for each in read)
    }
    assert unread == {f"{MEDIUM}.{STRUCTURE}"}  # read when pipelines are registered
    assert set(parameters[MEDIUM]["models"]) == {
        name.rpartition(".")[2] for name in read if name.startswith(f"{MEDIUM}.models.")
    }


def test_every_free_input_of_every_pipeline_exists(pipelines, entries) -> None:
    catalog = KedroSession.create(project_path=ROOT, env="base").load_context().catalog
    for name, pipeline in pipelines.items():
        missing = {each for each in pipeline.inputs() if each not in catalog}
        assert missing == set(), name


def test_environments_name_only_parameters_that_base_has() -> None:
    base = flat(configured("base"))
    own = flat(configured("own"))
    added = {name for name in own if name not in base}
    typed_by_config = {name for name in added if name.startswith(f"{MEDIUM}.source.own.")}
    assert typed_by_config
    assert added - typed_by_config <= {
        f"{MEDIUM}.validation.works.max_missing_titles",
        f"{MEDIUM}.validation.works.max_missing_years",
        f"{MEDIUM}.validation.works.max_missing_genres",
    }


def flat(tree: dict[str, Any], prefix: str = "") -> set[str]:
    names: set[str] = set()
    for name, value in tree.items():
        names |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name}
    return names


# --- nodes ---------------------------------------------------------------------------------------


def test_every_parameter_arrives_typed(pipelines) -> None:
    """A block is a Config that Kedro validates; a single value is a plain scalar; never a dict."""
    checked = 0
    for node in pipelines["recommend"].nodes + pipelines["tune"].nodes:
        hints = typing.get_type_hints(node.func)
        names = list(hints)
        for place, dataset in enumerate(node.inputs):
            if not dataset.startswith(PARAMETER):
                continue
            kind = hints[names[place]]
            is_block = isinstance(kind, type) and issubclass(kind, Config) and kind is not Config
            assert is_block or kind in (int, float | None), f"{node.name}: {names[place]}"
            checked += 1
    assert checked > 100


def test_node_names_are_verb_phrases_in_their_stage(pipelines) -> None:
    for node in pipelines["recommend"].nodes:
        assert re.fullmatch(rf"({MEDIUM}\.\w+\.(\w+\.)?)?[a-z]+_[a-z_]+", node.name), node.name
        assert not node.name.endswith("_node")


# --- one job by several names --------------------------------------------------------------------


def test_plain_run_and_recommend_are_the_same_job(pipelines) -> None:
    default, recommend = pipelines["__default__"], pipelines["recommend"]
    assert {node.name for node in default.nodes} == {node.name for node in recommend.nodes}
    together = sum((pipelines[name] for name in (*STAGES, "publish")), Pipeline([]))
    assert {node.name for node in together.nodes} == {node.name for node in recommend.nodes}
    free = {name for name in recommend.inputs() if not name.startswith(PARAMETER)}
    assert free == {
        *(f"{MEDIUM}.{table}" for table in ("raw_ratings", "raw_wikidata_films", "text_cache")),
        "bundle_store",
    }


def as_process(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


LIST = f"""
import sys
from kedro.framework.cli.cli import main
sys.argv = ["kedro", "registry", "list"]
try:
    main()
finally:
    print("heavy:", *sorted(set({sorted(HEAVY)}) & set(sys.modules)))
"""


def test_the_registry_is_listed_without_heavy_imports(pipelines) -> None:
    done = as_process("-c", LIST, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"^- (\w+)$", done.stdout, re.MULTILINE)) == set(pipelines)
    assert done.stdout.splitlines()[-1].split() == ["heavy:"]


def test_the_package_runs_as_a_module(tmp_path: Path) -> None:
    project = copied_project(tmp_path)
    done = as_process("-m", "artrec", "--pipelines=ingest", cwd=project)
    assert done.returncode == 0, done.stderr
    assert (project / "data" / "02_intermediate" / MEDIUM / "parsed_works.parquet").is_file()


# --- Kedro's daily moves, in a project of its own ------------------------------------------------


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Any]:
    """Run a slice in a copy of the project; bootstraps this one again afterwards."""
    project = copied_project(tmp_path)

    def run(env: str | None = None, params: dict[str, Any] | None = None, **what: Any) -> Path:
        bootstrap_project(project)
        with KedroSession.create(project_path=project, env=env, runtime_params=params) as session:
            session.run(**what)
        return project / "data"

    run.project = project  # type: ignore[attr-defined]
    yield run
    bootstrap_project(ROOT)


SPLITS = [f"{MEDIUM}.split.split_each_user_for_{part}" for part in ("validation", "test")]


def made(data: Path, layer: str) -> set[str]:
    folder = data / layer / MEDIUM
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_slices_make_their_outputs_and_no_more(sessions) -> None:
    data = sessions(pipeline_names=["recommend"], to_outputs=[f"{MEDIUM}.interactions"])
    assert made(data, "03_primary") == {"interactions.parquet", "works.parquet"}
    assert made(data, "05_model_input") == set()
    sessions(pipeline_names=["recommend"], node_names=SPLITS)
    assert {name.partition("/")[0] for name in made(data, "05_model_input")} == {
        "per_user_validation",
        "per_user_test",
    }
    sessions(
        pipeline_names=["recommend"],
        from_nodes=[f"{MEDIUM}.train_cf.svd.fit_svd_for_per_user_validation"],
        to_nodes=[f"{MEDIUM}.select.rank_svd_for_per_user_validation"],
    )
    assert made(data, "07_model_output") == {"lists/per_user_validation/svd.parquet"}
    sessions(
        pipeline_names=["train_cf"],
        namespaces=[f"{MEDIUM}.train_cf.popularity"],
        to_outputs=[f"{MEDIUM}.popularity-per_user_validation_scorer"],
    )
    assert {name.partition("/")[0] for name in made(data, "06_models")} == {"svd", "popularity"}


def test_parameters_of_the_command_line_and_of_conf_local_count(sessions) -> None:
    import json

    until = f"{MEDIUM}.per_user_test_split"
    (sessions.project / "conf" / "local" / "parameters_movies.yml").write_text(
        "movies: {splitting: {test_share: 0.4}}\n"
    )
    report = sessions(to_outputs=[until]) / "08_reporting" / MEDIUM / "per_user_test" / "split.json"
    assert json.loads(report.read_text())["split_id"] == "per_user_last_0.4"
    sessions(
        params={MEDIUM: {"splitting": {"test_share": 0.3}}},
        pipeline_names=["split"],
        to_outputs=[until],
    )
    assert json.loads(report.read_text())["split_id"] == "per_user_last_0.3"


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({MEDIUM: {"models": {"ease": {"regularization": -1}}}}, "greater than 0"),
        ({MEDIUM: {"models": {"ease": {"regularisation": 1}}}}, "did you mean 'regularization'?"),
        ({MEDIUM: {"recommendations": {"k": 0}}}, "greater than or equal to 1"),
        ({MEDIUM: {"recommendations": {"k": "ten"}}}, "valid integer"),
        ({MEDIUM: {"splittin": {"test_share": 0.1}}}, "did you mean 'movies.splitting'?"),
        ({MEDIUM: {"models": {"eaze": {}}}}, "did you mean 'ease'?"),
        ({"sed": 1}, "did you mean 'seed'?"),
        ({"seed": "tuesday"}, "a whole number from 0 on; got 'tuesday'"),
    ],
)
def test_a_wrong_parameter_stops_before_anything_runs(sessions, params, says: str) -> None:
    with pytest.raises((ParameterValidationError, ConfigError)) as raised:
        sessions(params=params)
    text = plain_text(raised.value)
    assert text is not None
    assert says in text
    assert "hint: " in text
    assert "pydantic" not in text
    assert not (sessions.project / "data" / "02_intermediate").exists()


def test_an_encoder_whose_extra_is_missing_stops_before_anything_runs(
    sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders, "find_spec", {}.get)
    asked = {"params": {MEDIUM: {"text": {"encoder": "minilm"}}}}
    with pytest.raises(ConfigError, match="artrec\\[text\\]"):
        sessions(**asked)
    assert not (sessions.project / "data" / "02_intermediate").exists()
    sessions(pipeline_names=["ingest"], **asked)  # which encodes nothing
    assert (sessions.project / "data" / "02_intermediate").exists()
