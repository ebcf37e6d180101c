"""A person's own tables: any column names, three ways to write time, works or none."""

from __future__ import annotations

import pandas as pd
import pytest
from pydantic import ValidationError

from artrec import schema
from artrec.data.interactions import Interactions
from artrec.data.sources import movielens_snapshot
from artrec.data.sources.base import SourceConfig
from artrec.data.sources.raw import RawRows
from artrec.data.sources.registry import parse as parse_any
from artrec.errors import InputError


def config(**own):
    return SourceConfig(reader="own", name="mine", own=own)


def raw_tables(ratings, works=None):
    absent = RawRows.absent()
    return {
        "ratings": RawRows.of(ratings),
        "works": absent if works is None else RawRows.of(works),
    }


def parse(ratings, config, works=None):
    return parse_any(raw_tables(ratings, works), config)


RATINGS = pd.DataFrame(
    {
        "user_id": ["ann", "ann", "bob"],
        "item_id": ["007", "7", "é|日本"],
        "timestamp": ["10", "20", "30"],
        "rating": ["5", "0.5", "3"],
    }
)
WORKS = pd.DataFrame(
    {
        "item_id": ["7", "007"],
        "title": ["Seven", "Dr. No"],
        "year": ["1995", ""],
        "genres": ["Crime|Drama", "(no genres listed)"],
        "creators": ["David Fincher", ""],
    }
)


def test_the_plain_case():
    parsed = parse(RATINGS, config())
    assert parsed.interactions["item_id"].tolist() == ["007", "7", "é|日本"]
    assert parsed.interactions["timestamp"].tolist() == [10, 20, 30]
    assert parsed.interactions["rating"].tolist() == [5, 0.5, 3]
    assert parsed.rejected.empty
    assert parsed.variant.label.startswith("mine[ratings=3,")


def test_without_works_the_catalogue_is_the_ids():
    works = parse(RATINGS, config()).works
    assert works["item_id"].tolist() == ["007", "7", "é|日本"]
    assert works.drop(columns="item_id").isna().all(None)
    pd.testing.assert_frame_equal(works, schema.WORKS.conform(works))
    pd.testing.assert_frame_equal(works, parse(RATINGS, config(), pd.DataFrame()).works)


def test_with_works_the_catalogue_is_theirs():
    parsed = parse(RATINGS, config(), WORKS)
    works = parsed.works
    assert works["item_id"].tolist() == ["007", "7"]
    assert works["title"].tolist() == ["Dr. No", "Seven"]
    assert works["year"].tolist() == [pd.NA, 1995]
    assert works["genres"].tolist() == [None, "Crime|Drama"]
    assert works["creators"].tolist() == [None, "David Fincher"]
    assert parsed.variant.rows == {"ratings": 3, "works": 2}


def test_other_column_names_order_and_extra_columns():
    renamed = RATINGS.rename(columns={"user_id": "Who", "item_id": "What", "timestamp": "When"})
    renamed = renamed.assign(comment="x")[["comment", "rating", "When", "What", "Who"]]
    names = {"user_id": "Who", "item_id": "What", "timestamp": "When"}
    expected = parse(RATINGS, config()).interactions
    pd.testing.assert_frame_equal(parse(renamed, config(columns=names)).interactions, expected)


def test_without_ratings():
    parsed = parse(RATINGS.drop(columns="rating"), config(columns={"rating": None}))
    assert "rating" not in parsed.interactions
    assert Interactions.from_table(parsed.interactions, 4.0).positive.all()


def test_a_missing_rating_is_set_aside():
    parsed = parse(RATINGS.assign(rating=["5", "", "NaN"]), config())
    assert parsed.rejected["reason"].tolist() == [
        "rating is missing",
        "rating 'NaN' is not a number",
    ]
    assert len(parsed.interactions) == 1


@pytest.mark.parametrize(
    ("unit", "times"),
    [
        ("s", ["10", "20", "30"]),
        ("ms", ["10000", "20999", "30000"]),
        ("iso", ["1970-01-01T00:00:10Z", "1970-01-01 00:00:20", "1970-01-01T01:00:30+01:00"]),
    ],
)
def test_three_ways_to_write_time(unit, times):
    parsed = parse(RATINGS.assign(timestamp=times), config(timestamp_unit=unit))
    assert parsed.interactions["timestamp"].tolist() == [10, 20, 30]


def test_typed_columns_as_parquet_gives_them():
    typed = pd.DataFrame(
        {
            "user_id": [1, 2],
            "item_id": [10.0, 20.0],
            "timestamp": pd.to_datetime([10, 20], unit="s", utc=True),
            "rating": [4, 5],
        }
    )
    parsed = parse(typed, config(timestamp_unit="iso"))
    assert parsed.interactions.to_numpy().tolist() == [["1", "10", 10, 4.0], ["2", "20", 20, 5.0]]


