"""Nodes of evaluate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.tag_times import count_timed
from artrec.features.text.documents import kinds_of
from artrec.metrics.lists import relevant_items
from artrec.metrics.ranking import EvaluationConfig
from artrec.metrics.report import Truth, headline, judge_all
from artrec.metrics.summary import Label
from artrec.models.base import RatingPredictor, Scorer
from artrec.models.hybrid import Hybrid
from artrec.recommend.lists import lists_for_withheld, predict_withheld
from artrec.recommend.rerank import RerankConfig
from artrec.recommend.tradeoff import sample_people, trade_accuracy
from artrec.reporting.cuts import summary_table
from artrec.reporting.document import as_markdown, as_page
from artrec.reporting.evaluation import Evaluation, blocks_of, pictures_of
from artrec.reporting.people import side_by_side

PREDICTIONS = "_predictions"
LEARNED = "learned"


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
    """Model name to the configuration it was fitted with; ``learned``: how hybrids learned."""
    configs = {name: scorer.config.model_dump(mode="json") for name, scorer in scorers.items()}
    learned = {
        name: dict(each.report) for name, each in scorers.items() if isinstance(each, Hybrid)
    }
    return {**configs, LEARNED: learned}


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
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Values a user, result rows, rows by slice, comparisons and overlaps of all models.

    `tables` are the models' lists by name and, for rating models, ``<name>_predictions``.
    """
    lists = {name: table for name, table in tables.items() if not name.endswith(PREDICTIONS)}
    labels = {
        name: Label(
            variant["source"], variant["label"], split["split_id"], name, configs[name], seed
        )
        for name in lists
    }
    truth = Truth(fit, profiles, withheld, works, works_features, users_features, positive_from)
    judged = judge_all(labels, lists, _predicted(tables), truth, config, seed)
    return judged.per_user, judged.results, judged.slices, judged.comparisons, judged.overlaps


def rerank_lists(
    fit: pd.DataFrame,
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    works: pd.DataFrame,
    positive_from: float | None,
    config: EvaluationConfig,
    seed: int,
    **scorers: Scorer,
) -> pd.DataFrame:
    """What diversity and calibration cost: the lists of one model, re-ranked at strengths.

    `scorers` is that one model by name.
    """
    ((model, scorer),) = scorers.items()
    rng = np.random.default_rng(seed)
    relevant = relevant_items(withheld, positive_from)
    judged = sample_people(relevant, config.people_on_curves, rng)
    pools = lists_for_withheld(scorer, fit, profiles, judged, positive_from, RerankConfig().pool)
    nothing = pd.DataFrame()
    truth = Truth(fit, profiles, judged, works, nothing, nothing, None)
    return trade_accuracy(model, pools, truth, config.shown, config, rng)


def set_side_by_side(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    works: pd.DataFrame,
    positive_from: float | None,
    config: EvaluationConfig,
    seed: int,
    **lists: pd.DataFrame,
) -> pd.DataFrame:
    """Some people's lists of every model, to read with one's own eyes."""
    relevant = relevant_items(withheld, positive_from)
    rng = np.random.default_rng(seed)
    return side_by_side(lists, profiles, relevant, works, config.shown, config.people_shown, rng)


def write_report(
    config: EvaluationConfig, selection: dict[str, Any], configs: dict[str, Any], **tables: Any
) -> dict[str, Any]:
    """The report in Markdown and HTML, the summary table, the metrics, and each plot by name.

    `tables` are, for each holdout, ``<holdout>_results``, ``_comparisons``, ``_slices``,
    ``_overlaps`` and ``_split``, the headline's first; ``people``, ``curves``; where there is a
    rating model ``<model>_predictions``, and where works are read ``documents`` and ``works``.
    """
    holdouts = [name.removesuffix("_results") for name in tables if name.endswith("_results")]
    told = Evaluation(
        tuple(holdouts),
        tables,
        selection,
        config.shown,
        config.medium,
        tables["people"],
        tables["curves"],
        _predicted(tables),
        kinds_of(tables["documents"]) if "documents" in tables else {},
        count_timed(tables["works"]) if "documents" in tables else 0,
        configs[LEARNED],
    )
    pictures = pictures_of(told)
    blocks = blocks_of(told, pictures)
    return {
        "md": as_markdown(blocks),
        "html": as_page(blocks, f"artrec: evaluation of {config.medium}"),
        "summary": summary_table({each: told.of(each, "results") for each in holdouts}, told.k),
        "metrics": headline(told.headline),
        **{each.name: each.figure for each in pictures},
    }


def _predicted(tables: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    return {
        name.removesuffix(PREDICTIONS): table
        for name, table in tables.items()
        if name.endswith(PREDICTIONS)
    }
