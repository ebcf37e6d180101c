"""Split: interactions to holdouts that models are chosen and judged on."""

from artrec.pipelines.split.pipeline import create_pipeline

__all__ = ["create_pipeline"]
