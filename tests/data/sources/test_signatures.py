"""Files of another kind under the name of a table: the error says what they are."""

from __future__ import annotations

import gzip
import zipfile

import pytest

from artrec.data.sources.files import RawFile, open_raw, read_raw
from artrec.data.sources.signatures import KNOWN
from artrec.errors import InputError


def refusal(tmp_path, content, name="books.csv", **options):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_raw(RawFile(str(path), **options))
    assert name in caught.value.problem
    return caught.value


@pytest.mark.parametrize(("magic", "kind", "hint"), KNOWN, ids=[kind for _, kind, _ in KNOWN])
def test_a_binary_file_is_called_what_it_is(tmp_path, magic, kind, hint):
    first = magic if isinstance(magic, bytes) else magic[0]
    told = refusal(tmp_path, first + b"\x00\x01\xff" * 40)
    assert told.problem.endswith(f"is {kind}, not CSV")
    assert told.hint == hint


def test_rar_of_either_version_is_to_be_unpacked(tmp_path):
    for version in (b"\x00", b"\x01\x00"):
        told = refusal(tmp_path, b"Rar!\x1a\x07" + version + b"rest")
        assert "RAR" in told.problem
        assert "unpack" in told.hint


@pytest.mark.parametrize(
    "content",
    [
        '{"book_id": 1, "title": "The Fen"}\n{"book_id": 2}\n',
        '[{"book_id": 1,\n"title": "The Fen"}]',
        '\n [\n  {\n    "a \\"quoted\\" name" : [1, 2]\n  }\n]',
        '\ufeff{"rows": []}',
    ],
)
def test_json_is_called_so_also_inside_an_archive(tmp_path, content):
    raw = content.encode()
    assert "is JSON, not CSV" in refusal(tmp_path, raw).problem
    assert "is JSON, not CSV" in refusal(tmp_path, gzip.compress(raw), "books.csv.gz").problem
    path = tmp_path / "books.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("books.csv", raw)
    assert "RawRecords" in refusal(tmp_path, path.read_bytes(), "copy.zip").hint


@pytest.mark.parametrize(
    "header",
    ["[id],{title}", '"{id}",title', "{,}", '[1],"a":', "Rar! id,title", "BZ,title", "7z,title"],
)
def test_a_table_whose_header_only_looks_odd_is_read(tmp_path, header):
    path = tmp_path / "books.csv"
    path.write_text(f"{header}\n1,2\n")
    assert read_raw(RawFile(str(path))).to_numpy().tolist() == [["1", "2"]]
