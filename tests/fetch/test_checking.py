"""Archives from nobody one trusts: looked through, never unpacked."""

from __future__ import annotations

import hashlib
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from artrec.errors import FetchError
from artrec.fetch.checking import check
from artrec.fetch.sources import FileSpec

ROOM = 10_000_000
Zipped = Callable[..., bytes]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "songs.zip"


def test_members_are_known_by_their_bytes(path: Path, zipped: Zipped) -> None:
    path.write_bytes(zipped(("songs/b.csv", b"two"), ("songs/a.csv", b"one")))
    members = check(path, ROOM).members
    assert members is not None
    assert {name: each.sha256 for name, each in members.items()} == {
        "songs/a.csv": hashlib.sha256(b"one").hexdigest(),
        "songs/b.csv": hashlib.sha256(b"two").hexdigest(),
    }


def test_an_archive_packed_anew_is_the_same(path: Path, zipped: Zipped) -> None:
    content = b"0123456789" * 1000
    identities, archives = set(), set()
    for level, order in ((1, 1), (9, -1)):
        members = [("a.csv", content), ("b.csv", b"b")][::order]
        path.write_bytes(zipped(*members, level=level))
        identities.add(check(path, ROOM).identity)
        archives.add(check(path, ROOM).digest.sha256)
    assert len(identities) == 1
    assert len(archives) == 2


@pytest.mark.parametrize(
    "name",
    ["../a.csv", "songs/../../a.csv", "/etc/a.csv", "..\\a.csv", "C:/a.csv", "C:\\a.csv"],
)
def test_a_member_that_leads_out_is_refused(path: Path, zipped: Zipped, name: str) -> None:
    path.write_bytes(zipped(("ok.csv", b"1"), (name, b"2")))
    with pytest.raises(FetchError, match="leads out of the archive"):
        check(path, ROOM)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_member_that_is_no_file_is_refused(path: Path, zipped: Zipped, kind: int) -> None:
    info = zipfile.ZipInfo("ratings.csv")
    info.create_system = 3  # unix
    info.external_attr = (kind | 0o777) << 16
    path.write_bytes(zipped((info, b"/etc/passwd")))
    with pytest.raises(FetchError, match="a link or a device"):
        check(path, ROOM)


def test_a_member_packed_to_nothing_is_refused(path: Path, zipped: Zipped) -> None:
    path.write_bytes(zipped(("ratings.csv", bytes(5_000_000))))
    with pytest.raises(FetchError, match="zip bomb"):
        check(path, ROOM)


def test_many_members_that_unpack_to_too_much_are_refused(path: Path, zipped: Zipped) -> None:
    block = hashlib.sha256(b"noise").digest() * 1000  # packs well, each below the ratio's floor
    path.write_bytes(zipped(*((f"{number}.csv", block) for number in range(400))))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(FetchError, match="would unpack to 12,800,000 bytes; at most 10,000,000"):
        check(path, ROOM)


def test_a_member_that_lies_about_its_size_is_found_out(path: Path, zipped: Zipped) -> None:
    """The directory says 10 bytes: no more are read, and the checksum does not fit them."""
    content = bytes(1000)
    archive = zipped(("ratings.csv", content))
    said, lie = len(content).to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert archive.count(said) == 2
    path.write_bytes(archive.replace(said, lie))
    with pytest.raises(FetchError, match="is damaged"):
        check(path, ROOM)


def test_a_flipped_bit_is_found(path: Path, zipped: Zipped) -> None:
    archive = bytearray(zipped(("ratings.csv", hashlib.sha256(b"x").digest() * 99)))
    archive[60] ^= 1
    path.write_bytes(bytes(archive))
    with pytest.raises(FetchError, match="is damaged"):
        check(path, ROOM)


def test_the_same_name_twice_is_refused(path: Path, zipped: Zipped) -> None:
    path.write_bytes(zipped(("a.csv", b"1"), ("a.csv", b"2")))
    with pytest.raises(FetchError, match=r"holds a\.csv twice"):
        check(path, ROOM)


def test_a_password_is_named(path: Path, zipped: Zipped) -> None:
    archive = bytearray(zipped(("a.csv", b"1")))
    archive[6] |= 1
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(archive))
    with pytest.raises(FetchError, match="protected by a password"):
        check(path, ROOM)


@pytest.mark.parametrize("keep", [10, 100, -10])
def test_a_truncated_archive_is_named(path: Path, zipped: Zipped, keep: int) -> None:
    path.write_bytes(zipped(("a.csv", hashlib.sha256(b"x").digest() * 99))[:keep])
    with pytest.raises(FetchError, match=r"cut off|no zip archive"):
        check(path, ROOM)


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><p>Log in", b"\n <html>", b"<HEAD>"])
@pytest.mark.parametrize("name", ["songs.zip", "ratings.csv"])
def test_a_web_page_is_no_data(tmp_path: Path, name: str, page: bytes) -> None:
    (tmp_path / name).write_bytes(page)
    with pytest.raises(FetchError, match="is a web page"):
        check(tmp_path / name, ROOM)


def test_nothing_is_no_data(path: Path) -> None:
    path.write_bytes(b"")
    with pytest.raises(FetchError, match="is empty"):
        check(path, ROOM)


def test_members_known_by_base_name_may_lie_in_any_folder(path: Path, zipped: Zipped) -> None:
    spec = FileSpec.model_validate(
        {"about": 1, "members": {"a.csv": {"sha256": hashlib.sha256(b"one").hexdigest()}}}
    )
    path.write_bytes(zipped(("somewhere/else/a.csv", b"one"), ("README.txt", b"new")))
    assert check(path, ROOM).differs(spec) == ""
    path.write_bytes(zipped(("a.csv", b"two")))
    assert "a member a.csv that has the SHA-256" in check(path, ROOM).differs(spec)
    path.write_bytes(zipped(("b.csv", b"one")))
    assert "holds 0 members named a.csv" in check(path, ROOM).differs(spec)


def test_a_published_md5_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"one")
    right = hashlib.md5(b"one").hexdigest()
    assert check(path, ROOM).differs(FileSpec(size=3, md5=right)) == ""
    assert "MD5" in check(path, ROOM).differs(FileSpec(size=3, md5="0" * 32))


def test_all_members_together_are_known_however_packed(path: Path, zipped: Zipped) -> None:
    lines = "".join(
        sorted(
            f"{hashlib.sha256(each).hexdigest()}  {each.decode()}.csv\n" for each in (b"a", b"b")
        )
    )
    spec = FileSpec(about=1, contents=hashlib.sha256(lines.encode()).hexdigest())
    path.write_bytes(zipped(("b.csv", b"b"), ("a.csv", b"a")))
    assert check(path, ROOM).differs(spec) == ""
    path.write_bytes(zipped(("b.csv", b"b"), ("a.csv", b"a"), ("c.csv", b"c")))
    assert "holds other members" in check(path, ROOM).differs(spec)
