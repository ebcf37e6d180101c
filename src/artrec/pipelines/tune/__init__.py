"""Tune: a small grid of equal size a model, on validation only; run apart."""

from artrec.pipelines.tune.pipeline import create_pipeline

__all__ = ["create_pipeline"]
