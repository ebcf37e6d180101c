"""Pipeline evaluate: lists for withheld users, figures, comparisons, report."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.models.registry import CONTENT_MODELS, RATING_MODELS
from artrec.pipelines.evaluate.nodes import (
    describe_models,
    measure,
    predict_ratings,
    rank_cold,
    rank_withheld,
    rerank_lists,
    set_side_by_side,
    write_report,
)
from artrec.splitting.protocols import protocol_of

Names = tuple[str, ...]

PLOTS = ("comparison", "frontier", "slices", "cutoffs", "tradeoff")
# whose lists are re-ranked for the curve of accuracy against diversity: the first there is
RERANKED = ("ease", "user_knn", "item_knn", "svd", "popularity")


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
    first = medium.judged_on[0]
    nodes = [
        describing,
        _reranking(first, medium.models_on(first)),
        _showing(first, medium.models_on(first)),
        _report(medium),
    ]
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
            f"{holdout}_overlaps",
        ],
        name=f"measure_{holdout}",
    )


def _reranking(holdout: str, models: Names) -> Node:
    model = next((each for each in RERANKED if each in models), models[0])
    return Node(
        rerank_lists,
        inputs={**_of(holdout), model: f"{model}-{holdout}_scorer"},
        outputs="diversity_curves",
        name="rerank_lists",
    )


def _showing(holdout: str, models: Names) -> Node:
    return Node(
        set_side_by_side,
        inputs={
            **{name: source for name, source in _of(holdout).items() if name != "fit"},
            **{model: f"{model}-{holdout}_lists" for model in models},
        },
        outputs="people_side_by_side",
        name="set_lists_side_by_side",
    )


def _of(holdout: str) -> dict[str, str]:
    return {
        "fit": f"{holdout}_fit",
        "profiles": f"{holdout}_profiles",
        "withheld": f"{holdout}_withheld",
        "works": "works",
        "positive_from": "params:source.positive_from",
        "config": "params:evaluation",
        "seed": "params:seed",
    }


def _report(medium: Medium) -> Node:
    parts = ("results", "comparisons", "slices", "overlaps", "split")
    judged = medium.judged_on
    rating = [each for each in medium.models_on(judged[0]) if each in RATING_MODELS]
    reading = set(medium.models) & set(CONTENT_MODELS)
    plots = [*PLOTS, *(["reliability"] if rating else [])]
    return Node(
        write_report,
        inputs={
            "config": "params:evaluation",
            "selection": "selection",
            "configs": "fitted_parameters",
            "people": "people_side_by_side",
            "curves": "diversity_curves",
            **({"documents": "documents", "works": "works"} if reading else {}),
            **{f"{each}_predictions": f"{each}-{judged[0]}_predictions" for each in rating},
            **{f"{holdout}_{part}": f"{holdout}_{part}" for holdout in judged for part in parts},
        },
        outputs={
            "md": "evaluation_md_text",
            "html": "evaluation_html_text",
            "summary": "evaluation_summary",
            "metrics": "evaluation_metrics",
            **{name: f"{name}_plot" for name in plots},
        },
        name="write_report",
    )
