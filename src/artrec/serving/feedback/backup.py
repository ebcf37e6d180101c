"""Backup and restore of a SQLite feedback database, while the service goes on."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from artrec.bundle.durable import sync_folder
from artrec.errors import ConfigError, InputError
from artrec.serving.feedback.engines import BUSY_MILLISECONDS, open_engine, sqlite_file
from artrec.serving.feedback.migrating import STAMP, known_versions, migrate
from artrec.serving.feedback.tables import METADATA

PAGES: Final = 256  # copied between two chances for others to write
OF_OTHERS: Final = "its own tools back it up (Postgres: pg_dump, pg_restore)"


def backup(url: str, target: Path) -> int:
    """Copy a database as it is at one moment, also while it is written.

    The copy appears whole under its name or not at all, and is its owner's alone.

    Args:
        url: SQLAlchemy URL of a SQLite database.
        target: File to write; it must not be there yet.

    Returns:
        Number of events in it.

    Raises:
        ConfigError: It is no SQLite database.
        InputError: It is not there, or the copy cannot be written.
    """
    source = _file_of(url)
    if not source.is_file():
        raise InputError(f"there is no feedback database at {source}", "nothing to back up yet")
    if target.exists():
        raise InputError(f"{target} is there already", "name another file")
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with _opened(source) as reading, _opened(draft) as writing:
            reading.backup(writing, pages=PAGES)
            writing.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
            n_events = _check(writing, draft)
        _sync(draft)
        os.link(draft, target)  # never over another file
        sync_folder(target.absolute().parent)
    except (OSError, sqlite3.Error) as error:
        raise InputError(
            f"the backup {target} cannot be written: {error}", "name a folder with rights and room"
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return n_events


def restore(url: str, source: Path) -> tuple[int, int]:
    """Put a backup in the place of a database; who was deleted since stays deleted.

    The backup is checked before anything is touched, and goes in as one transaction: a kill leaves
    the old database or the new one. A running service goes on with the new one.

    Args:
        url: SQLAlchemy URL of a SQLite database, there or not.
        source: A file that `backup` wrote.

    Returns:
        Number of events restored, and of people left out because they had been deleted.

    Raises:
        ConfigError: It is no SQLite database, or the backup is of a newer artrec.
        InputError: The backup is missing, damaged or something else.
        StoreUnavailableError: The database cannot be written.
    """
    target = _file_of(url)
    if not source.is_file():
        raise InputError(f"there is no backup at {source}", "`artrec feedback backup` writes one")
    with _opened(source) as reading:
        _check(reading, source)
    forgotten = _forgotten(target) if target.is_file() else []
    open_engine(url, writes=True, pool=1).dispose()  # makes folder and file, if need be
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        with _opened(source) as reading, _opened(draft) as writing:
            reading.backup(writing)
        draft.chmod(0o600)
        _bring_up_to_date(draft)
        with _opened(draft) as reading:
            left_out = _forget_again(reading, forgotten)
            n_events = _count(reading)
            with _opened(target) as writing:
                reading.backup(writing)  # in one transaction
                writing.execute("PRAGMA journal_mode=WAL")
                writing.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (OSError, sqlite3.Error) as error:
        raise InputError(
            f"the backup cannot be put into {target}: {error}",
            "stop the service, see to rights and room, and try again",
        ) from error
    finally:
        for left in (draft, *(draft.with_name(draft.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
    return n_events, left_out


def _bring_up_to_date(file: Path) -> None:
    engine = open_engine(f"sqlite:///{file}", writes=True, pool=1)
    try:
        migrate(engine)
    finally:
        engine.dispose()


def _file_of(url: str) -> Path:
    file = sqlite_file(url)
    if file is None:
        raise ConfigError("this database is not SQLite", OF_OTHERS)
    return file


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, timeout=BUSY_MILLISECONDS / 1000, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _check(connection: sqlite3.Connection, file: Path) -> int:
    """Refuse what is no whole feedback database of this or an older artrec; counts its events."""
    problem = ""
    try:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if found != ["ok"]:
            problem = f"it is damaged ({found[0]})"
        elif not {STAMP, *METADATA.tables} <= names:
            problem = "it is no feedback database of artrec"
    except sqlite3.DatabaseError as error:
        problem = str(error)
    if problem:
        raise InputError(f"{file} cannot be used: {problem}", "take another backup")
    version = connection.execute(f"SELECT version_num FROM {STAMP}").fetchone()
    if version is None or version[0] not in known_versions():
        raise ConfigError(
            f"{file} is of schema {version and version[0]}, which this artrec does not know",
            "update artrec",
        )
    return _count(connection)


def _count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM events").fetchone()[0])


def _forgotten(file: Path) -> list[tuple[str, int]]:
    """Who was deleted from a database, as far as it can still be read."""
    try:
        with _opened(file) as connection:
            return list(connection.execute("SELECT digest, at FROM forgotten"))
    except sqlite3.DatabaseError:
        return []


def _forget_again(connection: sqlite3.Connection, forgotten: list[tuple[str, int]]) -> int:
    """Delete those who had been deleted; returns how many the backup had brought back."""
    from artrec.serving.feedback.appending import digest_of

    gone = {digest for digest, _ in forgotten}
    people = [person for (person,) in connection.execute("SELECT person FROM people")]
    back = [(person,) for person in people if digest_of(person) in gone]
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("DELETE FROM events WHERE person = ?", back)
    connection.executemany("DELETE FROM people WHERE person = ?", back)
    connection.executemany("INSERT OR IGNORE INTO forgotten (digest, at) VALUES (?, ?)", forgotten)
    connection.execute("COMMIT")
    return len(back)


def _sync(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
