"""Pipeline validate: bad rows into quarantine, a report, and a gate before anything is trained."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.validate.nodes import (
    check_tables,
    check_tables_and_feedback,
    check_works,
    pass_or_stop,
    pass_works_or_stop,
)

REPORTS = ["quarantine", "validation_report", "validation_page", "validation_text"]


def create_pipeline(medium: Medium) -> Pipeline:
    """The gate is a node of its own, so that report and quarantine are saved when it stops."""
    nodes = _of_both(medium) if medium.has_interactions else _of_works()
    return Pipeline(nodes, namespace="validate", prefix_datasets_with_namespace=False)


def _of_both(medium: Medium) -> list[Node]:
    return [
        Node(
            check_tables_and_feedback if medium.feedback else check_tables,
            inputs=[
                f"raw_{medium.tables[0]}",
                "parsed_interactions",
                *(["parsed_feedback"] if medium.feedback else []),
                "parsed_works",
                "rejected_rows",
                "params:validation",
            ],
            outputs=["checked_interactions", "checked_works", *REPORTS],
            name="check_tables",
        ),
        Node(
            pass_or_stop,
            inputs=["checked_interactions", "checked_works", "validation_report"],
            outputs=["interactions", "works"],
            name="pass_or_stop",
        ),
    ]


def _of_works() -> list[Node]:
    return [
        Node(
            check_works,
            inputs=["parsed_works", "rejected_rows", "params:validation"],
            outputs=["checked_works", *REPORTS],
            name="check_tables",
        ),
        Node(
            pass_works_or_stop,
            inputs=["checked_works", "validation_report"],
            outputs="works",
            name="pass_or_stop",
        ),
    ]
