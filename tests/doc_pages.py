"""The pages of the documentation: their fences, and how a reader's commands are run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "data" / "LICENSES.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
TIERS = ("test", "ci", "release", "network")
# what a run makes or brings: docs may name it, a clone does not have it
MADE = re.compile(
    r"data/(0[2-8]_|own|ml-32m|published|serving|01_raw/(?!movielens_snapshot|wikidata_films))"
    r"|conf/local/|tests/models/test_co_"
)
FENCE = re.compile(r"^```(\w*)(.*)\n((?:.*\n)*?)```$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Fence:
    """A fenced block of a page."""

    page: str
    language: str
    options: dict[str, str]
    text: str

    @property
    def tier(self) -> str | None:
        return self.options.get("tier")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def fences(page: Path) -> tuple[Fence, ...]:
    return tuple(
        Fence(name_of(page), language, dict(re.findall(r"(\w+)=(\S+)", options)), text)
        for language, options, text in FENCE.findall(page.read_text(encoding="utf-8"))
    )


def prose(page: Path) -> str:
    """A page without its fences."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def make_project(folder: Path) -> Path:
    """A copy of what a clone holds, with the data linked where they are only read."""
    for name in ("conf", "src", "tests", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    shutil.rmtree(folder / "conf" / "local")
    (folder / "conf" / "local").mkdir()
    (folder / "data" / "01_raw").mkdir(parents=True)
    for name in ("movielens_snapshot", "wikidata_films"):
        (folder / "data" / "01_raw" / name).symlink_to(ROOT / "data" / "01_raw" / name)
    binaries = folder / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "activate").write_text("", encoding="utf-8")
    return folder


def environment(project: Path) -> dict[str, str]:
    """The environment of a reader who has activated the project's own."""
    own = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(project / "src"),
    }
    return {name: os.environ[name] for name in os.environ if name != "ARTREC_STORE"} | own


def run_fences(page: tuple[Fence, ...], project: Path, tiers: set[str]) -> int:
    """Run the fences of a page in order; how many there were to run."""
    ran = 0
    for fence in page:
        if fence.tier not in tiers or re.match(r"make ", fence.text):
            continue
        ran += 1
        if "file" in fence.options:
            (project / fence.options["file"]).write_text(fence.text, encoding="utf-8")
            continue
        arguments = {
            "bash": ["bash", "-euo", "pipefail", "-c", fence.text],
            "python": [sys.executable, "-c", fence.text],
            "diff": ["git", "apply", "-"],
        }[fence.language]
        done = subprocess.run(
            arguments,
            cwd=project,
            env=environment(project),
            input=fence.text if fence.language == "diff" else "",
            text=True,
            capture_output=True,
            timeout=500,
            check=False,
        )
        told = f"{fence.page}:\n{fence.text}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
        assert done.returncode == 0, told
    return ran
