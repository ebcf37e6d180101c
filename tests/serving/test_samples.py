"""Samples of the API: one for each call, shown where people look, and each runs as it stands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from fastapi.testclient import TestClient

from artrec.serving.samples import HOST, SAMPLES
from service_process import ADMIN_KEY, ServiceProcess

RATINGS = "Date,Name,Year,Letterboxd URI,Rating\n2024-01-02,Alien,1979,https://boxd.it/a,5\n"


def test_every_call_has_a_sample(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    calls = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert calls == {sample.call for sample in SAMPLES}
    for path, methods in paths.items():
        for call in methods.values():
            curl, python = call["x-codeSamples"]
            assert curl["source"].startswith("curl "), path
            compile(python["source"], path, "exec")


def test_the_reference_shows_them(client: TestClient) -> None:
    page = client.get("/api/docs")
    assert page.text.count("<summary>curl</summary>") == len(SAMPLES)
    assert page.text.count("<summary>Python</summary>") == len(SAMPLES)
    style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert client.get(style).status_code == 200


@pytest.fixture(scope="module")
def visited(published_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to type in, with a file to import; `url` in it says where a service answers."""
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(published_world, folder / "data" / "published")
    (folder / "ratings.csv").write_text(RATINGS, encoding="utf-8")
    service = ServiceProcess(folder / "data" / "published", folder).start()
    (folder / "url").write_text(service.url, encoding="utf-8")
    yield folder
    service.stop()


def typed(folder: Path, command: list[str]) -> str:
    """What a command says; it must succeed."""
    url = (folder / "url").read_text(encoding="utf-8")
    done = subprocess.run(
        [each.replace(HOST, url) for each in command],
        cwd=folder,
        env={**os.environ, "ARTREC_SERVE_ADMIN_KEY": ADMIN_KEY},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


@pytest.mark.slow
def test_curl_makes_one_visit(visited: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    for sample in SAMPLES:
        line = sample.curl().replace("curl ", "curl --silent --show-error --fail-with-body ", 1)
        told = typed(visited, ["bash", "-c", line])
        assert told or sample.method == "DELETE", sample.call


@pytest.mark.slow
def test_python_makes_one_visit(visited: Path) -> None:
    for sample in SAMPLES:
        told = typed(visited, [sys.executable, "-c", sample.python()])
        assert told.strip() or sample.method == "DELETE", sample.call
