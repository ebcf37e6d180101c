"""The publish pipeline: a version in the store, once, and readable from there."""

from __future__ import annotations

from pathlib import Path

from artrec import Recommender
from artrec.bundle import publish
from artrec.pipelines.publish import create_pipeline


def test_the_job_published_a_version_that_recommends_what_it_ranked(world_run) -> None:
    store: Path = world_run["bundle_store"]
    current = (store / "CURRENT").read_text().strip()
    assert current in str(world_run["published"])
    ours = Recommender.load(store).recommend("u07", k=5)
    lists = world_run["recommendations"]
    expected = lists[lists["user_id"] == "u07"]["item_id"].head(5)
    assert ours["item_id"].tolist() == expected.tolist()


def test_publishing_the_same_again_is_no_new_version(world_run) -> None:
    store: Path = world_run["bundle_store"]
    before = sorted(path.name for path in store.iterdir())
    again = publish(world_run["bundle_member"].parent, store)
    assert again == world_run["published"]
    assert sorted(path.name for path in store.iterdir()) == before


def test_all_media_are_published_together() -> None:
    pipeline = create_pipeline(["movies", "books"])
    assert pipeline.inputs() == {"bundle_store", "movies.bundle_member", "books.bundle_member"}
    assert pipeline.outputs() == {"published"}
