"""The container: what goes into it is complete, small, and runs as nobody with nothing to write to.

No Docker engine is needed: the steps of the Dockerfile are carried out in an empty folder.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
import yaml

from container_world import build, environment, only, read_stages, size

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

ROOT = Path(__file__).parents[2]
LISTED = ROOT / "requirements-serving.txt"
SLIM = 130 << 20
"""Bytes of python:3.11-slim unpacked, libgomp1 among them, rounded up."""
BAR = 600 * 10**6
IS_ROOT = os.getuid() == 0
POWERLESS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if IS_ROOT else []
"""Before a command: root too may write only where the mode of a file lets it."""


def lock() -> Any:
    spec = importlib.util.spec_from_file_location("serving_lock", ROOT / "tools/serving_lock.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def listed() -> set[str]:
    lines = LISTED.read_text(encoding="utf-8").splitlines()
    return {line.split("==")[0] for line in lines if not line.startswith("#")}


def test_the_list_is_what_the_tool_writes() -> None:
    pytest.importorskip("psycopg", reason="needs the extra: pip install 'artrec[browser]'")
    written = lock().requirements((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    assert LISTED.read_text(encoding="utf-8") == written


def test_the_list_holds_what_serving_imports() -> None:
    grimp = pytest.importorskip("grimp", reason="needs the extra: pip install 'artrec[dev]'")
    graph = grimp.build_graph(
        "artrec", include_external_packages=True, exclude_type_checking_imports=True
    )
    known = [each for each in graph.modules if each.startswith("artrec.serving")]
    outside = set()
    seen = set(known)
    while known:
        for name in graph.find_modules_directly_imported_by(known.pop()):
            if not name.startswith("artrec"):
                outside.add(name)
            elif name not in seen:
                seen.add(name)
                known.append(name)
    owners = metadata.packages_distributions()
    needed = {lock().plain(owners[name][0]) for name in outside - set(sys.stdlib_module_names)}
    assert {"numpy", "fastapi", "sqlalchemy"} <= needed
    assert needed - listed() == set()
    assert not {"kedro", "dvc", "great-expectations", "scikit-learn"} & listed()


def test_the_image_runs_as_nobody_and_says_how_it_is() -> None:
    first, last = read_stages(ROOT / "Dockerfile")
    assert only(last, "USER") not in ("root", "0")
    assert only(last, "HEALTHCHECK").count("/api/health/ready") == 1
    assert only(last, "ENTRYPOINT") == '["artrec"]'
    assert only(first, "FROM") == f"{only(last, 'FROM')} AS build"
    copied = {name for line in first if line.kind == "COPY" for name in line.text.split()[:-1]}
    passed = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    assert copied == passed


def test_compose_sets_what_there_is_and_keeps_no_key() -> None:
    from artrec.serving.settings import ServingSettings

    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    ours = services["artrec"]
    assert ours["read_only"] is True and ours["cap_drop"] == ["ALL"]
    names = {name.removeprefix("ARTREC_SERVE_").lower() for name in ours["environment"]}
    assert names <= set(ServingSettings.model_fields)
    for name, value in ours["environment"].items():
        if name.endswith(("SECRET", "KEYS", "KEY")):
            assert value == f"${{{name}:-}}"
    assert services["postgres"]["profiles"] == ["postgres"]


@pytest.fixture
def root() -> Iterator[Path]:
    """An empty folder that others may look into."""
    folder = Path(tempfile.mkdtemp(prefix="artrec-image-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def ask(port: int, path: str, body: Any = None) -> Any:
    sent = None if body is None else json.dumps(body).encode()
    with urlopen(
        Request(f"http://127.0.0.1:{port}{path}", sent, {"Content-Type": "application/json"}),
        timeout=20,
    ) as answer:
        return answer.read().decode()


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> dict[str, Any]:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            return dict(json.loads(ask(port, "/api/health/ready")))
        except URLError:
            time.sleep(0.1)
    raise AssertionError("the service did not become ready")


@pytest.mark.slow
def test_the_image_is_small_and_serves(root: Path, published_world: Path) -> None:
    first, last = read_stages(ROOT / "Dockerfile")
    prefix = build(first, root, ROOT)
    together = size(prefix) + SLIM
    print(f"prefix {size(prefix) / 1e6:.0f} MB, with a slim base {together / 1e6:.0f} MB")  # noqa: T201
    assert together < BAR

    python = prefix / "bin" / "python"
    for absent in ("kedro", "dvc", "sklearn", "pip"):
        assert subprocess.run(
            [python, "-c", f"import {absent}"], capture_output=True, check=False
        ).returncode
    store, own = root / "data" / "published", root / "data" / "serving"
    shutil.copytree(published_world, store)
    own.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {
        **environment(last),
        "PATH": f"{prefix / 'bin'}:/usr/bin:/bin",
        "ARTREC_STORE": str(store),
        "ARTREC_SERVE_HOST": "127.0.0.1",
        "ARTREC_SERVE_PORT": str(port),
        "ARTREC_SERVE_API_KEYS": "a-key-for-this-test-only",
    }
    for each in (prefix, store):
        subprocess.run(["chmod", "-R", "a-w", each], check=True)
    before = size(prefix), size(store)
    with (root / "log").open("wb") as log:
        process = subprocess.Popen(
            [*POWERLESS, prefix / "bin" / "artrec", "serve"], cwd=own, env=told, stderr=log
        )
    try:
        ready = wait_until_ready(process, port)
        assert ready["status"] == "ready" and ready["media"] == ["movies", "books"]
        profile = [{"item": "movies:1", "liked": True}]
        answer = json.loads(ask(port, "/api/session/recommend", {"profile": profile, "n": 3}))
        assert answer["version"] == ready["version"] and len(answer["items"]) == 3
        assert "<!doctype html>" in ask(port, "/").lower()
        check = json.loads(only(last, "HEALTHCHECK").partition("CMD ")[2])
        assert subprocess.run(check, check=False, env=told).returncode == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, (root / "log").read_text()
    finally:
        process.kill()
        process.wait()
        subprocess.run(["chmod", "-R", "u+w", root], check=True)
    assert (size(prefix), size(store)) == before, "it wrote where the image is read-only"
    assert sorted(each.name for each in own.iterdir()) == ["feedback.db", "session.key"]
