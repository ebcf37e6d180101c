"""Publish: build the bundle and move it into the store."""

from artrec.pipelines.publish.pipeline import create_pipeline

__all__ = ["create_pipeline"]
