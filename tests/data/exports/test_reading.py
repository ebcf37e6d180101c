"""Export files as they come: encodings, separators, quoted newlines; and what is no export."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest

from artrec.data.exports.bounds import ExportBounds
from artrec.data.exports.importing import read_export
from artrec.errors import InputError
from export_files import GOODREADS, LETTERBOXD, archive, film, letterboxd, sheet

BOUNDS = ExportBounds()
RATINGS = LETTERBOXD["ratings.csv"]


def read(content, name="ratings.csv", bounds=BOUNDS, site=None):
    content = content.encode() if isinstance(content, str) else content
    return read_export(io.BytesIO(content), name, bounds, site)


def titles(export):
    return [record.title for record in export.records]


AMELIE = sheet(RATINGS, [film("Le Fabuleux Destin d\u2019Amélie Poulain", 2001, Rating="4.5")])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_gives_the_same_title(encoding) -> None:
    export = read(AMELIE.encode(encoding))
    assert titles(export) == ["Le Fabuleux Destin d\u2019Amélie Poulain"]
    assert any("Windows-1252" in problem for problem in export.problems) == (encoding == "cp1252")


def test_a_byte_of_another_encoding_far_behind_changes_how_all_is_read() -> None:
    rows = [film("Amélie", 2001, Rating=4), *(film(f"Film {at}", 2000) for at in range(9000))]
    content = sheet(RATINGS, rows).encode("cp1252")
    assert len(content) > 3 * 65_536
    assert titles(read(content.replace(b"\xe9", b"e", 1) + b"2025-01-01,Caf\xe9,1999,,3\r\n"))[
        -1
    ] == ("Café")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_separators_and_line_ends_as_programs_save_them(separator, end) -> None:
    text = sheet(RATINGS, [film("Crouching Tiger, Hidden; Dragon", 2000, Rating="4,5")], separator)
    (record,) = read(text.replace("\r\n", end)).records
    assert (record.title, record.rating) == ("Crouching Tiger, Hidden; Dragon", 0.9)


def test_a_line_of_excel_about_itself_is_passed_over() -> None:
    assert titles(read("sep=;\r\n" + sheet(RATINGS, [film("Alien", 1979)], ";"))) == ["Alien"]


def test_a_quoted_newline_and_doubled_quotes_stay_in_their_cell_and_lines_are_counted() -> None:
    rows = [
        {"Title": "One", "Author": "A", "My Rating": 3, "My Review": 'two\nlines, "quoted"'},
        {"Title": 'The "Best" of It', "Author": "B", "My Rating": 4},
    ]
    export = read(sheet(GOODREADS, rows))
    assert [(record.title, record.line) for record in export.records] == [
        ("One", 2),
        ('The "Best" of It', 4),
    ]


def test_blank_lines_short_rows_and_rows_of_too_many_cells() -> None:
    rows = ("", "2025-01-01,Alien,1979", "2025-01-01,Good Night, and Good Luck,2005,,4", "")
    text = "\r\n".join((RATINGS, *rows))
    export = read(text)
    assert titles(export) == ["Alien"]
    assert "1 row set aside: more cells than columns" in export.problems


def test_control_characters_and_formulas_are_plain_text() -> None:
    rows = [
        film("Ali\x07en\u200b", 1979, Rating=5),
        film("=1+1", 2000),
        film("'@SUM(A1)", 2000),
    ]
    assert titles(read(sheet(RATINGS, rows))) == ["Ali en", "=1+1", "@SUM(A1)"]


def test_a_stray_nul_far_behind_is_dropped() -> None:
    rows = [film(f"Film {at}", 2000) for at in range(2000)]
    content = sheet(RATINGS, [*rows, film("Alien", 1979)]).encode()
    assert titles(read(content.replace(b"Alien", b"Al\0ien")))[-1] == "Alien"


def test_of_two_columns_of_one_name_the_first_counts() -> None:
    (record,) = read("Name,Year,Letterboxd URI,Rating,Name\r\nAlien,1979,,4,Other\r\n").records
    assert record.title == "Alien"


# --- what is no export ----------------------------------------------------------------------------


def packed(name="ratings.csv", text=AMELIE, **changes) -> bytes:
    """An archive of one member, with fields of its local and central headers overwritten."""
    content = bytearray(archive({name: text}))
    central = content.index(b"PK\x01\x02")
    if "flags" in changes:
        struct.pack_into("<H", content, 6, changes["flags"])
        struct.pack_into("<H", content, central + 8, changes["flags"])
    if "method" in changes:
        struct.pack_into("<H", content, 8, changes["method"])
        struct.pack_into("<H", content, central + 10, changes["method"])
    return bytes(content)


def of_many_members(count: int) -> bytes:
    return archive({f"{at:0200}.csv": "" for at in range(count)})


def larger_than_it_says() -> bytes:
    content = bytearray(archive({"ratings.csv": AMELIE * 50}))
    central = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, central + 24, 100)
    return bytes(content)


NO_EXPORTS = {
    "empty": (b"", "is empty"),
    "an empty member": (packed(text=""), "is empty"),
    "html": (b"\xef\xbb\xbf  <!DOCTYPE html><html></html>", "web page"),
    "NUL": (b"Name,Year\x00\x01", "NUL"),
    "pdf": (b"%PDF-1.7", "PDF"),
    "column names alone, none known": (b"a,b\r\n", "no column names works"),
    "blank first line": (b",,,\r\n", "no column names"),
    "a list of Letterboxd": (b"Letterboxd list export v7\r\nDate,Name\r\n", "one list of"),
    "10 MB in a line": (RATINGS.encode() + b"\r\n" + b"a" * (10 << 20), "longer than"),
    "an open quote": (f'{RATINGS}\r\n"'.encode() + b"a\r\n" * 200_000, "longer than"),
    "too many columns": (b"name," * 500, "columns"),
    "a folder above": (archive({"../ratings.csv": AMELIE}), "outside"),
    "an absolute path": (archive({"/etc/ratings.csv": AMELIE}), "outside"),
    "a drive": (archive({"C:\\ratings.csv": AMELIE}), "outside"),
    "an archive in it": (archive({"export.zip": letterboxd(ratings=[])}), "another archive"),
    "a workbook": (archive({"xl/workbook.xml": "<x/>"}), "Excel workbook"),
    "no table in it": (archive({"photo.jpg": "x"}), "no CSV file"),
    "a password": (packed(flags=1), "password"),
    "another packing": (packed(method=12), "packed in a way"),
    "cut off": (packed()[:-30], "damaged"),
    "larger than it says": (larger_than_it_says(), "damaged"),
    "too many members": (of_many_members(5000), "too many members"),
    "files of two sites": (
        archive({"a.csv": AMELIE, "b.csv": sheet(GOODREADS, [{"Title": "Emma"}])}),
        "files of",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", NO_EXPORTS)
def test_what_is_no_export_is_refused_with_what_to_do(kind) -> None:
    content, told = NO_EXPORTS[kind]
    with pytest.raises(InputError) as caught:
        read(content, "export.zip")
    assert told in str(caught.value)
    assert caught.value.hint


def test_an_archive_that_packs_too_well_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("ratings.csv", b"\n" * (1 << 20))
    with pytest.raises(InputError, match="unpacks to more"):
        read(content.getvalue())
    small = ExportBounds(unpacked=10)
    with pytest.raises(InputError, match="unpacks to more"):
        read(archive({"ratings.csv": AMELIE * 1000}), bounds=small)


def test_a_file_beyond_the_bounds_is_refused_before_it_is_read() -> None:
    class Sparse(io.BytesIO):
        """100 MB of which nothing may be asked."""

        def seek(self, _offset, _whence=0):
            return 100 << 20

        def read(self, _size=-1):
            raise AssertionError("it was read")

    with pytest.raises(InputError, match=r"100\.0 MiB"):
        read_export(Sparse(), "big.csv", BOUNDS)
    with pytest.raises(InputError, match="more than 3 rows"):
        read(sheet(RATINGS, [film(str(at)) for at in range(4)]), bounds=ExportBounds(rows=3))


@pytest.mark.parametrize("zipped", [False, True])
def test_memory_does_not_grow_with_the_file(zipped) -> None:
    """24 MB of reviews, of which only titles and ratings are kept."""
    review = "".join(chr(97 + at * 7919 % 26) for at in range(40_000))
    rows = [{"Title": f"Book {at}", "Author": "A", "My Rating": 4, "My Review": review[at:]}
            for at in range(600)]  # fmt: skip
    content = sheet(GOODREADS, rows).encode()
    assert len(content) > 20 << 20
    content = archive({"library.csv": content}) if zipped else content
    bounds = ExportBounds(ratio=1e6)
    stream = io.BytesIO(content)
    del rows, content
    tracemalloc.start()
    try:
        export = read_export(stream, "library.csv", bounds)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(export.records) == 600
    assert peak < 4 << 20
