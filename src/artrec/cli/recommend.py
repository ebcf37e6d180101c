"""`artrec recommend` and `artrec similar`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from artrec.cli.output import json_option, notes, print_json, print_table, reports_errors
from artrec.cli.output import store_option as store
from artrec.schema import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from artrec.recommend.recommender import Recommender
    from artrec.recommend.search import AmbiguousTitleError
    from artrec.recommend.why import Why

SHOWN_REASONS = 6

k_option = click.option(
    "-k", "k", type=click.IntRange(min=1), default=10, show_default=True, help="Number of works."
)
medium_option = click.option("--medium", help="Medium, where the bundle holds more than one.")


@click.command()
@click.option("--user", help="Id of a user of the data.")
@click.option("--like", "likes", multiple=True, help="A title you like; repeat it for more.")
@click.option(
    "--diversity",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="0 keeps the order by score, 1 mixes genres as much as the best hundred works allow.",
)
@click.option("--why", "explain", is_flag=True, help="Say of each work what its score is made of.")
@k_option
@medium_option
@store
@json_option
@reports_errors
def recommend(
    user: str | None,
    likes: tuple[str, ...],
    diversity: float,
    explain: bool,
    k: int,
    medium: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Recommend works to a user of the data, or to somebody who likes some titles.

    \b
    artrec recommend --user 42 -k 10
    artrec recommend --like "Alien (1979)" --like "Brazil"
    artrec recommend --user 42 -k 3 --why --diversity 0.3

    Titles are found through case, accents and typing errors; `movies:42` names an item by its id.
    """  # noqa: D301 - click reads a real backspace
    if bool(user) == bool(likes):
        raise click.UsageError("give either --user ID or --like TITLE (as often as you want)")
    with notes() as told:
        recommender = _load(store, medium)
        liked = [_item(recommender, title, as_json) for title in likes]
        table = recommender.recommend(user if user else liked, k, diversity)
        whys = _whys(recommender, user if user else liked, table) if explain else []
    labels = [recommender.label(each) for each in liked]
    asked: dict[str, Any] = {"user": user} if user else {"likes": labels}
    whom = f"user {user}" if user else "you, who like " + ", ".join(labels)
    _print(recommender, f"For {whom}", table, asked=asked, told=told, as_json=as_json, whys=whys)


@click.command()
@click.argument("title")
@k_option
@medium_option
@store
@json_option
@reports_errors
def similar(title: str, k: int, medium: str | None, store: str | None, as_json: bool) -> None:
    """List the works that the model puts next to one work.

    \b
    artrec similar "Alien (1979)"
    """  # noqa: D301 - click reads a real backspace
    with notes() as told:
        recommender = _load(store, medium)
        item = _item(recommender, title, as_json)
        table = recommender.similar(f"{recommender.medium}:{item}", k)
    name = recommender.label(item)
    _print(
        recommender, f"Similar to {name}", table, asked={"item": name}, told=told, as_json=as_json
    )


def _load(store: str | None, medium: str | None) -> Recommender:
    from artrec.recommend.recommender import Recommender

    return Recommender.load(store, medium)


def _item(recommender: Recommender, text: str, as_json: bool) -> str:
    """Item id of a title; asks back where it is ambiguous and somebody is there to answer."""
    from artrec.recommend.search import EXACT, AmbiguousTitleError

    bare = text.removeprefix(f"{recommender.medium}:")
    if recommender.has_item(bare):
        titles = recommender.titles.find(text, 1)
        if not titles or titles[0].score < EXACT or bare != text:
            return bare  # an id, unless a title is written exactly so
    try:
        return recommender.titles.resolve(text).item_id
    except AmbiguousTitleError as error:
        if as_json or not _somebody_is_there():
            raise
        return _ask(text, error)


def _ask(text: str, error: AmbiguousTitleError) -> str:
    click.echo(f"Which one is {text!r}?", err=True)
    for number, each in enumerate(error.candidates, start=1):
        click.echo(f"  {number}  {each.label}", err=True)
    answer = click.prompt(
        "Number (0: none of them)",
        type=click.IntRange(0, len(error.candidates)),
        default=1,
        err=True,
    )
    if answer == 0:
        raise error
    return error.candidates[answer - 1].item_id


def _somebody_is_there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _print(
    recommender: Recommender,
    title: str,
    table: pd.DataFrame,
    *,
    asked: dict[str, Any],
    told: list[str],
    as_json: bool,
    whys: Sequence[Why] = (),
) -> None:
    from artrec.recommend.search import label as labelled

    rows = _rows(table)
    for row, why in zip(rows, whys, strict=False):
        row["reasons"] = why.to_dict()["reasons"]
    model, version = recommender.manifest.model, recommender.version
    if as_json:
        about = {"medium": recommender.medium, "model": model, "version": version}
        print_json({**about, **asked, "recommendations": rows, "notes": told})
        return
    explained = any(row["because"] for row in rows)
    headings = ["#>", "title", *(["because of"] if explained else [])]
    cells = [
        [
            str(row["rank"]),
            labelled(row["title"] or row["item_id"], row["year"]),
            *([", ".join(row["because"])] if explained else []),
        ]
        for row in rows
    ]
    about_it = f"{recommender.medium}, {model}, version {version or 'not published'}"
    print_table(f"{title} ({about_it})", headings, cells)
    for number, why in enumerate(whys, start=1):
        _print_why(number, why)


def _whys(recommender: Recommender, history: Any, table: pd.DataFrame) -> list[Why]:
    items = [f"{recommender.medium}:{each}" for each in table["item_id"]]
    return recommender.why_each(history, items)


def _print_why(number: int, why: Why) -> None:
    """What one score is made of, a line a reason; the weak ones together, the start last."""
    from artrec.recommend.words import START

    click.echo(f"\n{number}. {why.title}")
    telling = [reason for reason in why.reasons if reason.group != START]
    for reason in telling[:SHOWN_REASONS]:
        behind = ", ".join(work.title for work in reason.works)
        words = reason.words + (f": {behind}" if behind else "")
        click.echo(f"   {reason.contribution:+8.3f}  {words}")
    weak = telling[SHOWN_REASONS:]
    if weak:
        rest = sum(reason.contribution for reason in weak)
        click.echo(f"   {rest:+8.3f}  {len(weak)} weaker reasons together")
    for reason in why.reasons:
        if reason.group == START:
            click.echo(f"   {reason.contribution:+8.3f}  {reason.words}")
    click.echo(f"   {why.score:8.3f}  its score, the sum; only the order of scores means anything")


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The table's rows as JSON has them: whole years, None where one is missing, reasons apart."""
    plain = table.assign(
        year=table["year"].astype("object").where(table["year"].notna(), None),
        because=[each.split(SEPARATOR) if each else [] for each in table["because"]],
    )
    order = ["rank", "item_id", "title", "year", "score", "because"]
    rows: list[dict[str, Any]] = plain[order].to_dict(orient="records")
    return rows
