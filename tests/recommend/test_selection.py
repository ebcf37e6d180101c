"""The chosen model is the best on validation; of equally good ones the simplest."""

from __future__ import annotations

from typing import get_args

import pandas as pd
import pytest
from pydantic import ValidationError

from artrec.metrics.ranking import METRICS
from artrec.models.biased_svd import BiasedSvdConfig
from artrec.models.ease import EaseConfig
from artrec.models.popularity import PopularityConfig
from artrec.recommend.selection import SelectionConfig, choose

CONFIGS = {"biased_svd": BiasedSvdConfig(), "ease": EaseConfig(), "popularity": PopularityConfig()}


def test_the_highest_mean_wins() -> None:
    means = pd.Series({"biased_svd": 0.1, "ease": 0.3, "popularity": 0.2})
    chosen = choose(means, CONFIGS, SelectionConfig())
    assert chosen.model == "ease"
    assert chosen.typed_config() == EaseConfig()
    assert list(chosen.validation) == ["ease", "popularity", "biased_svd"]


def test_of_equal_means_the_model_first_in_the_registry_wins() -> None:
    means = pd.Series({"biased_svd": 0.2, "ease": 0.2, "popularity": 0.2})
    assert choose(means, CONFIGS, SelectionConfig()).model == "popularity"


def test_every_metric_of_the_evaluation_can_choose_and_no_other() -> None:
    assert set(get_args(SelectionConfig.model_fields["metric"].annotation)) == set(METRICS)
    with pytest.raises(ValidationError, match="ndgc"):
        SelectionConfig(metric="ndgc")  # type: ignore[arg-type]
