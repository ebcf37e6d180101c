"""House rules that no linter knows: what may stand in the repository, and what must agree."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

import artrec

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAX_LINES = 400
# folders of one machine; an absolute path of another kind rarely gets in by accident
MACHINE_PATH = re.compile(r"(?<![\w.~$}{/])/(?:work|tmp|home|Users|root|mnt)/[\w.-]+")
INDEX_HOST = re.compile(r"pypi\.|python[h]osted\.org|artifactory|//nexus\.")
TORCH_CPU_LINE = "download.pytorch.org/whl/cpu"


@cache
def tracked_texts() -> dict[str, str]:
    """Text of every file git tracks, but data as they came and binaries."""
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=False
    )
    if listing.returncode:
        pytest.skip("not a git checkout: there is no list of tracked files")
    texts = {}
    for name in filter(None, listing.stdout.split("\0")):
        path = ROOT / name
        if name.startswith("data/01_raw/") or name == "tests/test_house.py" or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            texts[name] = content.decode("utf-8")
    return texts


def sources() -> list[Path]:
    return sorted((ROOT / "src").rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def matches(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}: {found.group()}"
        for name, text in tracked_texts().items()
        for found in pattern.finditer(text)
    ]


def test_no_path_of_one_machine_is_tracked() -> None:
    assert matches(MACHINE_PATH) == []


def test_no_package_index_is_named() -> None:
    assert matches(INDEX_HOST) == []


def test_the_torch_cpu_line_stands_in_the_makefile_only() -> None:
    named = {name for name, text in tracked_texts().items() if TORCH_CPU_LINE in text}
    assert {name for name in named if not name.endswith(".md")} == {"Makefile"}


def test_python_files_stay_short() -> None:
    python = {name: text for name, text in tracked_texts().items() if name.endswith(".py")}
    assert {
        name: text.count("\n") for name, text in python.items() if text.count("\n") > MAX_LINES
    } == {}


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_line_one_says_what_the_file_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "no module docstring"
    assert text.startswith('"""'), "something stands before the docstring"


def test_no_file_is_named_for_nothing() -> None:
    vague = {"utils", "helpers", "misc", "common"}
    assert [name_of(path) for path in sources() if vague & {path.stem, path.parent.name}] == []


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_no_variable_is_called_df(path: Path) -> None:
    names = {
        node.arg if isinstance(node, ast.arg) else node.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.arg | ast.Name)
    }
    assert not {name for name in names if re.fullmatch(r"df\d*|data\d+", name)}


def test_every_package_stands_behind_a_wall() -> None:
    """A package in no contract could import anything unnoticed."""
    contracts = {each["id"]: each for each in PROJECT["tool"]["importlinter"]["contracts"]}
    library, layers = contracts["library"], contracts["flow"]["layers"]
    walled = {*library["source_modules"], *library["forbidden_modules"]}
    layered = {name for layer in layers for name in re.findall(r"[\w.]+", layer)}
    folder = ROOT / "src" / "artrec"
    present = {f"artrec.{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__"}
    present |= {f"artrec.{path.parent.name}" for path in folder.glob("*/__init__.py")}
    assert present - walled == set()
    assert present - layered == set()


def test_all_holds_every_extra() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    held = set(re.search(r"\[(.*)\]", extras["all"][0])[1].split(","))  # type: ignore[index]
    assert held == set(extras) - {"all"}


def test_docs_name_only_extras_that_exist() -> None:
    extras = set(PROJECT["project"]["optional-dependencies"])
    named = {
        (name, extra)
        for name, text in tracked_texts().items()
        if name.endswith((".md", ".py"))
        for group in re.findall(r"(?:artrec|['\"]?\.)\[([a-z, ]+)\]", text)
        for extra in re.split(r", *", group)
    }
    assert {pair for pair in named if pair[1] not in extras} == set()
    assert {("CONTRIBUTING.md", "dev")} <= named


def test_constraints_are_exact_and_host_free() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[\w.!]+", pin)] == []
    assert pins == sorted(pins)
    assert [pin for pin in pins if re.match(r"nvidia|cuda|triton|artrec", pin)] == []


def test_every_dependency_is_pinned() -> None:
    wanted = list(PROJECT["project"]["dependencies"])
    for extra, members in PROJECT["project"]["optional-dependencies"].items():
        wanted += members if extra != "all" else []
    pinned = set(
        re.findall(r"^(.+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    )
    names = {re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", each)[0]).lower() for each in wanted}  # type: ignore[index]
    assert names - pinned == set()


def test_changelog_knows_this_version() -> None:
    headings = re.findall(
        r"^## \[?([\w.]+)\]?", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert artrec.__version__ in headings


def test_the_index_lists_every_decision() -> None:
    folder = ROOT / "docs" / "adr"
    decisions = {path.name for path in folder.glob("[0-9]*.md")}
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted(decisions)


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)$", makefile, re.MULTILINE)
    assert phony
    targets = set(phony[1].replace("\\", " ").split()) - {"FORCE"}
    described = set(re.findall(r"^([a-z-]+):.* ## \S", makefile, re.MULTILINE))
    assert targets == described


def test_docs_name_only_make_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        (name, target)
        for name, text in tracked_texts().items()
        if name.endswith(".md")
        for target in re.findall(r"`make ([a-z-]+)`|^ *\$? ?make ([a-z-]+)", text, re.MULTILINE)
        for target in target
        if target
    }
    assert {pair for pair in named if pair[1] not in targets} == set()


def test_no_python_file_is_handed_to_arrow() -> None:
    """pandas opens a path in Python; Arrow's threads then need the interpreter, also at its end."""
    calls = [
        f"{name_of(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"pd.read_parquet", "pandas.read_parquet", "pq.read_table"}
        and not ast.unparse(node.args[0]).startswith("pa.BufferReader")
    ]
    assert calls == []
