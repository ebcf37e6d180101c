"""The closing summary of a run, on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

HEADLINE = "per_user_test"
SHOWN = ("ndcg", "recall", "hit_rate", "coverage")
BASELINE = "popularity"
K = 10


def print_summary(medium: str, load: Callable[[str], Any], data: str = "data") -> None:
    """Print what was read, dropped, trained, how good it is and where it lies.

    Args:
        medium: Namespace of the run.
        load: Catalog's load; asked for the medium's reports only.
        data: Folder the run wrote to.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=True)
    selection = load(f"{medium}.selection")
    results: pd.DataFrame = load(f"{medium}.{HEADLINE}_results")
    console.print()
    for line in _facts(medium, load):
        console.print(line, highlight=False, markup=False)
    k = _shown_k(results)
    table = Table(
        title=f"{medium}: test, each user's last interactions by time",
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("model", no_wrap=True)
    for metric in SHOWN:
        table.add_column(f"{metric}@{k}", justify="right", no_wrap=True)
        if metric == SHOWN[0]:
            table.add_column("95% interval", justify="right", no_wrap=True)
    for row in _rows(results, str(selection["model"]), k):
        table.add_row(*row)
    console.print(table)
    for line in _verdict(medium, selection, results, load, k):
        console.print(line, highlight=False, markup=False)
    for line in _where(medium, load, data):
        console.print(line, highlight=False, markup=False)


def _verdict(
    medium: str,
    selection: dict[str, Any],
    results: pd.DataFrame,
    load: Callable[[str], Any],
    k: int,
) -> list[str]:
    chosen, metric = str(selection["model"]), SHOWN[0]
    lines = [
        f"* chosen  by {selection['metric']} on validation "
        f"({selection['validation'][chosen]:.3f}), fitted anew on everything and published"
    ]
    pairs: pd.DataFrame = load(f"{medium}.{HEADLINE}_comparisons")
    pair = pairs[(pairs["model"] == chosen) & (pairs["other"] == BASELINE) & (pairs["k"] == k)]
    if len(pair):
        at_k = results[(results["k"] == k) & (results["metric"] == metric)]
        means = at_k.set_index("model")["mean"]
        row = pair.iloc[0]
        lines.append(
            f"against   {BASELINE}: {means[chosen] / means[BASELINE]:.2f} x, "
            f"{row['difference']:+.3f} [{row['low']:+.3f}, {row['high']:+.3f}], "
            f"p {row['p_holm']:.3f} after Holm"
        )
    return lines


def _facts(medium: str, load: Callable[[str], Any]) -> list[str]:
    from artrec.data.enrich.base import count_links

    interactions: pd.DataFrame = load(f"{medium}.interactions")
    quarantine: pd.DataFrame = load(f"{medium}.quarantine")
    links = count_links(load(f"{medium}.wikidata_films_links"), interactions)
    listed = load(f"{medium}.final_scorer").items
    n_items = interactions["item_id"].nunique()
    return [
        f"read      {load(f'{medium}.source_variant')['label']}",
        f"kept      {len(interactions):,} interactions of {interactions['user_id'].nunique():,} "
        f"users with {n_items:,} works; {len(quarantine):,} rows set aside",
        f"joined    {links.linked:,} works with film metadata ({links.share_of_interactions:.1%} "
        f"of the interactions); {links.ambiguous:,} ambiguous, {links.unmatched:,} not found",
        f"fitted    {len(listed):,} works; {n_items - len(listed):,} have too few interactions",
    ]


def _shown_k(results: pd.DataFrame) -> int:
    cutoffs = sorted(set(results["k"]) - {0})
    return K if K in cutoffs else int(cutoffs[len(cutoffs) // 2])


def _rows(results: pd.DataFrame, chosen: str, k: int) -> list[list[str]]:
    at_k = results[results["k"] == k].set_index(["model", "metric"])
    order = at_k.xs(SHOWN[0], level="metric")["mean"].sort_values(ascending=False).index
    rows = []
    for model in order:
        cells = [f"{model} *" if model == chosen else str(model)]
        for metric in SHOWN:
            row = at_k.loc[(model, metric)]
            cells.append(f"{row['mean']:.3f}")
            if metric == SHOWN[0]:
                cells.append(f"{row['low']:.3f} to {row['high']:.3f}")
        rows.append(cells)
    return rows


def _where(medium: str, load: Callable[[str], Any], data: str) -> list[str]:
    recommendations: pd.DataFrame = load(f"{medium}.recommendations")
    users = recommendations["user_id"].nunique()
    return [
        f"lists     {len(recommendations):,} recommendations for {users:,} users: "
        f"{data}/07_model_output/{medium}/recommendations_readable.csv",
        f"report    {data}/08_reporting/{medium}/evaluation.html"
        f"{' (`artrec evaluate --show`)' if data == 'data' else ''}",
        f"next      {_next(data)}",
    ]


def _next(data: str) -> str:
    if data == "data":
        return 'artrec recommend --like "Alien (1979)" --like "Brazil"    kedro viz'
    return f"artrec recommend --store {data}/published --user ID    kedro viz"
