"""kedro-viz: a static site with the pipeline, its previews, and no address but its own."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "gensim", "lightgbm", "great_expectations", "mlflow", "sklearn")

PAGE = """<head>
<link rel="preconnect" href="https://fonts.googleapis.com" />
<link rel="preconnect" href="https://fonts.gstatic.com" crossorigin />
<link
  href="https://fonts.googleapis.com/css2?family=Inter"
  rel="stylesheet" />
<script type="module" crossorigin src="./assets/index.js"></script>
<link rel="stylesheet" crossorigin href="./assets/index.css"></head>"""


def viz_site() -> Any:
    spec = importlib.util.spec_from_file_location("viz_site", ROOT / "tools" / "viz_site.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with nothing run yet, and the site that the tool writes of it."""
    project = tmp_path_factory.mktemp("project")
    unread = shutil.ignore_patterns("__pycache__")
    for folder in ("src", "conf", "tools"):
        shutil.copytree(ROOT / folder, project / folder, ignore=unread)
    shutil.copytree(ROOT / "data" / "01_raw", project / "data" / "01_raw")
    shutil.copy(ROOT / "pyproject.toml", project)
    done = subprocess.run(
        [sys.executable, "tools/viz_site.py"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "build" / "viz"


@pytest.fixture(scope="module")
def graph_of_site(built_site: Path) -> dict[str, Any]:
    return dict(json.loads((built_site / "api" / "main").read_text()))


def test_the_medium_is_one_box_with_its_stages_inside(graph_of_site: dict[str, Any]) -> None:
    boxes = graph_of_site["modular_pipelines"]
    assert {each["id"] for each in boxes["__root__"]["children"]} >= {"movies"}
    stages = {each["id"] for each in boxes["movies"]["children"]}
    for stage in ("ingest", "validate", "split", "train_cf", "select", "evaluate", "refit", "rank"):
        assert f"movies.{stage}" in stages
    assert "movies.train_cf.ease" in {each["id"] for each in boxes["movies.train_cf"]["children"]}


def test_layers_have_no_cycle(graph_of_site: dict[str, Any]) -> None:
    assert graph_of_site["layers"][0] == "raw"
    assert graph_of_site["layers"][-1] == "published"
    assert len(graph_of_site["layers"]) >= 7


def test_the_closed_box_has_few_datasets_around_it(graph_of_site: dict[str, Any]) -> None:
    tool = viz_site()
    medium = graph_of_site["modular_pipelines"]["movies"]
    hidden = tool.hidden(graph_of_site)
    names = {node["id"]: node["name"] for node in graph_of_site["nodes"]}
    around = {
        names[each]
        for each in (*medium["inputs"], *medium["outputs"])
        if each in names and not names[each].startswith("params:") and each not in hidden
    }
    assert {"movies.raw_ratings", "movies.recommendations_readable"} <= around
    assert len(around) <= 14
    # what the tool hides is there to be shown
    assert all(any(tool.fnmatch(name, each) for name in names.values()) for each in tool.DETAILS)


def test_a_stage_is_shown_though_a_dataset_is_called_alike(graph_of_site: dict[str, Any]) -> None:
    tool = viz_site()
    stage = {"id": "movies.train_content", "name": "movies.train_content"}
    dataset = {"id": "d1", "name": "movies.global_test_content", "type": "data"}
    graph = {"nodes": [{**stage, "type": "modularPipeline"}, dataset]}
    assert tool.hidden(graph) == {"d1"}
    assert not tool.hidden(graph_of_site) & set(graph_of_site["modular_pipelines"])


def test_details_of_media_that_are_not_run_are_hidden_too(built_site: Path) -> None:
    whole = viz_site().whole_graph(built_site / "api")
    names = {node["id"]: node["name"] for node in whole["nodes"]}
    assert len(names) == len(whole["nodes"])
    hidden = {names[each] for each in viz_site().hidden(whole)}
    assert {"movies.text_cache", "books.text_cache", "artworks.text_cache"} <= hidden
    page = (built_site / "index.html").read_text()
    (books,) = (each for each, name in names.items() if name == "books.text_cache")
    assert f'"{books}": true' in page


def test_a_raw_table_is_previewed(built_site: Path, graph_of_site: dict[str, Any]) -> None:
    (raw,) = (n["id"] for n in graph_of_site["nodes"] if n["name"] == "movies.raw_ratings")
    told = json.loads((built_site / "api" / "nodes" / raw).read_text())
    assert told["preview_type"] == "TablePreview"
    assert "userId" in "".join(told["preview"]["columns"])
    assert len(told["preview"]["data"]) == 5


def test_the_page_asks_no_other_address_and_no_one_is_told(built_site: Path) -> None:
    page = (built_site / "index.html").read_text()
    addresses = re.findall(r"""(?:src|href)="([^"]*)""", page)
    assert addresses
    assert all(each.startswith("./") for each in addresses)
    assert "heap" not in page


def test_the_page_starts_from_left_to_right(built_site: Path) -> None:
    page = (built_site / "index.html").read_text()
    assert '"orientation": "horizontal"' in page
    # before kedro-viz reads its settings
    assert page.index("orientation") < page.index('<script type="module"')


def test_a_page_it_does_not_know_is_refused() -> None:
    tool = viz_site()
    graph = {"nodes": [{"id": "a1", "name": "movies.ease-global_test_scorer", "type": "data"}]}
    page = tool.with_defaults(PAGE, graph)
    assert "fonts" not in page
    assert './assets/index.css"' in page
    assert '"a1": true' in page
    with pytest.raises(SystemExit, match="tools/viz_site"):
        tool.with_defaults("<head></head>", graph)


def test_registering_pipelines_imports_nothing_heavy() -> None:
    # `kedro registry list`, in a process of its own that says afterwards what it imported
    script = (
        "import atexit, sys\n"
        "from kedro.framework.cli.cli import main\n"
        "def tell():\n"
        "    print('IMPORTED', *sorted({name.split('.')[0] for name in sys.modules}))\n"
        "atexit.register(tell)\n"
        "sys.argv = ['kedro', 'registry', 'list']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    listed, found, imported = done.stdout.partition("IMPORTED")
    assert found
    assert "recommend" in listed
    assert "artrec" in imported.split()
    assert set(HEAVY) & set(imported.split()) == set()
