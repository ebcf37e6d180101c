"""What train_cf and train_content share: one sub-namespace a model, one node a holdout."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from kedro.pipeline import Node, Pipeline

from artrec.config import Config
from artrec.data.content import Content
from artrec.media import Medium
from artrec.models.base import Scorer
from artrec.models.fitting import TrainingConfig, fit_model
from artrec.models.registry import CONTENT_MODELS, config_class


def training(namespace: str, models: Iterable[str], medium: Medium) -> Pipeline:
    """Fit models on every holdout of a medium that they are judged on.

    One sub-namespace a model, so that one model can be run, drawn and reproduced alone.

    Args:
        namespace: Of the stage.
        models: Names of models of the registry.
        medium: What is fitted on.
    """
    return Pipeline(
        [_one_model(model, medium) for model in models],
        namespace=namespace,
        prefix_datasets_with_namespace=False,
    )


def fitting(model: str) -> Callable[..., Scorer]:
    """Make the node function that fits one model, typed with that model's config.

    Kedro reads the annotation and hands over a validated config before any node runs.
    """

    def fit(
        fit_table: pd.DataFrame,
        config: Config,
        training: TrainingConfig,
        positive_from: float | None,
        seed: int,
        content: Content | None = None,
    ) -> Scorer:
        rng = np.random.default_rng(seed)
        return fit_model(model, fit_table, config, training, positive_from, rng, content)

    reads = " and the content of works" if model in CONTENT_MODELS else ""
    fit.__name__ = fit.__qualname__ = f"fit_{model}"
    fit.__doc__ = f"Fit {model} on one holdout's interactions{reads}."
    fit.__annotations__["config"] = config_class(model)
    return fit


def _one_model(model: str, medium: Medium) -> Pipeline:
    nodes = [
        Node(
            fitting(model),
            inputs=[
                f"{holdout}_fit",
                f"params:models.{model}",
                "params:training",
                "params:source.positive_from",
                "params:seed",
                *([f"{holdout}_content"] if model in CONTENT_MODELS else []),
            ],
            outputs=f"{model}-{holdout}_scorer",
            name=f"fit_{model}_for_{holdout}",
        )
        for holdout in medium.holdouts
        if model in medium.models_on(holdout)
    ]
    return Pipeline(nodes, namespace=model, prefix_datasets_with_namespace=False)
