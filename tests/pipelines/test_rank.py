"""The rank pipeline: a list for everybody, nothing seen in it, titles beside it."""

from __future__ import annotations

import numpy as np

from artrec import schema
from project_world import N_ITEMS, N_RATED, N_USERS, configured


def test_everybody_gets_a_list_of_what_they_have_not_seen(world_run) -> None:
    lists = world_run["recommendations"]
    assert list(lists.columns) == list(schema.RECOMMENDATIONS.required)
    seen = world_run["interactions"]
    assert sorted(lists["user_id"].unique()) == sorted(seen["user_id"].unique())
    pairs = set(zip(seen["user_id"], seen["item_id"], strict=True))
    assert pairs & set(zip(lists["user_id"], lists["item_id"], strict=True)) == set()
    n_items = len(world_run["final_scorer"].items)
    assert N_ITEMS - 5 < n_items <= N_ITEMS
    assert len(lists) <= N_USERS * (n_items - N_RATED) + N_USERS * 5
    for _, own in lists.groupby("user_id"):
        assert own["rank"].tolist() == list(range(1, len(own) + 1))
        assert own["score"].is_monotonic_decreasing
        assert own["item_id"].is_unique


def test_k_beyond_the_catalogue_gives_what_there_is_and_a_small_k_its_head(
    run_world_stage, world_run
) -> None:
    assert world_run["recommendations"].groupby("user_id").size().max() < 100
    made = run_world_stage("rank", configured(medium={"recommendations": {"k": 3}}))
    lists = made["recommendations"]
    assert lists.groupby("user_id").size().tolist() == [3] * N_USERS
    head = world_run["recommendations"].query("rank <= 3").reset_index(drop=True)
    assert lists["item_id"].tolist() == head["item_id"].tolist()


def test_a_re_ranker_mixes_genres_as_strongly_as_it_is_told(run_world_stage, world_run) -> None:
    genres = world_run["works"].set_index("item_id")["genres"]

    def shown(strength: float) -> float:
        told = {"k": 5, "rerank": {"method": "mmr", "strength": strength, "pool": 30}}
        lists = run_world_stage("rank", configured(medium={"recommendations": told}))
        kinds = lists["recommendations"].assign(genres=lambda table: table["item_id"].map(genres))
        return float(kinds.groupby("user_id")["genres"].nunique().mean())

    assert shown(0.0) < shown(0.9)


def test_reasons_of_the_first_works_sum_to_their_scores(run_world_stage, world_run) -> None:
    lists, reasons = world_run["recommendations"], world_run["recommendation_reasons"]
    assert list(reasons.columns) == list(schema.REASONS.required)
    first = lists.query("rank <= 10").set_index(["user_id", "item_id"])["score"]
    sums = reasons.groupby(["user_id", "item_id"])["contribution"].sum()
    assert len(sums) == len(first)
    assert np.abs(sums[first.index] - first).max() < 1e-4
    assert reasons["group"].nunique() > 2
    made = run_world_stage("rank", configured(medium={"recommendations": {"k": 3}}))
    fewer = made["recommendation_reasons"]
    assert set(zip(fewer["user_id"], fewer["item_id"], strict=True)) == set(
        first[lists.query("rank <= 10")["rank"].to_numpy() <= 3].index
    )
    none = run_world_stage("rank", configured(medium={"recommendations": {"n_reasons": 0}}))
    assert none["recommendation_reasons"].empty


def test_re_ranked_lists_have_their_reasons_too(run_world_stage) -> None:
    told = {"k": 5, "n_reasons": 2, "rerank": {"method": "mmr", "strength": 0.9, "pool": 30}}
    made = run_world_stage("rank", configured(medium={"recommendations": told}))
    first = made["recommendations"].query("rank <= 2").set_index(["user_id", "item_id"])["score"]
    reasons = made["recommendation_reasons"]
    sums = reasons.groupby(["user_id", "item_id"])["contribution"].sum()
    assert len(sums) == len(first)
    assert np.abs(sums[first.index] - first).max() < 1e-4


def test_two_tastes_are_met(world_run) -> None:
    lists = world_run["recommendations"].query("rank <= 5")
    same = lists["item_id"].astype(int) % 2 == lists["user_id"].str[1:].astype(int) % 2
    assert same.mean() > 0.8


def test_the_readable_list_names_what_the_other_one_numbers(world_run) -> None:
    lists, readable = world_run["recommendations"], world_run["recommendations_readable"]
    assert readable[["user_id", "item_id", "rank"]].equals(lists[["user_id", "item_id", "rank"]])
    assert (readable["title"] == "Film " + readable["item_id"].astype(int).astype(str)).all()
    assert (readable["score"] - lists["score"]).abs().max() <= 5.1e-5
    assert list(readable.columns) == [
        *("user_id", "rank", "title", "year", "creators", "genres", "score", "item_id")
    ]


def test_a_user_who_has_seen_everything_gets_nothing_and_others_theirs(
    run_world_stage, world_run
) -> None:
    table = world_run["interactions"]
    items = world_run["works"]["item_id"]
    one = table["user_id"].iloc[0]
    everything = table.iloc[: len(items)].assign(user_id=one, item_id=items)
    others = table[table["user_id"] != one]
    lists = run_world_stage("rank", interactions=others._append(everything))["recommendations"]
    assert lists["user_id"].nunique() == N_USERS - 1
    assert one not in set(lists["user_id"])
