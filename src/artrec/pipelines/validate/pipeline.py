"""Pipeline validate: bad rows into quarantine, a report, and a gate before anything is trained."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.validate.nodes import check_tables, pass_or_stop


def create_pipeline(medium: Medium) -> Pipeline:  # noqa: ARG001 every stage is made alike
    """The gate is a node of its own, so that report and quarantine are saved when it stops."""
    return Pipeline(
        [
            Node(
                check_tables,
                inputs=[
                    "raw_ratings",
                    "parsed_interactions",
                    "parsed_works",
                    "rejected_rows",
                    "params:validation",
                ],
                outputs=[
                    "checked_interactions",
                    "checked_works",
                    "quarantine",
                    "validation_report",
                    "validation_page",
                    "validation_text",
                ],
                name="check_tables",
            ),
            Node(
                pass_or_stop,
                inputs=["checked_interactions", "checked_works", "validation_report"],
                outputs=["interactions", "works"],
                name="pass_or_stop",
            ),
        ],
        namespace="validate",
        prefix_datasets_with_namespace=False,
    )
