"""Interactions: the matrix says what the table said, and its parts stay true."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.data.ids import IdMap
from artrec.data.interactions import NO_TIME, Interactions
from artrec.errors import InputError, UnknownIdError

COLUMNS = ["user_id", "item_id", "timestamp", "rating"]
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
ids = st.text(letters, min_size=1, max_size=4)
half_stars = st.integers(1, 10).map(lambda steps: steps / 2)
rows = st.tuples(ids, ids, st.integers(0, 2**40), half_stars)
tables = st.lists(rows, min_size=1, max_size=25, unique_by=lambda row: row[:2]).map(
    lambda drawn: pd.DataFrame(drawn, columns=COLUMNS)
)


def in_order(table):
    return table.sort_values(["user_id", "item_id"]).reset_index(drop=True)


@given(tables)
def test_a_table_comes_back_ordered_and_whole(table):
    back = Interactions.from_table(table, 4.0).to_table()
    pd.testing.assert_frame_equal(back, in_order(table), check_dtype=False)


@given(tables, st.data())
def test_take_users_keeps_their_rows_only(table, data):
    whole = Interactions.from_table(table, 4.0)
    chosen = data.draw(st.lists(st.sampled_from(list(whole.users.index)), unique=True))
    taken = whole.take_users(whole.users.find(chosen))
    assert list(taken.users.index) == sorted(chosen)
    expected = in_order(table[table["user_id"].isin(chosen)])
    if chosen:
        pd.testing.assert_frame_equal(taken.to_table(), expected, check_dtype=False)
    assert len(taken) == len(expected)
    assert len(taken.indptr) == len(chosen) + 1


@given(tables, st.lists(ids, max_size=8))
def test_onto_items_renames_columns_and_leaves_the_unknown_out(table, others):
    whole = Interactions.from_table(table, 4.0)
    columns = IdMap.of(others + list(table["item_id"].iloc[::2]))
    moved = whole.onto_items(columns)
    expected = in_order(table[table["item_id"].isin(columns.index)])
    assert moved.items == columns
    assert moved.users == whole.users
    assert len(whole) - len(moved) == len(table) - len(expected)
    if len(expected):
        pd.testing.assert_frame_equal(moved.to_table(), expected, check_dtype=False)
    for start, end in zip(moved.indptr[:-1], moved.indptr[1:], strict=True):
        assert (np.diff(moved.indices[start:end]) > 0).all()


def small(positive_from=4.0, **changes):
    columns = {
        "user_id": ["u2", "u1", "u1"],
        "item_id": ["a", "b", "a"],
        "timestamp": [30, 20, 10],
        "rating": [5.0, 4.0, 3.5],
    }
    return Interactions.from_table(pd.DataFrame({**columns, **changes}), positive_from)


def test_the_matrix_by_hand():
    table = small()
    assert table.shape == (2, 2)
    assert list(table.indptr) == [0, 2, 3]
    assert list(table.indices) == [0, 1, 0]
    assert list(table.ratings) == [3.5, 4.0, 5.0]
    assert list(table.timestamps) == [10, 20, 30]
    assert list(table.positive) == [False, True, True]
    assert table.seen().toarray().tolist() == [[1, 1], [1, 0]]
    assert table.weights().toarray().tolist() == [[0, 1], [1, 0]]
    assert table.weights(below=0.5).toarray().tolist() == [[0.5, 1], [1, 0]]
    assert table.weights().nnz == 2
    assert list(table.item_counts()) == [2, 1]


def test_without_threshold_every_interaction_is_positive():
    assert small(positive_from=None).positive.all()


def test_a_missing_rating_is_positive_and_stays_missing():
    table = small(rating=[5.0, np.nan, 1.0])
    assert list(table.positive) == [False, True, True]
    assert table.to_table()["rating"].isna().tolist() == [False, True, False]


def test_without_times_and_ratings_the_table_has_neither():
    pairs = pd.DataFrame({"user_id": ["u"], "item_id": ["i"]})
    table = Interactions.from_table(pairs, 4.0)
    assert table.timestamps[0] == NO_TIME
    assert list(table.to_table().columns) == ["user_id", "item_id"]


def test_changing_a_matrix_leaves_the_table_alone():
    table = small()
    seen = table.seen()
    seen.data[:] = 9
    seen.indices[:] = 0
    assert table.seen().toarray().tolist() == [[1, 1], [1, 0]]


def test_a_repeated_pair_is_named_with_the_way_out():
    with pytest.raises(InputError, match="user 'u1' and item 'b'") as caught:
        small(user_id=["u1", "u1", "u1"], item_id=["b", "b", "a"])
    assert "keep_latest" in caught.value.hint


def test_an_item_outside_the_given_map_is_an_error():
    pairs = pd.DataFrame({"user_id": ["u"], "item_id": ["new"]})
    with pytest.raises(UnknownIdError, match="'new'"):
        Interactions.from_table(pairs, None, items=IdMap.of(["old"]))


def test_given_maps_make_empty_rows_and_columns():
    pairs = pd.DataFrame({"user_id": ["u2"], "item_id": ["b"]})
    users, items = IdMap.of(["u1", "u2", "u3"]), IdMap.of(["a", "b"])
    table = Interactions.from_table(pairs, None, users, items)
    assert table.seen().toarray().tolist() == [[0, 0], [0, 1], [0, 0]]


def test_awkward_ids_survive():
    odd = ["007", "7", "é", "e\u0301", "日本", "x" * 10_000, " ", "a|b", "\U0001f3ac"]
    pairs = pd.DataFrame({"user_id": odd, "item_id": odd[::-1]})
    back = Interactions.from_table(pairs, None).to_table()
    assert set(map(tuple, back.to_numpy())) == set(zip(odd, odd[::-1], strict=True))


def test_one_user_one_item():
    table = small(user_id=["u"] * 3, item_id=["a", "b", "c"]).take_users([0])
    assert table.shape == (1, 3)
    assert len(table.onto_items(IdMap.of(["b"]))) == 1


def test_no_interactions_at_all():
    empty = pd.DataFrame({"user_id": pd.Series(dtype=str), "item_id": pd.Series(dtype=str)})
    table = Interactions.from_table(empty, 4.0)
    assert table.shape == (0, 0)
    assert len(table.to_table()) == 0
