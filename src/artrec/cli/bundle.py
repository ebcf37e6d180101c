"""`artrec bundle`: which versions were published, and going back to one."""

from __future__ import annotations

import click

from artrec.cli.output import (
    json_option,
    print_json,
    print_note,
    print_table,
    reports_errors,
    store_option,
)


@click.group()
def bundle() -> None:
    """List published versions, or choose the one in use."""


@bundle.command("list")
@store_option
@json_option
@reports_errors
def list_(store: str | None, as_json: bool) -> None:
    """List the published versions, newest first; the one in use is marked."""
    from artrec.bundle.location import find_store
    from artrec.bundle.store import current, list_versions
    from artrec.errors import BundleError

    folder = store or find_store()
    versions = list_versions(folder)
    if not versions:
        current(folder)  # says what to do
    try:
        current(folder)
    except BundleError as error:
        print_note(error.problem, error.hint)
    if as_json:
        told = [
            {
                "version": each.name,
                "published_at": each.published_at,
                "media": list(each.media),
                "current": each.is_current,
            }
            for each in versions
        ]
        print_json({"store": str(folder), "versions": told})
        return
    rows = [
        ["*" if each.is_current else "", each.name, each.published_at, ", ".join(each.media)]
        for each in versions
    ]
    print_table(f"Published in {folder}", ["", "version", "published", "media"], rows)


@bundle.command()
@click.argument("version")
@store_option
@json_option
@reports_errors
def use(version: str, store: str | None, as_json: bool) -> None:
    """Make VERSION the one in use, after checking every file of it."""
    from artrec.bundle.location import find_store
    from artrec.bundle.store import use as use_version

    folder = store or find_store()
    name = use_version(folder, version)
    if as_json:
        print_json({"store": str(folder), "version": name})
    else:
        click.echo(f"version {name} is in use")
