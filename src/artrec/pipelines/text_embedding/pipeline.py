"""Pipeline text_embedding: documents of works, and their fields as of each holdout's training."""

from __future__ import annotations

from collections.abc import Callable

from kedro.pipeline import Node, Pipeline

from artrec.data.content import Content
from artrec.media import Medium
from artrec.pipelines.text_embedding.nodes import (
    describe_cold_works,
    describe_works,
    describe_works_as_of,
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
    final = {"known": everything, "written": "documents"}
    nodes = [writing, _describing(describe_works, "final", final)]
    nodes += [_of_holdout(holdout) for holdout in medium.holdouts]
    return Pipeline(nodes, namespace="text_embedding", prefix_datasets_with_namespace=False)


def _of_holdout(holdout: str) -> Node:
    read = {
        "known": f"{holdout}_fit",
        "split": f"{holdout}_split",
        "reading": "params:documents",
    }
    if protocol_of(holdout).cold_items:
        of_cold = {"candidates": f"{holdout}_candidates", "cold": "params:cold"}
        return _describing(describe_cold_works, holdout, read | of_cold)
    return _describing(describe_works_as_of, holdout, read | {"written": "documents"})


def _describing(function: Callable[..., Content], where: str, read: dict[str, str]) -> Node:
    always = {
        "works": "works",
        "text": "params:text",
        "fields": "params:fields",
        "seed": "params:seed",
        "cache": "text_cache",
    }
    return Node(
        function,
        inputs=always | read,
        outputs=f"{where}_content",
        name=f"describe_works_for_{where}",
    )
