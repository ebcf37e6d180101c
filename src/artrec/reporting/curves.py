"""More plots of the evaluation: by slice, by cut-off, predicted ratings, accuracy for diversity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from artrec.reporting.plots import (
    ACCENT,
    INK,
    LINE,
    QUIET,
    one_panel,
    panels_of,
    rows_at,
    shown,
)
from artrec.reporting.tables import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BASELINE = "popularity"
MOST_SLICES = 8  # of one kind, those with most users
BINS = 10


def plot_slices(slices: pd.DataFrame, metric: str, k: int, best: str) -> Figure:
    """One metric by slice: the best model with its interval, popularity, the others small.

    Args:
        slices: Result rows with ``slice_by`` and ``slice``.
        metric: Metric shown.
        k: Its cut-off.
        best: Model that is marked.
    """
    rows = rows_at(slices, metric, k)
    rows = rows[rows["n_users"] > 0]
    groups = [
        (str(by), _largest(part)) for by, part in rows.groupby("slice_by", sort=False) if len(part)
    ]
    heights = [len(names) + 1.6 for _, names in groups] or [2.0]
    figure, places = panels_of(0.27 * sum(heights) + 0.9, len(heights), heights=heights)
    for axes, (by, names) in zip(places, groups, strict=False):
        part = rows[rows["slice_by"] == by]
        for place, name in enumerate(reversed(names)):
            _slice(axes, part[part["slice"] == name], place, best)
        users = part.groupby("slice")["n_users"].max()
        axes.set_yticks(
            range(len(names)), [f"{name} ({users[name]:,})" for name in reversed(names)]
        )
        axes.set_ylim(-0.6, len(names) - 0.4)
        axes.set_xlim(0, 1.08 * max(rows["high"].max(), 1e-9))
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color=LINE)
        axes.set_title(by, loc="left", fontsize=9.5, color=QUIET)
    places[-1].set_xlabel(f"{metric.upper()}@{k} (users); the bars are 95% intervals")
    _title(figure, f"By slice: {shown(best)} (diamond), popularity (ring), other models (dots)")
    return _safe(figure)


def plot_cutoffs(results: pd.DataFrame, metrics: Sequence[str], best: str) -> Figure:
    """Metrics at each cut-off, a line a model.

    Args:
        results: Result rows of one split.
        metrics: A panel each.
        best: Model that is marked.
    """
    figure, places = panels_of(4.0, 1, len(metrics))
    for axes, metric in zip(places, metrics, strict=True):
        rows = results[(results["metric"] == metric) & (results["k"] > 0)]
        ends: list[tuple[float, str]] = []
        for model, part in rows.groupby("model", sort=False):
            line = part.sort_values("k")
            first = model == best
            axes.plot(
                line["k"],
                line["mean"],
                marker="D" if first else "o",
                markersize=4.5,
                linewidth=2.4 if first else 1.2,
                color=ACCENT if first else INK,
                alpha=1.0 if first else 0.55,
            )
            ends.append((float(np.nan_to_num(line["mean"].iloc[-1])), str(model)))
        most = rows["mean"].max()
        top = 1.08 * most if most > 0 else 1.0  # over no users it is no number
        last = float(rows["k"].max())
        axes.set_ylim(0, top)
        axes.set_xlim(0, last)
        axes.set_xticks(sorted(rows["k"].unique()))
        for height, (end, model) in zip(_apart(ends, 0.052 * top), sorted(ends), strict=True):
            axes.annotate(
                shown(model),
                (last, end),
                xytext=(last * 1.06, height),
                fontsize=8.5,
                va="center",
                color=ACCENT if model == best else INK,
                arrowprops={"arrowstyle": "-", "color": LINE},
                annotation_clip=False,
                parse_math=False,
            )
        axes.set_xlabel("k: length of the list")
        axes.set_title(metric.upper(), loc="left", fontsize=9.5, color=QUIET)
        axes.grid(color=LINE)
    _title(figure, "The same lists, cut at k")
    return _safe(figure)


def plot_reliability(predictions: pd.DataFrame, model: str) -> Figure:
    """Predicted ratings against the ratings people gave, in bins of equal numbers.

    Args:
        predictions: Table rating and prediction, one row a withheld pair; may be empty.
        model: Who predicted.
    """
    figure, axes = one_panel(4.2)
    axes.set_xlabel("predicted rating, mean of a tenth of all pairs")
    axes.set_ylabel("rating given: mean, and the middle half")
    axes.grid(color=LINE)
    _title(figure, f"Predicted ratings of {shown(model)}: on the line they are right on average")
    if not len(predictions):
        _nothing(axes)
        return _safe(figure)
    order = predictions["prediction"].rank(method="first", pct=True)
    bins = np.ceil(order * BINS).astype(int)
    for _, part in predictions.groupby(bins):
        across, given = part["prediction"].mean(), part["rating"]
        axes.plot([across] * 2, [given.quantile(0.25), given.quantile(0.75)], color=INK, alpha=0.35)
        axes.plot(across, given.mean(), "D", color=ACCENT, markersize=7)
    ends = [predictions["prediction"].min(), predictions["prediction"].max()]
    axes.plot(ends, ends, color=QUIET, linewidth=1, linestyle="--")
    return _safe(figure)


def plot_tradeoff(curves: pd.DataFrame, metric: str, k: int) -> Figure:
    """What re-ranking costs in accuracy and brings in diversity or calibration.

    Args:
        curves: Table of `artrec.recommend.tradeoff.CURVE_COLUMNS`.
        metric: Accuracy metric.
        k: Cut-off.
    """
    panels = (
        ("mmr", "intra_list_diversity", "intra-list diversity: to the right more diverse"),
        ("calibrated", "calibration_kl", "KL from the profile's genres: to the left closer"),
    )
    figure, places = panels_of(7.6, 2)
    if curves.empty:
        _nothing(places[0])
    for axes, (method, other, words) in zip(places, panels, strict=True):
        rows = curves[curves["method"] == method]
        if rows.empty:
            continue
        accuracy = rows[rows["metric"] == metric].set_index("strength").sort_index()
        across = rows[rows["metric"] == other].set_index("strength")["mean"].reindex(accuracy.index)
        axes.plot(across, accuracy["mean"], color=INK, linewidth=1.2)
        for strength, row in accuracy.iterrows():
            at = across[strength]
            axes.plot([at] * 2, [row["low"], row["high"]], color=INK, linewidth=2.5, alpha=0.35)
            start = strength == 0
            axes.plot(at, row["mean"], "D" if start else "o", color=ACCENT if start else INK)
            axes.annotate(
                f"{strength:g}",
                (at, row["mean"]),
                xytext=(6, 6),
                textcoords="offset points",
                fontsize=9,
                color=ACCENT if start else INK,
            )
        top = accuracy["high"].max()
        axes.set_ylim(0, 1.1 * top if top > 0 else 1.0)  # over no users it is no number
        axes.set_xlabel(words)
        axes.set_ylabel(f"{metric.upper()}@{k}, 95% interval")
        axes.set_title(f"{method}, by strength", loc="left", fontsize=9.5, color=QUIET)
        axes.grid(color=LINE)
    model = "" if curves.empty else shown(curves["model"].iloc[0])
    _title(figure, f"Re-ranked lists of {model}: strength 0 is the order by score")
    return _safe(figure)


def _largest(part: pd.DataFrame) -> list[str]:
    """Names of the slices with most users, in the order of the table."""
    users = part.groupby("slice", sort=False)["n_users"].max()
    kept = set(users.sort_values(ascending=False, kind="stable").index[:MOST_SLICES])
    return in_order([str(name) for name in users.index if name in kept])


def _slice(axes: Axes, rows: pd.DataFrame, place: int, best: str) -> None:
    others = rows[~rows["model"].isin((best, BASELINE))]
    axes.plot(others["mean"], [place] * len(others), "o", color=QUIET, markersize=3, alpha=0.7)
    for row in rows[rows["model"] == best].itertuples():
        axes.plot([row.low, row.high], [place] * 2, color=ACCENT, linewidth=3, alpha=0.45)
        axes.plot(row.mean, place, "D", color=ACCENT, markersize=6)
    if best != BASELINE:
        for row in rows[rows["model"] == BASELINE].itertuples():
            axes.plot(row.mean, place, "o", color=INK, markersize=6, markerfacecolor="none")


def _apart(ends: Sequence[tuple[float, str]], least: float) -> list[float]:
    """Heights of labels, ascending, at least `least` from each other and near their lines."""
    heights: list[float] = []
    for end, _ in sorted(ends):
        heights.append(max(end, heights[-1] + least) if heights else end)
    return heights


def _nothing(axes: Axes) -> None:
    axes.annotate("nothing to show", (0.4, 0.5), xycoords="axes fraction", color=QUIET)


def _title(figure: Figure, words: str) -> None:
    title = figure.suptitle(words, x=0.01, ha="left", fontsize=12, color=INK, fontweight="bold")
    title.set_parse_math(False)


def _safe(figure: Figure) -> Figure:
    """Names in ticks as they are: a dollar sign is no formula."""
    for axes in figure.axes:
        for text in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            text.set_parse_math(False)
    return figure
