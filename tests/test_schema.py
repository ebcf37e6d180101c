"""Table contracts: columns, order, types, and what does not fit."""

import pandas as pd
import pytest

from artrec import schema
from artrec.errors import InputError


def test_columns_are_ordered_typed_and_no_more_than_the_contract_knows() -> None:
    raw = pd.DataFrame(
        {"rating": [4], "extra": ["x"], "item_id": ["007"], "user_id": ["u"], "timestamp": [3.0]}
    )
    table = schema.INTERACTIONS.conform(raw)
    assert list(table.columns) == ["user_id", "item_id", "timestamp", "rating"]
    assert table.dtypes.map(str).tolist() == ["object", "object", "int64", "float64"]
    assert table.loc[0, "item_id"] == "007"
    assert "extra" in raw


def test_missing_text_is_none_and_a_missing_year_stays_missing() -> None:
    works = schema.WORKS.conform(
        pd.DataFrame(
            {
                "item_id": ["a", "b"],
                "title": ["A", float("nan")],
                "year": [1979, None],
                "genres": [None, "Drama"],
                "creators": [None, None],
            }
        )
    )
    assert works["title"].tolist() == ["A", None]
    assert works["year"].isna().tolist() == [False, True]


def test_a_missing_column_is_named_with_the_near_one() -> None:
    with pytest.raises(InputError, match="needs the column 'item_id'") as raised:
        schema.INTERACTIONS.conform(pd.DataFrame({"user_id": ["u"], "item": ["a"]}))
    assert "'item'" in raised.value.hint


@pytest.mark.parametrize("time", [3, 3.0, "3"])
def test_a_whole_number_may_be_written_in_any_way(time: object) -> None:
    table = pd.DataFrame({"user_id": ["u"], "item_id": ["a"], "timestamp": [time]})
    assert schema.INTERACTIONS.conform(table)["timestamp"].tolist() == [3]


def test_an_object_column_is_no_way_around_the_rule() -> None:
    mixed = pd.Series([3, 1.7], dtype="object")
    table = pd.DataFrame({"user_id": ["u", "v"], "item_id": ["a", "a"], "timestamp": mixed})
    with pytest.raises(InputError, match=r"1\.7 is not a whole number"):
        schema.INTERACTIONS.conform(table)


@pytest.mark.parametrize("time", [1.7, float("nan"), "soon"])
def test_a_time_that_is_no_whole_number_is_refused_and_not_rounded(time: object) -> None:
    table = pd.DataFrame({"user_id": ["u"], "item_id": ["a"], "timestamp": [time]})
    with pytest.raises(InputError, match="'timestamp' of table 'interactions' should be int64"):
        schema.INTERACTIONS.conform(table)
