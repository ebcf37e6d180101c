"""Feature engineering: works' and users' tables as of the cut."""

from artrec.pipelines.feature_engineering.pipeline import create_pipeline

__all__ = ["create_pipeline"]
