"""What the commands share: tables for people, JSON for machines, errors and notes on stderr."""

from __future__ import annotations

import functools
import json
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ParamSpec

import click

from artrec.errors import ArtrecError, ArtrecWarning

P = ParamSpec("P")
WIDTH_WITHOUT_TERMINAL = 120

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object, also where it fails."
)
store_option = click.option(
    "--store",
    type=click.Path(),
    help="Store of published bundles, or one bundle. "
    "[default: $ARTREC_STORE, or data/published of this project]",
)


def reports_errors(command: Callable[P, None]) -> Callable[P, None]:
    """Print artrec's errors without a traceback and leave with exit code 1."""

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ArtrecError as error:
            print_error(error, bool(kwargs.get("as_json")))
            sys.exit(1)

    return guarded


@contextmanager
def notes() -> Iterator[list[str]]:
    """Collect what artrec warns of; it is printed on stderr at the end, also on failure."""
    collected: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ArtrecWarning)
        try:
            yield collected
        finally:
            for each in caught:
                if isinstance(each.message, ArtrecWarning):
                    collected.append(each.message.problem)
                    print_note(each.message.problem, each.message.hint)


def print_note(problem: str, hint: str = "") -> None:
    """One note on stderr."""
    click.secho(f"note: {problem}", fg="yellow", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)


def print_json(values: Any) -> None:
    """One JSON object on stdout."""
    click.echo(json.dumps(values, ensure_ascii=False, indent=2))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table as wide as the terminal.

    Args:
        title: Line above it.
        columns: Headings; one that ends in ``>`` stands for a right-aligned column.
        rows: A text a cell.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = shutil.get_terminal_size((WIDTH_WITHOUT_TERMINAL, 24)).columns
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        right = column.endswith(">")
        widest = max((len(row[len(table.columns)]) for row in rows), default=0)
        table.add_column(
            Text(column.rstrip(">")),
            justify="right" if right else "left",
            overflow="fold",
            min_width=widest if right else None,  # a heading may wrap, a number may not
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # Text: brackets in titles are no markup
    console = Console(width=width, highlight=False)
    with console.capture() as captured:
        console.print(Text(title), table)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def print_error(error: ArtrecError, as_json: bool = False) -> None:
    """One error: on stderr, or as a JSON object on stdout."""
    candidates = list(getattr(error, "candidates", ()))
    if as_json:
        told: dict[str, Any] = {"problem": error.problem, "hint": error.hint}
        if candidates:
            told["candidates"] = [
                {"item_id": each.item_id, "title": each.title, "year": each.year}
                for each in candidates
            ]
        print_json({"error": told})
        return
    click.secho(f"error: {error.problem}", fg="red", err=True)
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)
    for each in candidates:
        click.echo(f"  {each.item_id:>8}  {each.label}", err=True)
