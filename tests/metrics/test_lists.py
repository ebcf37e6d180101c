"""Lists met with truth: hits stand where they should, and bad tables are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from artrec.errors import InputError
from artrec.metrics.lists import match, relevant_items


def recommended(**lists):
    """User to items by rank, as a recommendations table."""
    rows = [
        (user, item, -float(rank), rank)
        for user, items in lists.items()
        for rank, item in enumerate(items, start=1)
    ]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "score", "rank"])


def truth(**sets):
    rows = [(user, item) for user, items in sets.items() for item in items]
    return pd.DataFrame(rows, columns=["user_id", "item_id"])


def test_hits_stand_at_their_ranks():
    matched = match(recommended(v="xab", u="abc"), truth(u="cx", v="bxq"), depth=4)
    assert list(matched.users.index) == ["u", "v"]
    assert matched.hits.astype(int).tolist() == [[0, 0, 1, 0], [1, 0, 1, 0]]
    assert matched.n_relevant.tolist() == [2, 3]
    assert matched.n_listed.tolist() == [3, 3]
    assert matched.hits.dtype == bool
    assert matched.n_relevant.dtype == matched.n_listed.dtype == np.int64


def test_the_order_of_rows_does_not_matter_the_rank_does():
    lists = recommended(u="abc", v="cb")
    relevant = truth(u="a", v="b")
    turned = match(lists.iloc[::-1], relevant.iloc[::-1], depth=3)
    assert turned.hits.astype(int).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert (turned.hits == match(lists, relevant, depth=3).hits).all()


def test_what_lies_beyond_depth_is_not_looked_at():
    matched = match(recommended(u="abcd"), truth(u="cd"), depth=3)
    assert matched.hits.astype(int).tolist() == [[0, 0, 1]]
    assert matched.n_listed.tolist() == [3]


def test_a_user_without_a_list_is_a_row_without_hits():
    matched = match(recommended(u="a"), truth(u="a", v="a"), depth=2)
    assert matched.hits.astype(int).tolist() == [[1, 0], [0, 0]]
    assert matched.n_listed.tolist() == [1, 0]


def test_a_user_without_a_relevant_item_is_no_row():
    matched = match(recommended(a="x", u="x", z="x"), truth(u="x"), depth=1)
    assert list(matched.users.index) == ["u"]
    assert matched.n_listed.tolist() == [1]


def test_only_the_users_asked_for_and_with_a_relevant_item_are_rows():
    lists, relevant = recommended(u="a", v="ba", w="c"), truth(u="a", v="a", w="c")
    matched = match(lists, relevant, depth=2, users=["v", "stranger", "w"])
    assert list(matched.users.index) == ["v", "w"]
    assert matched.hits.astype(int).tolist() == [[0, 1], [1, 0]]
    assert matched.n_relevant.tolist() == [1, 1]


def test_no_lists_at_all():
    matched = match(recommended(), truth(u="ab"), depth=2)
    assert matched.hits.astype(int).tolist() == [[0, 0]]
    assert matched.n_listed.tolist() == [0]


def test_no_truth_at_all():
    matched = match(recommended(u="ab"), truth(), depth=2)
    assert matched.hits.shape == (0, 2)
    assert len(matched.n_relevant) == len(matched.n_listed) == 0


def test_a_gap_in_the_ranks_is_a_place_without_a_hit():
    lists = recommended(u="ab").assign(rank=[1, 3])
    assert match(lists, truth(u="ab"), depth=3).hits.astype(int).tolist() == [[1, 0, 1]]


def test_an_item_relevant_to_another_user_is_no_hit():
    matched = match(recommended(u="b", v="a"), truth(u="a", v="b"), depth=1)
    assert not matched.hits.any()


def test_two_items_at_one_rank_are_refused():
    lists = recommended(u="ab", v="abc")
    lists["rank"] = [1, 2, 1, 2, 2]
    with pytest.raises(InputError) as caught:
        match(lists, truth(u="a", v="a"), depth=3)
    assert caught.value.problem == "user 'v' has 2 items at rank 2"
    assert caught.value.hint == "give each item of a list a rank of its own"


def test_one_relevant_item_at_two_ranks_is_refused():
    with pytest.raises(InputError) as caught:
        match(recommended(u="aba"), truth(u="a"), depth=3)
    assert caught.value.problem == "a list holds one item at two ranks"
    assert caught.value.hint == "rank each item once a user"


def test_ranks_start_from_one():
    lists = recommended(u="ab").assign(rank=[0, 1])
    with pytest.raises(InputError) as caught:
        match(lists, truth(u="a"), depth=3)
    assert caught.value.problem == "ranks start from 1; one is 0"
    assert caught.value.hint == "add to every rank"


def test_a_pair_relevant_twice_is_refused():
    with pytest.raises(InputError) as caught:
        match(recommended(u="a"), truth(u="aba"), depth=1)
    assert caught.value.problem == "a (user, item) pair is relevant twice"
    assert caught.value.hint == "drop the repeated rows"


def test_relevance_is_a_threshold_and_a_missing_rating_passes_it():
    withheld = truth(u="abcd").assign(rating=[3.5, 4.0, 5.0, np.nan]).set_axis([4, 4, 5, 6])
    relevant = relevant_items(withheld, 4.0)
    assert list(relevant["item_id"]) == ["b", "c", "d"]
    assert list(relevant.columns) == ["user_id", "item_id"]
    assert list(relevant.index) == [0, 1, 2]


def test_without_a_threshold_or_without_ratings_everything_is_relevant():
    withheld = truth(u="ab").assign(rating=[0.5, 5.0])
    assert list(relevant_items(withheld, None)["item_id"]) == ["a", "b"]
    assert list(relevant_items(withheld.drop(columns="rating"), 4.0)["item_id"]) == ["a", "b"]
