"""The closing summary of a run, on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

HEADLINE = "per_user_test"
SHOWN = ("ndcg", "recall", "hit_rate", "coverage")
K = 10


def print_summary(medium: str, load: Callable[[str], Any], data: str = "data") -> None:
    """Print what was read, dropped, trained, how good it is and where it lies.

    Args:
        medium: Namespace of the run.
        load: Catalog's load; asked for the medium's reports only.
        data: Folder the run wrote to.
    """
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
    )
    table.add_column("model")
    for metric in SHOWN:
        table.add_column(f"{metric}@{k}", justify="right")
        if metric == SHOWN[0]:
            table.add_column("95% interval", justify="right")
    for row in _rows(results, str(selection["model"]), k):
        table.add_row(*row)
    console.print(table)
    for line in _where(medium, load, data):
        console.print(line, highlight=False, markup=False)


def _facts(medium: str, load: Callable[[str], Any]) -> list[str]:
    interactions: pd.DataFrame = load(f"{medium}.interactions")
    quarantine: pd.DataFrame = load(f"{medium}.quarantine")
    variant = load(f"{medium}.source_variant")
    return [
        f"read      {variant['label']}",
        f"kept      {len(interactions):,} interactions of {interactions['user_id'].nunique():,} "
        f"users with {interactions['item_id'].nunique():,} works; "
        f"{len(quarantine):,} rows set aside",
    ]


def _shown_k(results: pd.DataFrame) -> int:
    cutoffs = sorted(set(results["k"]) - {0})
    return K if K in cutoffs else int(cutoffs[len(cutoffs) // 2])


def _rows(results: pd.DataFrame, chosen: str, k: int) -> list[list[str]]:
    at_k = results[results["k"] == k].set_index(["model", "metric"])
    order = at_k.xs(SHOWN[0], level="metric")["mean"].sort_values(ascending=False).index
    rows = []
    for model in order:
        cells = [f"{model} (published)" if model == chosen else str(model)]
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
