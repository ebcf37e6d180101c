"""Plots of the evaluation: models with intervals, and accuracy against coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#1f2a44"
ACCENT = "#c2553a"
QUIET = "#8a94a6"


def plot_comparison(results: pd.DataFrame, metric: str, k: int) -> Figure:
    """Mean and 95% interval of one metric, a row a model, best on top.

    Args:
        results: Result rows of one split (`artrec.metrics.summary`).
        metric: Metric shown.
        k: Its cut-off.
    """
    rows = _rows(results, metric, k).sort_values("mean")
    figure, axes = _figure(height=0.9 + 0.45 * len(rows))
    best = rows["mean"].max()
    for place, row in enumerate(rows.itertuples()):
        colour = ACCENT if row.mean == best else INK
        axes.plot([row.low, row.high], [place, place], color=colour, linewidth=2.5, alpha=0.55)
        axes.plot(row.mean, place, "o", color=colour, markersize=8)
        axes.annotate(
            f"{row.mean:.3f}",
            (row.mean, place),
            textcoords="offset points",
            xytext=(0, 9),
            ha="center",
            fontsize=9,
            color=colour,
        )
    axes.set_yticks(range(len(rows)), rows["model"].str.replace("_", " "))
    axes.set_ylim(-0.6, len(rows) - 0.2)
    axes.set_xlim(left=0)
    axes.set_xlabel(
        f"{metric.upper()}@{k}, mean over {int(rows['n_users'].iloc[0])} users, 95% interval"
    )
    axes.set_title(_title(results), loc="left", fontsize=11, color=INK)
    axes.grid(axis="x", color=QUIET, alpha=0.25)
    return figure


def plot_frontier(results: pd.DataFrame, metric: str, k: int) -> Figure:
    """Accuracy against catalogue coverage, a point a model: up and right is better.

    Args:
        results: Result rows of one split, with `metric` and ``coverage`` at `k`.
        metric: Accuracy metric.
        k: Cut-off of both.
    """
    accuracy = _rows(results, metric, k).set_index("model")["mean"]
    coverage = _rows(results, "coverage", k).set_index("model")["mean"]
    figure, axes = _figure(height=4.2)
    best = accuracy.idxmax()
    for model, height in accuracy.items():
        colour = ACCENT if model == best else INK
        axes.plot(100 * coverage[model], height, "o", color=colour, markersize=9)
        axes.annotate(
            str(model).replace("_", " "),
            (100 * coverage[model], height),
            textcoords="offset points",
            xytext=(9, 4),
            fontsize=9,
            color=colour,
        )
    axes.set_xlabel(f"share of the catalogue that appears in some top-{k} list, %")
    axes.set_ylabel(f"{metric.upper()}@{k}")
    axes.set_xlim(left=0, right=1.15 * 100 * max(coverage.max(), 0.01))
    axes.set_ylim(bottom=0)
    axes.set_title(_title(results), loc="left", fontsize=11, color=INK)
    axes.grid(color=QUIET, alpha=0.25)
    return figure


def _rows(results: pd.DataFrame, metric: str, k: int) -> pd.DataFrame:
    return results[(results["metric"] == metric) & (results["k"] == k)]


def _title(results: pd.DataFrame) -> str:
    first = results.iloc[0]
    return f"{first['data_set']}, split {first['split_id']}"


def _figure(height: float):  # type: ignore[no-untyped-def]
    # the object interface, not pyplot: no global state, no display needed
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.6, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes
