"""Select: choose a model on validation."""

from artrec.pipelines.select.pipeline import create_pipeline

__all__ = ["create_pipeline"]
