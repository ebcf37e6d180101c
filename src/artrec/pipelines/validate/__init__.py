"""Validate: parsed tables to checked tables, with a quarantine and a report."""

from artrec.pipelines.validate.pipeline import create_pipeline

__all__ = ["create_pipeline"]
