"""Media: read from configuration, run where their raw data are there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from artrec.errors import ConfigError
from artrec.media import at_hand, only, read_media

CATALOG = {
    "songs.raw_ratings": {"filepath": "songs/ratings.csv"},
    "songs.raw_works": {"filepath": "songs/works.csv", "optional": True},
    "songs.raw_wikidata_films": {"filepath": "songs/films.parquet"},
    "scores.raw_ratings": {"filepath": "."},
    "songs.interactions": {"filepath": "songs/interactions.parquet"},
}


def block(**changes: Any) -> dict[str, Any]:
    told = {"source": {"reader": "own"}, "pipeline": {"protocols": ["per_user", "global"]}}
    return {"songs": {**told, "models": {"ease": {}, "recent_popularity": {}}, **changes}}


def test_a_block_with_a_source_is_a_medium(tmp_path: Path) -> None:
    (songs,) = read_media({"seed": 1, "limits": {"k": 3}, **block()}, CATALOG, tmp_path)
    assert songs.name == "songs"
    assert songs.models == ("recent_popularity", "ease")  # in the registry's order
    assert songs.judged_on == ("per_user_test", "global_test")
    assert songs.chosen_on == ("per_user_validation",)


def test_a_window_has_a_meaning_on_a_global_cut_alone(tmp_path: Path) -> None:
    (songs,) = read_media(block(), CATALOG, tmp_path)
    assert songs.models_on("per_user_test") == ("ease",)
    assert songs.models_on("global_test") == ("recent_popularity", "ease")
    assert songs.described_on("recent_popularity") == "global_test"


def test_a_model_is_tuned_where_it_has_a_meaning(tmp_path: Path) -> None:
    grids = {"models": {"ease": [{}], "recent_popularity": [{}]}}
    (songs,) = read_media(block(grids=grids), CATALOG, tmp_path)
    assert songs.tuned_on("ease") == "per_user_validation"
    assert songs.tuned_on("recent_popularity") == "global_validation"
    assert songs.tuned_on("projection") is None
    assert songs.split_off == (*songs.holdouts, "global_validation")
    assert "global_validation" not in songs.holdouts  # no model is fitted on it but to be tuned
    (untuned,) = read_media(block(), CATALOG, tmp_path)
    assert untuned.split_off == untuned.holdouts
    alone = block(grids=grids, pipeline={"protocols": ["per_user"]})
    (without_a_cut,) = read_media(alone, CATALOG, tmp_path)
    assert without_a_cut.tuned_on("recent_popularity") is None
    assert without_a_cut.split_off == without_a_cut.holdouts


def test_a_protocol_that_no_model_has_a_meaning_on_is_not_judged(tmp_path: Path) -> None:
    cold = {"protocols": ["per_user", "item_cold"]}
    (songs,) = read_media(block(pipeline=cold), CATALOG, tmp_path)
    assert songs.judged_on == ("per_user_test",)
    (songs,) = read_media(
        block(pipeline=cold, models={"ease": {}, "content": {}}), CATALOG, tmp_path
    )
    assert songs.judged_on == ("per_user_test", "item_cold_test")
    assert songs.models_on("item_cold_test") == ("content",)


def test_a_model_set_to_null_is_left_out(tmp_path: Path) -> None:
    (songs,) = read_media(block(models={"ease": {}, "svd": None}), CATALOG, tmp_path)
    assert songs.models == ("ease",)


def test_a_medium_runs_where_its_raw_data_are_there(tmp_path: Path) -> None:
    parameters = {**block(), "scores": {"source": {"reader": "own"}}}
    songs, scores = read_media(parameters, CATALOG, tmp_path)
    assert songs.missing == ("songs/ratings.csv",)
    assert at_hand((songs, scores)) == (scores,)
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "ratings.csv").touch()
    songs, scores = read_media(parameters, CATALOG, tmp_path)
    assert songs.missing == ()
    assert songs.tables == ("ratings",)
    (tmp_path / "songs" / "works.csv").touch()
    assert read_media(parameters, CATALOG, tmp_path)[0].tables == ("ratings", "works")
    assert at_hand((songs, scores)) == (songs, scores)
    with only("scores"):
        assert at_hand((songs, scores)) == (scores,)


def test_an_enrichment_is_asked_where_its_table_is_there(tmp_path: Path) -> None:
    parameters = block(pipeline={"enrichments": ["wikipedia_extracts", "wikidata_films"]})
    assert read_media(parameters, CATALOG, tmp_path)[0].enrichments == ()
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "films.parquet").touch()
    assert read_media(parameters, CATALOG, tmp_path)[0].enrichments == ("wikidata_films",)


def test_a_raw_table_the_catalog_does_not_name_is_missing(tmp_path: Path) -> None:
    (songs,) = read_media(block(), {}, tmp_path)
    assert songs.missing == ("'songs.raw_ratings' of the catalog",)


def test_with_nothing_there_the_first_says_what_it_misses(tmp_path: Path) -> None:
    media = read_media(block(), CATALOG, tmp_path)
    assert at_hand(media) == media


def test_without_its_ratings_the_one_speaks_of_which_most_is_there(tmp_path: Path) -> None:
    told = block(pipeline={"protocols": ["per_user"], "enrichments": ["wikidata_films"]})
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "films.parquet").touch()
    parameters = {"arias": {"source": {"reader": "own"}}, **told}
    arias, songs = read_media(parameters, CATALOG, tmp_path)
    assert at_hand((arias, songs)) == (songs,)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"pipeline": {"protocols": ["per_usre"]}}, "did you mean 'per_user'"),
        ({"pipeline": {"protocol": ["per_user"]}}, "did you mean 'protocols'"),
        ({"models": {"eaze": {}}}, "did you mean 'ease'"),
        ({"source": {"reader": "onw"}}, "did you mean 'own'"),
        ({"pipeline": {"enrichments": ["wikidata"]}}, "did you mean 'wikidata_films'"),
    ],
)
def test_what_cannot_be_built_is_said_plainly(tmp_path: Path, changes: Any, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read_media(block(**changes), CATALOG, tmp_path)
