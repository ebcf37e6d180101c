"""Pipeline train_content: every model of a medium that reads content, on every holdout."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.models.registry import CONTENT_MODELS
from artrec.pipelines.fitting import training
from artrec.pipelines.train_content.nodes import fit_on_works


def create_pipeline(medium: Medium) -> Pipeline:
    """One sub-namespace a model, as in train_cf."""
    if not medium.has_interactions:
        return _of_works_alone()
    models = [model for model in medium.models if model in CONTENT_MODELS]
    return training("train_content", models, medium)


def _of_works_alone() -> Pipeline:
    node = Node(
        fit_on_works,
        inputs=["final_content", "params:models.content"],
        outputs="final_scorer",
        name="fit_content_on_works",
    )
    return Pipeline(
        Pipeline([node], namespace="content", prefix_datasets_with_namespace=False),
        namespace="train_content",
        prefix_datasets_with_namespace=False,
    )
