"""Pipeline feature_engineering: tables of works and users as of each cut that is judged."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.pipelines.feature_engineering.nodes import derive_user_features, derive_work_features
from artrec.splitting.base import GLOBAL_TEST, PER_USER_TEST

# holdout to what stands before its tables' names; the headline's are plain
PREFIXES = {PER_USER_TEST: "", GLOBAL_TEST: f"{GLOBAL_TEST}_"}


def create_pipeline() -> Pipeline:
    """Tables of a holdout look only at what its models are fitted on and know of each person."""
    return Pipeline(
        [node for holdout, prefix in PREFIXES.items() for node in _tables_of(holdout, prefix)],
        namespace="feature_engineering",
        prefix_datasets_with_namespace=False,
    )


def _tables_of(holdout: str, prefix: str) -> list[Node]:
    return [
        Node(
            derive_work_features,
            inputs=["works", f"{holdout}_fit", "params:features"],
            outputs=f"{prefix}works_features",
            name=f"derive_{prefix}work_features",
        ),
        Node(
            derive_user_features,
            inputs=[f"{holdout}_profiles", "params:features"],
            outputs=f"{prefix}users_features",
            name=f"derive_{prefix}user_features",
        ),
    ]
