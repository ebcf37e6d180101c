"""Which pipelines `kedro run` knows: each stage alone, and `recommend`, which composes them.

A stage pipeline is written once and instantiated per medium: datasets and parameters get the
medium's prefix, nodes the namespace ``<medium>.<stage>``.
"""

from __future__ import annotations

from collections.abc import Iterable

from kedro.pipeline import Pipeline

from artrec.configuration import configured_media
from artrec.media import Medium, at_hand
from artrec.pipelines import (
    bundle,
    evaluate,
    feature_engineering,
    ingest,
    publish,
    rank,
    refit,
    select,
    split,
    text_embedding,
    train_cf,
    train_content,
    train_hybrid,
    tune,
    validate,
)

# in the order data flow; `recommend` is their sum
STAGES = {
    "ingest": ingest.create_pipeline,
    "validate": validate.create_pipeline,
    "split": split.create_pipeline,
    "feature_engineering": feature_engineering.create_pipeline,
    "text_embedding": text_embedding.create_pipeline,
    "train_cf": train_cf.create_pipeline,
    "train_content": train_content.create_pipeline,
    "train_hybrid": train_hybrid.create_pipeline,
    "select": select.create_pipeline,
    "evaluate": evaluate.create_pipeline,
    "refit": refit.create_pipeline,
    "rank": rank.create_pipeline,
    "bundle": bundle.create_pipeline,
}


def register_pipelines() -> dict[str, Pipeline]:
    """Name every pipeline of the project.

    `recommend` and the stages hold the media whose raw data are there; each medium alone stands
    under its own name, and all of them under `every_medium`, to be looked at before anything is
    fetched.
    """
    media = configured_media()
    present = at_hand(media)
    stages = {name: _joined(_stage(name, medium) for medium in present) for name in STAGES}
    stages["publish"] = publish.create_pipeline(_names(present))
    recommend = _joined(stages.values())
    boxes = {medium.name: _joined(_stage(name, medium) for name in STAGES) for medium in media}
    return {
        "__default__": recommend,
        "recommend": recommend,
        **stages,
        "tune": _joined(
            _of_medium(tune.create_pipeline(medium), medium)
            for medium in present
            if medium.has_interactions
        ),
        **boxes,
        "every_medium": _joined(boxes.values()) + publish.create_pipeline(_names(media)),
    }


def _names(media: Iterable[Medium]) -> tuple[str, ...]:
    return tuple(medium.name for medium in media)


def _joined(pipelines: Iterable[Pipeline]) -> Pipeline:
    return Pipeline([node for pipeline in pipelines for node in pipeline.nodes])


def _stage(name: str, medium: Medium) -> Pipeline:
    return _of_medium(STAGES[name](medium), medium)


def _of_medium(stage: Pipeline, medium: Medium) -> Pipeline:
    seeded = {"params:seed": "params:seed"} if "params:seed" in stage.inputs() else None
    return Pipeline(stage, namespace=medium.name, parameters=seeded)
