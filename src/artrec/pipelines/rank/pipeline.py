"""Pipeline rank: recommendations for every user with the refitted model."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.rank.nodes import add_titles, rank_for_everyone


def create_pipeline(medium: Medium) -> Pipeline:  # noqa: ARG001 every stage is made alike
    """What rank makes is what people get; it has no truth to be judged by and is not judged."""
    return Pipeline(
        [
            Node(
                rank_for_everyone,
                inputs=[
                    "final_scorer",
                    "interactions",
                    "works",
                    "params:source.positive_from",
                    "params:recommendations",
                ],
                outputs="recommendations",
                name="rank_for_everyone",
            ),
            Node(
                add_titles,
                inputs=["recommendations", "works"],
                outputs="recommendations_readable",
                name="add_titles",
            ),
        ],
        namespace="rank",
        prefix_datasets_with_namespace=False,
    )
