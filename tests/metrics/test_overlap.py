"""Serendipity and overlap, worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from artrec.metrics.overlap import overlaps, serendipity


def lists_of(**lists: str) -> pd.DataFrame:
    rows = [
        (user, item, place + 1) for user, items in lists.items() for place, item in enumerate(items)
    ]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "rank"])


def relevant_of(**relevant: str) -> pd.DataFrame:
    rows = [(user, item) for user, items in relevant.items() for item in items]
    return pd.DataFrame(rows, columns=["user_id", "item_id"])


def test_what_popularity_finds_too_is_no_surprise() -> None:
    lists, popular = lists_of(u="abc", v="ab"), lists_of(u="axy", v="xy")
    relevant = relevant_of(u="ab", v="az")
    found = serendipity(lists, popular, relevant, 2)
    # u: a and b found, a is popular's too; v: a found, popular has not
    assert found.figure == pytest.approx((1 / 2 + 1 / 2) / 2)
    assert found.n_users == 2


def test_popularity_itself_surprises_nobody_and_a_missing_list_scores_nothing() -> None:
    popular = lists_of(u="ab")
    assert serendipity(popular, popular, relevant_of(u="a"), 2).figure == 0
    found = serendipity(lists_of(u="a"), lists_of(u="x"), relevant_of(u="a", v="b"), 1)
    assert found.figure == pytest.approx(0.5)


def test_both_lists_are_cut_at_k() -> None:
    lists, popular = lists_of(u="ab"), lists_of(u="xa")
    assert serendipity(lists, popular, relevant_of(u="a"), 1).figure == 1
    assert serendipity(lists, popular, relevant_of(u="a"), 2).figure == 0


def test_overlap_is_over_the_longer_list() -> None:
    table = overlaps({"one": lists_of(u="abcd", v="ab"), "two": lists_of(u="dcxy", w="a")}, [4])
    (row,) = table.to_dict("records")
    # u: c and d of four; v and w have no list of the other model: nothing is shared
    assert row == {"model": "one", "other": "two", "k": 4, "n_users": 3, "overlap": (2 / 4) / 3}


def test_a_model_is_like_itself_and_pairs_come_once() -> None:
    lists = lists_of(u="abc", v="cab")
    table = overlaps({"one": lists, "two": lists, "three": lists_of(u="xyz")}, [2])
    assert list(zip(table["model"], table["other"], strict=True)) == [
        ("one", "two"),
        ("one", "three"),
        ("two", "three"),
    ]
    assert table["overlap"].tolist() == [1.0, 0.0, 0.0]


def test_every_cut_off_has_its_rows() -> None:
    table = overlaps({"one": lists_of(u="ab"), "two": lists_of(u="xa")}, [1, 2])
    assert table[["k", "overlap"]].to_numpy().tolist() == [[1, 0.0], [2, 0.5]]
    assert overlaps({"one": lists_of(u="ab")}, [1]).empty
