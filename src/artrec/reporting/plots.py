"""Plots of the evaluation: models with intervals; accuracy against coverage and novelty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

# the page puts its own colours in their place, by these very strings: no artist has another
INK: Final = "#1f2a44"
ACCENT: Final = "#c2553a"
QUIET: Final = "#5d6678"
LINE: Final = "#d9d5c9"

SHOWN: Final = ["across", "mean"]

Place = tuple[tuple[float, float], str, str]
# offsets of a label from its point, in points, the preferred ones first
PLACES: Final[tuple[Place, ...]] = (
    ((10, 0), "left", "center"),
    ((-10, 0), "right", "center"),
    ((8, 8), "left", "bottom"),
    ((8, -8), "left", "top"),
    ((-8, 8), "right", "bottom"),
    ((-8, -8), "right", "top"),
)


def plot_comparison(results: pd.DataFrame, metric: str, k: int) -> Figure:
    """Mean and 95% interval of one metric, a row a model, best on top.

    Args:
        results: Result rows of one split (`artrec.metrics.summary`).
        metric: Metric shown.
        k: Its cut-off.
    """
    rows = rows_at(results, metric, k).sort_values("mean")
    figure, axes = one_panel(1.2 + 0.44 * len(rows))
    for place, row in enumerate(rows.itertuples()):
        best = place == len(rows) - 1
        _interval(axes, [row.low, row.high], [place, place], best)
        _point(axes, row.mean, place, best)
        _label(axes, f"{row.mean:.3f}", (row.mean, place), best, ((0, 8), "center", "bottom"))
    axes.set_yticks(range(len(rows)), [shown(model) for model in rows["model"]])
    axes.set_ylim(-0.6, len(rows) - 0.3)
    axes.set_xlim(left=0)
    axes.tick_params(axis="y", length=0, labelsize=10)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"{metric.upper()}@{k}, mean; the bars are {bars(results)}s")
    axes.grid(axis="x", color=LINE)
    _say(axes, f"{metric.upper()}@{k} by model", rows)
    return figure


def plot_frontier(results: pd.DataFrame, metric: str, k: int) -> Figure:
    """Accuracy against catalogue coverage and against novelty, a point a model: up and right.

    Args:
        results: Result rows of one split, with `metric` and ``coverage`` at `k`; without
            ``novelty`` there is one panel.
        metric: Accuracy metric.
        k: Cut-off of all.
    """
    rows = rows_at(results, metric, k).set_index("model").sort_values("mean", ascending=False)
    coverage = 100 * rows_at(results, "coverage", k).set_index("model")["mean"]
    panels = [(f"coverage: share of the catalogue in some top-{k} list, %", coverage, True)]
    novelty = rows_at(results, "novelty", k).set_index("model")["mean"]
    if novelty.notna().any():
        words = "novelty: bits an item of the list carries, the rarer the more"
        panels.append((words, novelty, False))
    figure, places = panels_of(4.2 * len(panels), len(panels))
    for axes, (words, across, from_zero) in zip(places, panels, strict=True):
        points = rows[["mean", "low", "high"]].assign(across=across).dropna(subset=SHOWN)
        _frontier(axes, points, from_zero)
        axes.set_xlabel(words)
        axes.set_ylabel(f"{metric.upper()}@{k}, {bars(results)}")
    _say(places[0], "Accuracy against coverage and novelty: up and right is better", rows)
    for axes, (_, across, _) in zip(places, panels, strict=True):
        points = rows[["mean", "low", "high"]].assign(across=across).dropna(subset=SHOWN)
        points["low"] = points["low"].fillna(points["mean"])
        points["high"] = points["high"].fillna(points["mean"])
        _label_apart(figure, axes, points)
    return figure


def _frontier(axes: Axes, points: pd.DataFrame, from_zero: bool) -> None:
    """Points and intervals of one panel; the best model's come first."""
    for model, row in points.iterrows():
        best = model == points.index[0]
        _interval(axes, [row["across"]] * 2, [row["low"], row["high"]], best)
        _point(axes, row["across"], row["mean"], best)
    axes.grid(color=LINE)
    if points.empty:  # over no users there is nothing to show
        return
    least, most = points["across"].min(), points["across"].max()
    room = 0.12 * max(most - (0 if from_zero else least), 0.01)
    axes.set_xlim(0 if from_zero else least - room, most + room)
    most = points[["high", "mean"]].max().max()
    axes.set_ylim(0, 1.08 * most if most > 0 else 1.0)


