"""Pipeline bundle: one member a medium, tracked by DVC."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.bundle.nodes import gather_member


def create_pipeline(medium: Medium) -> Pipeline:  # noqa: ARG001 every stage is made alike
    """The member holds no date: equal input gives equal bytes."""
    return Pipeline(
        [
            Node(
                gather_member,
                inputs=[
                    "final_scorer",
                    "works",
                    "interactions",
                    "source_variant",
                    "evaluation_metrics",
                    "selection",
                    "params:source.positive_from",
                    "params:licence",
                ],
                outputs="bundle_member",
                name="gather_member",
            )
        ],
        namespace="bundle",
        prefix_datasets_with_namespace=False,
    )
