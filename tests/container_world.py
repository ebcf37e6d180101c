"""The Dockerfile read as text, and its first stage carried out in an empty folder."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PREFIX, CONTEXT = "/opt/artrec", "/src"


@dataclass(frozen=True)
class Line:
    """One instruction of a Dockerfile: ``RUN``, ``COPY`` ... and what follows it."""

    kind: str
    text: str


def read_stages(dockerfile: Path) -> list[list[Line]]:
    """Instructions of each stage, comments left out, continued lines joined."""
    text = re.sub(r"^#.*\n", "", dockerfile.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    stages: list[list[Line]] = []
    for line in filter(str.strip, lines):
        kind, _, rest = line.partition(" ")
        if kind == "FROM":
            stages.append([])
        stages[-1].append(Line(kind, rest.strip()))
    return stages


def only(stage: list[Line], kind: str) -> str:
    """What follows the one instruction of this kind."""
    (found,) = [line.text for line in stage if line.kind == kind]
    return found


def environment(stage: list[Line]) -> dict[str, str]:
    """Variables that a stage sets."""
    pairs = [pair for line in stage if line.kind == "ENV" for pair in shlex.split(line.text)]
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def size(folder: Path) -> int:
    """Bytes of the files below a folder, links not followed."""
    return sum(each.lstat().st_size for each in folder.rglob("*") if not each.is_dir())


def build(stage: list[Line], root: Path, checkout: Path) -> Path:
    """Carry out a stage's COPY and RUN lines; its prefix.

    Args:
        stage: Instructions.
        root: Empty folder; the image's paths are made below it.
        checkout: What COPY copies from.
    """
    prefix, context = root / "opt" / "artrec", root / "src"
    context.mkdir(parents=True)
    prefix.parent.mkdir()
    # an image of Python has a `python` and a `pip` of its own
    subprocess.run([sys.executable, "-m", "venv", root / "builder"], check=True)
    told = dict(os.environ, PATH=f"{root / 'builder' / 'bin'}:{os.environ['PATH']}")
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for line in stage:
        if line.kind == "COPY":
            *names, target = shlex.split(line.text)
            for name in names:
                _copy(checkout / name, context, target)
        elif line.kind == "RUN":
            command = line.text.replace(PREFIX, str(prefix)).replace(CONTEXT, str(context))
            command = command.replace("python3.11", minor)
            done = subprocess.run(
                ["sh", "-ec", command],
                check=False,
                cwd=context,
                env=told,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, f"{line.text}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return prefix


def _copy(source: Path, context: Path, target: str) -> None:
    if source.is_dir():
        left_out = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(source, context / target, ignore=left_out)
    else:
        shutil.copy(source, context)
