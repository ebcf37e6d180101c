"""Text embedding: what works are, as one matrix a field, fitted on each holdout's training."""

from artrec.pipelines.text_embedding.pipeline import create_pipeline

__all__ = ["create_pipeline"]
