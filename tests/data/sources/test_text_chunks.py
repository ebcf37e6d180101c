"""Blocks that Arrow reads: the same cells as pandas, and none of what the two read differently."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.data.sources.base import RatingColumns, SourceConfig
from artrec.data.sources.files import RawFile, open_raw
from artrec.data.sources.rating_rows import coded_ratings, gather_ratings
from artrec.data.sources.raw import RawRows
from artrec.data.sources.text_chunks import plain_table
from artrec.data.sources.variants import Fingerprint
from artrec.errors import InputError

NAMES = ("user_id", "item_id", "timestamp", "rating")
HEADER = ",".join(NAMES) + "\n"
CELLS = st.text('01x. \t,"\r\n\x00é\x1f', max_size=4)
ROWS = st.lists(st.lists(CELLS, min_size=4, max_size=4).map(",".join), max_size=6).map("\n".join)
GOOD = "007,5,10,4.5\n8,5.0,-3,2\n007,6,0,4.5\n"


def file_of(folder, text, **settings):
    path = folder / "ratings.csv"
    path.write_bytes((HEADER + text).encode())
    return open_raw(RawFile(str(path), **settings))


def read(chunks):
    try:
        return [chunk.to_dict("split") for chunk in chunks]
    except InputError as error:
        return error.problem


@given(ROWS, st.sampled_from([1, 40, 2**24]))
def test_cells_are_those_that_pandas_reads(tmp_path_factory, text, n_characters):
    folder = tmp_path_factory.mktemp("raw")
    try:
        rows = file_of(folder, text, chunk_characters=n_characters)
    except InputError:
        return  # before any row is read
    assert read(chunk.frame() for chunk in rows.text_chunks()) == read(rows)


@pytest.mark.parametrize(
    "text",
    ['"7",5,1,4\n', "7,5,1\n", "7,5,1,4\n\n7,6,1,4\n", " 7,5,1,4\n", "7,5,1,4\n\t8,5,1,4\n",
     "7,5,1,4,\n", "7,5\r,1,4\n", "7,5\x00,1,4\n"],
)  # fmt: skip
def test_what_the_two_read_differently_is_left_to_pandas(text):
    assert plain_table(text, NAMES, ",", has_header=False) is None


def test_lines_may_end_as_on_windows_and_empty_cells_are_missing():
    table = plain_table(HEADER.replace("\n", "\r\n") + "7,,1,4\r\n", NAMES, ",", has_header=True)
    assert table.to_pylist() == [{"user_id": "7", "item_id": None, "timestamp": "1", "rating": "4"}]


def test_lines_may_end_in_several_ways_without_all_of_the_memory(tmp_path):
    # pandas alone takes 20 GB over this text
    text = '1\x1f.,,. \x1f,,\n,é0\r ,1,\t\n\x1f \n\r\x00\t,\t01",\t \r,\t\x1fé'
    rows = list(file_of(tmp_path, text))
    assert [len(chunk) for chunk in rows] == [4, 2]


def gathered(rows):
    fingerprint = Fingerprint()
    found = gather_ratings(rows, RatingColumns(), SourceConfig(), fingerprint)
    return found.interactions(), found.rejected(), fingerprint.variant("films")


@pytest.mark.parametrize(
    "bad",
    ["", ",5,1,4\n", "7,5,,4\n", "7,5,1,high\n", "7,5,0x1F,4\n", "7,5,1.5,4\n", "7,5,1,inf\n",
     f"7,5,{2**53 + 1},4\n", f"7,5,{-(2**63)},4\n", "7,5,1,0x4\n", "7\x1f,5,1,4\n"],
)  # fmt: skip
@pytest.mark.parametrize("n_characters", [20, 2**24])
def test_ratings_are_the_same_by_arrow_and_by_pandas(tmp_path, bad, n_characters):
    rows = file_of(tmp_path, GOOD + bad + GOOD, chunk_characters=n_characters)
    interactions, rejected, variant = gathered(rows)
    slowly = gathered(RawRows(rows.columns, rows.chunks))
    pd.testing.assert_frame_equal(interactions, slowly[0])
    pd.testing.assert_frame_equal(rejected, slowly[1])
    assert variant == slowly[2]
    assert len(interactions) + len(rejected) == 6 + bool(bad)


def test_rows_that_convert_are_not_looked_at_one_by_one():
    table = plain_table(GOOD, NAMES, ",", has_header=False)
    coded = coded_ratings(table, RatingColumns())
    assert coded.ids["user_id"][1] == ["007", "8"]
    assert coded.cells["rating"].tolist() == [4.5, 2.0, 4.5]
