"""Saving atomically: whole under its name, or not at all."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from kedro.io import DatasetError

from artrec.datasets.atomic import replacing
from artrec.datasets.files import CSVTable, JSONReport, ParquetTable, RawTable
from artrec.errors import InputError


def test_a_file_takes_its_place_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "report.txt"
    with replacing(target) as fresh:
        fresh.write_text("whole")
        assert not target.exists()
    assert target.read_text() == "whole"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
def test_an_interruption_leaves_the_old_file_and_no_rubbish(
    tmp_path: Path, interruption: type[BaseException]
) -> None:
    target = tmp_path / "report.txt"
    target.write_text("old")
    with pytest.raises(interruption), replacing(target) as fresh:
        fresh.write_text("half")
        raise interruption
    assert target.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["report.txt"]


KILLED = """
import os, sys
from pathlib import Path
from artrec.datasets.atomic import replacing
with replacing(Path(sys.argv[1])) as fresh:
    fresh.write_text("half")
    os._exit(9)
"""


def test_what_a_killed_run_left_is_gone_after_the_next_save(tmp_path: Path) -> None:
    target = tmp_path / "report.txt"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False)
    assert killed.returncode == 9
    assert not target.exists()
    assert len(list(tmp_path.iterdir())) == 1
    with replacing(target) as fresh:
        fresh.write_text("whole")
    assert [each.name for each in tmp_path.iterdir()] == ["report.txt"]


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "stale.npy").write_text("stale")
    with replacing(target) as fresh:
        fresh.mkdir()
        (fresh / "new.npy").write_text("new")
    assert [each.name for each in target.iterdir()] == ["new.npy"]
    assert [each.name for each in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize("moment", [1, 2])
def test_an_interruption_while_a_folder_takes_its_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "old.npy").write_text("old")
    rename, moves = Path.rename, iter(range(1, 10))

    def interrupted(path: Path, to: Path) -> Path:
        if next(moves) == moment:
            raise KeyboardInterrupt
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), replacing(target) as fresh:
        fresh.mkdir()
    assert [each.name for each in target.iterdir()] == ["old.npy"]
    assert [each.name for each in tmp_path.iterdir()] == ["model"]


def test_tables_and_reports_survive_the_round_trip(tmp_path: Path) -> None:
    table = pd.DataFrame({"user_id": ["007", "é"], "rating": [0.5, 5.0]})
    parquet = ParquetTable(filepath=str(tmp_path / "a.parquet"))
    parquet.save(table)
    pd.testing.assert_frame_equal(parquet.load(), table)
    report = JSONReport(filepath=str(tmp_path / "a.json"))
    report.save({"n": 1})
    assert report.load() == {"n": 1}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.json", "a.parquet"]


def test_a_save_that_fails_keeps_the_last_good_output(tmp_path: Path) -> None:
    class Unwritable:
        pass

    good = JSONReport(filepath=str(tmp_path / "a.json"))
    good.save({"n": 1})
    with pytest.raises(DatasetError):
        good.save({"n": Unwritable()})
    assert good.load() == {"n": 1}
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


def test_the_same_table_is_the_same_bytes(tmp_path: Path) -> None:
    table = pd.DataFrame({"item_id": ["1", "2"], "score": [0.25, 0.5]})
    for kind, suffix in ((ParquetTable, "parquet"), (CSVTable, "csv")):
        paths = [tmp_path / f"{turn}.{suffix}" for turn in ("one", "two")]
        for path in paths:
            kind(filepath=str(path)).save(table)
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_raw_table_is_text_and_never_written(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("user_id,item_id\n007,01\n")
    raw = RawTable(filepath=str(path))
    assert raw.load().whole().loc[0].tolist() == ["007", "01"]
    with pytest.raises(DatasetError, match="never writes"):
        raw.save(pd.DataFrame())
    assert path.read_text() == "user_id,item_id\n007,01\n"


def test_an_optional_raw_table_may_be_absent_and_another_may_not(tmp_path: Path) -> None:
    path = str(tmp_path / "works.csv")
    assert RawTable(filepath=path, optional=True).load().whole().shape == (0, 0)
    with pytest.raises(DatasetError) as raised:
        RawTable(filepath=path).load()
    assert isinstance(raised.value.__cause__, InputError)
    assert "works.csv" in str(raised.value)
