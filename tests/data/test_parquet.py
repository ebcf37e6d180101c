"""Parquet by path: the same table as pandas reads, and errors that callers know."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from artrec.data.parquet import read_parquet


@pytest.fixture
def saved_table(tmp_path: Path) -> Path:
    path = tmp_path / "table.parquet"
    table = pd.DataFrame({"item_id": ["007", None, "é"], "n": [1, 2, 3]})
    table["year"] = pd.array([1999, None, 2001], dtype="Int64")
    table.to_parquet(path, index=False)
    return path


def test_it_reads_what_pandas_reads(saved_table: Path) -> None:
    assert_frame_equal(read_parquet(saved_table), pd.read_parquet(saved_table))


def test_texts_that_repeat_are_those_that_pandas_reads(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    ids = [None, "", "é", *(f"i{at % 300}" for at in range(29_997))]
    table = pd.DataFrame(
        {"id": ids, "n": range(30_000), "text": [f"{n:09}" for n in range(30_000)]}
    )
    table["none"] = pd.Series([None] * 30_000, dtype=object)
    table.to_parquet(path, index=False, row_group_size=7_000)
    found = read_parquet(path)
    assert_frame_equal(found, pd.read_parquet(path))
    assert found["id"].iloc[0] is None
    assert found["id"].iloc[5] is found["id"].iloc[29_405]  # made once
    assert_frame_equal(read_parquet(path, ["n", "id"]), found[["n", "id"]])


def test_some_columns_alone(saved_table: Path) -> None:
    assert list(read_parquet(saved_table, ["n"]).columns) == ["n"]


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_parquet(tmp_path / "none.parquet")


def test_a_cut_file_is_no_table(saved_table: Path) -> None:
    saved_table.write_bytes(saved_table.read_bytes()[:-20])
    with pytest.raises(ValueError, match=r"[Pp]arquet"):
        read_parquet(saved_table)
