"""Slices: every user in one, lists whole, counts beside."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from artrec.metrics.ranking import EvaluationConfig, per_user
from artrec.metrics.slices import (
    age_labels,
    by_item,
    by_user,
    genre_labels,
    rows_of_slices,
    taste_labels,
)
from artrec.metrics.summary import RESULT_COLUMNS, Label, Told, ranking_measured, without_list

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
    told = {
        name: [Told(LABEL, ranking_measured(figures), without_list(figures))]
        for name, figures in slices.items()
    }
    rows = rows_of_slices("level", told, config, np.random.default_rng(0))
    assert list(rows.columns) == ["slice_by", "slice", *RESULT_COLUMNS]
    assert (rows["slice_by"] == "level").all()
    assert list(rows.index) == list(range(len(rows)))
    recall = rows[rows["metric"] == "recall"].set_index("slice")
    assert recall["n_users"].to_dict() == {"x": 2, "y": 1}
    assert recall["n_users_without_list"].to_dict() == {"x": 0, "y": 1}
    assert recall["mean"].to_dict() == {"x": 1.0, "y": 0.0}
    assert recall["low"].to_dict() == {"x": 1.0, "y": 0.0}


def test_no_slices_give_an_empty_table_with_the_same_columns():
    rows = rows_of_slices("level", {}, EvaluationConfig(), np.random.default_rng(0))
    assert rows.empty
    assert list(rows.columns) == ["slice_by", "slice", *RESULT_COLUMNS]


def test_an_item_of_two_labels_counts_in_both():
    labels = pd.Series(["x", "y", "y"], index=["a", "a", "b"])
    slices = by_item(lists(), truth(), labels, [2])
    assert slices["x"]["user_id"].tolist() == ["u", "w"]
    assert slices["y"]["n_relevant"].tolist() == [2, 1]
    assert slices["y"]["recall@2"].tolist() == [1.0, 0.0]


@given(st.data())
def test_slices_are_what_the_metrics_say_of_their_pairs(data):
    pairs = st.tuples(st.sampled_from("uvwx"), st.sampled_from("abcdefg"))
    wanted = data.draw(st.lists(pairs, min_size=1, unique=True))
    listed = data.draw(st.lists(pairs, unique=True))
    relevant = pd.DataFrame(wanted, columns=["user_id", "item_id"])
    table = pd.DataFrame(listed, columns=["user_id", "item_id"])
    table["rank"] = table.groupby("user_id").cumcount() + 1
    table["score"] = -1.0 * table["rank"]
    labels = pd.Series({item: "early" if item < "d" else "late" for item in "abcdefg"})
    for name, figures in by_item(table, relevant, labels, [1, 3]).items():
        own = relevant[relevant["item_id"].map(labels) == name]
        pd.testing.assert_frame_equal(figures, per_user(table, own, [1, 3]))


def test_rare_genres_share_one_label():
    works = pd.DataFrame(
        [("a", "Drama|Noir"), ("b", "Drama|War"), ("c", None), ("d", "War|Noir|Drama|Camp|Opera")],
        columns=["item_id", "genres"],
    )
    labels = genre_labels(works, most=1)
    assert list(labels.items()) == [
        ("a", "Drama"),
        ("a", "other genres"),
        ("b", "Drama"),
        ("b", "other genres"),
        ("d", "other genres"),
        ("d", "Drama"),
    ]


def test_works_age_from_the_cut_or_from_the_newest_that_anybody_met():
    features = pd.DataFrame({"item_id": list("abcd"), "n_interactions": [1, 1, 1, 0]})
    timed = features.assign(age_years=[0.0, 3.0, 11.0, np.nan])
    named = ["0 to 2 years", "3 to 10 years", "over 10 years", np.nan]
    assert age_labels(pd.DataFrame(), timed).fillna("?").tolist() == [*named[:3], "?"]
    works = pd.DataFrame({"item_id": list("abcd"), "year": [2000, 1995, 1900, 2030]})
    works["year"] = works["year"].astype("Int64")
    assert age_labels(works, features).tolist()[:3] == named[:3]
    assert age_labels(works[["item_id"]], features) is None


def test_a_fifth_of_the_people_is_niche_and_a_fifth_mainstream():
    popularity = np.array([5.0, 1.0, 4.0, 3.0, np.nan, 2.0])
    labels = taste_labels(pd.Index(list("abcdef")), popularity)
    assert labels.fillna("?").tolist() == ["mainstream", "niche", *["middle"] * 2, "?", "middle"]
