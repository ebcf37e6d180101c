"""Ingest: raw files to the canonical tables."""

from artrec.pipelines.ingest.pipeline import create_pipeline

__all__ = ["create_pipeline"]
