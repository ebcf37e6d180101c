"""What diversity and calibration cost: lists re-ranked by more and more, judged each time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.data.labels import label_shares
from artrec.metrics.bootstrap import Measured, intervals
from artrec.metrics.ranking import EvaluationConfig, per_user
from artrec.metrics.report import Truth
from artrec.metrics.summary import ranking_measured
from artrec.recommend.rerank import RerankConfig, rerank

METHODS: Final[tuple[Literal["mmr", "calibrated"], ...]] = ("mmr", "calibrated")
STRENGTHS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
SHOWN: Final = ("ndcg", "intra_list_diversity", "calibration_kl", "calibration_js", "novelty")
CURVE_COLUMNS: Final = (
    "model",
    "method",
    "strength",
    "metric",
    "k",
    "n_users",
    "mean",
    "low",
    "high",
)


def trade_accuracy(
    model: str,
    pools: pd.DataFrame,
    truth: Truth,
    k: int,
    config: EvaluationConfig,
    rng: np.random.Generator,
    strengths: Sequence[float] = STRENGTHS,
) -> pd.DataFrame:
    """Judge lists that MMR and calibrated re-ranking made at several strengths.

    Args:
        model: Who ranked the pools.
        pools: `schema.RECOMMENDATIONS`, longer lists than `k`, of the people judged.
        truth: What they are judged on.
        k: Length of the re-ranked lists.
        config: Resamples (at most 1,000) and confidence.
        rng: The only randomness.
        strengths: 0 is the order by score, 1 looks at diversity or calibration alone.

    Returns:
        Table of `CURVE_COLUMNS`, over the people of the pools who have something relevant.
    """
    people = pools[schema.USER_ID].unique()
    relevant = truth.relevant[truth.relevant[schema.USER_ID].isin(people)]
    pools = pools[pools[schema.USER_ID].isin(relevant[schema.USER_ID])]
    profiles = truth.profiles[truth.profiles[schema.USER_ID].isin(people)]
    liked = Interactions.from_table(profiles, truth.positive_from)
    shares = label_shares(truth.works, schema.GENRES, IdMap.of(truth.works[schema.ITEM_ID]))
    fewer = min(config.n_bootstrap, 1000)
    rows = []
    for method in METHODS:
        for strength in strengths:
            how = RerankConfig(method=method, strength=strength)
            lists = rerank(pools, liked, truth.works, k, how, shares)
            judged = ranking_measured(per_user(lists, relevant, [k], metrics=["ndcg"]))
            beyond = truth.background.figures(lists, [k])[1]
            measured = [
                each
                for each in (*judged, *beyond)
                if isinstance(each, Measured) and each.metric in SHOWN
            ]
            bounds = intervals(measured, fewer, config.confidence, rng)
            rows += [
                (model, method, strength, each.metric, k, each.n_users, each.figure, *ends)
                for each, ends in zip(measured, bounds.tolist(), strict=True)
            ]
    return pd.DataFrame(rows, columns=list(CURVE_COLUMNS))


def sample_people(table: pd.DataFrame, most: int, rng: np.random.Generator) -> pd.DataFrame:
    """The rows of at most so many people, drawn at random, in the table's order."""
    people = np.sort(table[schema.USER_ID].unique().astype(object))
    if len(people) <= most:
        return table
    chosen = set(rng.choice(people, size=most, replace=False).tolist())
    return table[table[schema.USER_ID].isin(chosen)].reset_index(drop=True)
