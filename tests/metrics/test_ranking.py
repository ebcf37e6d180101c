"""Ranking metrics: arithmetic written as arithmetic, properties, and a slow copy to agree with."""

from __future__ import annotations

from math import log2

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from artrec.errors import ConfigError
from artrec.metrics.ranking import METRICS, TABLE_METRICS, EvaluationConfig, column, per_user

EVERY = (*METRICS, *TABLE_METRICS)


def recommended(lists):
    rows = [
        (user, item, -float(rank), rank)
        for user, items in lists.items()
        for rank, item in enumerate(items, start=1)
    ]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "score", "rank"])


def truth(sets):
    rows = [(user, item) for user, items in sets.items() for item in items]
    return pd.DataFrame(rows, columns=["user_id", "item_id"])


def value(metric, k, items, relevant):
    """The metric of one list."""
    frame = per_user(recommended({"u": items}), truth({"u": relevant}), [k], metrics=[metric])
    return frame[column(metric, k)].item()


# list "abcde", relevant at ranks 2 and 4 and one item that was not found
EXAMPLE = {"items": "abcde", "relevant": "bdz"}


@pytest.mark.parametrize(
    ("metric", "k", "expected"),
    [
        ("precision", 5, 2 / 5),
        ("precision", 2, 1 / 2),
        ("precision", 1, 0),
        ("precision", 10, 2 / 10),
        ("recall", 5, 2 / 3),
        ("recall", 2, 1 / 3),
        ("recall_min", 2, 1 / min(2, 3)),
        ("recall_min", 5, 2 / min(5, 3)),
        ("hit_rate", 1, 0),
        ("hit_rate", 2, 1),
        ("mrr", 1, 0),
        ("mrr", 5, 1 / 2),
        ("map", 5, (1 / 2 + 2 / 4) / 3),
        ("map", 3, (1 / 2) / 3),
        ("map", 10, (1 / 2 + 2 / 4) / 3),
        ("ndcg", 5, (1 / log2(3) + 1 / log2(5)) / (1 / log2(2) + 1 / log2(3) + 1 / log2(4))),
        ("ndcg", 2, (1 / log2(3)) / (1 / log2(2) + 1 / log2(3))),
        ("ndcg", 1, 0),
        ("ndcg", 20, (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3) + 1 / log2(4))),
    ],
)
def test_arithmetic(metric, k, expected):
    assert value(metric, k, **EXAMPLE) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("precision", 1 / 5),
        ("recall", 1),
        ("recall_min", 1),
        ("hit_rate", 1),
        ("mrr", 1),
        ("map", 1),
        ("ndcg", 1),
    ],
)
def test_a_list_of_one_that_holds_all_that_is_relevant(metric, expected):
    assert value(metric, 5, "a", "a") == expected


def test_a_user_without_a_list_scores_nothing_and_is_counted():
    frame = per_user(recommended({"u": "ab"}), truth({"u": "a", "v": "a"}), [1, 2])
    assert frame["user_id"].tolist() == ["u", "v"]
    assert frame["n_listed"].tolist() == [2, 0]
    assert frame["n_relevant"].tolist() == [1, 1]
    assert (frame.loc[1].iloc[3:] == 0).all()
    assert frame["hit_rate@1"].mean() == 1 / 2


def test_the_frame_has_a_column_a_metric_and_cut_off():
    frame = per_user(recommended({"u": "a"}), truth({"u": "a"}))
    assert (frame.filter(like="@").dtypes == np.float64).all()
    assert list(frame.columns) == [
        "user_id",
        "n_relevant",
        "n_listed",
        *[
            f"{metric}@{k}"
            for metric in ("precision", "recall", "ndcg", "map", "mrr", "hit_rate")
            for k in (5, 10, 20)
        ],
    ]


def test_only_the_users_asked_for():
    lists, relevant = recommended({"u": "a", "v": "b"}), truth({"u": "a", "v": "b"})
    assert per_user(lists, relevant, [1], users=["v"])["user_id"].tolist() == ["v"]


def test_an_unknown_metric_gets_the_near_name():
    with pytest.raises(ConfigError) as caught:
        per_user(recommended({}), truth({}), metrics=["ncdg"])
    assert caught.value.problem == "unknown metric 'ncdg'"
    assert caught.value.hint == "did you mean 'ndcg'?"


@pytest.mark.parametrize("cutoffs", [[], [0], [5, -1]])
def test_a_cut_off_below_one_is_refused(cutoffs):
    with pytest.raises(ConfigError) as caught:
        per_user(recommended({}), truth({}), cutoffs)
    assert caught.value.problem == f"cut-offs are whole numbers from 1; got {cutoffs}"
    assert caught.value.hint == "the protocol's are 5, 10 and 20"


# --- properties -----------------------------------------------------------------------------------

