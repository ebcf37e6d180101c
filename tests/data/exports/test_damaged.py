"""Exports changed at random places: read, or refused with an answer; nothing else happens."""

from __future__ import annotations

import contextlib
import io
import struct

from hypothesis import example, given
from hypothesis import strategies as st

from artrec.data.exports.bounds import ExportBounds
from artrec.data.exports.importing import read_export
from artrec.errors import InputError
from export_files import GOODREADS, IMDB_LIST, archive, film, letterboxd, sheet

BOUNDS = ExportBounds()
WHOLE = [
    letterboxd(ratings=[film("Alien", 1979, Rating="4.5")] * 3, watchlist=[film("Ä", 1)]),
    archive({"library.csv": sheet(GOODREADS, [{"Title": "Emma", "My Rating": 3}])}),
    sheet(GOODREADS, [{"Title": 'A "q"\n', "Author": "B", "My Rating": "3"}]).encode(),
    sheet(IMDB_LIST, [{"Const": "tt1", "Title": "x", "Your Rating": "1e5"}]).encode("utf-16"),
    "Title;Rating\r\nA;★★½\r\nB;3/0\r\nC;9999999999\r\n".encode(),
]
TELLING = [b'"', b"\n", b"\r", b",", b"\0", b"\xff\xfe", b"PK\x05\x06", b"PK\x01\x02", b""]
changes = st.lists(
    st.tuples(
        st.integers(0, 1 << 16),
        st.integers(0, 20),
        st.one_of(st.sampled_from(TELLING), st.binary(max_size=8)),
    ),
    min_size=1,
    max_size=8,
)


def without_name() -> bytes:
    """An archive whose list of members holds one without a name."""
    content = bytearray(archive({"a": ""}))
    entry, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    struct.pack_into("<I", content, end + 12, size - 1)
    struct.pack_into("<H", content, entry + 28, 0)
    del content[entry + 46]
    return bytes(content)


@given(st.sampled_from(WHOLE), changes, st.sampled_from(["ratings.csv", "export.zip", ""]))
@example(without_name(), [(0, 0, b"")], "export.zip")
def test_a_damaged_export_is_read_or_refused(whole, changed, name) -> None:
    content = bytearray(whole)
    for place, length, put in changed:
        at = place % (len(content) + 1)
        content[at : at + length] = put
    with contextlib.suppress(InputError):
        export = read_export(io.BytesIO(bytes(content)), name, BOUNDS)
        for record in export.records:
            assert record.says_something
            assert record.rating is None or 0 < record.rating <= 1
            assert record.title or record.imdb_id


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(content) -> None:
    with contextlib.suppress(InputError):
        read_export(io.BytesIO(content), "ratings.csv", BOUNDS)
