"""Trouble with a raw file: each is named, with what to do about it."""

from __future__ import annotations

import csv
import gzip
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.data.sources.files import RawFile, open_raw, read_raw
from artrec.data.sources.streams import Bytes, DecodedText
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


@pytest.mark.parametrize("n_characters", [4, 8, 9, 10, 2**24])
def test_blank_lines_are_no_rows_wherever_a_chunk_ends(tmp_path, n_characters):
    content = "\n\nuser_id,item_id\n1,2\n\n\n\n\n\n3,4\n\n\n\n"
    found = read(tmp_path, content, chunk_characters=n_characters)
    assert found.to_numpy().tolist() == [["1", "2"], ["3", "4"]]


def test_a_header_below_blank_lines(tmp_path):
    assert list(read(tmp_path, "\n\nuser_id,item_id").columns) == ["user_id", "item_id"]


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


def feather_bytes(frame, tmp_path):
    frame.to_feather(tmp_path / "made.feather")
    return (tmp_path / "made.feather").read_bytes()


def test_feather_reads_as_the_same_text(tmp_path):
    frame = pd.DataFrame(EXPECTED, columns=["user_id", "item_id", "timestamp", "rating"])
    typed = frame.astype({"timestamp": "int64", "rating": "float64"})
    raw = read(tmp_path, feather_bytes(typed, tmp_path), "ratings.feather")
    assert raw.to_numpy().tolist() == EXPECTED


@pytest.mark.parametrize("kept", [7, 100, -1])
def test_a_truncated_feather(tmp_path, kept):
    content = feather_bytes(pd.DataFrame({"user_id": ["u"]}), tmp_path)
    assert "cut off" in refused(tmp_path, content[:kept], "ratings.feather").problem


def test_text_named_feather(tmp_path):
    assert "no Feather file" in refused(tmp_path, GOOD, "ratings.feather").problem


def saved(frame, path):
    if path.suffix == ".feather":
        frame.to_feather(path)
    elif path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False)
    return path


LINES = HEADER + "".join(f"u{row},{row:03d},{row},4\n" for row in range(100))


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet", "feather"])
@pytest.mark.parametrize("chunk_characters", [10, 100, 999, 10_000])
def test_chunks_are_the_table_in_parts(tmp_path, suffix, chunk_characters):
    frame = pd.read_csv(io.StringIO(LINES), dtype=str)
    path = saved(frame, tmp_path / f"ratings.{suffix}")
    rows = open_raw(RawFile(str(path), chunk_characters=chunk_characters))
    chunks = list(rows)
    assert (len(chunks) > 1) == (chunk_characters < 10_000)
    pd.testing.assert_frame_equal(pd.concat(chunks), frame, check_index_type=False)
    assert list(rows.columns) == list(frame.columns)
    assert 1 <= len(rows.head(3)) <= 3
    assert rows.whole().index.tolist() == list(range(100))


def test_a_header_alone_is_one_empty_chunk(tmp_path):
    for suffix in ("csv", "parquet", "feather"):
        frame = pd.DataFrame({"user_id": [], "rating": []}, dtype="object")
        path = saved(frame, tmp_path / f"ratings.{suffix}")
        (only,) = open_raw(RawFile(str(path)))
        assert list(only.columns) == ["user_id", "rating"]
        assert only.empty


@given(st.integers(0, 100), st.integers(5, 2000))
def test_a_line_too_long_is_found_wherever_a_chunk_ends(tmp_path_factory, at, chunk_characters):
    lines = LINES.splitlines(keepends=True)
    content = "".join([*lines[: at + 1], "u,1,2,3,4\n", *lines[at + 1 :]])
    folder = tmp_path_factory.mktemp("long")
    error = refused(folder, content, chunk_characters=chunk_characters)
    assert f"line {at + 2}," in error.problem or "does not match length of data" in error.problem


