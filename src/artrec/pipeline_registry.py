"""Which pipelines `kedro run` knows: each stage alone, and `recommend`, which composes them.

A stage pipeline is written once and instantiated per medium: datasets and parameters get the
medium's prefix, nodes the namespace ``<medium>.<stage>``.
"""

from __future__ import annotations

from kedro.pipeline import Pipeline

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
    train_cf,
    tune,
    validate,
)

MEDIA = ("movies",)

# in the order data flow; `recommend` is their sum
STAGES = {
    "ingest": ingest.create_pipeline,
    "validate": validate.create_pipeline,
    "split": split.create_pipeline,
    "feature_engineering": feature_engineering.create_pipeline,
    "train_cf": train_cf.create_pipeline,
    "select": select.create_pipeline,
    "evaluate": evaluate.create_pipeline,
    "refit": refit.create_pipeline,
    "rank": rank.create_pipeline,
    "bundle": bundle.create_pipeline,
}


def register_pipelines() -> dict[str, Pipeline]:
    """Name every pipeline of the project."""
    stages = {name: _for_every_medium(create()) for name, create in STAGES.items()}
    stages["publish"] = publish.create_pipeline(MEDIA)
    recommend = sum(stages.values(), Pipeline([]))
    return {
        "__default__": recommend,
        "recommend": recommend,
        **stages,
        "tune": _for_every_medium(tune.create_pipeline()),
    }


def _for_every_medium(stage: Pipeline) -> Pipeline:
    return sum(
        (
            Pipeline(
                stage,
                namespace=medium,
                parameters={"params:seed": "params:seed"}
                if "params:seed" in stage.inputs()
                else None,
            )
            for medium in MEDIA
        ),
        Pipeline([]),
    )
