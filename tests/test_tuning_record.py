"""The parameters of the main job are those the committed tuning record chose."""

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from artrec.models.grids import GridConfig
from artrec.models.registry import (
    COLD_ONLY,
    CONTENT_MODELS,
    HYBRID_MODELS,
    config_class,
)
from project_world import world_medium

ROOT = Path(__file__).parents[1]
CONF = ROOT / "conf" / "base"
# what reads content or is given other scorers is tuned elsewhere, over many films
ELSEWHERE = (*CONTENT_MODELS, *HYBRID_MODELS)
WORLD = world_medium()
TUNED = [name for name in WORLD.models if name not in ELSEWHERE and WORLD.tuned_on(name)]


@pytest.fixture(scope="module")
def record() -> pd.DataFrame:
    return pd.read_csv(ROOT / "data" / "08_reporting" / "movies" / "tuning.csv")


@pytest.fixture(scope="module")
def movies() -> dict:
    text = (ROOT / "conf" / "base" / "parameters_movies.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["movies"]


@pytest.fixture(scope="module")
def grid() -> GridConfig:
    path = ROOT / "conf" / "base" / "parameters_movies_tuning.yml"
    text = path.read_text(encoding="utf-8")
    return GridConfig.model_validate(yaml.safe_load(text)["movies"]["grids"])


def test_the_window_of_recent_popularity_is_tuned_too() -> None:
    assert "recent_popularity" in TUNED


@pytest.mark.parametrize("model", TUNED)
def test_the_main_job_runs_what_validation_chose(model: str, record, movies) -> None:
    chosen = record[(record["model"] == model) & record["chosen"]]
    assert len(chosen) == 1
    told = config_class(model).model_validate(json.loads(chosen["parameters"].iloc[0]))
    assert config_class(model).model_validate(movies["models"][model]) == told


@pytest.mark.parametrize("model", TUNED)
def test_the_chosen_trial_has_the_best_figure(model: str, record) -> None:
    trials = record[record["model"] == model]
    best = trials["value"].min() if model == "biased_svd" else trials["value"].max()
    assert trials.loc[trials["chosen"], "value"].item() == best


@pytest.mark.parametrize("model", TUNED)
def test_the_record_holds_the_whole_grid(model: str, record, grid: GridConfig) -> None:
    kind = config_class(model)
    told = record.loc[record["model"] == model, "parameters"].map(json.loads)
    tried = {kind.model_validate(each).model_dump_json() for each in told}
    assert tried == {config.model_dump_json() for config in grid.typed(model)}
    assert len(tried) == 12


def test_an_unfair_or_repeated_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="same number of trials"):
        GridConfig(models={"ease": [{}], "svd": [{}, {"n_factors": 3}]})
    with pytest.raises(ValueError, match="twice"):
        GridConfig(models={"ease": [{}, {"regularization": 100.0}]})
    with pytest.raises(ValueError, match="regularization"):
        GridConfig(models={"ease": [{"regularisation": 1.0}]})


@pytest.mark.parametrize("medium", ["movies", "books"])
def test_every_model_that_a_grid_can_tune_has_one_around_its_parameters(medium: str) -> None:
    text = (CONF / f"parameters_{medium}.yml").read_text(encoding="utf-8")
    models = yaml.safe_load(text)[medium]["models"]
    text = (CONF / f"parameters_{medium}_tuning.yml").read_text(encoding="utf-8")
    grid = GridConfig.model_validate(yaml.safe_load(text)[medium]["grids"])
    untuned = {*HYBRID_MODELS, *COLD_ONLY}
    tuned_over_works = {"content"} if medium == "movies" else set()
    assert set(grid.models) == set(models) - untuned - tuned_over_works
    for model in grid.models:
        assert config_class(model).model_validate(models[model]) in grid.typed(model)
