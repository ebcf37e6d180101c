"""Rank: recommendations for every user; these are never evaluated."""

from artrec.pipelines.rank.pipeline import create_pipeline

__all__ = ["create_pipeline"]
