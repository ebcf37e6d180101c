"""The sources artrec knows: typed, reachable by address or mirror, and what the mirror holds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from artrec.errors import ConfigError, InputError
from artrec.fetch import fetch, find_project, load
from artrec.fetch.sources import CONFIGURATION, Sources

ROOT = Path(__file__).parents[2]
SOURCES = load(ROOT)
NAMES = sorted(SOURCES.sources)
MIRROR = os.environ.get("ARTREC_MIRROR", "")
# which variant the mirror holds of what, and that much of it
HELD = {
    "beeformer": ("known", 3_750_826),
    "goodbooks-10k": ("v1", 18_494_874),
    "ml-latest-small": ("2018-09", None),
    "movietweetings": ("100K", 3_487_293),
    "tate": ("sample", None),
    "wikipedia-movies": ("known", 25_818_303),
}


@pytest.mark.parametrize("name", NAMES)
def test_every_source_can_be_had(name: str) -> None:
    source = SOURCES.sources[name]
    assert any(each.has_addresses for each in source.variants.values())
    for variant in source.variants.values():
        for file, spec in variant.files.items():
            assert spec.proven or spec.begins, f"{file}: nothing tells it from a web page"
            assert (spec.address or "https://").startswith("https://")
            assert spec.unpacked or not file.endswith(".zip"), f"{file}: no bound for a bomb"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_known_by_its_bytes_is_tried_before_what_is_not(name: str) -> None:
    """Else a file that is known would be recorded as one that is not."""
    by_file: dict[tuple[str, str | None], list[bool]] = {}
    for variant in SOURCES.sources[name].variants.values():
        for file, spec in variant.files.items():
            by_file.setdefault((file, spec.in_mirror), []).append(spec.proven)
    assert [proven for proven in by_file.values() if proven != sorted(proven, reverse=True)] == []


def test_the_default_set_is_small_and_brings_every_medium() -> None:
    chosen = [each for each in SOURCES.sources.values() if each.default]
    assert {each.medium for each in chosen} == {"movies", "books", "artworks"}
    assert sum(each.expected for each in chosen) < 250_000_000


def test_kedro_does_not_take_them_for_its_own() -> None:
    from kedro.config import OmegaConfigLoader

    from artrec.settings import CONFIG_LOADER_ARGS

    loader = OmegaConfigLoader(str(ROOT / "conf"), **CONFIG_LOADER_ARGS)
    assert "sources" not in loader["parameters"]
    assert "goodbooks-10k" not in loader["catalog"]


@pytest.mark.parametrize("name", NAMES)
def test_the_pages_on_licences_know_every_source(name: str) -> None:
    page = (ROOT / "docs" / "data-and-licences.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    assert SOURCES.sources[name].licence.partition(":")[0] in row
    assert SOURCES.sources[name].medium in row
    assert f"`01_raw/{name}/`" in (ROOT / "data" / "LICENSES.md").read_text(encoding="utf-8")


@pytest.mark.mirror
@pytest.mark.skipif(not MIRROR, reason="ARTREC_MIRROR names no mirror of public data")
@pytest.mark.parametrize("name", sorted(HELD))
def test_the_mirror_holds_a_known_variant(name: str, tmp_path: Path) -> None:
    done = fetch(tmp_path, SOURCES, name, mirror=MIRROR)
    variant, size = HELD[name]
    assert (done.variant, done.recorded) == (variant, ())
    assert size in {None, sum(done.files.values())}
    assert fetch(tmp_path, SOURCES, name, mirror=MIRROR).outcome == "already there"


# --- configuration that is not right --------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "value", "told"),
    [
        (("address",), "file:///etc/passwd", "http or https"),
        (("address",), "/etc/passwd", "http or https"),
        (("sha256",), "abc", "sha256"),
        (("size",), None, "needs 'size'"),
        (("sha512",), "abc", "unknown parameter 'sha512'"),
    ],
    ids=["file", "path", "checksum", "no size", "unknown"],
)
def test_a_wrong_file_is_named(
    project: Any, where: tuple[str, ...], value: object, told: str
) -> None:
    sources = project.write({"v1": {"files": {"a.csv": {"size": 1}}}})
    content = sources.model_dump(exclude_none=True)
    content["sources"]["songs"]["variants"]["v1"]["files"]["a.csv"][where[0]] = value
    (project.folder / CONFIGURATION).write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigError, match=told) as raised:
        load(project.folder)
    assert "sources.songs.variants.v1.files.a.csv" in raised.value.problem


@pytest.mark.parametrize("name", ["../up.csv", "a/b.csv", ".hidden", "provenance.json", ""])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    about = {"medium": "m", "what": "w", "licence": "l", "attribution": "a", "page": "p"}
    variants = {"v1": {"files": {name: {"size": 1}}}}
    with pytest.raises(ValueError, match="cannot be a file's name"):
        Sources.model_validate({"sources": {"songs": {**about, "variants": variants}}})
    with pytest.raises(ValueError, match="cannot be a folder's name"):
        good = {"v1": {"files": {"a": {"size": 1}}}}
        Sources.model_validate({"sources": {"../songs": {**about, "variants": good}}})


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is missing"):
        load(tmp_path)
    (tmp_path / "conf" / "base").mkdir(parents=True)
    (tmp_path / CONFIGURATION).write_text("sources: [")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_the_project_is_found_from_below(project: Any) -> None:
    project.write({"v1": {"files": {"a.csv": {"size": 1}}}})
    assert find_project(project.folder / "conf" / "base") == project.folder
    with pytest.raises(InputError, match="in the folder of the project"):
        find_project(Path("/"))
