"""Three bundles that differ in their manifests, built once, and an empty store."""

from __future__ import annotations

from pathlib import Path

import pytest

from film_world import write_films


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Three different bundles."""
    names = ("first", "second", "third")
    root = tmp_path_factory.mktemp("built_bundles")
    for name in names:
        write_films(root / name, note=name)
    return tuple(root / name for name in names)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tmp_path / "data" / "published"