def rows_at(results: pd.DataFrame, metric: str, k: int) -> pd.DataFrame:
    """Result rows of one metric at one cut-off."""
    return results[(results["metric"] == metric) & (results["k"] == k)]


def bars(results: pd.DataFrame) -> str:
    """What a bar from low to high is; over several cuts (`artrec.reporting.cuts`) a range."""
    return "range of the cut" if "spread" in results else "95% interval"


def shown(model: object) -> str:
    """A model's name as plots write it."""
    return str(model).replace("_", " ")


def _say(axes: Axes, title: str, rows: pd.DataFrame) -> None:
    first = rows.iloc[0]
    axes.set_title(title, loc="left", fontsize=12, color=INK, fontweight="bold", pad=24)
    axes.annotate(
        f"{first['data_set']}, split {first['split_id']}, {first['n_users']} users",
        (0, 1),
        xycoords="axes fraction",
        textcoords="offset points",
        xytext=(0, 8),
        fontsize=9.5,
        color=QUIET,
        parse_math=False,
    )
    # a dollar sign in a name is no formula
    for text in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        text.set_parse_math(False)


def _interval(axes: Axes, across: list[float], up: list[float], best: bool) -> None:
    axes.plot(across, up, color=ACCENT if best else INK, linewidth=3, alpha=0.45)


def _point(axes: Axes, across: float, up: float, best: bool) -> None:
    # the best differs in shape too: colour alone is not for everybody
    axes.plot(across, up, "D" if best else "o", color=ACCENT if best else INK, markersize=8)


def _label(
    axes: Axes, text: str, point: tuple[float, float], best: bool, place: Place
) -> Annotation:
    offset, horizontal, vertical = place
    return axes.annotate(
        text,
        point,
        textcoords="offset points",
        xytext=offset,
        ha=horizontal,
        va=vertical,
        fontsize=10,
        color=ACCENT if best else INK,
        parse_math=False,
    )


def _label_apart(figure: Figure, axes: Axes, points: pd.DataFrame) -> None:
    """Name each point where its name covers no other name, no other interval and not the frame.

    Args:
        figure: The figure, its limits set.
        axes: Its axes.
        points: By model: ``across``, ``mean``, ``low``, ``high``; the best first.
    """
    from matplotlib.transforms import Bbox

    figure.draw_without_rendering()
    bottom = axes.transData.transform(points[["across", "low"]].to_numpy())
    top = axes.transData.transform(points[["across", "high"]].to_numpy())
    marks = [Bbox([low - 5, high + 5]) for low, high in zip(bottom, top, strict=True)]
    names: list[Bbox] = []
    for number, (model, point) in enumerate(points.iterrows()):
        label = _label(axes, shown(model), (point["across"], point["mean"]), number == 0, PLACES[0])
        others = [*names, *marks[:number], *marks[number + 1 :]]
        for place in PLACES:
            _move(label, place)
            box = label.get_window_extent()
            inside = axes.bbox.x0 <= box.x0 and box.x1 <= axes.bbox.x1
            if inside and not any(box.overlaps(other) for other in others):
                break
        else:
            _move(label, PLACES[0])
        names.append(label.get_window_extent())


def _move(label: Annotation, place: Place) -> None:
    label.xyann, horizontal, vertical = place
    label.set(ha=horizontal, va=vertical)


def one_panel(height: float) -> tuple[Figure, Axes]:
    """A figure in the page's colours, and its axes; `height` in inches."""
    figure, places = panels_of(height, 1)
    return figure, places[0]


def panels_of(
    height: float, rows: int, columns: int = 1, heights: Sequence[float] | None = None
) -> tuple[Figure, list[Axes]]:
    """A figure of several axes, row by row.

    Args:
        height: In inches.
        rows: Axes one above the other.
        columns: Axes beside each other.
        heights: Of the rows, relative to each other; equal by default.
    """
    # the object interface, not pyplot: no global state, no display needed
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.6, height), layout="constrained")
    FigureCanvasAgg(figure)
    places = list(figure.subplots(rows, columns, squeeze=False, height_ratios=heights).ravel())
    for axes in places:
        axes.set_axisbelow(True)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color(QUIET)
        axes.tick_params(color=QUIET, labelcolor=INK, labelsize=9)
        axes.xaxis.label.set_color(QUIET)
        axes.yaxis.label.set_color(QUIET)
    return figure, places
