"""Result rows carry all that a figure needs, in one fixed order of columns."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from artrec.metrics.bootstrap import intervals, plain_mean
from artrec.metrics.ranking import EvaluationConfig
from artrec.metrics.summary import (
    RESULT_COLUMNS,
    Label,
    SetLevel,
    ranking_measured,
    result_rows,
    without_list,
)

LABEL = Label("films", "films, 3 rows", "per_user_last_0.2", "ease", {"b": 2, "a": 1.5}, 42)
CONFIG = EvaluationConfig(n_bootstrap=200, confidence=0.9)


@pytest.fixture
def some_figures():
    return pd.DataFrame(
        {
            "user_id": ["u", "v", "w"],
            "n_relevant": [1, 2, 3],
            "n_listed": [20, 0, 3],
            "ndcg@5": [0.5, 0.0, 0.25],
            "hit_rate@10": [1.0, 0.0, 1.0],
        }
    )


def test_columns_of_metrics_become_metrics(some_figures):
    found = ranking_measured(some_figures)
    assert [(each.metric, each.k) for each in found] == [("ndcg", 5), ("hit_rate", 10)]
    assert [each.figure for each in found] == [(0.5 + 0 + 0.25) / 3, 2 / 3]


def test_users_without_a_list_are_counted(some_figures):
    assert without_list(some_figures) == 1


def test_a_row_says_what_it_is_a_figure_of(some_figures):
    found = ranking_measured(some_figures)
    rows = result_rows(LABEL, found, 1, CONFIG, np.random.default_rng(0))
    bounds = intervals(found, 200, 0.9, np.random.default_rng(0))
    assert list(rows.columns) == list(RESULT_COLUMNS)
    assert rows.loc[0].to_dict() == {
        "data_set": "films",
        "source_variant": "films, 3 rows",
        "split_id": "per_user_last_0.2",
        "model": "ease",
        "parameters": '{"a": 1.5, "b": 2}',
        "seed": 42,
        "k": 5,
        "n_users": 3,
        "n_users_without_list": 1,
        "metric": "ndcg",
        "mean": 0.25,
        "low": bounds[0, 0],
        "high": bounds[0, 1],
    }
    assert rows["metric"].tolist() == ["ndcg", "hit_rate"]
    assert rows[["low", "high"]].to_numpy().tolist() == bounds.tolist()
    assert json.loads(rows["parameters"][1]) == LABEL.parameters


def test_a_figure_of_all_lists_has_no_interval_and_keeps_its_place():
    figures = [
        plain_mean("novelty", 5, np.array([1.0, np.nan, 3.0])),
        SetLevel("coverage", 5, 0.75, n_users=9),
        plain_mean("novelty", 10, np.array([2.0, 2.0, 2.0])),
    ]
    rows = result_rows(LABEL, figures, 0, CONFIG, np.random.default_rng(0))
    assert rows["metric"].tolist() == ["novelty", "coverage", "novelty"]
    assert rows["mean"].tolist() == [2.0, 0.75, 2.0]
    assert rows["n_users"].tolist() == [2, 9, 3]
    assert rows["low"].isna().tolist() == rows["high"].isna().tolist() == [False, True, False]
    assert rows.loc[2, ["low", "high"]].tolist() == [2.0, 2.0]


def test_nobody_with_a_value_gives_rows_that_say_so():
    empty = pd.DataFrame({"user_id": [], "n_relevant": [], "n_listed": [], "ndcg@5": []})
    rows = result_rows(LABEL, ranking_measured(empty), 0, CONFIG, np.random.default_rng(0))
    assert rows["n_users"].tolist() == [0]
    assert rows[["mean", "low", "high"]].isna().all(axis=None)


def test_nothing_measured_gives_no_rows():
    rows = result_rows(LABEL, [], 0, CONFIG, np.random.default_rng(0))
    assert rows.empty
    assert list(rows.columns) == list(RESULT_COLUMNS)
