"""Pipeline refit: the chosen model, fitted on all interactions."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.refit.nodes import refit_chosen


def create_pipeline(medium: Medium) -> Pipeline:  # noqa: ARG001 every stage is made alike
    """What refit makes is published and never evaluated."""
    return Pipeline(
        [
            Node(
                refit_chosen,
                inputs=[
                    "interactions",
                    "selection",
                    "params:training",
                    "params:source.positive_from",
                    "params:seed",
                ],
                outputs="final_scorer",
                name="refit_chosen_model",
            )
        ],
        namespace="refit",
        prefix_datasets_with_namespace=False,
    )