ITEMS = "abcdefghijkl"
ranked = st.permutations(ITEMS).flatmap(
    lambda items: st.integers(0, len(items)).map(lambda size: items[:size])
)
sets = st.sets(st.sampled_from(ITEMS + "XYZ"), min_size=1)
worlds = st.dictionaries(st.sampled_from("uvwxyz"), st.tuples(ranked, sets), min_size=1)
cut = st.integers(1, 15)


def tables(world):
    lists = {user: items for user, (items, _) in world.items()}
    return recommended(lists), truth({user: each for user, (_, each) in world.items()})


def slowly(metric, items, relevant, k):
    """The definitions, one list at a time."""
    near = [item in relevant for item in items[:k]]
    found = sum(near)
    if metric == "ndcg":
        ideal = sum(1 / log2(i + 2) for i in range(min(k, len(relevant))))
        return sum(1 / log2(i + 2) for i, hit in enumerate(near) if hit) / ideal
    if metric == "map":
        return sum(sum(near[: i + 1]) / (i + 1) for i, hit in enumerate(near) if hit) / len(
            relevant
        )
    return {
        "precision": found / k,
        "recall": found / len(relevant),
        "recall_min": found / min(k, len(relevant)),
        "hit_rate": float(found > 0),
        "mrr": 1 / (near.index(True) + 1) if found else 0.0,
    }[metric]


@given(worlds, st.lists(cut, min_size=1, max_size=3, unique=True))
def test_agrees_with_one_list_at_a_time(world, cutoffs):
    frame = per_user(*tables(world), cutoffs, metrics=EVERY).set_index("user_id")
    assert list(frame.index) == sorted(world)
    for user, (items, relevant) in world.items():
        assert frame.loc[user, "n_relevant"] == len(relevant)
        assert frame.loc[user, "n_listed"] == min(len(items), max(cutoffs))
        for metric in EVERY:
            for k in cutoffs:
                expected = slowly(metric, items, relevant, k)
                assert frame.loc[user, column(metric, k)] == pytest.approx(expected, abs=1e-12)


@given(worlds)
def test_values_lie_between_nothing_and_one_and_most_grow_with_k(world):
    frame = per_user(*tables(world), range(1, 16), metrics=EVERY)
    assert frame.filter(like="@").to_numpy().min() >= 0
    assert frame.filter(like="@").to_numpy().max() <= 1 + 1e-12
    for metric in ("recall", "map", "mrr", "hit_rate"):
        grown = frame[[column(metric, k) for k in range(1, 16)]].to_numpy()
        assert (np.diff(grown, axis=1) >= -1e-12).all()


@given(worlds, st.permutations("uvwxyz"))
def test_new_names_for_users_change_nothing_but_the_order(world, names):
    renamed = dict(zip("uvwxyz", names, strict=True))
    before = per_user(*tables(world), [3], metrics=EVERY).set_index("user_id")
    other = {renamed[user]: each for user, each in world.items()}
    after = per_user(*tables(other), [3], metrics=EVERY).set_index("user_id")
    for user in world:
        assert (before.loc[user] == after.loc[renamed[user]]).all()


@given(sets, cut)
def test_a_perfect_list_has_one_and_a_useless_list_has_nothing(relevant, k):
    perfect = [*sorted(relevant), *"123456789"]
    assert value("ndcg", k, perfect, relevant) == pytest.approx(1, abs=1e-12)
    assert value("recall_min", k, perfect, relevant) == 1
    assert value("mrr", k, perfect, relevant) == value("hit_rate", k, perfect, relevant) == 1
    assert value("precision", k, perfect, relevant) == min(k, len(relevant)) / k
    if k >= len(relevant):
        assert value("map", k, perfect, relevant) == pytest.approx(1, abs=1e-12)
        assert value("recall", k, perfect, relevant) == 1
    for metric in EVERY:
        assert value(metric, k, "123456789", relevant) == 0


@given(ranked.filter(lambda items: len(items) >= 2), sets, cut, st.data())
def test_moving_a_hit_up_never_hurts(items, relevant, k, data):
    at = data.draw(st.integers(1, len(items) - 1))
    if items[at] in relevant and items[at - 1] not in relevant:
        better = [*items[: at - 1], items[at], items[at - 1], *items[at + 1 :]]
        for metric in EVERY:
            before = value(metric, k, items, relevant)
            assert value(metric, k, better, relevant) >= before - 1e-12


def test_the_protocol_is_the_default():
    assert EvaluationConfig().model_dump() == {
        "cutoffs": (5, 10, 20),
        "n_bootstrap": 1000,
        "confidence": 0.95,
        "medium": "works",
        "people_on_curves": 1000,
        "people_shown": 20,
    }
    assert EvaluationConfig(n_bootstrap=100).n_bootstrap == 100


@pytest.mark.parametrize(
    "wrong",
    [
        {"cutoffs": []},
        {"cutoffs": [0, 5]},
        {"cutoffs": [10, 5]},
        {"cutoffs": [5, 5]},
        {"n_bootstrap": 99},
        {"confidence": 0},
        {"confidence": 1},
    ],
)
def test_a_config_out_of_range_is_refused(wrong):
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        EvaluationConfig(**wrong)
