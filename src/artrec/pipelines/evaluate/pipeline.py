"""Pipeline evaluate: lists for withheld users, figures, comparisons, report."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.models.registry import GLOBAL_CUT_ONLY, MODELS, RATING_MODELS, models_on
from artrec.pipelines.evaluate.nodes import (
    describe_models,
    measure,
    predict_ratings,
    rank_withheld,
    write_report,
)
from artrec.splitting.base import GLOBAL_CUTS, GLOBAL_TEST, PER_USER_TEST

JUDGED = (PER_USER_TEST, GLOBAL_TEST)


def create_pipeline() -> Pipeline:
    """Test figures are written here and read by nothing that chooses."""
    describing = Node(
        describe_models,
        inputs={model: f"{model}-{_described_on(model)}_scorer" for model in MODELS},
        outputs="fitted_parameters",
        name="describe_models",
    )
    nodes = [describing, _report()]
    for holdout in JUDGED:
        nodes += [*_ranking(holdout), *_predicting(holdout), _measuring(holdout)]
    return Pipeline(nodes, namespace="evaluate", prefix_datasets_with_namespace=False)


def _described_on(model: str) -> str:
    return GLOBAL_TEST if model in GLOBAL_CUT_ONLY else PER_USER_TEST


def _ranking(holdout: str) -> list[Node]:
    return [
        Node(
            rank_withheld,
            inputs=[
                f"{model}-{holdout}_scorer",
                f"{holdout}_fit",
                f"{holdout}_profiles",
                f"{holdout}_withheld",
                "params:source.positive_from",
                "params:evaluation",
            ],
            outputs=f"{model}-{holdout}_lists",
            name=f"rank_{model}_for_{holdout}",
        )
        for model in models_on(holdout in GLOBAL_CUTS)
    ]


def _predicting(holdout: str) -> list[Node]:
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
        for model in RATING_MODELS
    ]


def _measuring(holdout: str) -> Node:
    lists = {model: f"{model}-{holdout}_lists" for model in models_on(holdout in GLOBAL_CUTS)}
    predictions = {
        f"{model}_predictions": f"{model}-{holdout}_predictions" for model in RATING_MODELS
    }
    # the headline's features have no prefix
    features = "" if holdout == PER_USER_TEST else f"{holdout}_"
    return Node(
        measure,
        inputs={
            "fit": f"{holdout}_fit",
            "profiles": f"{holdout}_profiles",
            "withheld": f"{holdout}_withheld",
            "works": "works",
            "works_features": f"{features}works_features",
            "users_features": f"{features}users_features",
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


def _report() -> Node:
    parts = ("results", "comparisons", "slices", "split")
    return Node(
        write_report,
        inputs={
            "config": "params:evaluation",
            "selection": "selection",
            **{f"{holdout}_{part}": f"{holdout}_{part}" for holdout in JUDGED for part in parts},
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
