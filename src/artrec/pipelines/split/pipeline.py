"""Pipeline split: one table into the holdouts that models are chosen and judged on."""

from __future__ import annotations

from collections.abc import Callable

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.split.nodes import (
    split_at_one_time,
    split_at_random_for_test,
    split_at_random_for_validation,
    split_each_user_for_test,
    split_each_user_for_validation,
)
from artrec.splitting.base import (
    GLOBAL_TEST,
    PER_USER_TEST,
    PER_USER_VALIDATION,
    RANDOM_TEST,
    RANDOM_VALIDATION,
)

HOW: dict[str, Callable[..., object]] = {
    PER_USER_VALIDATION: split_each_user_for_validation,
    PER_USER_TEST: split_each_user_for_test,
    GLOBAL_TEST: split_at_one_time,
    RANDOM_VALIDATION: split_at_random_for_validation,
    RANDOM_TEST: split_at_random_for_test,
}
SEEDED = (RANDOM_VALIDATION, RANDOM_TEST)


def create_pipeline(medium: Medium) -> Pipeline:
    """Three tables and a report a holdout: fit, profiles, withheld."""
    return Pipeline(
        [
            Node(
                HOW[holdout],
                inputs=[
                    "interactions",
                    "params:splitting",
                    *(["params:seed"] if holdout in SEEDED else []),
                ],
                outputs=[
                    f"{holdout}_fit",
                    f"{holdout}_profiles",
                    f"{holdout}_withheld",
                    f"{holdout}_split",
                ],
                name=HOW[holdout].__name__,
            )
            for holdout in medium.holdouts
        ],
        namespace="split",
        prefix_datasets_with_namespace=False,
    )
