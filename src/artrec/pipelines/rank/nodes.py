"""Nodes of rank."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from artrec import schema
from artrec.config import Config
from artrec.data.interactions import Interactions
from artrec.models.base import Scorer
from artrec.recommend.rank import liked_counts, recommend
from artrec.recommend.rerank import RerankConfig, rerank
from artrec.recommend.similar import similar_works


class RecommendationsConfig(Config):
    """What the published recommendations hold."""

    k: int = Field(default=100, ge=1, description="Length of each user's list.")
    rerank: RerankConfig = Field(
        default_factory=RerankConfig, description="How lists are re-ordered after ranking."
    )


def rank_for_everyone(
    scorer: Scorer,
    interactions: pd.DataFrame,
    works: pd.DataFrame,
    positive_from: float | None,
    config: RecommendationsConfig,
) -> pd.DataFrame:
    """Recommendations for every user; what they rated, however low, is left out.

    Somebody the scorer knows nothing of gets what most people liked.
    """
    profiles = Interactions.from_table(interactions, positive_from)
    popular = liked_counts(profiles, scorer.items)
    longer = recommend(scorer, profiles, max(config.k, config.rerank.pool), fallback=popular)
    return rerank(longer, profiles, works, config.k, config.rerank)


def list_similar_works(scorer: Scorer, config: RecommendationsConfig) -> pd.DataFrame:
    """For each work those that are most like it: what nobody's taste is needed for."""
    return similar_works(scorer, config.k)


def add_titles(recommendations: pd.DataFrame, works: pd.DataFrame) -> pd.DataFrame:
    """The same list for human eyes: title, year, genres and creators beside each item."""
    shown = works[[schema.ITEM_ID, schema.TITLE, schema.YEAR, schema.GENRES, schema.CREATORS]]
    readable = recommendations.merge(shown, on=schema.ITEM_ID, how="left", validate="m:1")
    readable[schema.SCORE] = readable[schema.SCORE].round(4)
    return readable[
        [
            schema.USER_ID,
            schema.RANK,
            schema.TITLE,
            schema.YEAR,
            schema.CREATORS,
            schema.GENRES,
            schema.SCORE,
            schema.ITEM_ID,
        ]
    ]
