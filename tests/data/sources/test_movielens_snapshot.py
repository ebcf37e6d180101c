"""The embedded snapshot: its known counts and quirks, and what a damaged copy of it would do."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from artrec import schema
from artrec.data.interactions import Interactions
from artrec.data.sources.base import SourceConfig
from artrec.data.sources.movielens_snapshot import READER
from artrec.data.sources.raw import RawRows
from artrec.errors import InputError

UNTITLED = ["108548", "108583", "143410", "151307", "162376"]
GOOD = {
    "movieId": "1",
    "title": "Toy Story",
    "year": "1995",
    "genres": "Animation|Comedy",
    "userId": "7",
    "rating": "4.5",
    "timestamp": "851866703",
}


def parse(ratings, config):
    return READER.parse({"ratings": RawRows.of(ratings)}, config)


def raw_of(*changes):
    return pd.DataFrame([{**GOOD, **change} for change in changes])


def test_the_counts_everybody_quotes(parsed_snapshot):
    interactions = parsed_snapshot.interactions
    assert len(interactions) == 100_004
    assert interactions["user_id"].nunique() == 671
    assert interactions["item_id"].nunique() == len(parsed_snapshot.works) == 9066
    assert parsed_snapshot.rejected.empty
    times = [
        dt.datetime.fromtimestamp(t, dt.UTC) for t in interactions["timestamp"].agg(["min", "max"])
    ]
    assert [(time.year, time.month) for time in times] == [(1995, 1), (2016, 10)]


def test_ratings_are_half_stars_and_pairs_unique(parsed_snapshot):
    interactions = parsed_snapshot.interactions
    assert sorted(interactions["rating"].unique()) == [steps / 2 for steps in range(1, 11)]
    assert not interactions.duplicated(["user_id", "item_id"]).any()
    assert interactions.groupby("user_id").size().min() == 20
    assert len(Interactions.from_table(interactions, 4.0)) == 100_004


def test_tables_conform(parsed_snapshot):
    for table, contract in [
        (parsed_snapshot.interactions, schema.INTERACTIONS),
        (parsed_snapshot.works, schema.WORKS),
        (parsed_snapshot.rejected, schema.REJECTED),
    ]:
        pd.testing.assert_frame_equal(table, contract.conform(table))


def test_five_films_without_title_and_year_stay_in_the_catalogue(parsed_snapshot):
    works = parsed_snapshot.works
    untitled = works[works["title"].isna()]
    assert untitled["item_id"].tolist() == UNTITLED
    assert untitled["year"].isna().all()
    assert works["year"].isna().sum() == 5
    assert parsed_snapshot.interactions["item_id"].isin(UNTITLED).sum() == 7


def test_no_genres_listed_is_a_missing_genre(parsed_snapshot):
    works = parsed_snapshot.works
    assert works["genres"].isna().sum() == 17
    assert not works["genres"].str.contains("no genres", na=False).any()


def test_duplicate_titles_are_different_films(parsed_snapshot):
    works = parsed_snapshot.works
    hamlets = works[(works["title"] == "Hamlet") & (works["year"] == 2000)]
    assert hamlets["item_id"].tolist() == ["3598", "65665"]


def test_works_are_ordered_by_id_as_text(parsed_snapshot):
    ids = parsed_snapshot.works["item_id"].tolist()
    assert ids == sorted(ids)
    assert ids[:3] == ["1", "10", "100"]


def test_the_variant_names_rows_and_content(parsed_snapshot, raw_snapshot):
    variant = parsed_snapshot.variant
    assert variant.rows == {"ratings": 100_004}
    assert variant.label.startswith("movielens_snapshot[ratings=100004,sha256=")
    reordered = raw_snapshot[sorted(raw_snapshot.columns)].assign(comment="x")
    assert parse(reordered, SourceConfig()).variant == variant
    changed = raw_snapshot.copy()
    changed.loc[5, "rating"] = "0.5"
    assert parse(changed, SourceConfig()).variant.sha256 != variant.sha256


def test_bad_rows_are_set_aside_with_their_reason_and_the_rest_read():
    parsed = parse(
        raw_of({}, {"rating": "great"}, {"userId": ""}, {"movieId": "NA"}, {"timestamp": "x"}),
        SourceConfig(),
    )
    assert len(parsed.interactions) == 1
    assert parsed.rejected["row"].tolist() == [2, 3, 4, 5]
    assert parsed.rejected["reason"].tolist() == [
        "rating 'great' is not a number",
        "userId is missing",
        "movieId is missing",
        "timestamp 'x' is not a number",
    ]


def test_when_every_row_is_bad_the_tables_are_empty_and_nothing_is_lost():
    parsed = parse(raw_of({"rating": "x"}, {"rating": "NaN"}), SourceConfig())
    assert parsed.interactions.empty
    assert parsed.works.empty
    assert len(parsed.rejected) == 2


def test_a_film_with_a_bad_year_is_set_aside_and_its_rating_read():
    bad = {"movieId": "2", "year": "nineteen"}
    parsed = parse(raw_of({}, {"userId": "8"}, bad), SourceConfig())
    assert len(parsed.interactions) == 3
    assert parsed.works["item_id"].tolist() == ["1"]
    assert parsed.rejected[["table", "row", "reason"]].to_numpy().tolist() == [
        ["works", 3, "year 'nineteen' is not a number"]
    ]


def test_implausible_values_are_left_to_validation():
    parsed = parse(raw_of({"rating": "7", "timestamp": "-1"}, {}), SourceConfig())
    assert parsed.interactions["rating"].tolist() == [7.0, 4.5]
    assert len(parsed.interactions) == 2


def test_another_file_is_refused_by_its_columns():
    with pytest.raises(InputError, match="no column 'userId'") as caught:
        parse(pd.DataFrame({"userid": ["1"], "movieId": ["1"]}), SourceConfig())
    assert "did you mean 'userid'?" in caught.value.hint


def test_tags_of_another_release_join_the_films_by_their_id():
    tags = pd.DataFrame(
        [("9", "1", "Toys", "20"), ("8", "1", "toys", "10"), ("9", "2", "jungle", "5")],
        columns=["userId", "movieId", "tag", "timestamp"],
    )
    tables = {"ratings": RawRows.of(raw_of({})), "tags": RawRows.of(tags)}
    parsed = READER.parse(tables, SourceConfig())
    assert parsed.works[["tags", "tag_times"]].to_numpy().tolist() == [["toys", "10"]]
    assert parsed.rejected["reason"].tolist() == ["movieId '2' is no work of the catalogue"]
    assert parsed.variant.rows == {"ratings": 1, "tags": 3}
    assert "tags" not in parse(raw_of({}), SourceConfig()).works
