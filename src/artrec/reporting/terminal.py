"""The closing summary of a run, on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

HEADLINE = "per_user_test"
SHOWN = ("ndcg", "recall", "hit_rate", "coverage")
K = 10


def print_summary(medium: str, load: Callable[[str], Any]) -> None:
    """Print what was read, dropped, trained, how good it is and where it lies.

    Args:
        medium: Namespace of the run.
        load: Catalog's load; asked for the medium's reports only.
    """
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=True)
    selection = load(f"{medium}.selection")
    results: pd.DataFrame = load(f"{medium}.{HEADLINE}_results")
    console.print()
    for line in _facts(medium, load):
        console.print(line, highlight=False, markup=False)
    table = Table(
        title=f"{medium}: test, each user's last 20% by time",
        title_justify="left",
    )
    table.add_column("model")
    for metric in SHOWN:
        table.add_column(f"{metric}@{K}", justify="right")
        if metric == SHOWN[0]:
            table.add_column("95% interval", justify="right")
    for row in _rows(results, str(selection["model"])):
        table.add_row(*row)
    console.print(table)
    for line in _where(medium, load):
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


def _rows(results: pd.DataFrame, chosen: str) -> list[list[str]]:
    at_k = results[results["k"] == K].set_index(["model", "metric"])
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


def _where(medium: str, load: Callable[[str], Any]) -> list[str]:
    recommendations: pd.DataFrame = load(f"{medium}.recommendations")
    users = recommendations["user_id"].nunique()
    return [
        f"lists     {len(recommendations):,} recommendations for {users:,} users: "
        f"data/07_model_output/{medium}/recommendations_readable.csv",
        f"report    data/08_reporting/{medium}/evaluation.html (`artrec evaluate --show`)",
        'next      artrec recommend --like "Alien (1979)" --like "Brazil"    kedro viz',
    ]
