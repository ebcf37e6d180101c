"""Train CF: every configured collaborative model on every holdout."""

from artrec.pipelines.train_cf.pipeline import create_pipeline

__all__ = ["create_pipeline"]
