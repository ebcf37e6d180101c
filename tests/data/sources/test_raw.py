"""Raw text tables: cells stay what they were, and every row set aside has its reason."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.data.sources.files import RawFile, read_raw
from artrec.data.sources.raw import Sieve, as_text, holds_nul, numbers_of, require_columns
from artrec.errors import InputError


def sieve_of(*cells, name="x"):
    return Sieve("ratings", pd.DataFrame({name: pd.Series(cells, dtype="object")}))


def reasons(sieve):
    return sieve.rejected()["reason"].tolist()


@given(st.lists(st.text(min_size=1)))
def test_text_stays_exactly_as_it_is(cells):
    frame = pd.DataFrame({"x": pd.Series(cells, dtype="object")})
    assert as_text(frame)["x"].tolist() == cells


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pd.Series([1, 20]), ["1", "20"]),
        (pd.Series([1.0, np.nan, 2.5]), ["1", None, "2.5"]),
        (pd.Series([1.0, np.inf]), ["1", "inf"]),
        (pd.Series([1, None], dtype="Int64"), ["1", None]),
        (pd.Series([9_007_199_254_740_993, None], dtype="Int64"), ["9007199254740993", None]),
        (pd.Series(["01", "", None]), ["01", None, None]),
        (pd.Series(["a", None], dtype="string"), ["a", None]),
        (pd.Series(["a", "b"], dtype="category"), ["a", "b"]),
        (pd.to_datetime(pd.Series(["2016-10-16", None])), ["2016-10-16T00:00:00", None]),
        (pd.Series([dt.date(2016, 10, 16)]), ["2016-10-16"]),
    ],
)
def test_every_type_becomes_text(column, text):
    assert as_text(pd.DataFrame({"x": column}))["x"].tolist() == text


def test_more_words_for_missing():
    frame = pd.DataFrame({"x": ["NA", "N/A", ""]})
    assert as_text(frame, ("", "NA"))["x"].tolist() == [None, "N/A", None]


def test_the_input_is_not_changed():
    frame = pd.DataFrame({"\ufeffx": ["", "a"]})
    as_text(frame)
    assert frame["\ufeffx"].tolist() == ["", "a"]
    assert list(as_text(frame).columns) == ["x"]


NAMES = {"user_id": "user_id", "rating": "rating"}


def refusal(columns, rows=1, wanted=NAMES, **options):
    raw = pd.DataFrame([["1"] * len(columns)] * rows, columns=columns)
    with pytest.raises(InputError) as caught:
        require_columns(raw, wanted, "ratings of mine", **options)
    assert "ratings of mine" in caught.value.problem
    return caught.value


def test_a_missing_column_is_named_with_what_there_is():
    error = refusal(["user_id", "stars"], parameter="columns")
    assert "no column 'rating'" in error.problem
    assert "['user_id', 'stars']" in error.problem
    assert "columns.rating" in error.hint


@pytest.mark.parametrize("near", ["User_ID", " user_id", "userid", "user-id"])
def test_a_misnamed_column_gets_the_near_name(near):
    assert f"did you mean {near!r}?" in refusal([near, "rating", "other"]).hint


def test_where_null_is_possible_the_hint_says_so():
    error = refusal(["user_id"], optional=["rating"], parameter="works_columns")
    assert "works_columns.rating" in error.hint
    assert "null" in error.hint


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_one_long_column_name_tells_the_delimiter(delimiter):
    error = refusal([f"user_id{delimiter}rating"])
    assert f"set the file's delimiter to {delimiter!r}" in error.hint


def test_a_header_without_rows():
    assert "no rows below the header" in refusal(["user_id", "rating"], rows=0).problem


def test_two_columns_of_a_wanted_name_are_refused_and_of_another_are_not(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_text("user_id,note,rating,note,rating\nu,a,5,b,1\n")
    raw = read_raw(RawFile(str(path)))
    with pytest.raises(InputError, match="more than one column is called 'rating'"):
        require_columns(raw, NAMES, "ratings")
    require_columns(raw, {"user_id": "user_id"}, "ratings")


def test_extra_and_reordered_columns_are_fine():
    raw = pd.DataFrame({"rating": ["1"], "comment": ["x"], "user_id": ["2"]})
    require_columns(raw, NAMES, "ratings")


def test_numbers_convert_or_are_set_aside_with_the_reason():
    sieve = sieve_of("4.5", "five", "NaN", "-inf", None, "3,5", "1e400", " 2 ", "")
    numbers = sieve.number("x")
    assert numbers[sieve.accepted()].tolist() == [4.5, 2.0]
    assert reasons(sieve) == [
        "x 'five' is not a number",
        "x 'NaN' is not a number",
        "x '-inf' is not a number",
        "x is missing",
        "x '3,5' is not a number",
        "x '1e400' is not a number",
        "x '' is not a number",
    ]


def test_a_missing_number_may_be_allowed():
    sieve = sieve_of(None, "7")
    assert sieve.number("x", required=False).tolist()[1] == 7
    assert sieve.accepted().all()


def test_whole_numbers():
    sieve = sieve_of("1995", "1995.0", "1995.5", "MCMXCV", None, "1e300")
    years = sieve.whole_number("x")
    assert years[sieve.accepted()].tolist() == [1995, 1995, pd.NA]
    assert reasons(sieve) == [
        "x '1995.5' is not a whole number",
        "x 'MCMXCV' is not a number",
        "x '1e300' is not a whole number",
    ]


@pytest.mark.parametrize(
    ("unit", "text", "seconds"),
    [
        ("s", "1476640644", 1476640644),
        ("s", "-5", -5),
        ("s", "1476640644.9", 1476640644),
        ("ms", "1476640644999", 1476640644),
        ("ms", "-1", -1),
        ("iso", "2016-10-16T17:57:24Z", 1476640644),
        ("iso", "2016-10-16 17:57:24.9", 1476640644),
        ("iso", "2016-10-16T19:57:24+02:00", 1476640644),
        ("iso", "2016-10-16", 1476576000),
        ("iso", "1969-12-31T23:59:59.5Z", -1),
    ],
)
def test_times_become_whole_seconds(unit, text, seconds):
    sieve = sieve_of(text)
    assert sieve.seconds("x", unit).tolist() == [seconds]
    assert sieve.accepted().all()


@pytest.mark.parametrize(
    ("unit", "text", "reason"),
    [
        ("s", "2016-10-16", "x '2016-10-16' is not a number"),
        ("s", "1e300", "x '1e300' is out of range"),
        ("s", None, "x is missing"),
        ("iso", "1476640644", "x '1476640644' is not an ISO 8601 time"),
        ("iso", "16.10.2016", "x '16.10.2016' is not an ISO 8601 time"),
        ("iso", None, "x is missing"),
    ],
)
def test_times_that_do_not_convert(unit, text, reason):
    sieve = sieve_of(text)
    sieve.seconds("x", unit)
    assert reasons(sieve) == [reason]


def test_mixed_times_and_zones_in_one_column():
    sieve = sieve_of("2016-10-16", "2016-10-16T02:00:00+02:00", "2016-10-16T00:00:00Z")
    assert sieve.seconds("x", "iso").tolist() == [1476576000] * 3


def test_ids_with_a_nul_are_set_aside():
    sieve = sieve_of("a", "a\0", None)
    sieve.ids("x")
    assert reasons(sieve) == ["x 'a\\x00' holds a NUL character", "x is missing"]


def test_the_first_reason_counts_and_rows_are_counted_from_one():
    raw = pd.DataFrame({"a": ["1", None, "x"], "b": ["1", None, "2"]})
    sieve = Sieve("ratings", raw)
    sieve.text("a")
    sieve.text("b")
    sieve.number("a", required=False)
    rejected = sieve.rejected()
    assert rejected["row"].tolist() == [2, 3]
    assert rejected["reason"].tolist() == ["a is missing", "a 'x' is not a number"]
    assert rejected["table"].tolist() == ["ratings", "ratings"]
    assert [json.loads(values) for values in rejected["values"]] == [
        {"a": None, "b": None},
        {"a": "x", "b": "2"},
    ]


def test_values_stay_readable_in_any_script():
    sieve = sieve_of("日本")
    sieve.number("x")
    assert sieve.rejected()["values"].tolist() == ['{"x": "日本"}']


def test_long_cells_are_cut_in_messages_only():
    sieve = sieve_of("y" * 10_000)
    sieve.number("x")
    assert len(reasons(sieve)[0]) < 100
    assert json.loads(sieve.rejected()["values"][0])["x"] == "y" * 10_000


@given(st.lists(st.one_of(st.none(), st.text(), st.floats().map(str)), max_size=20))
def test_no_row_is_lost(cells):
    sieve = sieve_of(*cells)
    sieve.number("x")
    assert sieve.accepted().sum() + len(sieve.rejected()) == len(cells)


NUMBER_TEXTS = st.one_of(
    st.none(),
    st.text("0123456789+-.eEx infNa_\x00", max_size=6),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(
        ["0x1F", "007", "+5", " 5", "1_000", "4\x00", "4", "9" * 30, "1e400", "\ud800"]
    ),
)


@given(st.lists(NUMBER_TEXTS, max_size=12))
def test_numbers_are_what_pandas_makes_of_them(cells):
    values = pd.Series(cells, dtype="object")
    expected = pd.to_numeric(values, errors="coerce").astype("float64")
    pd.testing.assert_series_equal(numbers_of(values), expected)


@given(st.lists(st.one_of(st.none(), st.text("a\x00", max_size=3)), max_size=6))
def test_a_nul_is_found_wherever_it_is(cells):
    values = pd.Series(cells, dtype="object")
    assert holds_nul(values) == any("\x00" in cell for cell in cells if cell is not None)
