"""Labels of works as a matrix."""

from __future__ import annotations

import pandas as pd

from artrec.data.ids import IdMap
from artrec.data.labels import label_matrix, label_shares

WORKS = pd.DataFrame({"item_id": ["b", "a", "c"], "genres": ["war|love|war", None, "war"]})


def test_a_row_a_work_and_a_column_a_label() -> None:
    ones, labels = label_matrix(WORKS, "genres", IdMap.of(WORKS["item_id"]))
    assert labels.tolist() == ["love", "war"]
    assert ones.toarray().tolist() == [[0, 0], [1, 1], [0, 1]]


def test_shares_sum_to_one_where_there_is_a_label() -> None:
    shares = label_shares(WORKS, "genres", IdMap.of(WORKS["item_id"]))
    assert shares.toarray().tolist() == [[0, 0], [0.5, 0.5], [0, 1]]


def test_no_labels_at_all_are_no_columns() -> None:
    ones, labels = label_matrix(WORKS.assign(genres=None), "genres", IdMap.of(WORKS["item_id"]))
    assert ones.shape == (3, 0)
    assert len(labels) == 0
