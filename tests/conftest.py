"""What all tests share: no Hypothesis deadlines, the mirror, the main job on the small world."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# a busy machine is no fault
settings.register_profile("artrec", deadline=None)
settings.load_profile("artrec")


@pytest.fixture(scope="session")
def mirror() -> Path:
    """Folder of larger public data, in upstream file layout."""
    folder = os.environ.get("ARTREC_MIRROR", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs larger public data: set ARTREC_MIRROR to a folder of them")
    return Path(folder)


@pytest.fixture(scope="session")
def world_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every dataset of the main job on the world of `project_world`, made in memory."""
    from project_world import raw_metadata, raw_ratings, registered, run_stage

    ratings = raw_ratings()
    raw = {"raw_ratings": ratings, "raw_wikidata_films": raw_metadata()}
    return run_stage(registered()["recommend"], raw, tmp_path_factory.mktemp("world"))


@pytest.fixture
def run_world_stage(world_run: dict[str, Any], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Run one stage again on what the main job made, some inputs changed."""
    from project_world import registered, run_stage

    def run(name: str, parameters: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
        stage = registered()[name]
        made = {each.removeprefix("movies.") for each in stage.outputs()}
        given = {each: value for each, value in world_run.items() if each not in made}
        return run_stage(stage, given | changed, tmp_path, parameters)

    return run
