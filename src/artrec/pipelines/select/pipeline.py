"""Pipeline select: every model ranks the validation part; the best is chosen. Test is not here."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.models.registry import models_on
from artrec.pipelines.select.nodes import (
    choose_on_validation,
    measure_validation,
    rank_for_validation,
)
from artrec.splitting.base import PER_USER_VALIDATION as HOLDOUT

MODELS = models_on(global_cut=False)


def create_pipeline() -> Pipeline:
    """Reads the validation holdout only."""
    ranking = [
        Node(
            rank_for_validation,
            inputs=[
                f"{model}-{HOLDOUT}_scorer",
                f"{HOLDOUT}_fit",
                f"{HOLDOUT}_profiles",
                f"{HOLDOUT}_withheld",
                "params:source.positive_from",
                "params:selection",
            ],
            outputs=f"{model}-{HOLDOUT}_lists",
            name=f"rank_{model}_for_validation",
        )
        for model in MODELS
    ]
    measuring = Node(
        measure_validation,
        inputs={
            "withheld": f"{HOLDOUT}_withheld",
            "positive_from": "params:source.positive_from",
            "config": "params:selection",
            **{model: f"{model}-{HOLDOUT}_lists" for model in MODELS},
        },
        outputs=f"{HOLDOUT}_user_metrics",
        name="measure_validation",
    )
    choosing = Node(
        choose_on_validation,
        inputs={
            "user_values": f"{HOLDOUT}_user_metrics",
            "config": "params:selection",
            **{model: f"{model}-{HOLDOUT}_scorer" for model in MODELS},
        },
        outputs="selection",
        name="choose_on_validation",
    )
    return Pipeline(
        [*ranking, measuring, choosing], namespace="select", prefix_datasets_with_namespace=False
    )
