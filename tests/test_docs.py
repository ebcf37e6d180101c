"""What the documentation says is so: links, paths, commands by tier, reference, figures, notebook.

A fence that opens with ``bash``, ``diff`` or ``python`` and a tier is run: ``test`` here, ``ci`` in
the slow tests, ``release`` in the release tests; ``network`` is parsed only. A fence with ``file=``
is written to that file, a ``diff`` applied. Fences of one page are run in their order, in a copy of
the project, as its reader would.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
import yaml

from artrec.models.registry import config_class
from doc_pages import (
    LINK,
    MADE,
    PAGES,
    ROOT,
    TIERS,
    Fence,
    anchors,
    environment,
    fences,
    make_project,
    name_of,
    prose,
    run_fences,
)
from project_world import MEDIUM, QUICK

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
REPORTS = ROOT / "data" / "08_reporting" / "movies"
NUMBER = re.compile(r"[+-]?\d+\.\d+")
VERSION = re.compile(r"\b[0-9a-f]{12}\b")
TOLERANCE = 0.0025  # another processor rounds otherwise


ALL = [fence for page in PAGES for fence in fences(page)]


def tool(name: str) -> ModuleType:
    spec = util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- links, paths, names --------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for target in LINK.findall(prose(page)):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() or (anchor and anchor not in anchors(found)):
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_path_named_exists(page: Path) -> None:
    named = re.findall(
        r"`((?:conf|data|docs|notebooks|src|tests|tools|benchmarks)/[\w./-]*)`", prose(page)
    )
    missing = [each for each in named if not (ROOT / each).exists() and not MADE.match(each)]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_python_name_exists(page: Path) -> None:
    import pkgutil

    gone = []
    for name in set(re.findall(r"`(artrec(?:\.\w+)+)(?:\(\))?`", prose(page))):
        try:
            pkgutil.resolve_name(name)
        except (ImportError, AttributeError):
            gone.append(name)
    assert gone == []


def test_the_index_leads_to_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / each).resolve() for each in LINK.findall(prose(index))}
    pages = {page for page in PAGES if (ROOT / "docs") in page.parents and page != index}
    assert {name_of(page) for page in pages - linked if "adr" not in page.parts} == set()


# --- commands -------------------------------------------------------------------------------------


def test_every_fence_says_what_it_holds() -> None:
    assert ALL
    assert [(each.page, each.text) for each in ALL if not each.language] == []


def test_every_command_carries_a_tier() -> None:
    without = [(each.page, each.text) for each in ALL if each.language in ("bash", "diff")]
    tiers = [each.tier for each in ALL if each.language in ("bash", "diff")]
    assert without
    assert [told for told, tier in zip(without, tiers, strict=True) if tier not in TIERS] == []


@pytest.mark.parametrize(
    "fence",
    [each for each in ALL if each.language == "bash"],
    ids=lambda each: f"{each.page}: {each.text.splitlines()[0]}",
)
def test_every_command_parses(fence: Fence) -> None:
    done = subprocess.run(
        ["bash", "-n"], input=fence.text, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_ci_runs_the_two_commands_of_the_readme() -> None:
    steps = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    shown = "".join(
        each.text for each in ALL if each.language == "bash" and each.tier in ("test", "ci")
    )
    commands = re.findall(r"^make \w+$", shown, re.MULTILINE)
    assert {"make recommend", "make test"} <= set(commands)
    for command in commands:
        assert re.search(rf"\b{command}$", steps, re.MULTILINE), command


@pytest.fixture(scope="module")
def published_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a bundle of the real films, published without the pipelines."""
    from artrec.bundle import publish
    from artrec.bundle.parts import MemberParts
    from artrec.data.interactions import Interactions
    from artrec.data.sources.base import SourceConfig
    from artrec.data.sources.files import RawFile, open_raw
    from artrec.data.sources.registry import parse
    from artrec.models.fitting import TrainingConfig, fit_model

    project = make_project(tmp_path_factory.mktemp("published_project"))
    raw = open_raw(RawFile(project / "data/01_raw/movielens_snapshot/ratings.csv.gz"))
    parsed = parse({"ratings": raw}, SourceConfig())
    scorer = fit_model(
        "ease",
        parsed.interactions,
        config_class("ease")(),
        TrainingConfig(),
        4.0,
        np.random.default_rng(0),
    )
    parts = MemberParts(
        scorer=scorer,
        works=parsed.works,
        profiles=Interactions.from_table(parsed.interactions, 4.0),
        positive_from=4.0,
        source={"source": "movielens_snapshot", "label": parsed.variant.label, "sha256": "0"},
        metrics={},
        licence="as the data",
        attribution="GroupLens",
    )
    parts.write(project / "data" / "06_models" / "bundle" / "movies")
    publish(project / "data" / "06_models" / "bundle", project / "data" / "published")
    return project


def pages_of(*tiers: str) -> list[Path]:
    return [page for page in PAGES if any(each.tier in tiers for each in fences(page))]


@pytest.mark.parametrize("page", pages_of("test"), ids=name_of)
def test_quick_commands_run(page: Path, published_project: Path) -> None:
    assert run_fences(fences(page), published_project, {"test"}) > 0


