"""Pipeline text_embedding: documents of works, and their fields as of each holdout's training."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.text_embedding.nodes import (
    describe_cold_works,
    describe_works,
    write_documents,
)
from artrec.splitting.protocols import protocol_of


def create_pipeline(medium: Medium) -> Pipeline:
    """What is learnt from texts (words, weights) is learnt from training works only."""
    writing = Node(
        write_documents,
        inputs=["works", "params:documents", "params:text"],
        outputs="documents",
        name="write_documents",
    )
    # without interactions, words are learnt from the whole catalogue
    everything = "interactions" if medium.has_interactions else "works"
    nodes = [writing, _describing(everything, "final", cold=False)]
    nodes += [
        _describing(f"{holdout}_fit", holdout, cold=protocol_of(holdout).cold_items)
        for holdout in medium.holdouts
    ]
    return Pipeline(nodes, namespace="text_embedding", prefix_datasets_with_namespace=False)


def _describing(known: str, where: str, cold: bool) -> Node:
    read = {
        "works": "works",
        "known": known,
        "text": "params:text",
        "fields": "params:fields",
        "seed": "params:seed",
        "cache": "text_cache",
    }
    of_cold = {
        "candidates": f"{where}_candidates",
        "reading": "params:documents",
        "cold": "params:cold",
    }
    return Node(
        describe_cold_works if cold else describe_works,
        inputs=read | (of_cold if cold else {"written": "documents"}),
        outputs=f"{where}_content",
        name=f"describe_works_for_{where}",
    )
