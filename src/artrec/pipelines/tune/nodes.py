"""Nodes of tune."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from artrec.data.content import Content
from artrec.metrics.lists import relevant_items
from artrec.metrics.ranking import column, per_user
from artrec.metrics.rating import rating_measured
from artrec.models.base import RatingPredictor, Scorer
from artrec.models.fitting import TrainingConfig, fit_model
from artrec.models.grids import GridConfig
from artrec.models.registry import RATING_MODELS
from artrec.recommend.lists import lists_for_withheld, predict_withheld
from artrec.recommend.selection import SelectionConfig

COLUMNS = ["model", "parameters", "seed", "n_users", "criterion", "value", "chosen"]


def trying(model: str) -> Callable[..., pd.DataFrame]:
    """Make the node function that tries one model's grid on validation."""

    def try_grid(
        fit: pd.DataFrame,
        profiles: pd.DataFrame,
        withheld: pd.DataFrame,
        grid: GridConfig,
        training: TrainingConfig,
        positive_from: float | None,
        selection: SelectionConfig,
        seed: int,
        content: Content | None = None,
    ) -> pd.DataFrame:
        rows = []
        for config in tqdm(grid.typed(model), desc=model, disable=None):
            rng = np.random.default_rng(seed)
            scorer = fit_model(model, fit, config, training, positive_from, rng, content)
            judged = _judge(scorer, fit, profiles, withheld, positive_from, selection)
            text = json.dumps(config.model_dump(mode="json"), sort_keys=True)
            rows.append({"model": model, "parameters": text, "seed": seed, **judged})
        return _marked(pd.DataFrame(rows))

    try_grid.__name__ = try_grid.__qualname__ = f"try_{model}"
    return try_grid


def join_trials(**trials: pd.DataFrame) -> pd.DataFrame:
    """All trials of all models, each model's best first."""
    return pd.concat(trials.values(), ignore_index=True)


def _judge(
    scorer: Scorer,
    fit: pd.DataFrame,
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    positive_from: float | None,
    selection: SelectionConfig,
) -> dict[str, Any]:
    """Rating models by RMSE, which they are fitted for; all others by the ranking metric."""
    if scorer.name in RATING_MODELS and isinstance(scorer, RatingPredictor):
        predictions = predict_withheld(scorer, profiles, withheld, positive_from)
        rmse = rating_measured(predictions)[0]
        return {"n_users": rmse.n_users, "criterion": rmse.metric, "value": rmse.figure}
    lists = lists_for_withheld(scorer, fit, profiles, withheld, positive_from, selection.k)
    relevant = relevant_items(withheld, positive_from)
    wanted = column(selection.metric, selection.k)
    values = per_user(lists, relevant, (selection.k,), metrics=(selection.metric,))[wanted]
    return {"n_users": len(values), "criterion": wanted, "value": values.mean()}


def _marked(trials: pd.DataFrame) -> pd.DataFrame:
    """Best first; equal values in the order of the grid; the first is chosen."""
    low_is_good = (trials["criterion"] == "rmse").all()
    rounded = trials.round({"value": 6})
    ordered = rounded.sort_values("value", ascending=bool(low_is_good), kind="stable")
    ordered["chosen"] = np.arange(len(ordered)) == 0
    return ordered[COLUMNS].reset_index(drop=True)
