"""Exported feedback as a source: read with care, apart from the source's own users."""

from __future__ import annotations

import pandas as pd
import pytest

from artrec.data.feedback import joined, parse_feedback, with_feedback
from artrec.data.sources.base import SourceVariant
from artrec.data.sources.raw import RawRows
from artrec.errors import InputError

ANN, BEN = "p_" + "a" * 26, "p_" + "b2" * 13
SOURCE = pd.DataFrame(
    {"user_id": ["1", "p_short"], "item_id": ["7", "8"], "timestamp": [5, 6], "rating": [4.0, 2.5]}
)


def exported(**changed: list[str]) -> RawRows:
    columns = {
        "user_id": [ANN, BEN],
        "item_id": ["7", "9"],
        "timestamp": ["1700000000", "1700000001"],
        "rating": ["4.5", "1.0"],
    }
    return RawRows.of(pd.DataFrame(columns | changed))


def test_rows_become_interactions() -> None:
    found = parse_feedback(exported(), SOURCE)
    assert found.interactions.to_numpy().tolist() == [
        [ANN, "7", 1_700_000_000, 4.5],
        [BEN, "9", 1_700_000_001, 1.0],
    ]
    assert found.rejected.empty and found.variant.rows == {"feedback": 2}


def test_bad_rows_are_set_aside() -> None:
    found = parse_feedback(exported(rating=["five", "1.0"], timestamp=["1", ""]), SOURCE)
    assert found.interactions.empty
    assert found.rejected[["table", "row"]].to_numpy().tolist() == [
        ["feedback", 1],
        ["feedback", 2],
    ]


def test_without_ratings_where_the_source_has_none() -> None:
    found = parse_feedback(exported(), SOURCE.drop(columns="rating"))
    assert list(found.interactions.columns) == ["user_id", "item_id", "timestamp"]


def test_a_column_that_is_missing_is_named() -> None:
    raw = RawRows.of(exported().whole().drop(columns="rating"))
    with pytest.raises(InputError, match="rating"):
        parse_feedback(raw, SOURCE)


def test_a_source_with_a_persons_id_is_refused() -> None:
    with pytest.raises(InputError, match="id of a person"):
        parse_feedback(exported(), SOURCE.assign(user_id=["1", ANN]))


def test_the_variant_tells_of_it() -> None:
    source = SourceVariant("films", {"ratings": 12}, "ab" * 32).to_dict()
    told = with_feedback(source, parse_feedback(exported(), SOURCE).variant)
    assert told["source"] == "films" and told["rows"] == {"ratings": 12, "feedback": 2}
    assert told["sha256"] != source["sha256"] and "feedback=2" in str(told["label"])
    other = parse_feedback(exported(rating=["4.5", "1.5"]), SOURCE).variant
    assert with_feedback(source, other)["sha256"] != told["sha256"]


def test_the_sources_columns_are_kept() -> None:
    feedback = parse_feedback(exported(), SOURCE).interactions
    untimed = joined(SOURCE.drop(columns="timestamp"), feedback)
    assert list(untimed.columns) == ["user_id", "item_id", "rating"]
    assert untimed["user_id"].tolist() == ["1", "p_short", ANN, BEN]
    assert joined(SOURCE, feedback.iloc[:0]) is SOURCE
