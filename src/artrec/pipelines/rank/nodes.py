"""Nodes of rank."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from artrec import schema
from artrec.config import Config
from artrec.data.interactions import Interactions
from artrec.models.base import Scorer
from artrec.recommend.rank import liked_counts
from artrec.recommend.reasons import recommend_and_tell
from artrec.recommend.rerank import RerankConfig, rerank
from artrec.recommend.similar import similar_works


class RecommendationsConfig(Config):
    """What the published recommendations hold."""

    k: int = Field(default=100, ge=1, description="Length of each user's list.")
    n_reasons: int = Field(
        default=10,
        ge=0,
        description="Of how many of each list's first works reasons are published; each costs "
        "time, and some thirty rows a user.",
    )
    rerank: RerankConfig = Field(
        default_factory=RerankConfig, description="How lists are re-ordered after ranking."
    )


def rank_for_everyone(
    scorer: Scorer,
    interactions: pd.DataFrame,
    works: pd.DataFrame,
    positive_from: float | None,
    config: RecommendationsConfig,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Recommendations for every user, and what the scores of the first are made of.

    What they rated, however low, is left out. Somebody the scorer knows nothing of gets what most
    people liked.
    """
    profiles = Interactions.from_table(interactions, positive_from)
    popular = liked_counts(profiles, scorer.items)
    how = config.rerank
    # a re-ranked list may begin with any work of the pool
    told_of = min(config.n_reasons, config.k)
    heard = max(told_of, how.pool) if told_of and how.reorders else told_of
    longer = max(config.k, how.pool) if how.reorders else config.k
    ranked, told = recommend_and_tell(scorer, profiles, longer, heard, popular)
    lists = rerank(ranked, profiles, works, config.k, how)
    return lists, told.of(lists, told_of)


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
