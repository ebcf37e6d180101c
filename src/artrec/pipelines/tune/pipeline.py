"""Pipeline tune: `kedro run --pipelines=tune`, apart from the main job, on validation only."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.models.registry import models_on
from artrec.pipelines.tune.nodes import join_trials, trying
from artrec.splitting.base import PER_USER_VALIDATION as HOLDOUT

MODELS = models_on(global_cut=False)


def create_pipeline() -> Pipeline:
    """One node a model, whose trials are saved when it is done; then all of them together."""
    nodes = [
        Node(
            trying(model),
            inputs=[
                f"{HOLDOUT}_fit",
                f"{HOLDOUT}_withheld",
                "params:grids",
                "params:training",
                "params:source.positive_from",
                "params:selection",
                "params:seed",
            ],
            outputs=f"{model}_trials",
            name=f"try_{model}",
        )
        for model in MODELS
    ]
    joining = Node(
        join_trials,
        inputs={model: f"{model}_trials" for model in MODELS},
        outputs="tuning_results",
        name="join_trials",
    )
    return Pipeline([*nodes, joining], namespace="tune", prefix_datasets_with_namespace=False)
