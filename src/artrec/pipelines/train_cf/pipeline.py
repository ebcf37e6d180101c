"""Pipeline train_cf: every collaborative model of a medium, fitted on every holdout."""

from __future__ import annotations

from kedro.pipeline import Pipeline

from artrec.media import Medium
from artrec.models.registry import CONTENT_MODELS, HYBRID_MODELS
from artrec.pipelines.fitting import training

ELSEWHERE = (*CONTENT_MODELS, *HYBRID_MODELS)


def create_pipeline(medium: Medium) -> Pipeline:
    """One sub-namespace a model, so that one model can be run, drawn and reproduced alone."""
    models = [model for model in medium.models if model not in ELSEWHERE]
    return training("train_cf", models, medium)
