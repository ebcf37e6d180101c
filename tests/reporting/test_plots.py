"""The two plots: what they name, that nothing overlaps, and that equal results are equal bytes."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from artrec.reporting.plots import plot_comparison, plot_frontier

PLOTS = (plot_comparison, plot_frontier)


def figures_of(values: dict[str, tuple[float, float]], data_set: str = "snapshot") -> pd.DataFrame:
    rows = []
    for model, (accuracy, coverage) in values.items():
        common = {"model": model, "k": 10, "n_users": 655, "data_set": data_set}
        common["split_id"] = "per_user_last_0.2"
        spread = {"low": accuracy - 0.01, "high": accuracy + 0.015}
        rows.append({**common, "metric": "ndcg", "mean": accuracy, **spread})
        nothing = {"low": np.nan, "high": np.nan}
        rows.append({**common, "metric": "coverage", "mean": coverage, **nothing})
    return pd.DataFrame(rows)


CROWD = {
    "ease": (0.1, 0.06),
    "sparse_item_item": (0.101, 0.0605),
    "graph_filter": (0.098, 0.061),
    "item_knn": (0.09, 0.08),
    "popularity": (0.05, 0.005),
}


def texts_of(figure: Any) -> list[str]:
    axes = figure.axes[0]
    figure.draw_without_rendering()
    return [
        axes.get_title(loc="left"),
        *(text.get_text() for text in axes.texts),
        *(
            text.get_text()
            for text in (*axes.get_yticklabels(), axes.xaxis.label, axes.yaxis.label)
        ),
    ]


def png_of(figure: Any) -> bytes:
    target = BytesIO()
    figure.savefig(target, format="png", dpi=110, metadata={"Software": None})
    return target.getvalue()


@pytest.mark.parametrize("plot", PLOTS)
def test_every_model_the_data_set_the_split_and_the_users_are_named(plot: Any) -> None:
    said = texts_of(plot(figures_of(CROWD), "ndcg", 10))
    assert {model.replace("_", " ") for model in CROWD} <= set(said)
    assert "snapshot, split per_user_last_0.2, 655 users" in said
    assert any("NDCG@10" in each for each in said)
    assert any("95% interval" in each for each in said)


def test_intervals_are_drawn_from_low_to_high() -> None:
    rows = figures_of(CROWD)
    drawn = [line.get_xdata() for line in plot_comparison(rows, "ndcg", 10).axes[0].lines]
    spans = sorted([float(line[0]), float(line[-1])] for line in drawn if len(line) == 2)
    wanted = rows[rows["metric"] == "ndcg"].sort_values("low")[["low", "high"]]
    assert np.allclose(spans, wanted.to_numpy())
    upright = [line.get_ydata() for line in plot_frontier(rows, "ndcg", 10).axes[0].lines]
    spans = sorted([float(line[0]), float(line[-1])] for line in upright if len(line) == 2)
    assert np.allclose(spans, wanted.to_numpy())


def test_the_best_is_on_top_and_has_a_shape_of_its_own() -> None:
    for plot in PLOTS:
        axes = plot(figures_of(CROWD), "ndcg", 10).axes[0]
        assert sorted(line.get_marker() for line in axes.lines).count("D") == 1
    labels = plot_comparison(figures_of(CROWD), "ndcg", 10).axes[0].get_yticklabels()
    assert labels[-1].get_text() == "sparse item item"


def test_names_of_near_models_cover_neither_each_other_nor_the_frame() -> None:
    figure = plot_frontier(figures_of(CROWD), "ndcg", 10)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    shown = {model.replace("_", " ") for model in CROWD}
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text() in shown]
    assert len(boxes) == len(CROWD)
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(axes.bbox.x0 <= box.x0 and box.x1 <= axes.bbox.x1 for box in boxes)


@pytest.mark.parametrize("plot", PLOTS)
@pytest.mark.parametrize("name", ["a$b$c", "<b>|_x", "$\\frac{1$"])
def test_odd_names_are_drawn_as_they_are(plot: Any, name: str) -> None:
    figure = plot(figures_of({name: (0.1, 0.05), "ease": (0.08, 0.04)}, name), "ndcg", 10)
    png_of(figure)
    assert f"{name}, split per_user_last_0.2, 655 users" in texts_of(figure)


@pytest.mark.parametrize("plot", PLOTS)
def test_same_results_same_bytes(plot: Any) -> None:
    first, second = (png_of(plot(figures_of(CROWD), "ndcg", 10)) for _ in range(2))
    assert first == second
    assert b"Matplotlib" not in first


@pytest.mark.parametrize("plot", PLOTS)
@pytest.mark.filterwarnings("error")
def test_one_model_without_any_hit_is_drawn(plot: Any) -> None:
    assert len(png_of(plot(figures_of({"ease": (0.0, 0.0)}), "ndcg", 10))) > 1000
