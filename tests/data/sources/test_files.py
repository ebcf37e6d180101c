"""Trouble with a raw file: each is named, with what to do about it."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from artrec.data.sources.files import RawFile, read_raw
from artrec.errors import InputError

HEADER = "user_id,item_id,timestamp,rating\n"
GOOD = HEADER + "u1,001,10,4.5\nu2,é|日本,20,3\n"
EXPECTED = [["u1", "001", "10", "4.5"], ["u2", "é|日本", "20", "3"]]


def read(tmp_path, content, name="ratings.csv", **options):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_raw(RawFile(str(path), **options))


def refused(tmp_path, content, name="ratings.csv", **options):
    with pytest.raises(InputError) as caught:
        read(tmp_path, content, name, **options)
    assert name in caught.value.problem
    assert caught.value.hint
    return caught.value


def parquet_bytes(frame, tmp_path):
    frame.to_parquet(tmp_path / "made.parquet")
    return (tmp_path / "made.parquet").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("ratings.csv", GOOD.encode(), {}),
        ("RATINGS.CSV", GOOD.encode(), {}),
        ("ratings.txt", GOOD.encode(), {}),
        ("ratings.csv.gz", gzip.compress(GOOD.encode()), {}),
        ("ratings.csv", gzip.compress(GOOD.encode()), {}),
        ("ratings.csv", GOOD.encode("utf-8-sig"), {}),
        ("ratings.csv", GOOD.replace("\n", "\r\n").encode(), {}),
        ("ratings.csv", GOOD.rstrip("\n").encode(), {}),
        ("ratings.csv", GOOD.replace(".5\n", ".5,\n").replace("3\n", "3,\n").encode(), {}),
        ("ratings.tsv", GOOD.replace(",", "\t").encode(), {"delimiter": "\t"}),
        ("ratings.csv", GOOD.replace(",", ";").encode(), {"delimiter": ";"}),
        ("ratings.csv", GOOD.encode("utf-16"), {"encoding": "utf-16"}),
    ],
)
def test_good_files_read_alike(tmp_path, name, content, options):
    raw = read(tmp_path, content, name, **options)
    assert list(raw.columns) == ["user_id", "item_id", "timestamp", "rating"]
    assert raw.to_numpy().tolist() == EXPECTED


def test_parquet_reads_as_the_same_text(tmp_path):
    frame = pd.DataFrame(EXPECTED, columns=["user_id", "item_id", "timestamp", "rating"])
    typed = frame.astype({"timestamp": "int64", "rating": "float64"})
    raw = read(tmp_path, parquet_bytes(typed, tmp_path), "ratings.parquet")
    assert raw.to_numpy().tolist() == EXPECTED


def test_parquet_with_an_index_keeps_all_its_columns(tmp_path):
    indexed = pd.DataFrame({"user_id": ["u1"], "item_id": ["1"]}).set_index("user_id")
    raw = read(tmp_path, parquet_bytes(indexed, tmp_path), "ratings.parquet")
    assert sorted(raw.columns) == ["item_id", "user_id"]


def test_large_whole_numbers_with_gaps_stay_exact_in_parquet(tmp_path):
    ids = pd.DataFrame({"item_id": pd.Series([9_007_199_254_740_993, None], dtype="Int64")})
    raw = read(tmp_path, parquet_bytes(ids, tmp_path), "ratings.parquet")
    assert raw["item_id"].tolist() == ["9007199254740993", None]


def test_quoted_cells_may_hold_anything(tmp_path):
    raw = read(tmp_path, 'item_id,title\n1,"Lust, ""Caution""\nagain"\n')
    assert raw["title"].tolist() == ['Lust, "Caution"\nagain']


def test_words_that_pandas_takes_for_missing_stay_text(tmp_path):
    raw = read(tmp_path, "item_id,title\nNA,null\nNaN,None\n")
    assert raw.to_numpy().tolist() == [["NA", "null"], ["NaN", "None"]]


def test_ids_of_ten_thousand_characters_stay_whole(tmp_path):
    long = "x" * 10_000
    assert read(tmp_path, f"user_id,item_id\n{long},1\n")["user_id"].tolist() == [long]


def test_a_missing_file_names_the_near_one(tmp_path):
    (tmp_path / "ratings.csv").write_text(GOOD)
    with pytest.raises(InputError, match="no file at") as caught:
        read_raw(RawFile(str(tmp_path / "rating.csv")))
    assert "did you mean 'ratings.csv'?" in caught.value.hint


def test_a_missing_folder_is_said_too(tmp_path):
    with pytest.raises(InputError, match="no file at") as caught:
        read_raw(RawFile(str(tmp_path / "nowhere" / "ratings.csv")))
    assert "nowhere" in caught.value.hint


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        read_raw(RawFile(str(tmp_path / "folder.csv")))


@pytest.mark.parametrize("name", ["ratings.csv", "ratings.parquet", "ratings.csv.gz"])
def test_an_empty_file(tmp_path, name):
    assert "is empty (0 bytes)" in refused(tmp_path, b"", name).problem


@pytest.mark.parametrize("content", ["\n\n", "\ufeff", "  "])
def test_a_file_of_blanks(tmp_path, content):
    assert "no header" in refused(tmp_path, content).problem


def test_an_empty_gzip(tmp_path):
    assert "is empty" in refused(tmp_path, gzip.compress(b""), "ratings.csv.gz").problem


@pytest.mark.parametrize("kept", [11, 25, -1])
def test_a_truncated_gzip(tmp_path, kept):
    error = refused(tmp_path, gzip.compress(GOOD.encode())[:kept], "ratings.csv.gz")
    assert "damaged or cut off" in error.problem
    assert "download it again" in error.hint


def test_a_damaged_gzip(tmp_path):
    content = bytearray(gzip.compress(GOOD.encode() * 9))
    content[30] ^= 0xFF
    assert "damaged" in refused(tmp_path, bytes(content), "ratings.csv.gz").problem


@pytest.mark.parametrize("kept", [10, -1])
def test_a_truncated_parquet(tmp_path, kept):
    content = parquet_bytes(pd.DataFrame({"user_id": ["u"]}), tmp_path)
    assert "cut off" in refused(tmp_path, content[:kept], "ratings.parquet").problem


def test_text_named_parquet(tmp_path):
    assert "no Parquet file" in refused(tmp_path, GOOD, "ratings.parquet").problem


def test_parquet_named_csv(tmp_path):
    content = parquet_bytes(pd.DataFrame({"user_id": ["u"]}), tmp_path)
    assert ".parquet" in refused(tmp_path, content).hint


def test_a_spreadsheet(tmp_path):
    error = refused(tmp_path, b"PK\x03\x04", "ratings.xlsx")
    assert "neither CSV nor Parquet" in error.problem
    assert ".csv" in error.hint


@pytest.mark.parametrize(("encoding", "likely"), [("cp1252", "cp1252"), ("utf-16", "utf-16")])
def test_another_encoding(tmp_path, encoding, likely):
    error = refused(tmp_path, (HEADER + "Zoé,1,2,3\n").encode(encoding))
    assert "is not utf-8" in error.problem
    assert likely in error.hint


def test_an_unknown_encoding(tmp_path):
    assert "utf-8" in refused(tmp_path, GOOD, encoding="utf-99").hint


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "u1,1,10,4\nu2,1,10,4,5\n",  # one line too long
        HEADER + "u1,1,10,4,5\nu2,1,10,4,5\n",  # every line too long
        HEADER + 'u1,"1,10,4\nu2,1,10,4\n',  # a quote that never closes
    ],
)
def test_lines_that_do_not_fit_the_header(tmp_path, content):
    error = refused(tmp_path, content)
    assert "do not fit its header" in error.problem
    assert "double quotes" in error.hint


def test_a_line_too_long_is_named(tmp_path):
    assert "line 3" in refused(tmp_path, HEADER + "u1,1,10,4\nu2,1,10,4,5\n").problem


def test_a_line_too_short_lacks_values(tmp_path):
    assert read(tmp_path, HEADER + "u1,1\n").to_numpy().tolist() == [["u1", "1", None, None]]
