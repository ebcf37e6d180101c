"""Pipeline train_cf: every collaborative model of a medium, fitted on every holdout."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.models.registry import CONTENT_MODELS, HYBRID_MODELS
from artrec.pipelines.train_cf.nodes import fitting

ELSEWHERE = (*CONTENT_MODELS, *HYBRID_MODELS)


def create_pipeline(medium: Medium) -> Pipeline:
    """One sub-namespace a model, so that one model can be run, drawn and reproduced alone."""
    return Pipeline(
        [_one_model(model, medium) for model in medium.models if model not in ELSEWHERE],
        namespace="train_cf",
        prefix_datasets_with_namespace=False,
    )


def _one_model(model: str, medium: Medium) -> Pipeline:
    nodes = [
        Node(
            fitting(model),
            inputs=[
                f"{holdout}_fit",
                f"params:models.{model}",
                "params:training",
                "params:source.positive_from",
                "params:seed",
            ],
            outputs=f"{model}-{holdout}_scorer",
            name=f"fit_{model}_for_{holdout}",
        )
        for holdout in medium.holdouts
        if model in medium.models_on(holdout)
    ]
    return Pipeline(nodes, namespace=model, prefix_datasets_with_namespace=False)
