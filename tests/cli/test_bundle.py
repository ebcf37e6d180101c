"""`artrec bundle`: which versions there are, and going back to one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import artrec
from artrec.bundle import publish
from artrec.cli import main
from film_world import write_films


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str, str]:
    """A store to change, and its two versions, older first."""
    store = tmp_path / "published"
    names = []
    for note in ("older", "newer"):
        write_films(tmp_path / "bundle", note=note)
        names.append(publish(tmp_path / "bundle", store)["version"])
    monkeypatch.setenv("ARTREC_STORE", str(store))
    return store, names[0], names[1]


def test_bundle_list_marks_the_current_one(own_store: tuple[Path, str, str]) -> None:
    store, older, newer = own_store
    told = json.loads(CliRunner().invoke(main, ["bundle", "list", "--json"]).stdout)
    assert told["store"] == str(store)
    assert [(each["version"], each["current"]) for each in told["versions"]] == [
        (newer, True),
        (older, False),
    ]
    text = CliRunner().invoke(main, ["bundle", "list"]).stdout
    (marked,) = [line for line in text.splitlines() if line.strip().startswith("*")]
    assert newer in marked
    assert "movies" in marked


def test_bundle_use_rolls_back(own_store: tuple[Path, str, str]) -> None:
    store, older, _ = own_store
    done = CliRunner().invoke(main, ["bundle", "use", older])
    assert (done.exit_code, done.stdout) == (0, f"version {older} is in use\n")
    assert artrec.Recommender.load(store).version == older
    told = json.loads(CliRunner().invoke(main, ["recommend", "--user", "r7", "--json"]).stdout)
    assert told["version"] == older


def test_bundle_use_of_an_unknown_version_fails(own_store: tuple[Path, str, str]) -> None:
    store, older, newer = own_store
    done = CliRunner().invoke(main, ["bundle", "use", "123"])
    assert done.exit_code == 1
    assert "no version named '123'" in done.stderr
    assert older in done.stderr
    assert (store / "CURRENT").read_text().strip() == newer


def test_a_damaged_current_version_is_named_and_the_one_before_used(
    own_store: tuple[Path, str, str],
) -> None:
    store, older, newer = own_store
    wrong = store / newer / "movies" / "works.parquet"
    wrong.write_bytes(wrong.read_bytes()[:-1])
    done = CliRunner().invoke(main, ["recommend", "--user", "r7", "-k", "2", "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["version"] == older
    assert f"{wrong} is truncated" in told["notes"][0]
    assert f"note: {wrong} is truncated" in done.stderr
    assert f"using the version {older} in its place" in done.stderr


def test_bundle_list_tells_of_a_current_that_is_missing(own_store: tuple[Path, str, str]) -> None:
    store, _, newer = own_store
    (store / "CURRENT").write_text("0123456789ab\n")
    done = CliRunner().invoke(main, ["bundle", "list"])
    assert done.exit_code == 0
    assert "names the version '0123456789ab', which is not in the store" in done.stderr
    assert newer in done.stdout


@pytest.mark.parametrize(
    "arguments", [("bundle", "list"), ("recommend", "--user", "1")], ids=" ".join
)
def test_an_empty_store_says_what_to_run(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, [*arguments, "--store", str(tmp_path)])
    assert done.exit_code == 1
    assert "no bundle was published" in done.stderr
    assert "make recommend" in done.stderr
