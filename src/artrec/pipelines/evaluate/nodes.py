"""Nodes of evaluate."""

from __future__ import annotations

from typing import Any

import pandas as pd

from artrec import schema
from artrec.metrics.ranking import EvaluationConfig
from artrec.metrics.report import Truth, headline, judge_all
from artrec.metrics.summary import Label
from artrec.models.base import RatingPredictor, Scorer
from artrec.recommend.lists import lists_for_withheld, predict_withheld
from artrec.reporting.evaluation import as_markdown, as_page, summary_table
from artrec.reporting.plots import plot_comparison, plot_frontier

PREDICTIONS = "_predictions"


def rank_withheld(
    scorer: Scorer,
    fit: pd.DataFrame,
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    positive_from: float | None,
    config: EvaluationConfig,
) -> pd.DataFrame:
    """Lists of one model, fitted without the withheld part, for the users of that part."""
    return lists_for_withheld(scorer, fit, profiles, withheld, positive_from, max(config.cutoffs))


def rank_cold(
    scorer: Scorer,
    fit: pd.DataFrame,
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    positive_from: float | None,
    config: EvaluationConfig,
    candidates: pd.DataFrame,
) -> pd.DataFrame:
    """The same, where only works that nobody has met yet are ranked."""
    depth = max(config.cutoffs)
    only = candidates[schema.ITEM_ID]
    return lists_for_withheld(
        scorer, fit, profiles, withheld, positive_from, depth, candidates=only
    )


def predict_ratings(
    predictor: RatingPredictor,
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    positive_from: float | None,
) -> pd.DataFrame:
    """Predicted ratings of one rating model for every withheld pair."""
    return predict_withheld(predictor, profiles, withheld, positive_from)


def describe_models(**scorers: Scorer) -> dict[str, Any]:
    """Model name to the configuration it was fitted with."""
    return {name: scorer.config.model_dump(mode="json") for name, scorer in scorers.items()}


def measure(
    fit: pd.DataFrame,
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    works: pd.DataFrame,
    works_features: pd.DataFrame,
    users_features: pd.DataFrame,
    split: dict[str, Any],
    variant: dict[str, Any],
    configs: dict[str, Any],
    positive_from: float | None,
    config: EvaluationConfig,
    seed: int,
    **tables: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Values a user, result rows, rows by slice, and comparisons of all models.

    `tables` are the models' lists by name and, for rating models, ``<name>_predictions``.
    """
    lists = {name: table for name, table in tables.items() if not name.endswith(PREDICTIONS)}
    predictions = {
        name.removesuffix(PREDICTIONS): table
        for name, table in tables.items()
        if name.endswith(PREDICTIONS)
    }
    labels = {
        name: Label(
            variant["source"], variant["label"], split["split_id"], name, configs[name], seed
        )
        for name in lists
    }
    truth = Truth(fit, profiles, withheld, works, works_features, users_features, positive_from)
    judged, comparisons = judge_all(labels, lists, predictions, truth, config, seed)
    return judged.per_user, judged.results, judged.slices, comparisons


def write_report(
    config: EvaluationConfig, selection: dict[str, Any], **tables: Any
) -> tuple[str, str, Any, Any, pd.DataFrame, dict[str, Any]]:
    """The report in Markdown and HTML, its two plots, the summary table and the metrics.

    `tables` are, for each holdout, ``<holdout>_results``, ``_comparisons``, ``_slices`` and
    ``_split``; the first holdout is the headline.
    """
    holdouts = [name.removesuffix("_results") for name in tables if name.endswith("_results")]
    results = tables[f"{holdouts[0]}_results"]
    k = config.cutoffs[len(config.cutoffs) // 2]
    figures = {
        "How good each model is": plot_comparison(results, "ndcg", k),
        "Accuracy against coverage": plot_frontier(results, "ndcg", k),
    }
    text = as_markdown(holdouts, tables, selection, k)
    page = as_page(text, "artrec: evaluation", figures)
    summary = summary_table({name: tables[f"{name}_results"] for name in holdouts}, k)
    comparison, frontier = figures.values()
    return text, page, comparison, frontier, summary, headline(results)
