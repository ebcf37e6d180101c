"""Pipeline train_cf: every model of the registry, fitted on every holdout."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.models.registry import MODELS, models_on
from artrec.pipelines.train_cf.nodes import fitting
from artrec.splitting.base import GLOBAL_CUTS, HOLDOUTS


def create_pipeline() -> Pipeline:
    """One sub-namespace a model, so that one model can be run, drawn and reproduced alone."""
    return Pipeline(
        [_one_model(model) for model in MODELS],
        namespace="train_cf",
        prefix_datasets_with_namespace=False,
    )


def _one_model(model: str) -> Pipeline:
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
        for holdout in HOLDOUTS
        if model in models_on(holdout in GLOBAL_CUTS)
    ]
    return Pipeline(nodes, namespace=model, prefix_datasets_with_namespace=False)
