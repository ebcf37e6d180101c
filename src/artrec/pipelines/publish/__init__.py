"""Publish: the built bundle into the store, in one atomic step."""

from artrec.pipelines.publish.pipeline import create_pipeline

__all__ = ["create_pipeline"]
