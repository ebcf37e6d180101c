"""Pipeline feature_engineering: tables of works and users as of each cut that is judged."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.feature_engineering.nodes import derive_user_features, derive_work_features


def create_pipeline(medium: Medium) -> Pipeline:
    """Tables of a holdout look only at what its models are fitted on and know of each person."""
    return Pipeline(
        [node for holdout in medium.holdouts for node in _tables_of(holdout)],
        namespace="feature_engineering",
        prefix_datasets_with_namespace=False,
    )


def _tables_of(holdout: str) -> list[Node]:
    return [
        Node(
            derive_work_features,
            inputs=["works", f"{holdout}_fit", "params:features"],
            outputs=f"{holdout}_works_features",
            name=f"derive_work_features_for_{holdout}",
        ),
        Node(
            derive_user_features,
            inputs=[f"{holdout}_profiles", "works", "params:features"],
            outputs=f"{holdout}_users_features",
            name=f"derive_user_features_for_{holdout}",
        ),
    ]
