"""`artrec feedback`: what people told, into the next training; backup, restore, migrations."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

from artrec.cli.output import json_option, print_json, print_table, reports_errors, store_option
from artrec.errors import ConfigError, near_names

if TYPE_CHECKING:
    from artrec.serving.feedback.interactions import Exported, Meaning

P = ParamSpec("P")
EXPORTS = Path("data") / "01_raw" / "feedback"
SECONDS_A_DAY = 86_400

database_option = click.option(
    "--database",
    metavar="URL",
    help="SQLAlchemy URL of the feedback. "
    "[default: $ARTREC_SERVE_DATABASE, or serving/feedback.db beside the store]",
)


def needs_extra(command: Callable[P, None]) -> Callable[P, None]:
    """Say which extra a command needs, where it is not installed."""

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"feedback needs the package {error.name!r}", "pip install 'artrec[serve]'"
            ) from error

    return guarded


@click.group()
def feedback() -> None:
    """Use, keep safe and bring up to date what people told the service."""


@feedback.command()
@click.option("--medium", help="Medium.  [default: every medium of the bundle]")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=EXPORTS,
    show_default=True,
    help="Folder to write <medium>.<format> into; `ingest` reads CSV from the default one.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="Format of the files.",
)
@database_option
@store_option
@json_option
@reports_errors
@needs_extra
def export(
    medium: str | None,
    folder: Path,
    kind: str,
    database: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Write feedback as interactions, which the next run of the pipelines takes in.

    A file of an earlier export is replaced, and taken away where there is nothing to tell any more.
    """
    from artrec.serving.feedback import FeedbackStore
    from artrec.serving.feedback.interactions import interactions_of

    meanings = _meanings(_store(store))
    if medium is not None and medium not in meanings:
        raise ConfigError(f"the bundle holds no {medium!r}", near_names(medium, meanings))
    told = []
    with FeedbackStore(_url(database, store)) as kept:
        for name in [medium] if medium else meanings:
            found = interactions_of(kept.everyone(), name, meanings[name])
            told.append(_written(found, name, folder / f"{name}.{kind}"))
    if as_json:
        print_json({"exported": told})
        return
    rows = [
        [each["medium"], str(each["rows"]), str(each["people"]), each["file"] or "-"]
        for each in told
    ]
    print_table("Feedback as interactions", ["medium", "rows>", "people>", "file"], rows)
    for each in told:
        for reason, count in each["left_out"].items():
            click.echo(f"left out of {each['medium']}: {count} {reason}")


@feedback.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@database_option
@store_option
@json_option
@reports_errors
@needs_extra
def backup(file: Path, database: str | None, store: str | None, as_json: bool) -> None:
    """Copy the database into FILE, also while the service runs."""
    from artrec.serving.feedback.backup import backup as back_up

    n_events = back_up(_url(database, store), file)
    if as_json:
        print_json({"file": str(file), "events": n_events})
    else:
        click.echo(f"{n_events} events are safe in {file}")


@feedback.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@database_option
@store_option
@json_option
@reports_errors
@needs_extra
def restore(file: Path, yes: bool, database: str | None, store: str | None, as_json: bool) -> None:
    """Put the backup FILE in the place of the database.

    What came after the backup is lost; people deleted since stay deleted.
    """
    from artrec.serving.feedback.backup import restore as put_back

    if not yes:
        click.confirm("what was told after that backup is lost; go on?", abort=True, err=True)
    n_events, n_left_out = put_back(_url(database, store), file)
    if as_json:
        print_json({"events": n_events, "people_left_out": n_left_out})
    else:
        click.echo(f"{n_events} events are back; {n_left_out} people had been deleted since")


@feedback.command()
@database_option
@store_option
@json_option
@reports_errors
@needs_extra
def migrate(database: str | None, store: str | None, as_json: bool) -> None:
    """Bring the database to this artrec's tables; the service does so at start, too."""
    from artrec.serving.feedback.engines import open_engine
    from artrec.serving.feedback.migrating import migrate as bring

    engine = open_engine(_url(database, store), writes=True, pool=1)
    try:
        before, now = bring(engine)
    finally:
        engine.dispose()
    if as_json:
        print_json({"before": before, "now": now})
    else:
        click.echo(f"schema {now}" + ("" if before == now else f", before: {before or 'empty'}"))


@feedback.command()
@click.option(
    "--idle-days",
    type=click.IntRange(min=1),
    required=True,
    help="Days without any event after which a person is forgotten.",
)
@database_option
@store_option
@json_option
@reports_errors
@needs_extra
def forget(idle_days: int, database: str | None, store: str | None, as_json: bool) -> None:
    """Delete for good everybody who has not told anything for so many days."""
    from artrec.serving.feedback import FeedbackStore

    with FeedbackStore(_url(database, store)) as kept:
        people = kept.delete_idle(int(time.time()) - idle_days * SECONDS_A_DAY)
    if as_json:
        print_json({"forgotten": len(people)})
    else:
        click.echo(f"{len(people)} people are forgotten")


def _store(named: str | None) -> Path:
    from artrec.bundle.location import find_store

    return find_store() if named is None else Path(named)


def _url(database: str | None, store: str | None) -> str:
    """The database named, or the one the service takes; a store is looked for only where needed."""
    from artrec.serving.settings import PREFIX, ServingSettings

    named = database or os.environ.get(f"{PREFIX}DATABASE")
    return named or ServingSettings(store=_store(store)).database_url


def _meanings(store: Path) -> dict[str, Meaning]:
    """What ratings mean in each medium of the bundle in use."""
    from artrec.bundle import read_current
    from artrec.serving.feedback.interactions import Meaning
    from artrec.serving.scales import Scale

    found = {}
    for name, member in read_current(store).members.items():
        scale = Scale.of(member.profiles.ratings)
        found[name] = Meaning(member.manifest.positive_from, scale.step if scale else 1.0)
    return found


def _written(found: Exported, medium: str, file: Path) -> dict[str, Any]:
    """Write what there is, or take an old file away; what to tell of it."""
    from artrec.bundle.durable import write_text

    if found.table.empty:
        file.unlink(missing_ok=True)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".csv":
            write_text(file, found.table.to_csv(index=False, lineterminator="\n"))
        else:
            draft = file.with_name(f".{file.name}.draft")
            found.table.to_parquet(draft, index=False)
            draft.replace(file)
    return {
        "medium": medium,
        "rows": len(found.table),
        "people": found.people,
        "left_out": found.left_out,
        "file": None if found.table.empty else str(file),
    }
