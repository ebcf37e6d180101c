"""Engines of the feedback database: SQLite made durable, or any database SQLAlchemy knows."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from artrec.errors import ConfigError

SQLITE: Final = "sqlite"
BUSY_MILLISECONDS: Final = 10_000
RETRY_SECONDS: Final = 0.02
EXAMPLE: Final = "for example sqlite:////srv/artrec/feedback.db or postgresql+psycopg://host/artrec"
# a commit is on the disk before it returns; what is deleted is overwritten
PRAGMAS: Final = (
    f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
)


def parsed_url(url: str) -> URL:
    """A database URL, checked.

    Raises:
        ConfigError: It is none, or names SQLite without a file.
    """
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # the URL itself may hold a password
        raise ConfigError("the database's URL cannot be understood", EXAMPLE) from error
    if parsed.get_backend_name() == SQLITE and parsed.database in (None, "", ":memory:"):
        raise ConfigError("the database's URL names SQLite, but no file", EXAMPLE)
    return parsed


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database, None for another database."""
    parsed = parsed_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == SQLITE else None


def open_engine(url: str, *, writes: bool, pool: int = 8) -> Engine:
    """An engine for reading, or for the one writer.

    Args:
        url: SQLAlchemy URL.
        writes: Whether its transactions write; on SQLite they then take the lock at their start.
        pool: Connections kept at most.

    Raises:
        ConfigError: The URL is wrong, its driver is missing, or the folder cannot be written.
    """
    parsed = parsed_url(url)
    options: dict[str, Any] = {"pool_size": pool, "max_overflow": pool, "pool_timeout": 5}
    file = sqlite_file(url)
    if file is not None:
        _make_private(file)
        options["connect_args"] = {"check_same_thread": False}
    else:
        options["pool_pre_ping"] = True
    try:
        engine = create_engine(parsed, **options)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the driver of {parsed.drivername} is not installed: {error}",
            "for Postgres: pip install 'psycopg[binary]'",
        ) from error
    if file is not None:
        _prepare_sqlite(engine, "BEGIN IMMEDIATE" if writes else "BEGIN")
    return engine


def _make_private(file: Path) -> None:
    """Make the file and its folder where they are not there: for their owner alone."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise ConfigError(
            f"the feedback database {file} cannot be written: {error.strerror}",
            "make its folder writable, or name another database in ARTREC_SERVE_DATABASE",
        ) from error


def _prepare_sqlite(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions begin and end where we say so
        prepare(connection)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def prepare(connection: Any) -> None:
    """Execute the pragmas, also while others turn a new file to WAL: SQLite itself does not wait.

    Args:
        connection: Of sqlite3, just opened.

    Raises:
        sqlite3.OperationalError: The file stayed locked for as long as any call waits.
    """
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    left = list(PRAGMAS)
    while left:
        try:
            connection.execute(left[0])
            del left[0]
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(RETRY_SECONDS)
