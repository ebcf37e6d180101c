"""Nodes of select."""

from __future__ import annotations

from typing import Any

import pandas as pd

from artrec.metrics.lists import relevant_items
from artrec.metrics.ranking import column, per_user
from artrec.models.base import Scorer
from artrec.recommend.lists import lists_for_withheld
from artrec.recommend.selection import SelectionConfig, choose

VALUES = "_values"


def rank_for_validation(
    scorer: Scorer,
    fit: pd.DataFrame,
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    positive_from: float | None,
    config: SelectionConfig,
) -> pd.DataFrame:
    """Lists of one model for the users of the validation part."""
    return lists_for_withheld(scorer, fit, profiles, withheld, positive_from, config.k)


def measure_validation(
    withheld: pd.DataFrame,
    positive_from: float | None,
    config: SelectionConfig,
    **lists: pd.DataFrame,
) -> pd.DataFrame:
    """The selection metric's value a user (rows) and model (columns)."""
    relevant = relevant_items(withheld, positive_from)
    wanted = column(config.metric, config.k)
    values = {
        model: per_user(table, relevant, (config.k,), metrics=(config.metric,)).set_index(
            "user_id"
        )[wanted]
        for model, table in lists.items()
    }
    return pd.DataFrame(values).reset_index()


def choose_on_validation(config: SelectionConfig, **tables: Any) -> dict[str, Any]:
    """The model with the highest validation mean, and the configuration it was fitted with.

    `tables` are ``<holdout>_values`` for each validation holdout, whose means count equally, and
    each model's scorer by its name.
    """
    scorers = {name: each for name, each in tables.items() if not name.endswith(VALUES)}
    models = sorted(scorers)
    means = [each[models].mean() for name, each in tables.items() if name.endswith(VALUES)]
    configs = {model: scorer.config for model, scorer in scorers.items()}
    return choose(pd.DataFrame(means).mean(), configs, config).model_dump(mode="json")