def test_another_separator_between_values():
    works = WORKS.assign(genres=["Crime; Drama", "Action"], title=["Seven; again", "Dr. No"])
    parsed = parse(RATINGS, config(value_separator=";"), works).works
    assert parsed["genres"].tolist() == ["Action", "Crime|Drama"]
    assert parsed["title"].tolist() == ["Dr. No", "Seven; again"]


def test_more_columns_of_works():
    works = WORKS.assign(length=["127", ""], imdb=["tt0114369", "tt0055928"])
    names = {"runtime_minutes": "length", "imdb_id": "imdb", "genres": None}
    parsed = parse(RATINGS, config(works_columns=names), works).works
    assert parsed["imdb_id"].tolist() == ["tt0055928", "tt0114369"]
    assert parsed["runtime_minutes"].tolist()[1] == 127.0
    assert parsed["genres"].isna().all()


def test_bad_works_rows_are_set_aside_with_their_reason():
    more = pd.DataFrame(
        [
            ["8", "Bad", "199x", "", ""],
            ["", "No id", "1990", "", ""],
            ["7", "Again", "1990", "", ""],
        ],
        columns=WORKS.columns,
    )
    parsed = parse(RATINGS, config(), pd.concat([WORKS, more]))
    assert parsed.works["title"].tolist() == ["Dr. No", "Seven"]
    assert parsed.rejected[["table", "row", "reason"]].to_numpy().tolist() == [
        ["works", 3, "year '199x' is not a number"],
        ["works", 4, "item_id is missing"],
        ["works", 5, "item_id '7' came before, as 'Seven'"],
    ]


def test_repeated_rows_are_left_to_the_filters():
    assert len(parse(pd.concat([RATINGS, RATINGS]), config()).interactions) == 6


@pytest.mark.parametrize("ids", [["x" * 10_000, "日本", "\U0001f3ac"], ["00", "0", "000"]])
def test_awkward_ids_stay(ids):
    parsed = parse(RATINGS.assign(item_id=ids, user_id=ids), config())
    assert parsed.interactions["item_id"].tolist() == ids
    assert parsed.interactions["user_id"].tolist() == ids
    assert sorted(ids) == parsed.works["item_id"].tolist()


def test_ids_as_floats_are_the_whole_numbers_they_are():
    ratings = RATINGS.assign(user_id=["1.0", "1", "02.00"], item_id=["7.0", "007", "7.5"])
    parsed = parse(ratings, config(), WORKS.assign(item_id=["7.0", "007.0"]))
    assert parsed.interactions["user_id"].tolist() == ["1", "1", "02"]
    assert parsed.interactions["item_id"].tolist() == ["7", "007", "7.5"]
    assert parsed.works["item_id"].tolist() == ["007", "7"]


def test_one_row():
    assert len(parse(RATINGS.iloc[:1], config()).interactions) == 1


def test_all_ratings_equal():
    assert set(parse(RATINGS.assign(rating="3"), config()).interactions["rating"]) == {3.0}


def test_every_row_bad():
    parsed = parse(RATINGS.assign(timestamp="soon"), config())
    assert parsed.interactions.empty
    assert parsed.works.empty
    assert len(parsed.rejected) == 3


def test_a_misnamed_column():
    with pytest.raises(InputError, match="no column 'timestamp'") as caught:
        parse(RATINGS.rename(columns={"timestamp": "time_stamp"}), config())
    assert "did you mean 'time_stamp'?" in caught.value.hint
    assert "columns.timestamp" in caught.value.hint


def test_a_missing_optional_column_says_null():
    with pytest.raises(InputError, match="no column 'rating'") as caught:
        parse(RATINGS.drop(columns="rating"), config())
    assert "null" in caught.value.hint
    with pytest.raises(InputError, match="works of mine: no column 'creators'") as caught:
        parse(RATINGS, config(), WORKS.drop(columns="creators"))
    assert "works_columns.creators" in caught.value.hint
    assert "null" in caught.value.hint


def test_a_semicolon_file_read_with_commas():
    raw = pd.DataFrame({"user_id;item_id;timestamp;rating": ["u;1;1;5"]})
    with pytest.raises(InputError) as caught:
        parse(raw, config())
    assert "delimiter to ';'" in caught.value.hint


def test_no_rows():
    with pytest.raises(InputError, match="no rows below the header"):
        parse(RATINGS.iloc[:0], config())


def test_an_unknown_parameter_offers_the_near_one():
    with pytest.raises(ValidationError, match="did you mean 'timestamp_unit'"):
        config(time_unit="ms")


def test_the_configured_reader_reads(raw_snapshot):
    some = raw_tables(raw_snapshot.head(50))
    embedded = parse_any(some, SourceConfig())
    expected = movielens_snapshot.parse(some, SourceConfig())
    pd.testing.assert_frame_equal(embedded.interactions, expected.interactions)
