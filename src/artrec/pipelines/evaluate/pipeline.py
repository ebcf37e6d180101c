"""Pipeline evaluate: lists for withheld users, figures, comparisons, report."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.models.registry import RATING_MODELS
from artrec.pipelines.evaluate.nodes import (
    describe_models,
    measure,
    predict_ratings,
    rank_cold,
    rank_withheld,
    write_report,
)
from artrec.splitting.protocols import protocol_of

Names = tuple[str, ...]


def create_pipeline(medium: Medium) -> Pipeline:
    """Test figures are written here and read by nothing that chooses."""
    if not medium.judged_on:
        return Pipeline([])
    describing = Node(
        describe_models,
        inputs={model: f"{model}-{medium.described_on(model)}_scorer" for model in medium.models},
        outputs="fitted_parameters",
        name="describe_models",
    )
    nodes = [describing, _report(medium.judged_on)]
    for holdout in medium.judged_on:
        models = medium.models_on(holdout)
        nodes += [*_ranking(holdout, models), *_predicting(holdout, models)]
        nodes.append(_measuring(holdout, models))
    return Pipeline(nodes, namespace="evaluate", prefix_datasets_with_namespace=False)


def _ranking(holdout: str, models: Names) -> list[Node]:
    cold = protocol_of(holdout).cold_items
    return [
        Node(
            rank_cold if cold else rank_withheld,
            inputs=[
                f"{model}-{holdout}_scorer",
                f"{holdout}_fit",
                f"{holdout}_profiles",
                f"{holdout}_withheld",
                "params:source.positive_from",
                "params:evaluation",
                *([f"{holdout}_candidates"] if cold else []),
            ],
            outputs=f"{model}-{holdout}_lists",
            name=f"rank_{model}_for_{holdout}",
        )
        for model in models
    ]


def _predicting(holdout: str, models: Names) -> list[Node]:
    return [
        Node(
            predict_ratings,
            inputs=[
                f"{model}-{holdout}_scorer",
                f"{holdout}_profiles",
                f"{holdout}_withheld",
                "params:source.positive_from",
            ],
            outputs=f"{model}-{holdout}_predictions",
            name=f"predict_{model}_for_{holdout}",
        )
        for model in models
        if model in RATING_MODELS
    ]


def _measuring(holdout: str, models: Names) -> Node:
    lists = {model: f"{model}-{holdout}_lists" for model in models}
    predictions = {
        f"{model}_predictions": f"{model}-{holdout}_predictions"
        for model in models
        if model in RATING_MODELS
    }
    return Node(
        measure,
        inputs={
            "fit": f"{holdout}_fit",
            "profiles": f"{holdout}_profiles",
            "withheld": f"{holdout}_withheld",
            "works": "works",
            "works_features": f"{holdout}_works_features",
            "users_features": f"{holdout}_users_features",
            "split": f"{holdout}_split",
            "variant": "source_variant",
            "configs": "fitted_parameters",
            "positive_from": "params:source.positive_from",
            "config": "params:evaluation",
            "seed": "params:seed",
            **lists,
            **predictions,
        },
        outputs=[
            f"{holdout}_user_metrics",
            f"{holdout}_results",
            f"{holdout}_slices",
            f"{holdout}_comparisons",
        ],
        name=f"measure_{holdout}",
    )


def _report(judged: Names) -> Node:
    parts = ("results", "comparisons", "slices", "split")
    return Node(
        write_report,
        inputs={
            "config": "params:evaluation",
            "selection": "selection",
            **{f"{holdout}_{part}": f"{holdout}_{part}" for holdout in judged for part in parts},
        },
        outputs=[
            "evaluation_md_text",
            "evaluation_html_text",
            "comparison_plot",
            "frontier_plot",
            "evaluation_summary",
            "evaluation_metrics",
        ],
        name="write_report",
    )
