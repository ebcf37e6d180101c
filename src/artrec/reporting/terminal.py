"""The closing summary of a run, on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

SHOWN = ("ndcg", "recall", "hit_rate", "coverage")
BASELINE = "popularity"
K = 10


IN_WORDS = {
    "per_user_test": "each user's last interactions by time",
    "random_test": "a random part of each user's interactions",
    "rolling_test_1": "the first of several cuts in time",
}


def print_absent(missing: Mapping[str, Sequence[str]]) -> None:
    """Say which media were not run, because their raw data are not there.

    Args:
        missing: Medium to the paths of raw files that are not there.
    """
    from rich.console import Console

    console = Console(soft_wrap=True)
    for medium, paths in missing.items():
        console.print(
            f"not run   {medium}: {paths[0]} is not there. `make data` fetches books, art and "
            "richer film data (`artrec data list` shows them)",
            highlight=False,
            markup=False,
        )


def print_summary(
    medium: str,
    holdout: str,
    load: Callable[[str], Any],
    data: str = "data",
    links: str | None = None,
) -> None:
    """Print what was read, dropped, trained, how good it is and where it lies.

    Args:
        medium: Namespace of the run.
        holdout: The headline's.
        load: Catalog's load; asked for the medium's reports only.
        data: Folder the run wrote to.
        links: Name of the film table that works were joined with; None where they were not.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=True)
    selection = load(f"{medium}.selection")
    results: pd.DataFrame = load(f"{medium}.{holdout}_results")
    console.print()
    for line in _facts(medium, load, links):
        console.print(line, highlight=False, markup=False)
    k = _shown_k(results)
    table = Table(
        title=f"{medium}: test, {IN_WORDS.get(holdout, holdout)}",
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
    for line in _verdict(selection, results, load(f"{medium}.{holdout}_comparisons"), k):
        console.print(line, highlight=False, markup=False)
    for line in _where(medium, load, data):
        console.print(line, highlight=False, markup=False)


def _verdict(
    selection: dict[str, Any], results: pd.DataFrame, pairs: pd.DataFrame, k: int
) -> list[str]:
    chosen, metric = str(selection["model"]), SHOWN[0]
    lines = [
        f"* chosen  by {selection['metric']} on validation "
        f"({selection['validation'][chosen]:.3f}), fitted anew on everything and published"
    ]
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


def _facts(medium: str, load: Callable[[str], Any], links: str | None) -> list[str]:
    interactions: pd.DataFrame = load(f"{medium}.interactions")
    quarantine: pd.DataFrame = load(f"{medium}.quarantine")
    listed = load(f"{medium}.final_scorer").items
    n_items = interactions["item_id"].nunique()
    return [
        f"read      {load(f'{medium}.source_variant')['label']}",
        f"kept      {len(interactions):,} interactions of {interactions['user_id'].nunique():,} "
        f"users with {n_items:,} works; {len(quarantine):,} rows set aside",
        *([_joined(load(f"{medium}.{links}_links"), interactions)] if links else []),
        f"fitted    {len(listed):,} works; {n_items - len(listed):,} have too few interactions",
    ]


def _joined(links: pd.DataFrame, interactions: pd.DataFrame) -> str:
    from artrec.data.enrich.base import count_links

    found = count_links(links, interactions)
    return (
        f"joined    {found.linked:,} works with film metadata ({found.share_of_interactions:.1%} "
        f"of the interactions); {found.ambiguous:,} ambiguous, {found.unmatched:,} not found"
    )


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
