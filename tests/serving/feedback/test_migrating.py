"""Schemas of the feedback database: made, kept, and left alone where a newer artrec wrote them."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra: pip install 'artrec[serve]'")

from sqlalchemy import inspect

from artrec.errors import ConfigError
from artrec.serving.feedback import Event, FeedbackStore, engines, migrating
from artrec.serving.feedback.engines import open_engine
from artrec.serving.feedback.migrating import HEAD, known_versions, migrate
from artrec.serving.feedback.tables import METADATA

if TYPE_CHECKING:
    from sqlalchemy import Engine

ANN = "p_" + "a" * 26


@pytest.fixture
def engine(database: str) -> Engine:
    return open_engine(database, writes=True)


def test_head_is_the_newest_migration() -> None:
    assert known_versions()[-1] == HEAD


def test_migrations_make_the_tables_that_the_code_knows(engine: Engine) -> None:
    assert migrate(engine) == (None, HEAD)
    found = inspect(engine)
    for table in METADATA.tables.values():
        columns = {each["name"]: each for each in found.get_columns(table.name)}
        assert list(columns) == [column.name for column in table.columns]
        for column in table.columns:
            kind = columns[column.name]["type"].compile(engine.dialect)
            assert kind == column.type.compile(engine.dialect), column
            assert columns[column.name]["nullable"] == column.nullable, column
        indexes = {each["name"] for each in found.get_indexes(table.name)}
        assert indexes == {str(index.name) for index in table.indexes}
    assert migrate(engine) == (HEAD, HEAD)


def test_two_at_once_make_one_schema(database: str) -> None:
    found: list[object] = []

    def go() -> None:
        engine = open_engine(database, writes=True)
        found.append(migrate(engine))
        engine.dispose()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found, key=str) == [("0001", HEAD)] * 3 + [(None, HEAD)]


class Contended:
    """A connection whose file others turn to WAL at the same time: SQLite refuses at once."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.executed: list[str] = []

    def execute(self, pragma: str) -> None:
        if "journal_mode" in pragma and self.refusals:
            self.refusals -= 1
            raise sqlite3.OperationalError("database is locked")
        self.executed.append(pragma)


def test_a_file_that_others_are_just_turning_to_wal_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contended = Contended(refusals=3)
    engines.prepare(contended)
    assert contended.executed == list(engines.PRAGMAS)
    monkeypatch.setattr(engines, "BUSY_MILLISECONDS", 50)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        engines.prepare(Contended(refusals=10_000))


def test_a_newer_schema_is_refused_and_left_alone(database: str, tmp_path: Path) -> None:
    with FeedbackStore(database) as store:
        store.append(ANN, [Event("k", "movies:1", "like")])
        file = Path(str(store._writing.url.database))
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(ConfigError, match="schema 0999") as caught:
        FeedbackStore(database)
    assert "update artrec" in caught.value.hint
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (1,)
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [("0999",)]


def test_tables_of_somebody_else_are_left_alone(database: str, engine: Engine) -> None:
    with engine.begin() as within:
        within.exec_driver_sql("CREATE TABLE events (what TEXT)")
    with pytest.raises(ConfigError, match="did not make"):
        FeedbackStore(database)


def test_a_migration_that_fails_changes_nothing(engine: Engine, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise ConfigError("the power went out")

    real = migrating._upgrade

    def half(connection, before) -> None:
        real(connection, before)
        fail()

    monkeypatch.setattr(migrating, "_upgrade", half)
    with pytest.raises(ConfigError, match="power"):
        migrate(engine)
    assert inspect(engine).get_table_names() == []
    monkeypatch.setattr(migrating, "_upgrade", real)
    assert migrate(engine) == (None, HEAD)
