"""Pipeline rank: recommendations for every user with the refitted model."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.rank.nodes import add_titles, list_similar_works, rank_for_everyone


def create_pipeline(medium: Medium) -> Pipeline:
    """What rank makes is what people get; it has no truth to be judged by and is not judged."""
    if not medium.has_interactions:
        return _of_works()
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
                outputs=["recommendations", "recommendation_reasons"],
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


def _of_works() -> Pipeline:
    node = Node(
        list_similar_works,
        inputs=["final_scorer", "params:recommendations"],
        outputs="similar_works",
        name="list_similar_works",
    )
    return Pipeline([node], namespace="rank", prefix_datasets_with_namespace=False)
