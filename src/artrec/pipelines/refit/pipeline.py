"""Pipeline refit: the chosen model, fitted on all interactions."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.models.registry import HYBRID_MODELS
from artrec.pipelines.refit.nodes import refit_chosen


def create_pipeline(medium: Medium) -> Pipeline:
    """What refit makes is published and never evaluated."""
    if not medium.has_interactions:
        return Pipeline([])
    return Pipeline(
        [
            Node(
                refit_chosen,
                inputs={
                    "interactions": "interactions",
                    "works": "works",
                    "content": "final_content",
                    "selection": "selection",
                    "training": "params:training",
                    "features": "params:features",
                    "positive_from": "params:source.positive_from",
                    "seed": "params:seed",
                    **{
                        model: f"{model}-{medium.chosen_on[0]}_scorer"
                        for model in medium.models
                        if model in HYBRID_MODELS
                    },
                },
                outputs="final_scorer",
                name="refit_chosen_model",
            )
        ],
        namespace="refit",
        prefix_datasets_with_namespace=False,
    )


def _learned(medium: Medium) -> dict[str, str]:
    first = medium.chosen_on[0]
    return {name: f"{name}-{first}_scorer" for name in medium.models if name in HYBRID_MODELS}
