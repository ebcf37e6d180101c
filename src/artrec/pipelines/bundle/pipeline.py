"""Pipeline bundle: one member a medium, tracked by DVC."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.bundle.nodes import gather_member, gather_works


def create_pipeline(medium: Medium) -> Pipeline:
    """The member holds no date: equal input gives equal bytes."""
    node = _of_both() if medium.has_interactions else _of_works()
    return Pipeline([node], namespace="bundle", prefix_datasets_with_namespace=False)


def _of_both() -> Node:
    return Node(
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


def _of_works() -> Node:
    return Node(
        gather_works,
        inputs=["final_scorer", "works", "source_variant", "params:licence"],
        outputs="bundle_member",
        name="gather_member",
    )
