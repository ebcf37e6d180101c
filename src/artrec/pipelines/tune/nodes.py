"""Nodes of tune."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
from tqdm import tqdm

from artrec.metrics.lists import relevant_items
from artrec.metrics.ranking import column, per_user
from artrec.models.fitting import TrainingConfig, fit_model
from artrec.models.grids import GridConfig
from artrec.recommend.lists import lists_for_withheld
from artrec.recommend.selection import SelectionConfig


def trying(model: str) -> Callable[..., pd.DataFrame]:
    """Make the node function that tries one model's grid on validation."""

    def try_grid(
        fit: pd.DataFrame,
        withheld: pd.DataFrame,
        grid: GridConfig,
        training: TrainingConfig,
        positive_from: float | None,
        selection: SelectionConfig,
        seed: int,
    ) -> pd.DataFrame:
        relevant = relevant_items(withheld, positive_from)
        wanted = column(selection.metric, selection.k)
        rows = []
        for config in tqdm(grid.typed(model), desc=model, disable=None):
            rng = np.random.default_rng(seed)
            scorer = fit_model(model, fit, config, training, positive_from, rng)
            lists = lists_for_withheld(scorer, fit, withheld, positive_from, selection.k)
            values = per_user(lists, relevant, (selection.k,), metrics=(selection.metric,))
            text = json.dumps(config.model_dump(mode="json"), sort_keys=True)
            rows.append((model, text, seed, wanted, len(values), values[wanted].mean()))
        columns = ["model", "parameters", "seed", "metric", "n_users", "mean"]
        return pd.DataFrame(rows, columns=columns)

    try_grid.__name__ = try_grid.__qualname__ = f"try_{model}"
    return try_grid


def join_trials(**trials: pd.DataFrame) -> pd.DataFrame:
    """All trials, best first within each model."""
    joined = pd.concat(trials.values(), ignore_index=True)
    joined = joined.sort_values(["model", "mean"], ascending=[True, False], kind="stable")
    return joined.round({"mean": 6}).reset_index(drop=True)
