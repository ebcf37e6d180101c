"""Pipeline train_hybrid: scorers put together, learned on the headline's validation part.

What is learned (weights, trees) is learned where the scorers had not seen the labels: they are
fitted on train, the labels are validation's. For the test the same weights and trees are used over
scorers fitted on train and validation.
"""

from __future__ import annotations

from collections.abc import Callable

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.models.registry import HYBRID_MODELS
from artrec.pipelines.train_hybrid.nodes import (
    depart,
    learn_blend,
    learn_hybrid,
    renew_blend,
    renew_hybrid,
)
from artrec.splitting.protocols import Protocol

READS_WORKS = ("hybrid",)
LEARN: dict[str, Callable[..., object]] = {"blend": learn_blend, "hybrid": learn_hybrid}
RENEW: dict[str, Callable[..., object]] = {"blend": renew_blend, "hybrid": renew_hybrid}


def create_pipeline(medium: Medium) -> Pipeline:
    """One sub-namespace a model, as in train_cf."""
    return Pipeline(
        [
            _departures(medium) if model == "departure" else _one_model(model, medium)
            for model in medium.models
            if model in HYBRID_MODELS
        ],
        namespace="train_hybrid",
        prefix_datasets_with_namespace=False,
    )


def _one_model(model: str, medium: Medium) -> Pipeline:
    nodes = _of_protocol(model, medium, medium.protocols[0])
    return Pipeline(nodes, namespace=model, prefix_datasets_with_namespace=False)


def _departures(medium: Medium) -> Pipeline:
    """Fitted on every holdout of a global cut: it learns from windows inside the fit alone."""
    nodes = [
        Node(
            depart,
            inputs={
                "fit": f"{holdout}_fit",
                "works": "works",
                "config": "params:models.departure",
                "training": "params:training",
                "positive_from": "params:source.positive_from",
                "split": f"{holdout}_split",
                "seed": "params:seed",
                **_scorers(medium, holdout),
            },
            outputs=f"departure-{holdout}_scorer",
            name=f"fit_departure_for_{holdout}",
        )
        for holdout in medium.holdouts
        if "departure" in medium.models_on(holdout)
    ]
    return Pipeline(nodes, namespace="departure", prefix_datasets_with_namespace=False)


def _of_protocol(model: str, medium: Medium, protocol: Protocol) -> list[Node]:
    (validation,), (test,) = protocol.validation, protocol.test
    learning = {
        "profiles": f"{validation}_profiles",
        "withheld": f"{validation}_withheld",
        "config": f"params:models.{model}",
        "positive_from": "params:source.positive_from",
        "selection": "params:selection",
        "seed": "params:seed",
        **_works(model, validation),
        **_scorers(medium, validation),
    }
    if protocol.sampled:
        learning["unjudged"] = f"{validation}_unjudged"
    renewing = {model: f"{model}-{validation}_scorer", **_scorers(medium, test)}
    if model in READS_WORKS:
        renewing |= {
            **_works(model, test),
            "known": f"{test}_fit",
            "positive_from": "params:source.positive_from",
        }
    return [
        Node(
            LEARN[model],
            inputs=learning,
            outputs=[f"{model}-{validation}_scorer", f"{model}-{validation}_lists"],
            name=f"learn_{model}_on_{validation}",
        ),
        Node(
            RENEW[model],
            inputs=renewing,
            outputs=f"{model}-{test}_scorer",
            name=f"renew_{model}_for_{test}",
        ),
    ]


def _works(model: str, holdout: str) -> dict[str, str]:
    if model not in READS_WORKS:
        return {}
    return {
        "works": "works",
        "derived": f"{holdout}_works_features",
        "told": f"{holdout}_content",
    }


def _scorers(medium: Medium, holdout: str) -> dict[str, str]:
    return {name: f"{name}-{holdout}_scorer" for name in medium.blended}
