"""Pipeline ingest: raw files to canonical tables, works linked to what others say of them."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.data.enrich.registry import enrichment
from artrec.media import Medium
from artrec.pipelines.ingest.nodes import (
    enriching,
    join_rejected,
    parse_source,
    parse_works,
    take_in_feedback,
)


def create_pipeline(medium: Medium) -> Pipeline:
    """Rows that do not convert are set aside with their reason, never lost.

    What people told the service is one source more, where its export is there.
    """
    # the works after each step, the last of them under the name the next stage reads
    steps = ["catalogue", *(f"works_with_{name}" for name in medium.enrichments[:-1]), "works"]
    first = steps[0] if medium.enrichments else "works"
    nodes = [_parsing(medium, first)]
    for name, before, after in zip(medium.enrichments, steps, steps[1:], strict=False):
        nodes.append(_enriching(name, before, after))
    origins = ["source", *(["feedback"] if medium.feedback else []), *medium.enrichments]
    if medium.feedback:
        nodes.append(_feedback())
    joining = Node(
        join_rejected,
        inputs=[f"rejected_of_{name}" for name in origins],
        outputs="rejected_rows",
        name="join_rejected",
    )
    return Pipeline([*nodes, joining], namespace="ingest", prefix_datasets_with_namespace=False)


def _parsing(medium: Medium, works: str) -> Node:
    variant = "variant_without_feedback" if medium.feedback else "source_variant"
    made = [f"parsed_{works}", "rejected_of_source", variant]
    return Node(
        parse_source if medium.has_interactions else parse_works,
        inputs={"source": "params:source", **{name: f"raw_{name}" for name in medium.tables}},
        outputs=["parsed_interactions", *made] if medium.has_interactions else made,
        name="parse_source",
    )


def _feedback() -> Node:
    return Node(
        take_in_feedback,
        inputs=["raw_feedback", "parsed_interactions", "variant_without_feedback"],
        outputs=["parsed_feedback", "rejected_of_feedback", "source_variant"],
        name="take_in_feedback",
    )


def _enriching(name: str, before: str, after: str) -> Node:
    return Node(
        enriching(name),
        inputs=[f"parsed_{before}", f"raw_{enrichment(name).table}"],
        outputs=[f"parsed_{after}", f"{name}_links", f"rejected_of_{name}"],
        name=f"link_{name}",
    )
