"""Backup and restore: whole or not at all, beside a running service, and no deleted person back."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra: pip install 'artrec[serve]'")

from artrec.errors import ConfigError, InputError
from artrec.serving.feedback import Event, FeedbackStore, ForgottenPersonError
from artrec.serving.feedback.backup import backup, restore

ANN, BEN = "p_" + "a" * 26, "p_" + "b" * 26


def like(key: str) -> Event:
    return Event(key, "movies:1", "like")


def test_a_backup_brings_everything_back(database: str, tmp_path: Path) -> None:
    with FeedbackStore(database) as store:
        store.append(ANN, [like("a"), like("b")])
        assert backup(database, tmp_path / "safe.db") == 2
        store.append(ANN, [like("late")])
    assert {path.name for path in tmp_path.iterdir()} == {"kept", "safe.db"}
    assert (tmp_path / "safe.db").stat().st_mode & 0o077 == 0
    assert restore(database, tmp_path / "safe.db") == (2, 0)
    with FeedbackStore(database) as store:
        assert [each.key for each in store.events(ANN)] == ["a", "b"]
        assert store.append(ANN, [like("c")])[0].status == "accepted"


def test_into_an_empty_place(database: str, tmp_path: Path) -> None:
    with FeedbackStore(database) as store:
        store.append(ANN, [like("a")])
    backup(database, tmp_path / "safe.db")
    other = f"sqlite:///{tmp_path / 'elsewhere' / 'feedback.db'}"
    assert restore(other, tmp_path / "safe.db") == (1, 0)
    with FeedbackStore(other) as store:
        assert len(store.events(ANN)) == 1


def test_who_was_deleted_stays_deleted(database: str, tmp_path: Path) -> None:
    with FeedbackStore(database) as store:
        store.append(ANN, [like("a")])
        store.append(BEN, [like("b")])
        backup(database, tmp_path / "safe.db")
        store.delete_person(ANN)
    assert restore(database, tmp_path / "safe.db") == (1, 1)
    with FeedbackStore(database) as store:
        assert store.events(ANN) == [] and len(store.events(BEN)) == 1
        with pytest.raises(ForgottenPersonError):
            store.append(ANN, [like("late")])
    left = b"".join(path.read_bytes() for path in (tmp_path / "kept").iterdir())
    assert ANN.encode() not in left and BEN.encode() in left


def test_while_the_service_writes(database: str, tmp_path: Path) -> None:
    stop = threading.Event()
    with FeedbackStore(database) as store:

        def write() -> None:
            number = 0
            while not stop.is_set():
                store.append(ANN, [like(f"{number}"), like(f"{number}-twin")])
                number += 1

        thread = threading.Thread(target=write)
        thread.start()
        try:
            counts = [backup(database, tmp_path / f"{number}.db") for number in range(5)]
        finally:
            stop.set()
            thread.join()
        assert counts == sorted(counts) and all(count % 2 == 0 for count in counts)
        before = store.revision(ANN)
        restore(database, tmp_path / "2.db")  # the service goes on with what was put back
        assert len(store.events(ANN)) == counts[2]
        assert store.revision(ANN) != before
        assert store.append(ANN, [like("after")])[0].status == "accepted"
        assert len(store.events(ANN)) == counts[2] + 1


def test_no_backup_over_another_file(database: str, tmp_path: Path) -> None:
    FeedbackStore(database).close()
    (tmp_path / "safe.db").write_text("dear to somebody")
    with pytest.raises(InputError, match="there already"):
        backup(database, tmp_path / "safe.db")
    assert (tmp_path / "safe.db").read_text() == "dear to somebody"


def test_nothing_to_back_up(database: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no feedback database"):
        backup(database, tmp_path / "safe.db")


def test_a_folder_that_is_not_there(database: str, tmp_path: Path) -> None:
    FeedbackStore(database).close()
    with pytest.raises(InputError, match="cannot be written"):
        backup(database, tmp_path / "nowhere" / "safe.db")


def test_another_database_has_its_own_tools(tmp_path: Path) -> None:
    for call in (backup, restore):
        with pytest.raises(ConfigError) as caught:
            call("postgresql+psycopg://host/artrec", tmp_path / "safe.db")
        assert "pg_dump" in caught.value.hint


def _truncated(good: Path) -> None:
    good.write_bytes(good.read_bytes()[:8192])


def _flipped(good: Path) -> None:
    content = bytearray(good.read_bytes())
    content[4096:20_000] = b"\xff" * (20_000 - 4096)
    good.write_bytes(bytes(content))


def _newer(good: Path) -> None:
    with sqlite3.connect(good) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")


def _foreign(good: Path) -> None:
    good.unlink()
    with sqlite3.connect(good) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")


def _text(good: Path) -> None:
    good.write_text("no database")


def _empty(good: Path) -> None:
    good.write_bytes(b"")


@pytest.mark.parametrize("spoil", [_truncated, _flipped, _newer, _foreign, _text, _empty])
def test_a_bad_backup_touches_nothing(database: str, tmp_path: Path, spoil) -> None:
    with FeedbackStore(database) as store:
        store.append(ANN, [like(f"k{number}") for number in range(400)])
        backup(database, tmp_path / "safe.db")
        spoil(tmp_path / "safe.db")
        with pytest.raises((InputError, ConfigError)):
            restore(database, tmp_path / "safe.db")
        assert len(store.events(ANN)) == 400
    with pytest.raises(InputError, match="no backup"):
        restore(database, tmp_path / "missing.db")
