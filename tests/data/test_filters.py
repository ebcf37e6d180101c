"""Filters keep what they promise and count exactly what they drop."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from artrec.data.filters import drop_duplicates, k_core, keep_latest, min_support

COLUMNS = ["user_id", "item_id", "timestamp", "rating"]
few_rows = st.lists(
    st.tuples(
        st.sampled_from("uvwxyz"),
        st.sampled_from("abcdef"),
        st.integers(0, 3),
        st.sampled_from([1.0, 5.0]),
    ),
    max_size=40,
)


def table_of(rows, index=None):
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.index = table.index if index is None else index
    return table


def assert_counts(before, filtered):
    after, dropped = filtered.table, filtered.dropped
    assert dropped.rows == len(before) - len(after)
    assert dropped.users == len(set(before["user_id"]) - set(after["user_id"]))
    assert dropped.items == len(set(before["item_id"]) - set(after["item_id"]))
    assert list(after.index) == list(range(len(after)))


@given(few_rows)
def test_keep_latest_is_the_last_of_the_latest_rows_of_each_pair(rows):
    latest = {}
    for at, (user, item, time, _) in enumerate(rows):
        if (user, item) not in latest or time >= rows[latest[user, item]][2]:
            latest[user, item] = at
    filtered = keep_latest(table_of(rows))
    assert list(filtered.table.itertuples(index=False, name=None)) == [
        rows[at] for at in sorted(latest.values())
    ]
    assert_counts(table_of(rows), filtered)


def test_keep_latest_does_not_trust_the_index():
    rows = [("u", "a", 2, 1.0), ("v", "b", 1, 1.0), ("u", "a", 1, 5.0)]
    kept = keep_latest(table_of(rows, index=[7, 7, 0])).table
    assert kept["rating"].tolist() == [1.0, 1.0]


def test_without_times_the_last_row_of_a_pair_is_kept():
    pairs = table_of([("u", "a", 9, 1.0), ("u", "a", 1, 5.0)]).drop(columns="timestamp")
    assert keep_latest(pairs).table["rating"].tolist() == [5.0]


def test_exact_duplicates_go_and_differing_repeats_stay():
    rows = [("u", "a", 1, 5.0), ("u", "a", 1, 5.0), ("u", "a", 1, 1.0)]
    filtered = drop_duplicates(table_of(rows))
    assert filtered.table["rating"].tolist() == [5.0, 1.0]
    assert filtered.dropped.rows == 1


@given(few_rows, st.integers(1, 4))
def test_min_support_keeps_an_item_whole_or_not_at_all(rows, least):
    items = [row[1] for row in rows]
    filtered = min_support(table_of(rows), items=least)
    expected = [row for row in rows if items.count(row[1]) >= least]
    assert list(filtered.table.itertuples(index=False, name=None)) == expected
    assert_counts(table_of(rows), filtered)


@given(few_rows, st.integers(1, 4), st.integers(1, 4))
def test_k_core_is_what_dropping_one_by_one_leaves(rows, of_user, of_item):
    rest = list(rows)
    while True:
        users, items = [row[0] for row in rest], [row[1] for row in rest]
        bad = [
            at
            for at, row in enumerate(rest)
            if users.count(row[0]) < of_user or items.count(row[1]) < of_item
        ]
        if not bad:
            break
        del rest[bad[0]]
    filtered = k_core(table_of(rows), users=of_user, items=of_item)
    assert list(filtered.table.itertuples(index=False, name=None)) == rest
    assert_counts(table_of(rows), filtered)


def test_filters_say_what_they_asked_for():
    table = table_of([("u", "a", 1, 5.0)])
    assert "at least 3" in min_support(table, items=3).dropped.rule
    assert "the latest" in keep_latest(table).dropped.rule
    assert min_support(table, items=3).dropped.users == 1
    assert list(table.columns) == COLUMNS


def test_the_snapshot_at_minimum_support_three(parsed_snapshot):
    filtered = min_support(parsed_snapshot.interactions, items=3)
    assert filtered.table["item_id"].nunique() == 4801
    assert round(len(filtered.table) / 100_004, 3) == 0.945
    assert keep_latest(parsed_snapshot.interactions).dropped.rows == 0
