"""Raw files inside zip archives: found in any folder, and every trouble is named."""

from __future__ import annotations

import zipfile

import pytest

from artrec.data.sources.files import RawFile, read_raw
from artrec.data.sources.records import RecordFiles, open_records
from artrec.errors import InputError

CSV = "user_id,item_id\n" + "u1,001\nu2,é\n" * 500


def archive_of(tmp_path, **kind):
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w", **({"compression": zipfile.ZIP_DEFLATED} | kind)) as archive:
        archive.writestr("release-1/ratings.csv", CSV)
        archive.writestr("release-1/movies.csv", "item_id\n001\n")
        archive.writestr("__MACOSX/release-1/ratings.csv", "litter")
    return path


def read(path, member="ratings.csv", **options):
    return read_raw(RawFile(str(path), member=member, **options))


def refused(path, member="ratings.csv"):
    with pytest.raises(InputError) as caught:
        read(path, member)
    assert "data.zip" in caught.value.problem
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("member", ["ratings.csv", "release-1/ratings.csv"])
@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_member_is_found_in_its_folder(tmp_path, member, kind):
    table = read(archive_of(tmp_path, compression=kind), member, chunk_characters=3000)
    assert table["item_id"].tolist() == ["001", "é"] * 500
    assert table.index.tolist() == list(range(1000))


def test_the_only_file_needs_no_name(tmp_path):
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.writestr("a/b/ratings.csv", CSV)
    assert len(read(tmp_path / "data.zip", None)) == 1000


def test_several_files_need_one(tmp_path):
    error = refused(archive_of(tmp_path), None)
    assert "holds 2 files: release-1/movies.csv, release-1/ratings.csv" in error.problem
    assert "member" in error.hint


def test_another_version_of_the_archive(tmp_path):
    error = refused(archive_of(tmp_path), "rating.csv")
    assert "holds no rating.csv; it holds release-1/movies.csv" in error.problem
    assert "did you mean 'ratings.csv'?" in error.hint


def test_a_name_in_two_folders(tmp_path):
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.writestr("a/ratings.csv", CSV)
        archive.writestr("b/ratings.csv", "user_id\nu\n")
    assert "more than once: a/ratings.csv, b/ratings.csv" in refused(tmp_path / "data.zip").problem
    assert read(tmp_path / "data.zip", "b/ratings.csv").shape == (1, 1)


def test_an_archive_of_nothing(tmp_path):
    zipfile.ZipFile(tmp_path / "data.zip", "w").close()
    assert "holds no ratings.csv" in refused(tmp_path / "data.zip").problem
    assert "holds no file" in refused(tmp_path / "data.zip", None).problem


@pytest.mark.parametrize("kept", [2, 30, -1, -30])
def test_a_truncated_archive(tmp_path, kept):
    path = archive_of(tmp_path)
    path.write_bytes(path.read_bytes()[:kept])
    error = refused(path)
    assert "damaged or cut off" in error.problem or kept == 2
    assert "download it again" in error.hint


def test_a_damaged_member(tmp_path):
    path = archive_of(tmp_path, compression=zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[60] ^= 1  # another letter: only the checksum tells
    path.write_bytes(content)
    assert "damaged" in refused(path).problem


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("member", ["ratings.csv", "works.json"])
def test_a_member_damaged_in_the_middle(tmp_path, member, kind):
    path = tmp_path / "data.zip"
    lines = "".join(f"{row},{row * row}\n" for row in range(5000))
    with zipfile.ZipFile(path, "w", kind) as archive:
        archive.writestr(member, lines)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(each ^ 0xFF for each in content[middle : middle + 40])
    path.write_bytes(content)
    with pytest.raises(InputError, match="damaged or cut off"):
        read(path) if member == "ratings.csv" else open_records(RecordFiles(str(path)))


def test_a_password(tmp_path):
    path = archive_of(tmp_path)
    content = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(header)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(header, at + 1)
    path.write_bytes(content)
    assert "protected by a password" in refused(path).problem


@pytest.mark.parametrize("content", [b"<html>Log in</html>", b"user_id,item_id\n"])
def test_another_file_named_zip(tmp_path, content):
    path = tmp_path / "data.zip"
    path.write_bytes(content)
    assert "no zip archive" in refused(path).problem


def test_a_web_page_inside(tmp_path):
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.writestr("ratings.csv", "\n<!DOCTYPE html>\n<p>Not found")
    assert "web page" in refused(tmp_path / "data.zip").problem


def test_an_archive_named_csv(tmp_path):
    archive_of(tmp_path).rename(tmp_path / "data.zip.csv")
    with pytest.raises(InputError, match="is a zip archive, not CSV"):
        read(tmp_path / "data.zip.csv", None)
