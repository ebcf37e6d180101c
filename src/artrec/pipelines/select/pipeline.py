"""Pipeline select: every model ranks the validation part; the best is chosen. Test is not here."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.select.nodes import (
    choose_on_validation,
    measure_validation,
    rank_for_validation,
)


def create_pipeline(medium: Medium) -> Pipeline:
    """Reads the headline protocol's validation holdouts only."""
    nodes = [node for holdout in medium.chosen_on for node in _judging(holdout, medium)]
    if medium.chosen_on:
        nodes.append(_choosing(medium))
    return Pipeline(nodes, namespace="select", prefix_datasets_with_namespace=False)


def _judging(holdout: str, medium: Medium) -> list[Node]:
    models = medium.models_on(holdout)
    ranking = [
        Node(
            rank_for_validation,
            inputs=[
                f"{model}-{holdout}_scorer",
                f"{holdout}_fit",
                f"{holdout}_profiles",
                f"{holdout}_withheld",
                "params:source.positive_from",
                "params:selection",
            ],
            outputs=f"{model}-{holdout}_lists",
            name=f"rank_{model}_for_{holdout}",
        )
        for model in models
        if model not in medium.hybrids  # those are ranked out of fold, where they are trained
    ]
    measuring = Node(
        measure_validation,
        inputs={
            "withheld": f"{holdout}_withheld",
            "positive_from": "params:source.positive_from",
            "config": "params:selection",
            **{model: f"{model}-{holdout}_lists" for model in models},
        },
        outputs=f"{holdout}_user_metrics",
        name=f"measure_{holdout}",
    )
    return [*ranking, measuring]


def _choosing(medium: Medium) -> Node:
    first = medium.chosen_on[0]
    return Node(
        choose_on_validation,
        inputs={
            "config": "params:selection",
            **{f"{holdout}_values": f"{holdout}_user_metrics" for holdout in medium.chosen_on},
            **{model: f"{model}-{first}_scorer" for model in medium.models_on(first)},
        },
        outputs="selection",
        name="choose_on_validation",
    )
