"""Pipeline feature_engineering: tables of works and users as of the headline cut."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.pipelines.feature_engineering.nodes import derive_user_features, derive_work_features


def create_pipeline() -> Pipeline:
    """Both tables look only at what the headline models are fitted on."""
    return Pipeline(
        [
            Node(
                derive_work_features,
                inputs=["works", "per_user_test_fit", "params:features"],
                outputs="works_features",
                name="derive_work_features",
            ),
            Node(
                derive_user_features,
                inputs=["per_user_test_fit", "params:features"],
                outputs="users_features",
                name="derive_user_features",
            ),
        ],
        namespace="feature_engineering",
        prefix_datasets_with_namespace=False,
    )
