"""Re-ranking: against a slow and obvious version, and what strength 0 and 1 mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artrec.data.interactions import Interactions
from artrec.recommend.rerank import SMOOTHING, RerankConfig, rerank

GENRES = {
    "a": "war",
    "b": "war",
    "c": "love",
    "d": "war|love",
    "e": "sea",
    "f": None,
}


def works_of() -> pd.DataFrame:
    return pd.DataFrame({"item_id": list(GENRES), "genres": list(GENRES.values())})


def lists_of(**lists: str) -> pd.DataFrame:
    rows = [
        (user, item, 10.0 - place, place + 1)
        for user, items in lists.items()
        for place, item in enumerate(items)
    ]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "score", "rank"])


def liked_by(**liked: str) -> Interactions:
    rows = [(user, item, 5.0) for user, items in liked.items() for item in items]
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "rating"])
    return Interactions.from_table(table, 4.0)


def order_of(table: pd.DataFrame, user: str = "u") -> str:
    return "".join(table[table["user_id"] == user].sort_values("rank")["item_id"])


def test_no_strength_keeps_the_order_by_score() -> None:
    lists = lists_of(u="abcdef")
    for method in ("none", "mmr", "calibrated"):
        table = rerank(lists, liked_by(u="c"), works_of(), 3, RerankConfig(method=method))
        assert order_of(table) == "abc"


def test_mmr_alone_takes_what_is_least_like_the_list() -> None:
    config = RerankConfig(method="mmr", strength=1.0)
    table = rerank(lists_of(u="abcde"), liked_by(u="a"), works_of(), 3, config)
    assert order_of(table) == "ace"  # war, then love, then sea: nothing shares a genre


def test_calibration_alone_follows_what_was_liked() -> None:
    config = RerankConfig(method="calibrated", strength=1.0)
    table = rerank(lists_of(u="abce"), liked_by(u="ac"), works_of(), 2, config)
    assert set(order_of(table)) == {"a", "c"}  # half war, half love
    lovers = rerank(lists_of(u="abce"), liked_by(u="c"), works_of(), 1, config)
    assert order_of(lovers) == "c"


def test_somebody_without_tastes_keeps_the_order() -> None:
    config = RerankConfig(method="calibrated", strength=0.9)
    table = rerank(lists_of(u="eca", v="abc"), liked_by(v="c"), works_of(), 3, config)
    assert order_of(table) == "eca"
    assert order_of(table, "v") == "cab"


def test_short_lists_stay_short_and_nothing_comes_twice() -> None:
    config = RerankConfig(method="mmr", strength=0.5)
    table = rerank(lists_of(u="ab", v="abcdef"), liked_by(u="c"), works_of(), 4, config)
    assert table.groupby("user_id").size().to_dict() == {"u": 2, "v": 4}
    assert not table.duplicated(["user_id", "item_id"]).any()
    assert table.groupby("user_id")["rank"].apply(list).tolist() == [[1, 2], [1, 2, 3, 4]]


def slow(items: str, liked: str, k: int, config: RerankConfig) -> str:
    """The definition, one work at a time."""
    vocabulary = ["war", "love", "sea"]

    def shares(item: str) -> np.ndarray:
        names = (GENRES[item] or "").split("|")
        row = np.array([float(each in names) for each in vocabulary])
        return row / max(row.sum(), 1)

    tastes = sum((shares(item) for item in liked), np.zeros(3))
    tastes = tastes / max(tastes.sum(), 1e-300)
    pool = items[: config.pool]
    relevance = {
        item: (len(pool) - 1 - place) / max(len(pool) - 1, 1) for place, item in enumerate(pool)
    }
    if len(pool) == 1:
        relevance = {pool: 0.0}
    taken = ""
    while len(taken) < min(k, len(pool)):
        values = {}
        for item in pool:
            if item in taken:
                continue
            if config.method == "mmr":
                penalty = max((cosine(shares(item), shares(each)) for each in taken), default=0.0)
            else:
                listed = sum((shares(each) for each in taken + item), np.zeros(3))
                q = listed / max(listed.sum(), 1e-300)
                mixed = (1 - SMOOTHING) * q + SMOOTHING * tastes
                penalty = sum(
                    p * np.log(p / m) for p, m in zip(tastes, mixed, strict=True) if p > 0
                )
            values[item] = (1 - config.strength) * relevance[item] - config.strength * penalty
        best = max(values.values())
        taken += next(item for item in pool if values.get(item, -np.inf) >= best - 1e-12)
    return taken


def cosine(left: np.ndarray, right: np.ndarray) -> float:
    length = np.linalg.norm(left) * np.linalg.norm(right)
    return float(left @ right / length) if length else 0.0


@settings(max_examples=60)
@given(
    st.permutations("abcdef"),
    st.lists(st.sampled_from("abcdef"), max_size=4, unique=True),
    st.integers(1, 6),
    st.sampled_from(["mmr", "calibrated"]),
    st.sampled_from([0.13, 0.37, 0.71, 0.93]),
    st.integers(1, 6),
)
def test_it_is_what_the_definition_says(order, liked, k, method, strength, pool) -> None:
    config = RerankConfig(method=method, strength=strength, pool=pool)
    items = "".join(order)
    somebody = liked_by(u="".join(liked), other="a")
    table = rerank(lists_of(u=items), somebody, works_of(), k, config)
    assert order_of(table) == slow(items, "".join(liked), k, config)


@pytest.mark.parametrize("strength", [-0.1, 1.1])
def test_strength_lies_between_nothing_and_all(strength: float) -> None:
    with pytest.raises(ValueError, match="strength"):
        RerankConfig(method="mmr", strength=strength)
