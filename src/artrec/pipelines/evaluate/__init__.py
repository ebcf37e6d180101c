"""Evaluate: rank withheld users with models fitted on train, measure, compare, report."""

from artrec.pipelines.evaluate.pipeline import create_pipeline

__all__ = ["create_pipeline"]