def test_mixed_encodings_are_named_with_the_line(tmp_path):
    content = LINES.encode() + "Zoë,1,2,3\n".encode() + "Zoë,1,2,3\n".encode("cp1252")
    error = refused(tmp_path, content, chunk_characters=200)
    assert "byte 0xeb in line 103" in error.problem
    assert "cp1252" in error.hint


@pytest.mark.parametrize(
    "page", ["<!DOCTYPE html>", "\n <HTML lang=en>", "<?xml version='1'?>", "<!-- moved --><html>"]
)
def test_a_web_page_saved_as_csv(tmp_path, page):
    error = refused(tmp_path, page + "<body>Sign in</body>\n")
    assert "web page" in error.problem
    assert "login" in error.hint


def test_a_file_without_header_and_with_a_long_separator(tmp_path):
    columns = ("item_id", "title", "genres")
    content = '001::"Cats: a::\n002:: é: the film (1999) ::Drama|Crime\n003::x::\n'
    options = {"delimiter": "::", "columns": columns}
    raw = read(tmp_path, content, "movies.dat", **options)
    assert list(raw.columns) == list(columns)
    assert raw.to_numpy().tolist() == [
        ["001", '"Cats: a', None],
        ["002", " é: the film (1999) ", "Drama|Crime"],
        ["003", "x", None],
    ]
    assert refused(tmp_path, content + "1::2::3::4\n", "movies.dat", **options).hint


@given(st.lists(st.text(":ab", max_size=4), min_size=1, max_size=9), st.integers(1, 5))
def test_a_long_separator_is_found_wherever_reading_pauses(parts, size):
    text = "::".join(parts)
    source = Bytes("x.dat", io.BytesIO(text.encode()), None)
    stream = DecodedText(source, "utf-8", ("::", "\x1f"))
    pieces = list(iter(lambda: stream.read(size), ""))
    assert "".join(pieces) == text.replace("::", "\x1f")


@given(st.text(max_size=30), st.integers(1, 7), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_text_is_the_same_however_it_is_read(text, size, encoding):
    source = Bytes("x.csv", io.BytesIO(text.encode(encoding)), None)
    stream = DecodedText(source, encoding.removesuffix("-sig"))
    stream.peek()
    pieces = list(iter(lambda: stream.read(size), ""))
    assert "".join(pieces) == text.removeprefix("\ufeff")
    assert all(pieces)


def test_a_text_of_five_megabytes_stays_whole(tmp_path):
    long = "é" * 2_500_000
    raw = read(tmp_path, f"item_id,text\n1,{long}\n2,short\n")
    assert raw["text"].map(len).tolist() == [2_500_000, 5]


CELL = st.text('"a,b\n;\r é', max_size=6)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=12), st.integers(1, 40))
def test_cells_of_any_text_are_the_same_in_chunks(tmp_path_factory, rows, chunk_characters):
    frame = pd.DataFrame([("x", *row) for row in rows], columns=["id", "title", "text"])
    path = tmp_path_factory.mktemp("quoted") / "works.csv"
    frame.to_csv(path, index=False, lineterminator="\n", quoting=csv.QUOTE_ALL)
    found = read_raw(RawFile(str(path), chunk_characters=chunk_characters))
    assert found.to_numpy().tolist() == [["x", one or None, two or None] for one, two in rows]


def test_a_quote_within_a_cell_opens_nothing(tmp_path):
    content = 'id,title\n1,5" disc\n2,b\n3,6" disc\n'
    raw = read(tmp_path, content, chunk_characters=8)
    assert raw["title"].tolist() == ['5" disc', "b", '6" disc']


def test_a_quote_never_closed_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("artrec.data.sources.blocks.MAX_CHARACTERS", 1000)
    error = refused(tmp_path, HEADER + 'u1,"1,10,4\n' + LINES, chunk_characters=100)
    assert "never closed" in error.hint


def test_lines_that_end_in_a_carriage_return_alone(tmp_path):
    raw = read(tmp_path, GOOD.replace("\n", "\r"), chunk_characters=20)
    assert raw.to_numpy().tolist() == EXPECTED
