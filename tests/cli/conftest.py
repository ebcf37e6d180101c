"""A store with two versions of the film world, and the command to ask it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from artrec.bundle import publish
from artrec.cli import main
from film_world import write_films


@pytest.fixture(scope="module")
def film_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("film_store")
    for note in ("older", "newer"):
        write_films(root / "bundle", note=note)
        publish(root / "bundle", root / "published")
    return root / "published"


@pytest.fixture
def run_artrec(film_store: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ARTREC_STORE", str(film_store))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, **kwargs: Any) -> Result:
        return CliRunner().invoke(main, list(arguments), **kwargs)

    return run
