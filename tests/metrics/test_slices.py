"""Slices: every user in one, lists whole, counts beside."""

from __future__ import annotations

import numpy as np
import pandas as pd

from artrec.metrics.ranking import EvaluationConfig, per_user
from artrec.metrics.slices import by_item, by_user, slice_rows
from artrec.metrics.summary import RESULT_COLUMNS, Label

LABEL = Label("films", "films, 3 rows", "named", "ease", {}, 0)


def lists():
    rows = [("u", "a", 1), ("u", "b", 2), ("v", "b", 1), ("v", "c", 2)]
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "rank"])
    return table.assign(score=-table["rank"])


def truth():
    rows = [("u", "a"), ("u", "b"), ("v", "c"), ("w", "a")]
    return pd.DataFrame(rows, columns=["user_id", "item_id"])


def test_users_are_parted_by_their_label():
    labels = pd.Series({"w": "many", "u": "few", "stranger": "few"})
    slices = by_user(per_user(lists(), truth(), [2]), labels)
    assert list(slices) == ["few", "many", "unlabelled"]
    assert {name: rows["user_id"].tolist() for name, rows in slices.items()} == {
        "few": ["u"],
        "many": ["w"],
        "unlabelled": ["v"],
    }
    assert slices["unlabelled"].index.tolist() == [0]
    assert "index" not in slices["unlabelled"].columns
    assert slices["few"]["recall@2"].tolist() == [1.0]


def test_labels_that_are_numbers_become_text():
    slices = by_user(per_user(lists(), truth(), [2]), pd.Series({"u": 1, "v": 2, "w": 1}))
    assert list(slices) == ["1", "2"] or list(slices) == ["1.0", "2.0"]
    assert slices[min(slices)]["user_id"].tolist() == ["u", "w"]


def test_relevant_items_are_parted_by_their_label_and_lists_stay_whole():
    labels = pd.Series({"a": "head", "b": "tail"})
    slices = by_item(lists(), truth(), labels, [1, 2])
    assert list(slices) == ["head", "tail", "unlabelled"]
    # head: a is relevant to u (rank 1) and to w (no list)
    assert slices["head"]["user_id"].tolist() == ["u", "w"]
    assert slices["head"]["recall@1"].tolist() == [1.0, 0.0]
    # tail: b is at rank 2 behind a, whose place it does not get
    assert slices["tail"]["user_id"].tolist() == ["u"]
    assert slices["tail"]["recall@1"].tolist() == [0.0]
    assert slices["tail"]["recall@2"].tolist() == [1.0]
    assert slices["unlabelled"]["user_id"].tolist() == ["v"]
    assert slices["unlabelled"]["recall@2"].tolist() == [1.0]


def test_items_are_sliced_at_the_cut_offs_of_the_protocol():
    slices = by_item(lists(), truth(), pd.Series(dtype=object))
    assert "ndcg@20" in slices["unlabelled"].columns
    assert list(slices["unlabelled"].columns) == list(per_user(lists(), truth()).columns)


def test_rows_of_slices_say_which_and_of_how_many():
    slices = by_user(per_user(lists(), truth(), [2]), pd.Series({"u": "x", "v": "x", "w": "y"}))
    config = EvaluationConfig(n_bootstrap=100)
    rows = slice_rows(LABEL, "level", slices, config, np.random.default_rng(0))
    assert list(rows.columns) == ["slice_by", "slice", *RESULT_COLUMNS]
    assert (rows["slice_by"] == "level").all()
    assert list(rows.index) == list(range(len(rows)))
    recall = rows[rows["metric"] == "recall"].set_index("slice")
    assert recall["n_users"].to_dict() == {"x": 2, "y": 1}
    assert recall["n_users_without_list"].to_dict() == {"x": 0, "y": 1}
    assert recall["mean"].to_dict() == {"x": 1.0, "y": 0.0}
    assert recall["low"].to_dict() == {"x": 1.0, "y": 0.0}


def test_no_slices_give_an_empty_table_with_the_same_columns():
    rows = slice_rows(LABEL, "level", {}, EvaluationConfig(), np.random.default_rng(0))
    assert rows.empty
    assert list(rows.columns) == ["slice_by", "slice", *RESULT_COLUMNS]
