"""`artrec feedback`: exports, backups, migrations and forgetting from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra: pip install 'artrec[serve]'")
pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from click.testing import CliRunner, Result

from artrec.cli import main
from artrec.serving.feedback import Event, FeedbackStore
from serving_world import publish_world

ANN, BEN = "p_" + "a" * 26, "p_" + "b" * 26
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("feedback_cli")
    publish_world(root / "published", root / "bundle")
    return root / "published"


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'feedback.db'}"
    with FeedbackStore(url) as store:
        told = [
            Event("1", "movies:1", "rating", 4.5),
            Event("2", "movies:3", "seen"),
            Event("3", "books:10", "dislike"),
        ]
        store.append(ANN, told)
        store.append(BEN, [Event("1", "movies:4", "like", at=7)])
    return url


@pytest.fixture
def run(published: Path, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ARTREC_STORE", str(published))
    monkeypatch.setenv("ARTREC_SERVE_DATABASE", url)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def go(*arguments: str, **kwargs: Any) -> Result:
        return CliRunner().invoke(main, ["feedback", *arguments], **kwargs)

    return go


def test_export_writes_what_ingest_reads(run: Run, tmp_path: Path) -> None:
    done = run("export")
    assert done.exit_code == 0, done.output
    assert "left out of movies: 1 seen, without a verdict" in done.output
    folder = tmp_path / "data" / "01_raw" / "feedback"
    films = pd.read_csv(folder / "movies.csv", dtype=str).drop(columns="timestamp")
    assert films.to_numpy().tolist() == [[ANN, "1", "4.5"], [BEN, "4", "4.0"]]
    books = pd.read_csv(folder / "books.csv", dtype=str)
    assert books[["item_id", "rating"]].to_numpy().tolist() == [["10", "3.5"]]


def test_export_of_one_medium_as_parquet(run: Run, tmp_path: Path) -> None:
    from artrec.data.parquet import read_parquet

    done = run("export", "--medium", "books", "--format", "parquet", "--to", "out", "--json")
    told = json.loads(done.output)["exported"]
    assert told == [
        {"medium": "books", "rows": 1, "people": 1, "left_out": {}, "file": "out/books.parquet"}
    ]
    assert read_parquet(tmp_path / "out" / "books.parquet")["user_id"].tolist() == [ANN]
    assert run("export", "--medium", "boks").exit_code == 1
    assert "did you mean 'books'?" in run("export", "--medium", "boks").output


def test_who_is_deleted_leaves_the_next_export(run: Run, url: str, tmp_path: Path) -> None:
    run("export")
    with FeedbackStore(url) as store:
        store.delete_person(ANN)
    assert run("export").exit_code == 0
    folder = tmp_path / "data" / "01_raw" / "feedback"
    assert ANN not in (folder / "movies.csv").read_text()
    assert not (folder / "books.csv").exists()


def test_backup_and_restore(run: Run, url: str) -> None:
    assert "4 events are safe" in run("backup", "safe.db").output
    with FeedbackStore(url) as store:
        store.append(ANN, [Event("late", "movies:1", "like")])
        store.delete_person(BEN)
    assert run("restore", "safe.db", input="n\n").exit_code == 1
    with FeedbackStore(url) as store:
        assert len(store.events(ANN)) == 4
    assert json.loads(run("restore", "safe.db", "--yes", "--json").output) == {
        "events": 3,
        "people_left_out": 1,
    }
    refused = run("backup", "safe.db", "--json")
    assert refused.exit_code == 1
    assert "there already" in json.loads(refused.output)["error"]["problem"]


def test_migrate_says_where_it_is(run: Run, tmp_path: Path) -> None:
    assert run("migrate").output == "schema 0001\n"
    fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
    told = json.loads(run("migrate", "--database", fresh, "--json").output)
    assert told == {"before": None, "now": "0001"}


def test_who_was_silent_long_is_forgotten(run: Run, url: str) -> None:
    assert json.loads(run("forget", "--idle-days", "1", "--json").output) == {"forgotten": 0}
    assert run("forget", "--idle-days", "0").exit_code == 2


def test_a_bad_url_is_told_without_its_password(run: Run) -> None:
    done = run("migrate", "--database", "nodriver://ann:hunter2@host/db")
    assert done.exit_code == 1 and "hint:" in done.output and "hunter2" not in done.output


def test_the_missing_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "artrec.serving.feedback.migrating", None)
    done = run("migrate")
    assert done.exit_code == 1 and "artrec[serve]" in done.output
