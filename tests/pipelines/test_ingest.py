"""The ingest pipeline: raw tables become canonical ones, films get metadata, nothing is lost."""

from __future__ import annotations

import pandas as pd

from artrec import schema
from project_world import N_ITEMS, N_RATED, N_USERS, own_ratings, raw_ratings


def test_raw_tables_become_canonical_ones(run_world_stage) -> None:
    made = run_world_stage("ingest")
    interactions, works = made["parsed_interactions"], made["parsed_works"]
    assert list(interactions.columns) == ["user_id", "item_id", "timestamp", "rating"]
    assert len(interactions) == N_USERS * N_RATED
    assert works["item_id"].is_unique
    assert set(interactions["item_id"]) == set(works["item_id"])
    first = raw_ratings().iloc[0]
    assert interactions.iloc[0].tolist() == [
        first["userId"],
        first["movieId"],
        int(first["timestamp"]),
        float(first["rating"]),
    ]
    assert made["rejected_rows"].empty
    assert made["source_variant"]["rows"] == {"ratings": N_USERS * N_RATED}


def test_films_are_linked_to_their_metadata(run_world_stage) -> None:
    made = run_world_stage("ingest")
    works = made["parsed_works"].set_index("item_id")
    assert works.loc["003", "creators"] == "Director 3"
    assert works.loc["003", "imdb_id"] == "tt0000003"
    assert works.loc["040", "creators"] is None
    assert 0 < len(made["wikidata_films_links"]) <= N_ITEMS


def test_bad_rows_of_source_and_metadata_are_set_aside_together(run_world_stage, world_run) -> None:
    ratings = raw_ratings()
    ratings.loc[4, "rating"] = "five"
    films = world_run["raw_wikidata_films"].whole().copy()
    films.loc[2, "year"] = "19xx"
    made = run_world_stage("ingest", raw_ratings=ratings, raw_wikidata_films=films)
    rejected = schema.REJECTED.conform(made["rejected_rows"])
    assert rejected[["table", "row", "reason"]].to_numpy().tolist() == [
        ["ratings", 5, "rating 'five' is not a number"],
        ["wikidata_films", 3, "year '19xx' is not a number"],
    ]
    assert len(made["parsed_interactions"]) == N_USERS * N_RATED - 1


def test_the_reader_is_a_parameter(run_world_stage) -> None:
    from project_world import configured

    parameters = configured("own")
    made = run_world_stage("ingest", parameters, raw_ratings=own_ratings())
    snapshot = run_world_stage("ingest")
    pd.testing.assert_frame_equal(made["parsed_interactions"], snapshot["parsed_interactions"])
    assert made["parsed_works"]["title"].isna().all()
    assert made["source_variant"]["source"] == "own"
