"""Pipeline tune: `kedro run --pipelines=tune`, apart from the main job, on validation only."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.models.registry import CONTENT_MODELS, HYBRID_MODELS
from artrec.pipelines.tune.nodes import join_trials, trying


def create_pipeline(medium: Medium) -> Pipeline:
    """One node a model, whose trials are saved when it is done; then all of them together.

    Models without a grid are left out, and so are blend and hybrid: what they learn, they learn on
    the validation part, so that it cannot choose their settings too. A model that needs a cut in
    time is tuned on one before that of the test.
    """
    models = {
        name: holdout
        for name in medium.tuned
        if name not in HYBRID_MODELS and (holdout := medium.tuned_on(name)) is not None
    }
    if not models:
        return Pipeline([])
    nodes = [
        Node(
            trying(model),
            inputs=[
                f"{holdout}_fit",
                f"{holdout}_profiles",
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
        for model, holdout in models.items()
    ]
    joining = Node(
        join_trials,
        inputs={model: f"{model}_trials" for model in models},
        outputs="tuning_results",
        name="join_trials",
    )
    return Pipeline([*nodes, joining], namespace="tune", prefix_datasets_with_namespace=False)
