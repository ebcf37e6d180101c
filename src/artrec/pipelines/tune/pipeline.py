"""Pipeline tune: `kedro run --pipelines=tune`, apart from the main job, on validation only."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.models.registry import CONTENT_MODELS, HYBRID_MODELS
from artrec.pipelines.tune.nodes import join_trials, trying


def create_pipeline(medium: Medium) -> Pipeline:
    """One node a model, whose trials are saved when it is done; then all of them together.

    Models without a grid are left out, and so are blend and hybrid: what they learn, they learn on
    the validation part, so that it cannot choose their settings too.
    """
    holdout = medium.chosen_on[0]
    models = [
        name
        for name in medium.models_on(holdout)
        if name in medium.tuned and name not in HYBRID_MODELS
    ]
    if not models:
        return Pipeline([])
    nodes = [
        Node(
            trying(model),
            inputs=[
                f"{holdout}_fit",
                f"{holdout}_withheld",
                "params:grids",
                "params:training",
                "params:source.positive_from",
                "params:selection",
                "params:seed",
                *([f"{holdout}_content"] if model in CONTENT_MODELS else []),
            ],
            outputs=f"{model}_trials",
            name=f"try_{model}",
        )
        for model in models
    ]
    joining = Node(
        join_trials,
        inputs={model: f"{model}_trials" for model in models},
        outputs="tuning_results",
        name="join_trials",
    )
    return Pipeline([*nodes, joining], namespace="tune", prefix_datasets_with_namespace=False)
