"""`artrec evaluate`: the newest evaluation as a table, as JSON, or as the page itself."""

from __future__ import annotations

import csv
import math
import os
import sys
import webbrowser
from pathlib import Path

import click

from artrec.cli.output import json_option, print_json, print_table, reports_errors
from artrec.errors import InputError, near_names

REPORTS = Path("data") / "08_reporting"
SUMMARY = "evaluation_summary.csv"
PAGE = "evaluation.html"
TEXT = "evaluation.md"
SPLIT = "split"
RUN_FIRST = "run `make recommend` first: it evaluates and writes the report"


@click.command()
@click.option("--show", is_flag=True, help="Open the report in a browser, or say where it is.")
@click.option("--medium", help="Medium.  [default: the one evaluated last]")
@click.option(
    "--reports",
    type=click.Path(path_type=Path),
    help="Folder of the reports.  [default: data/08_reporting of this project]",
)
@json_option
@reports_errors
def evaluate(show: bool, medium: str | None, reports: Path | None, as_json: bool) -> None:
    """Print the newest evaluation; it was made by `make recommend`, nothing is computed here."""
    folder = _newest(_find_reports() if reports is None else reports, medium)
    if show:
        _show(folder, as_json)
        return
    path = folder / SUMMARY
    if not path.is_file():
        raise InputError(f"{path} is missing", RUN_FIRST)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if not rows:
        raise InputError(f"{path} holds no rows", RUN_FIRST)
    if as_json:
        print_json(
            {"medium": folder.name, "file": str(path), "rows": [_typed(row) for row in rows]}
        )
        return
    for split in dict.fromkeys(row.get(SPLIT, "") for row in rows):
        own = [row for row in rows if row.get(SPLIT, "") == split]
        _print_rows(f"{folder.name}, {split}" if split else folder.name, own)
    click.echo(f"from {path}")


def _print_rows(title: str, rows: list[dict[str, str]]) -> None:
    """Rows of one split; figures stand to the right, also where some models have none."""
    columns = [name for name in rows[0] if name != SPLIT]
    numeric = {
        name for name in columns if all(_number(row[name] or "0") is not None for row in rows)
    }
    words = {name: name.replace("_", " ") for name in columns}  # a heading wraps at blanks
    headings = [f"{words[name]}>" if name in numeric else words[name] for name in columns]
    cells = [[_readable(row[name]) for name in columns] for row in rows]
    print_table(f"Evaluation of {title}", headings, cells)


def _show(folder: Path, as_json: bool) -> None:
    page, text = folder / PAGE, folder / TEXT
    report = page if page.is_file() else text
    if not report.is_file():
        raise InputError(f"there is no {PAGE} and no {TEXT} in {folder}", RUN_FIRST)
    if as_json:
        print_json({"medium": folder.name, "report": str(report)})
    elif report == text:
        _print_text(text)
    elif sys.stdout.isatty() and _has_display() and webbrowser.open(page.resolve().as_uri()):
        click.echo(f"opened {page}")
    else:
        click.echo(f"no display to open it on: the report is {page.resolve()}")
        if text.is_file():
            click.echo(f"the same as text:          {text.resolve()}")


def _has_display() -> bool:
    """Whether a browser would show a window; those that write to the terminal are no use here."""
    if sys.platform in ("darwin", "win32"):
        return True
    return any(os.environ.get(each) for each in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def _print_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if not sys.stdout.isatty():
        click.echo(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


def _find_reports() -> Path:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / REPORTS).is_dir():
            return folder / REPORTS
    raise InputError(f"no {REPORTS.as_posix()} in {here} or a folder above it", RUN_FIRST)


def _newest(reports: Path, medium: str | None) -> Path:
    """Folder of the medium asked for, or of the one evaluated last."""
    written = {
        path.parent.name: max(
            (path.parent / name).stat().st_mtime
            for name in (SUMMARY, PAGE, TEXT)
            if (path.parent / name).is_file()
        )
        for name in (SUMMARY, PAGE, TEXT)
        for path in reports.glob(f"*/{name}")
    }
    if not written:
        raise InputError(f"nothing was evaluated: no */{SUMMARY} in {reports}", RUN_FIRST)
    if medium is None:
        return reports / max(written, key=lambda each: (written[each], each))
    if medium not in written:
        raise InputError(f"no evaluation of {medium!r} in {reports}", near_names(medium, written))
    return reports / medium


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _typed(row: dict[str, str]) -> dict[str, str | float | int | None]:
    typed: dict[str, str | float | int | None] = {}
    for name, cell in row.items():
        number = _number(cell)
        if number is None:
            typed[name] = cell or None
        elif not math.isfinite(number):  # JSON has no NaN
            typed[name] = None
        else:
            typed[name] = int(cell) if cell.lstrip("+-").isdigit() else number
    return typed


def _readable(cell: str) -> str:
    number = _number(cell)
    return cell if number is None or cell.lstrip("+-").isdigit() else f"{number:.4f}"
