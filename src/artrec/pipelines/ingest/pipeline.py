"""Pipeline ingest: raw files to canonical tables, films linked to their metadata."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.ingest.nodes import (
    join_rejected,
    link_metadata,
    parse_metadata,
    parse_source,
)


def create_pipeline(medium: Medium) -> Pipeline:  # noqa: ARG001 every stage is made alike
    """Rows that do not convert are set aside with their reason, never lost."""
    return Pipeline(
        [
            Node(
                parse_source,
                inputs=["raw_ratings", "raw_works", "params:source"],
                outputs=[
                    "parsed_interactions",
                    "parsed_catalogue",
                    "rejected_of_source",
                    "source_variant",
                ],
                name="parse_source",
            ),
            Node(
                parse_metadata,
                inputs="raw_metadata",
                outputs=["parsed_metadata", "rejected_of_metadata"],
                name="parse_metadata",
            ),
            Node(
                link_metadata,
                inputs=["parsed_catalogue", "parsed_metadata"],
                outputs=["parsed_works", "metadata_links"],
                name="link_metadata",
            ),
            Node(
                join_rejected,
                inputs=["rejected_of_source", "rejected_of_metadata"],
                outputs="rejected_rows",
                name="join_rejected",
            ),
        ],
        namespace="ingest",
        prefix_datasets_with_namespace=False,
    )
