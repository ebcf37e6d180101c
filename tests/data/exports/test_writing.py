"""Lists as other sites read them: columns by name, main names, formulas made harmless."""

from __future__ import annotations

import csv

import pytest

from artrec.data.exports.writing import ListedWork, goodreads_shelf, letterboxd_list, plain_csv

FILM = ListedWork(
    "movies:2692",
    "Run Lola Run (Lola rennt)",
    1998,
    ("Tom Tykwer",),
    imdb_id="0130827",
    rating=4.25,
)
BOOK = ListedWork("books:1", 'The "Fen", Again', 1999, ("Ann Reed", "Ben Mace"), isbn="0306406152")


def rows(lines):
    return list(csv.DictReader("".join(lines).splitlines(keepends=True)))


def test_a_letterboxd_list_names_each_film_by_id_and_main_name() -> None:
    assert rows(letterboxd_list([FILM])) == [
        {
            "imdbID": "tt0130827",
            "Title": "Run Lola Run",
            "Year": "1998",
            "Directors": "Tom Tykwer",
            "Rating": "4.5",
        }
    ]


def test_a_goodreads_shelf_parts_what_is_read_from_what_is_wanted() -> None:
    seen = ListedWork("books:2", "Mace", None, ("Ann Reed",), rating=3.4)
    first, second = rows(goodreads_shelf([BOOK, seen], shelf="tonight"))
    assert first["Title"] == 'The "Fen", Again'
    assert first["Author"] == "Ann Reed, Ben Mace"
    assert (first["ISBN"], first["My Rating"], first["Bookshelves"]) == (
        "0306406152",
        "0",
        "tonight",
    )
    assert (second["My Rating"], second["Bookshelves"]) == ("3", "read")
    assert second["Original Publication Year"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
@pytest.mark.parametrize("write", [letterboxd_list, goodreads_shelf, plain_csv])
def test_no_cell_is_a_formula(write, start) -> None:
    hostile = ListedWork("movies:1", f"{start}cmd|calc", 2000, (f"{start}HYPERLINK()",))
    text = "".join(write([hostile]))
    cells = next(csv.reader(text.splitlines(keepends=True)[1:]))
    assert [cell for cell in cells if cell.startswith(start)] == []


def test_a_quoted_newline_stays_within_its_cell() -> None:
    work = ListedWork("movies:1", "Two\r\nlines", 2000)
    (row,) = rows(plain_csv([work]))
    assert row["Title"].split() == ["Two", "lines"]


def test_a_faint_rating_is_half_a_star() -> None:
    (row,) = rows(letterboxd_list([ListedWork("movies:1", "Alien", rating=0.1)]))
    assert row["Rating"] == "0.5"
