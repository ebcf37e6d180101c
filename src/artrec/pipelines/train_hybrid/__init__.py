"""Hybrid training: scorers put together, learned where their scores had not seen the labels."""

from artrec.pipelines.train_hybrid.pipeline import create_pipeline

__all__ = ["create_pipeline"]
