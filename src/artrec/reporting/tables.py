"""Result tables as Markdown tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from artrec.metrics.letters import letters
from artrec.reporting.document import plain

RANKING: Final = ("ndcg", "recall", "precision", "map", "mrr", "hit_rate")
BEYOND: Final = (
    "coverage",
    "gini",
    "novelty",
    "intra_list_diversity",
    "popularity_lift",
    "serendipity",
    "calibration_kl",
    "calibration_js",
)
RATING: Final = ("rmse", "mae")
# below this many users the report claims no significance
CLAIMABLE: Final = 200
MISSING: Final = "-"
NDCG: Final = "ndcg"
NUMBER: Final = re.compile(r"\d+")


def table_of(headings: Sequence[str], rows: Sequence[Sequence[str]], left: bool = False) -> str:
    """A Markdown table; cells are Markdown already.

    Args:
        headings: Of the columns.
        rows: As many cells each.
        left: Whether cells are text that may wrap, rather than figures.
    """
    rule = "|:---" if left else "|---"
    lines = ["| " + " | ".join(headings) + " |", rule * len(headings) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def models_of(results: pd.DataFrame, k: int) -> list[str]:
    """Models of result rows, the best by NDCG first."""
    rows = results[(results["metric"] == NDCG) & (results["k"] == k)]
    return [str(each) for each in rows.sort_values("mean", ascending=False)["model"]]


def letters_of(results: pd.DataFrame, comparisons: pd.DataFrame, k: int) -> Mapping[str, str]:
    """Significance letters by model; none below `CLAIMABLE` users."""
    rows = comparisons[comparisons["k"] == k]
    if rows.empty or rows["n_users"].iloc[0] < CLAIMABLE:
        return {}
    found = letters(models_of(results, k), rows)
    return {str(model): str(told) for model, told in found.items()}


def figures_table(
    results: pd.DataFrame,
    metrics: Sequence[str],
    k: int,
    groups: Mapping[str, str] | None = None,
) -> str:
    """Means and intervals, a row a model, best first by the first metric.

    Args:
        results: Result rows of one split.
        metrics: Columns, as far as there are figures.
        k: Their cut-off.
        groups: Significance letters by model.
    """
    rows = results[results["metric"].isin(metrics) & (results["k"] == k)]
    shown = [metric for metric in metrics if (rows["metric"] == metric).any()]
    if not shown:
        return ""
    order = models_of(results, k) if k else []
    order = [each for each in order if each in set(rows["model"])] or list(
        rows[rows["metric"] == shown[0]].sort_values("mean")["model"]
    )
    suffix = f"@{k}" if k else ""
    headings = [
        "model",
        *(["letters"] if groups else []),
        *(f"{each.replace('_', ' ')}{suffix}" for each in shown),
    ]
    cells = rows.set_index(["model", "metric"])
    body = [
        [
            plain(model),
            *([groups.get(str(model), "")] if groups else []),
            *(_cell(cells, str(model), metric) for metric in shown),
        ]
        for model in order
    ]
    return table_of(headings, body)


def _cell(cells: pd.DataFrame, model: str, metric: str) -> str:
    if (model, metric) not in cells.index:
        return MISSING
    row = cells.loc[(model, metric)]
    if pd.isna(row["mean"]):
        return MISSING
    if pd.isna(row["low"]):
        return f"{row['mean']:.4f}"
    return f"{row['mean']:.4f} [{row['low']:.4f}, {row['high']:.4f}]"


def comparisons_table(comparisons: pd.DataFrame, k: int) -> str:
    """Differences between models, or why there are none."""
    rows = comparisons[comparisons["k"] == k]
    if rows.empty:
        return "Fewer than two models, or nobody to compare them on."
    if rows["n_users"].iloc[0] < CLAIMABLE:
        return f"Fewer than {CLAIMABLE} users: no claim of significance is made."
    headings = ["figure", "model", "minus", "difference", "95% interval", "p after Holm"]
    body = [
        [
            f"{row.metric}@{row.k}",
            plain(row.model),
            plain(row.other),
            f"{row.difference:+.4f}",
            f"[{row.low:+.4f}, {row.high:+.4f}]",
            f"{row.p_holm:.4f}",
        ]
        for row in rows.itertuples()
    ]
    return table_of(headings, body)


def slices_table(slices: pd.DataFrame, metric: str, k: int) -> str:
    """One metric by slice, a column a model, with the number of users beside."""
    rows = slices[(slices["metric"] == metric) & (slices["k"] == k)]
    models = list(dict.fromkeys(rows["model"]))
    body = []
    for by, kind in rows.groupby("slice_by", sort=False):
        for name in in_order(list(dict.fromkeys(kind["slice"]))):
            part = kind[kind["slice"] == name].set_index("model")
            means = part["mean"].reindex(models)
            cells = [MISSING if pd.isna(each) else f"{each:.4f}" for each in means]
            body.append([plain(f"{by}: {name}"), str(part["n_users"].max()), *cells])
    return table_of(["slice", "users", *map(plain, models)], body)


def in_order(names: Sequence[str]) -> list[str]:
    """Names of slices as people count: "<20" before "20-49" before ">=100"; else as they are."""
    numbers = {name: NUMBER.search(name) for name in names}
    if not any(numbers.values()):
        return list(names)

    def place(name: str) -> float:
        found = numbers[name]
        return np.inf if found is None else int(found[0]) - 0.5 * name.startswith("<")

    return sorted(names, key=place)


def overlaps_table(overlaps: pd.DataFrame, order: Sequence[str], k: int) -> str:
    """Share of one model's list that another's holds too, in percent, both ways round alike."""
    rows = overlaps[overlaps["k"] == k]
    shares = {(row.model, row.other): row.overlap for row in rows.itertuples()}
    shares |= {(other, model): share for (model, other), share in shares.items()}

    def cell(model: str, other: str) -> str:
        share = shares.get((model, other), np.nan)
        return MISSING if pd.isna(share) else f"{share:.0%}"

    body = [[plain(model), *(cell(model, other) for other in order)] for model in order]
    return table_of(["model", *map(plain, order)], body)