@pytest.fixture(scope="module")
def finished_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which the main job has run; `.ci/run` names one where it just did."""
    project = make_project(tmp_path_factory.mktemp("finished_project"))
    if finished := os.environ.get("ARTREC_FINISHED"):
        for folder in (*Path(finished, "data").glob("0[2-8]_*"), Path(finished, "data/published")):
            shutil.copytree(folder, project / "data" / folder.name)
        return project
    done = subprocess.run(
        ["kedro", "run", "--pipeline=recommend"],
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return project


@pytest.fixture
def fresh_finished(finished_project: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it, for a page to change; resamples and trees are few: no figure is compared."""
    copy = tmp_path / "project"
    shutil.copytree(finished_project, copy, symlinks=True)
    quick = yaml.safe_dump({MEDIUM: QUICK})
    (copy / "conf" / "local" / "parameters.yml").write_text(quick, encoding="utf-8")
    yield copy
    shutil.rmtree(copy)


# needs a clone with git and DVC, as tests/test_dvc.py makes one; its commands are parsed here
ELSEWHERE = {"docs/how-to/reproduce-with-dvc.md"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in pages_of("ci") if name_of(page) not in ELSEWHERE], ids=name_of
)
def test_commands_of_ci_run(page: Path, fresh_finished: Path) -> None:
    run_fences(fences(page), fresh_finished, {"test", "ci"})


@pytest.mark.release
@pytest.mark.parametrize(
    "page", [page for page in pages_of("release") if name_of(page) not in ELSEWHERE], ids=name_of
)
def test_commands_of_a_release_run(page: Path, fresh_finished: Path) -> None:
    assert run_fences(fences(page), fresh_finished, {"test", "ci", "release"}) > 0


def test_a_failing_command_fails(tmp_path: Path) -> None:
    broken = Fence("invented", "bash", {"tier": "test"}, "artrec bundel list\n")
    with pytest.raises(AssertionError, match="bundel"):
        run_fences((broken,), tmp_path, {"test"})
    assert run_fences((broken,), tmp_path, {"ci"}) == 0


# --- reference ------------------------------------------------------------------------------------


def test_the_reference_is_what_the_docstrings_say() -> None:
    told = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert told == tool("make_reference").page(), "run `python tools/make_reference.py`"


# --- figures --------------------------------------------------------------------------------------


def masked(text: str) -> str:
    """Text without its figures and content hashes; table cells as wide as they need."""
    return re.sub(r"[ ─]+", " ", VERSION.sub("#", NUMBER.sub("#", text)))


def figures(text: str) -> np.ndarray:
    return np.array([float(each) for each in NUMBER.findall(text)])


def same_but_for_rounding(told: str, fresh: str) -> bool:
    if masked(told) != masked(fresh):
        return False
    return bool(np.allclose(figures(told), figures(fresh), rtol=0.01, atol=TOLERANCE))


@pytest.fixture(scope="module")
def reports_of_base() -> Path:
    """The reports, where they are of the committed parameters and data."""
    fitted = REPORTS / "fitted_parameters.json"
    if not (REPORTS / "evaluation_summary.csv").is_file() or not fitted.is_file():
        pytest.skip("nothing was evaluated here: `make recommend` does")
    text = (ROOT / "conf" / "base" / "parameters_movies.yml").read_text(encoding="utf-8")
    models = yaml.safe_load(text)["movies"]["models"]
    wanted = {
        name: config_class(name).model_validate(models[name]).model_dump(mode="json")
        for name in models
    }
    found = json.loads(fitted.read_text(encoding="utf-8"))
    if {name: found.get(name) for name in wanted} != wanted:
        pytest.skip("the reports here are of other parameters than conf/base names")
    return REPORTS


@pytest.mark.parametrize("section", ["results", "example"])
def test_the_figures_of_the_readme_are_those_of_the_reports(
    section: str, reports_of_base: Path
) -> None:
    refresh = tool("refresh_readme")
    if section == "example" and not (ROOT / "data" / "published" / "CURRENT").is_file():
        pytest.skip("nothing was published here: `make recommend` does")
    found = refresh.section_of(section).search((ROOT / "README.md").read_text(encoding="utf-8"))
    told = found[0].split("\n", 1)[1].rsplit("\n", 1)[0]
    fresh = refresh.SECTIONS[section]()
    assert same_but_for_rounding(told, fresh), f"run `python tools/refresh_readme.py`\n{fresh}"


def test_a_wrong_figure_is_noticed() -> None:
    told = "| ease | 0.122 | 0.109 to 0.134 |"
    assert same_but_for_rounding(told, "| ease | 0.123 | 0.109 to 0.134 |")
    assert not same_but_for_rounding(told, "| ease | 0.126 | 0.109 to 0.134 |")
    assert not same_but_for_rounding(told, "| svd | 0.122 | 0.109 to 0.134 |")


def test_the_facts_about_the_data_are_so() -> None:
    """What the pages say of the embedded ratings, counted."""
    raw = pd.read_csv(
        ROOT / "data" / "01_raw" / "movielens_snapshot" / "ratings.csv.gz",
        dtype={"userId": str, "movieId": str},
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{len(raw):,} film ratings of {raw['userId'].nunique()} people" in readme
    page = (ROOT / "docs" / "data-and-licences.md").read_text(encoding="utf-8")
    assert f"{raw['userId'].nunique()} people, {raw['movieId'].nunique():,} films" in page
    travelled = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    first = raw.iloc[0]
    assert f'{first["movieId"]},"{first["title"]}",{first["year"]:.0f}' in travelled
    own = raw[raw["userId"] == "1"].sort_values(["timestamp", "movieId"])
    assert (len(own), own["movieId"].tolist().index("31") + 1) == (20, 8)
    assert "user 1 has 20 ratings" in travelled
    assert "8th in time" in travelled


# --- notebooks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name_of)
def test_a_notebook_is_committed_without_what_it_printed(notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    assert [cell["outputs"] for cell in code if cell["outputs"]] == []
    assert {cell["execution_count"] for cell in code} == {None}
