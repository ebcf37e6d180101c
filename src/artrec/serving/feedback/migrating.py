"""Bringing a feedback database to this artrec's tables, and refusing one of a newer artrec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from artrec.errors import ConfigError
from artrec.serving.feedback.engines import SQLITE
from artrec.serving.feedback.events import StoreUnavailableError
from artrec.serving.feedback.tables import METADATA

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

HEAD: Final = "0001"  # newest migration; a test holds it to the folder
FOLDER: Final = Path(__file__).parent / "migrations"
STAMP: Final = "alembic_version"
LOCK: Final = 4_207_236_193  # any number that nothing else locks


def schema_version(connection: Connection) -> str | None:
    """The migration a database is at; None for a database without tables.

    Raises:
        ConfigError: It holds tables of something else.
    """
    tables = set(inspect(connection).get_table_names())
    if STAMP in tables:
        found = connection.execute(text(f"SELECT version_num FROM {STAMP}")).scalars().all()
        if len(found) == 1:
            return str(found[0])
    if tables & set(METADATA.tables) or STAMP in tables:
        raise ConfigError(
            "the feedback database holds tables that artrec did not make",
            "name an empty database, or restore a backup: `artrec feedback restore FILE`",
        )
    return None


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Bring a database to `HEAD`; all steps in one transaction, so that a kill changes nothing.

    Args:
        engine: Of the writer.

    Returns:
        The migration it was at, None for an empty one, and the one it is at now.

    Raises:
        ConfigError: A newer artrec, or something else, wrote it; it is left as it is.
        StoreUnavailableError: It cannot be opened or changed.
    """
    try:
        with engine.begin() as connection:
            if connection.dialect.name != SQLITE:
                _lock(connection)
            before = schema_version(connection)
            if before != HEAD:
                _upgrade(connection, before)
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise StoreUnavailableError(
            f"the feedback database cannot be opened: {cause}",
            "see that it is there, may be written, and is an artrec feedback database",
        ) from error
    return before, HEAD


def refuse_newer(before: str | None) -> None:
    """Refuse a database that a newer artrec has migrated.

    Raises:
        ConfigError: It is one.
    """
    if before is not None and before not in known_versions():
        raise ConfigError(
            f"the feedback database is of schema {before}, and this artrec knows up to {HEAD}",
            "update artrec, or go back with a backup made before: `artrec feedback restore FILE`",
        )


def known_versions() -> list[str]:
    """Every migration this artrec has, oldest first."""
    return [each.revision for each in _script().walk_revisions()][::-1]


def _script() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER)])


def _upgrade(connection: Connection, before: str | None) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    refuse_newer(before)
    script = _script()
    with EnvironmentContext(
        Config(),
        script,
        fn=lambda revision, _: script._upgrade_revs(HEAD, revision),
        destination_rev=HEAD,
    ) as environment:
        environment.configure(
            connection=connection, target_metadata=METADATA, transactional_ddl=True
        )
        environment.run_migrations()


def _lock(connection: Connection) -> None:
    """Let one process migrate at a time; freed when its transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
