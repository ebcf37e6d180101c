"""Datasets of raw tables: opened as text, absent where they may be, shown, never written."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from kedro.io import DatasetError

from artrec.data.sources.raw import RawRows
from artrec.datasets.files import RawRecords, RawTable

RATINGS = "7::001::8\n8::002::9\n"
COLUMNS = ["user_id", "item_id", "rating"]


@pytest.fixture
def archive(tmp_path: Path) -> str:
    path = tmp_path / "films.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("films-1/ratings.dat", RATINGS)
        packed.writestr("films-1/a/1.json", json.dumps({"id": "007", "cast": ["Ann"]}))
        packed.writestr("films-1/b/2.json", json.dumps({"id": "8", "cast": None}))
    return str(path)


def test_a_member_without_header_parted_by_two_colons(archive: str) -> None:
    table = RawTable(filepath=archive, member="ratings.dat", delimiter="::", columns=COLUMNS)
    rows = table.load()
    assert rows.columns == tuple(COLUMNS)
    assert rows.whole().to_numpy().tolist() == [["7", "001", "8"], ["8", "002", "9"]]
    assert table._describe()["member"] == "ratings.dat"


def test_an_optional_member_may_be_absent_and_another_may_not(archive: str) -> None:
    assert not RawTable(filepath=archive, member="tags.csv", optional=True).load().present
    with pytest.raises(DatasetError, match=r"holds no tags\.csv"):
        RawTable(filepath=archive, member="tags.csv").load()


def test_an_optional_archive_that_is_damaged_is_no_absent_one(archive: str) -> None:
    Path(archive).write_bytes(Path(archive).read_bytes()[:-30])
    with pytest.raises(DatasetError, match="damaged or cut off"):
        RawTable(filepath=archive, member="tags.csv", optional=True).load()


def test_records(archive: str, tmp_path: Path) -> None:
    records = RawRecords(filepath=archive)
    assert records.load().whole().to_numpy().tolist() == [["007", '["Ann"]'], ["8", None]]
    assert records.preview(1) == {
        "index": [0],
        "columns": ["id", "cast"],
        "data": [["007", '["Ann"]']],
    }
    assert not RawRecords(filepath=str(tmp_path / "none"), optional=True).load().present
    with pytest.raises(DatasetError, match="no file at"):
        RawRecords(filepath=str(tmp_path / "none.json")).load()


def test_raw_data_are_never_written(archive: str) -> None:
    before = Path(archive).read_bytes()
    for dataset in (RawTable(filepath=archive), RawRecords(filepath=archive)):
        with pytest.raises(DatasetError, match="never writes"):
            dataset.save(RawRows.of(pd.DataFrame({"id": ["1"]})))
    assert Path(archive).read_bytes() == before
