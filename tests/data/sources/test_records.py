"""JSON records as a text table: folders, lists and archives, and what is wrong with them."""

from __future__ import annotations

import json
import zipfile

import pytest

from artrec.data.sources.records import RecordFiles, open_records
from artrec.errors import InputError

FIRST = {"id": 7, "title": "Zoë & the שלום 🎬", "cast": ["Ann", "Bo"], "seen": True, "text": ""}
SECOND = {"id": "007", "maker": {"name": "Cy"}, "title": None}


def written(folder, **files):
    for name, content in files.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def rows_of(path, **options):
    return open_records(RecordFiles(str(path), **options)).whole()


def refused(path, **options):
    with pytest.raises(InputError) as caught:
        open_records(RecordFiles(str(path), **options))
    assert caught.value.hint
    return caught.value


EXPECTED = [
    ["7", "Zoë & the שלום 🎬", '["Ann", "Bo"]', "true", None, None],
    ["007", None, None, None, None, '{"name": "Cy"}'],
]


def test_a_list_of_records(tmp_path):
    path = written(tmp_path, all=[FIRST, SECOND]) / "all.json"
    table = rows_of(path)
    assert list(table.columns) == ["id", "title", "cast", "seen", "text", "maker"]
    assert table.to_numpy().tolist() == EXPECTED


def test_a_folder_of_records_and_of_lists_in_the_order_of_paths(tmp_path):
    folder = written(tmp_path, **{"inner/b": SECOND, "a": [FIRST]})
    (folder / "notes.txt").write_text("no record")
    assert rows_of(folder).to_numpy().tolist() == EXPECTED
    assert rows_of(folder, pattern="b*.json")["id"].tolist() == ["007"]


def test_records_inside_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("deep/er/b.json", json.dumps(SECOND))
        archive.writestr("deep/a.json", json.dumps(FIRST))
        archive.writestr("__MACOSX/a.json", "litter")
        archive.writestr("deep/readme.txt", "no record")
    assert rows_of(tmp_path / "all.zip").to_numpy().tolist() == EXPECTED


def test_no_record_is_an_empty_table(tmp_path):
    assert rows_of(written(tmp_path, none="[]") / "none.json").shape == (0, 0)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[{"id": 1}, {"id"', "no JSON, or cut off"),
        ("<!DOCTYPE html><title>Log in</title>", "web page"),
        ("[1, 2]", "where a record"),
        ('"text"', "where a record"),
        ("", "is empty (0 bytes)"),
        ("[" * 100_000, "no JSON, or cut off"),
        ('[{"id": ' + "9" * 5_000 + "}]", "no JSON, or cut off"),
    ],
)
def test_what_is_no_record_is_named(tmp_path, content, says):
    error = refused(written(tmp_path, bad=content) / "bad.json")
    assert says in error.problem
    assert "bad.json" in error.problem


def test_half_a_character_can_be_stored(tmp_path):
    path = (
        written(tmp_path, half='[{"title": "A \\ud83c film", "cast": ["\\udfac"]}]') / "half.json"
    )
    assert rows_of(path).to_numpy().tolist() == [["A \ufffd film", '["\ufffd"]']]


def test_latin_1_is_named_with_its_line(tmp_path):
    (tmp_path / "bad.json").write_bytes('[\n{"title": "Zoë"}]'.encode("latin-1"))
    assert "byte 0xeb in line 2" in refused(tmp_path / "bad.json").problem


def test_a_file_or_folder_without_records(tmp_path):
    assert "no file at" in refused(tmp_path / "none.json").problem
    (tmp_path / "empty").mkdir()
    assert "no file like *.json" in refused(tmp_path / "empty").problem
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("readme.txt", "no record")
    assert "no file like *.json" in refused(tmp_path / "all.zip").problem
