"""Refit: the chosen model on all interactions."""

from artrec.pipelines.refit.pipeline import create_pipeline

__all__ = ["create_pipeline"]
