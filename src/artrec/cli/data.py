"""`artrec data`: which public data there are, under which terms, and bringing them here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artrec.cli.output import (
    json_option,
    notes,
    print_error,
    print_json,
    print_note,
    print_table,
    reports_errors,
)

if TYPE_CHECKING:
    from artrec.errors import ArtrecError
    from artrec.fetch import Fetched, Sources

project_option = click.option(
    "--project",
    type=click.Path(path_type=Path),
    help="Folder of the project.  [default: the one around this folder]",
)
BYTE_UNITS = ("B", "kB", "MB", "GB")


@click.group()
def data() -> None:
    """List public data sets, or fetch them into data/01_raw/.

    ARTREC_MIRROR names a folder or web address laid out <source>/<file>, asked before the official
    addresses.
    """


@data.command("list")
@project_option
@json_option
@reports_errors
def list_(project: Path | None, as_json: bool) -> None:
    """List what can be fetched: medium, size, terms, and which variant lies here."""
    from artrec.fetch import find_project, load

    project = find_project(project)
    told = _listed(project, load(project))
    if as_json:
        print_json({"project": str(project), "sources": told})
        return
    rows = [
        [
            each["source"],
            each["medium"],
            readable_size(each["size"]),
            each["here"] or "-",
            each["what"],
            each["licence"],
        ]
        for each in told
    ]
    columns = ["source", "medium", "size>", "here", "what", "licence"]
    print_table(f"Public data for {project}", columns, rows)
    click.echo("fetch one with `artrec data fetch SOURCE`; `make data` brings books, art and more")


@data.command()
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every source, the large ones too.")
@click.option("--variant", help="Which variant of one SOURCE.  [default: the first there is]")
@click.option("--track", is_flag=True, help="Hand what was fetched to DVC (`dvc add`).")
@project_option
@json_option
@reports_errors
def fetch(
    names: tuple[str, ...],
    everything: bool,
    variant: str | None,
    track: bool,
    project: Path | None,
    as_json: bool,
) -> None:
    """Fetch each SOURCE, or the default set: books, art and richer film data.

    What lies here and is right is left alone, what is damaged is fetched again, and what was cut
    off goes on. One that fails does not stop the others.
    """
    from artrec.fetch import find_project, load

    if everything and names:
        raise click.UsageError("name sources or give --all, not both")
    if variant and len(names) != 1:
        raise click.UsageError("--variant needs one SOURCE")
    project = find_project(project)
    sources = load(project)
    for name in names:
        sources.named(name)
    chosen = names or [name for name, each in sources.sources.items() if everything or each.default]
    fetched, failed, warned = _fetch_each(project, sources, dict.fromkeys(chosen), variant, as_json)
    if track and fetched:
        _track(project.resolve(), [each.folder for each in fetched])
    if as_json:
        print_json(_as_json(sources, fetched, failed, warned))
    elif len(chosen) > 1:
        click.echo(f"{len(fetched)} of {len(chosen)} sources are here")
    if failed:
        sys.exit(1)


def _fetch_each(
    project: Path, sources: Sources, names: Iterable[str], variant: str | None, as_json: bool
) -> tuple[list[Fetched], dict[str, ArtrecError], list[str]]:
    """Fetch one after the other; what was brought, what failed and what was warned of."""
    from artrec.errors import ArtrecError
    from artrec.fetch import fetch as fetch_source

    fetched: list[Fetched] = []
    failed: dict[str, ArtrecError] = {}
    warned: list[str] = []
    mirror = os.environ.get("ARTREC_MIRROR")
    for name in names:
        try:
            with notes() as found:
                one = fetch_source(project, sources, name, variant=variant, mirror=mirror)
        except ArtrecError as error:
            failed[name] = error
            if not as_json:
                print_error(error)
        else:
            fetched.append(one)
            if not as_json:
                _tell(sources, one)
        warned += found
    return fetched, failed, warned


def _tell(sources: Sources, one: Fetched) -> None:
    source = sources.sources[one.source]
    size = readable_size(sum(one.files.values()))
    came = f" from {one.origin}" if one.origin else ""
    click.echo(f"{one.source}, variant {one.variant}: {one.outcome}{came} ({size})")
    click.echo(f"  in {one.folder}: {', '.join(one.files)}")
    click.echo(f"  licence: {source.licence}; name {source.attribution}")
    if one.recorded and one.outcome != "already there":
        print_note(
            f"no checksum of {', '.join(one.recorded)} is published",
            "what came is recorded in data/01_raw/sources.lock.json, and later fetches are held to "
            "it; commit that file so that others are, too",
        )


def _as_json(
    sources: Sources, fetched: list[Fetched], failed: dict[str, ArtrecError], warned: list[str]
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "sources": [
            {
                "source": each.source,
                "variant": each.variant,
                "outcome": each.outcome,
                "origin": each.origin,
                "folder": each.folder,
                "files": each.files,
                "recorded": list(each.recorded),
                "licence": sources.sources[each.source].licence,
                "attribution": sources.sources[each.source].attribution,
            }
            for each in fetched
        ],
        "notes": warned,
    }
    if failed:
        first = next(iter(failed.values()))
        told["error"] = {"problem": first.problem, "hint": first.hint}
        told["failed"] = {
            name: {"problem": error.problem, "hint": error.hint} for name, error in failed.items()
        }
    return told


def _listed(project: Path, sources: Sources) -> list[dict[str, Any]]:
    from artrec.fetch import raw_files
    from artrec.fetch.records import told_variant
    from artrec.fetch.sources import RAW

    here = raw_files(project)
    return [
        {
            "source": name,
            "medium": source.medium,
            "what": source.what,
            "licence": source.licence,
            "attribution": source.attribution,
            "page": source.page,
            "default": source.default,
            "size": source.expected,
            "variants": {each: one.note for each, one in source.variants.items()},
            "addresses": sorted(
                {
                    spec.address
                    for one in source.variants.values()
                    for spec in one.files.values()
                    if spec.address
                }
            ),
            "here": told_variant(project / RAW / name) if name in here else None,
            "files": list(here.get(name, ())),
        }
        for name, source in sources.sources.items()
    ]


def _track(project: Path, folders: list[str]) -> None:
    """Let DVC keep the very bytes: a .dvc file beside each folder names them."""
    from artrec.errors import FetchError

    if not any((folder / ".git").exists() for folder in (project, *project.parents)):
        print_note("DVC was not told: this is no git checkout", "the data are used all the same")
        return
    command = [sys.executable, "-m", "dvc", "add", "--quiet", *folders]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise FetchError(
            f"the data are here, but DVC did not take them: {said[-1] if said else 'no reason'}",
            "`dvc add` by hand says more; without --track the data are used all the same",
        )


def readable_size(size: float) -> str:
    """Bytes as people say them.

    Examples:
        >>> readable_size(977_925)
        '978 kB'
    """
    unit = 0
    while size >= 1000 and unit < len(BYTE_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.3g} {BYTE_UNITS[unit]}"
