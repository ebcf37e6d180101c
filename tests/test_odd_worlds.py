"""Odd but possible data go through the whole main job, or stop with a sentence that says why."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import project_world
from artrec.errors import ArtrecWarning, InputError
from project_world import (
    START,
    configured,
    merged,
    own_ratings,
    raw_metadata,
    registered,
    run_stage,
    world_medium,
)

QUICK = merged(project_world.QUICK, {"evaluation": {"cutoffs": [10]}})
NOTHING_LIKED = "nothing to learn a ranking from: nobody with a history liked anything withheld"
NO_SUPPORT = {"training": {"min_item_support": 1}, "models": {"projection": {"min_support": 1}}}


@pytest.fixture(autouse=True)
def quiet_job() -> Iterator[None]:
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def recommend_for(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """The main job on a person's own table, in memory."""

    def run(table: pd.DataFrame, changes: dict[str, Any] | None = None) -> dict[str, Any]:
        raw = {
            "raw_ratings": table.reset_index(drop=True),
            "raw_wikidata_films": raw_metadata(),
        }
        parameters = configured("own", merged(QUICK, changes or {}))
        return run_stage(registered()["recommend"], raw, tmp_path, parameters)

    return run


def published(made: dict[str, Any]) -> str:
    store: Path = made["bundle_store"]
    return (store / "CURRENT").read_text().strip()


def test_one_user(recommend_for, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone, a person's items are met once: nobody else's taste to learn from, by default."""
    alone = own_ratings().query("user_id == 'u00'").assign(rating="5")
    with pytest.raises(InputError, match="no item has the 3 interactions") as raised:
        recommend_for(alone)
    assert "training.min_item_support" in raised.value.hint
    with pytest.raises(InputError, match=NOTHING_LIKED) as raised:
        recommend_for(alone, NO_SUPPORT)  # nobody to try on what one person taught
    assert "models.hybrid: null" in raised.value.hint
    single = replace(world_medium(), models=("popularity", "item_knn", "ease", "content"))
    monkeypatch.setattr("artrec.pipeline_registry.configured_media", lambda: (single,))
    made = recommend_for(alone, NO_SUPPORT)
    assert made["per_user_test_split"]["n_users"] == 1
    assert made["recommendations"].empty  # all there is was seen
    assert published(made)


def test_one_item(recommend_for) -> None:
    with pytest.raises(InputError, match=NOTHING_LIKED):
        recommend_for(own_ratings().query("item_id == '000'"))


def test_one_row(recommend_for) -> None:
    with (
        pytest.warns(ArtrecWarning, match="nothing is before the cut"),
        pytest.raises(InputError, match="there are 1 interactions with 1 items"),
    ):
        recommend_for(own_ratings().head(1))


def test_people_with_too_little_history_to_choose_by(recommend_for) -> None:
    few = own_ratings().groupby("user_id").head(3)
    with pytest.raises(InputError, match=NOTHING_LIKED) as raised:
        recommend_for(few)
    assert "splitting.min_interactions" in raised.value.hint


def test_a_user_who_saw_everything_gets_no_list_and_the_others_get_theirs(recommend_for) -> None:
    table = own_ratings()
    items = sorted(table["item_id"].unique())
    times = [str(START + place * 60) for place in range(len(items))]
    everything = pd.DataFrame(
        {"user_id": "all", "item_id": items, "timestamp": times, "rating": "4"}
    )
    made = recommend_for(pd.concat([table, everything]))
    lists = made["recommendations"]
    assert set(lists["user_id"]) == set(table["user_id"])
    assert "all" in set(made["per_user_test_withheld"]["user_id"])


def test_everybody_saw_everything(recommend_for) -> None:
    rows = [
        (f"u{user}", f"i{item}", str(START + item * 60 + user), "4" if (user + item) % 2 else "2")
        for user in range(8)
        for item in range(8)
    ]
    made = recommend_for(pd.DataFrame(rows, columns=list(own_ratings().columns)))
    assert made["recommendations"].empty
    assert made["global_test_results"]["n_users"].max() == 0
    assert published(made)


def test_all_ratings_equal_and_high(recommend_for) -> None:
    made = recommend_for(own_ratings().assign(rating="5"))
    assert made["recommendations"]["user_id"].nunique() == 48
    assert made["evaluation_metrics"]["biased_svd"]["rmse"] == pytest.approx(0, abs=1e-3)


def test_all_ratings_equal_and_low(recommend_for) -> None:
    with pytest.raises(InputError, match=NOTHING_LIKED) as raised:
        recommend_for(own_ratings().assign(rating="1"))
    assert "source.positive_from" in raised.value.hint


def test_no_ratings_at_all(recommend_for) -> None:
    implicit = {"source": {"own": {"columns": {"rating": None}}, "positive_from": None}}
    with pytest.warns(ArtrecWarning, match="the source has no ratings"):
        made = recommend_for(own_ratings().drop(columns="rating"), implicit)
    assert "rating" not in made["interactions"]
    assert made["recommendations"]["user_id"].nunique() == 48
    figures = made["evaluation_metrics"]
    assert figures["ease"]["ndcg@10"] > 0.1
    assert "rmse" not in figures["biased_svd"]
    assert made["selection"]["model"] != "biased_svd"


def test_all_times_equal(recommend_for) -> None:
    """Each user's part is then told by item id; one cut for all there is none."""
    with pytest.warns(ArtrecWarning, match="nothing is before the cut"):
        made = recommend_for(own_ratings().assign(timestamp=str(START)))
    assert made["per_user_test_split"]["tied_share"] == 1.0
    assert made["global_test_results"]["n_users"].max() == 0
    assert "**0 users**" in made["evaluation_md_text"]
    assert not math.isnan(made["evaluation_metrics"]["ease"]["ndcg@10"])
