"""What each site's files say: stars, shelves, viewings, lists, and what is not rated."""

from __future__ import annotations

import io

import pytest

from artrec.data.exports.bounds import ExportBounds
from artrec.data.exports.detect import SITES
from artrec.data.exports.importing import read_export
from artrec.data.exports.people import same_person, share_a_name
from artrec.data.exports.records import on_scale
from artrec.data.isbn import isbn13
from artrec.errors import InputError
from export_files import (
    GOODREADS,
    IMDB_LIST,
    IMDB_RATINGS,
    LETTERBOXD,
    MOVIELENS_RATINGS,
    MOVIELENS_WISHLIST,
    STORYGRAPH,
    archive,
    as_formula,
    film,
    letterboxd,
    sheet,
)


def read(content, name="export.csv", site=None):
    content = content.encode() if isinstance(content, str) else content
    return read_export(io.BytesIO(content), name, ExportBounds(), site)


def marks(export):
    return {
        record.title: (record.rating, record.liked, record.seen, record.want)
        for record in export.records
    }


RATED, SEEN, WANTED = (
    (0.8, False, True, False),
    (None, False, True, False),
    (None, False, False, True),
)


def test_letterboxd_puts_the_files_of_a_film_together() -> None:
    export = read(
        letterboxd(
            ratings=[film("Alien", 1979, Rating="0.5")],
            watched=[film("Alien", 1979), film("Brazil", 1985)],
            likes=[film("Brazil", 1985)],
            watchlist=[film("Solaris", 1972), film("Solaris", 2002)],
        ),
        "export.zip",
    )
    assert [(each.title, each.year) for each in export.records] == [
        ("Alien", 1979), ("Brazil", 1985), ("Solaris", 1972), ("Solaris", 2002),
    ]  # fmt: skip
    assert marks(export)["Alien"] == (0.1, False, True, False)
    assert marks(export)["Brazil"] == (None, True, True, False)
    assert export.files == ["ratings.csv", "watched.csv", "likes/films.csv", "watchlist.csv"]
    assert export.problems == []


def viewing(day, rating, again="") -> dict[str, object]:
    return film("Alien", 1979, Rating=rating, Rewatch=again, **{"Watched Date": day})


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_viewings_the_latest_rating_counts(order) -> None:
    rows = [viewing("2019-05-01", 3), viewing("2024-05-01", 4, "Yes"), viewing("2025-01-01", "")]
    export = read(sheet(LETTERBOXD["diary.csv"], rows[::order]), "diary.csv")
    assert marks(export) == {"Alien": RATED}
    assert export.rows == 3


def test_the_rating_in_force_counts_more_than_that_of_a_viewing() -> None:
    rating = film("Alien", 1979, Rating=4) | {"Date": "2001-01-01"}
    export = read(letterboxd(ratings=[rating], diary=[viewing("2025-01-01", 1)]), "e.zip")
    assert marks(export) == {"Alien": RATED}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("watchlist.csv", WANTED), ("watched.csv", SEEN), ("films.csv", (None, True, True, False))],
)
def test_a_file_of_letterboxd_alone_is_told_by_its_name(name, expected) -> None:
    export = read(sheet(LETTERBOXD["watched.csv"], [film("Alien", 1979)]), name)
    assert marks(export) == {"Alien": expected}


def test_a_file_that_its_name_does_not_tell_says_how_it_was_taken() -> None:
    export = read(sheet(LETTERBOXD["watched.csv"], [film("Alien", 1979)]), "mine.csv")
    assert marks(export) == {"Alien": SEEN}
    assert "taken as watched" in export.problems[0]


def test_what_letterboxd_deleted_and_its_lists_are_not_read() -> None:
    titles = {each.title for each in read(letterboxd(ratings=[], watched=[]), "e.zip").records}
    assert titles == set()


def book(title, **others) -> dict[str, object]:
    return {"Title": title, "Author": "Ann Reed", "My Rating": 0, **others}


def test_shelves_of_goodreads() -> None:
    shelf = "Exclusive Shelf"
    export = read(
        sheet(
            GOODREADS,
            [
                book("Rated", **{"My Rating": 4, shelf: "read"}),
                book("Read", **{shelf: "read"}),
                book("Wanted", **{shelf: "to-read"}),
                book("Reading", **{shelf: "currently-reading"}),
                book("Given up", **{shelf: "did-not-finish"}),
                book("Rated, still wanted", **{"My Rating": 4, shelf: "to-read"}),
                book("Finished, own shelf", **{shelf: "sci-fi", "Date Read": "2020/01/02"}),
                book("Somewhere", **{shelf: "owned", "Read Count": 0}),
            ],
        )
    )
    assert marks(export) == {
        "Rated": RATED,
        "Read": SEEN,
        "Wanted": WANTED,
        "Reading": SEEN,
        "Given up": SEEN,
        "Rated, still wanted": RATED,
        "Finished, own shelf": SEEN,
    }
    assert export.problems == ["1 row set aside: neither rated, nor seen, nor wanted"]


def test_goodreads_names_years_and_isbns() -> None:
    row = book(
        "Mort (Death, #1)",
        ISBN=as_formula("0306406152"),
        ISBN13=as_formula("9780306406157"),
        **{"Additional Authors": "Ben Mace, Cy Rush", "Year Published": 2005,
           "Original Publication Year": 1987, "Exclusive Shelf": "read"},
    )  # fmt: skip
    (record,) = read(sheet(GOODREADS, [row])).records
    assert record.title == "Mort (Death, #1)"
    assert record.creators == ("Ann Reed", "Ben Mace", "Cy Rush")
    assert record.isbns == ("9780306406157",)
    assert record.year == 1987


def test_goodreads_exports_without_an_exclusive_shelf() -> None:
    header = "Title,Author,My Rating,Bookshelves"
    rows = [book("Read", Bookshelves=""), book("Wanted", Bookshelves="to-read, sci-fi")]
    assert marks(read(sheet(header, rows))) == {"Read": SEEN, "Wanted": WANTED}


def test_imdb_ratings_and_kinds() -> None:
    row = {"Const": "tt0078748", "Your Rating": 8, "Title": "Alien", "Title Type": "Movie",
           "Original Title": "Alien", "Year": 1979, "Directors": "Ridley Scott"}  # fmt: skip
    (record,) = read(sheet(IMDB_RATINGS, [row])).records
    assert (record.imdb_id, record.rating, record.kind) == ("tt0078748", 0.8, "Movie")
    assert record.creators == ("Ridley Scott",)


def test_a_watchlist_of_imdb_parts_what_is_rated_from_what_is_wanted() -> None:
    rows = [
        {"Position": 1, "Const": "tt1", "Title": "Rated", "Your Rating": 8},
        {"Position": 2, "Const": "tt2", "Title": "Wanted"},
    ]
    for name in ("WATCHLIST.csv", "a-list.csv"):
        export = read(sheet(IMDB_LIST, rows), name)
        assert marks(export) == {"Rated": RATED, "Wanted": WANTED}
        assert bool(export.problems) == (name == "a-list.csv")


def test_old_columns_of_imdb() -> None:
    header = "position,const,created,modified,description,Title,Title type,Directors,You rated,Year"
    row = {"position": 1, "const": "tt1", "Title": "Rated", "You rated": 8, "Year": 1999}
    assert marks(read(sheet(header, [row]), "x.csv")) == {"Rated": RATED}


def test_movielens_titles_ids_and_wishlist() -> None:
    row = {"movie_id": 1214, "imdb_id": "0078748", "rating": "4.0", "title": "Thing, The (1982)"}
    (record,) = read(sheet(MOVIELENS_RATINGS, [row]), "movielens-ratings.csv").records
    assert (record.title, record.year, record.rating) == ("Thing, The", 1982, 0.8)
    assert (record.movielens_id, record.imdb_id) == ("1214", "tt0078748")
    wish = {name: row[name] for name in ("movie_id", "imdb_id", "title")}
    assert marks(read(sheet(MOVIELENS_WISHLIST, [wish]))) == {"Thing, The": WANTED}


def test_storygraph_states_quarters_and_its_own_numbers() -> None:
    rows = [
        {"Title": "Rated", "Authors": "Ann Reed, Ben Mace", "Read Status": "read",
         "Star Rating": "4.0", "ISBN/UID": "9780306406157"},
        {"Title": "Read", "Read Status": "did-not-finish", "ISBN/UID": "b7d1f0c2-5f1e-4f39"},
        {"Title": "Wanted", "Read Status": "to-read"},
    ]  # fmt: skip
    export = read(sheet(STORYGRAPH, rows))
    assert marks(export) == {"Rated": RATED, "Read": SEEN, "Wanted": WANTED}
    assert [each.isbns for each in export.records] == [("9780306406157",), (), ()]
    assert export.records[0].creators == ("Ann Reed", "Ben Mace")


# --- a table of one's own -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        (("4", "2,5"), (0.8, 0.5)),
        (("8", "5"), (0.8, 0.5)),
        (("80", "50"), (0.8, 0.5)),
        (("4/5", "5 / 10"), (0.8, 0.5)),
        (("80%", "50 %"), (0.8, 0.5)),
        (("★★★★", "★★½"), (0.8, 0.5)),
        (("4", "loved it"), (0.8, None)),
        (("4", "0"), (0.8, None)),
        (("4", "-3"), (0.8, None)),
        (("4", "nan"), (0.8, None)),
    ],
)
def test_ratings_of_a_plain_table(ratings, expected) -> None:
    rows = "".join(f"Film {at},{rating}\r\n" for at, rating in enumerate(ratings))
    text = "Title,Rating\r\n" + rows.replace("2,5", '"2,5"')
    assert tuple(each.rating for each in read(text).records) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("header", "medium"),
    [
        ("Title,Director", "movies"),
        ("Movie,Year", "movies"),
        ("Title,Author", "books"),
        ("Book,Rating", "books"),
        ("Title,Year,Rating", None),
    ],
)
def test_what_a_plain_table_is_about_is_guessed_and_told(header, medium) -> None:
    export = read(f"{header}\r\nAlien,x,x\r\n")
    assert (export.site, export.medium) == ("plain", medium)
    assert export.problems[0].startswith("columns were guessed by their names: title from")


def test_a_bare_year_behind_a_title_and_a_name_turned_round() -> None:
    (record,) = read('Title,Director\r\nThe Piano (1993),"Campion, Jane"\r\n').records
    assert (record.title, record.year, record.creators) == ("The Piano", 1993, ("Jane Campion",))


# --- which site -----------------------------------------------------------------------------------


def test_the_columns_tell_the_site_and_not_the_person() -> None:
    text = sheet(STORYGRAPH, [{"Title": "Emma", "Read Status": "read"}])
    assert read(text, site="storygraph").site == "storygraph"
    with pytest.raises(InputError, match="looks like one of storygraph"):
        read(text, site="goodreads")
    with pytest.raises(InputError, match="did you mean 'goodreads'"):
        read(text, site="goodread")


def test_a_file_of_no_layout_beside_others_is_passed_over_and_told() -> None:
    ratings = sheet(MOVIELENS_RATINGS, [{"movie_id": 1, "imdb_id": 1, "title": "A", "rating": 3}])
    export = read(
        archive({"movielens-ratings.csv": ratings, "movielens-tags.csv": "movie_id,tag\r\n"})
    )
    assert export.files == ["movielens-ratings.csv"]
    assert export.problems == ["movielens-tags.csv was not read: it is of no known layout"]


def test_every_site_is_told_apart_from_every_other() -> None:
    headers = {
        "letterboxd": LETTERBOXD["diary.csv"],
        "goodreads": GOODREADS,
        "storygraph": STORYGRAPH,
        "imdb": IMDB_RATINGS,
        "movielens": MOVIELENS_RATINGS,
    }
    assert {read(f"{header}\r\n").site for header in headers.values()} == set(headers)
    assert {*headers, "plain"} == set(SITES)
    for site, header in headers.items():
        assert read(f"{header.upper()}\r\n").site == site  # however it is written


# --- scales, ISBNs, names -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "scale", "expected"),
    [
        (1.0, (0.5, 5.0, 0.5), 5.0),
        (0.1, (0.5, 5.0, 0.5), 0.5),
        (0.01, (1.0, 5.0, 1.0), 1.0),
        (0.9, (1.0, 5.0, 1.0), 4.0),  # 4.5 goes down
        (0.7, (1.0, 5.0, 1.0), 3.0),  # and so does 3.5, which is not loved
        (0.75, (1.0, 5.0, 1.0), 4.0),
        (0.9, (0.0, 10.0, 1.0), 9.0),
        (0.85, (0.5, 5.0, 0.5), 4.0),
    ],
)
def test_ratings_on_another_scale(share, scale, expected) -> None:
    assert on_scale(share, *scale) == expected


@pytest.mark.parametrize("text", ["0-306-40615-2", '="0306406152"', "306406152", "9780306406157"])
def test_an_isbn_in_any_form_is_one(text) -> None:
    assert isbn13(text) == "9780306406157"


@pytest.mark.parametrize(
    "text", ["", "0306406153", "9780306406158", "B00ABCDEFG", "²³¹", "x" * 500]
)
def test_what_is_no_isbn_is_none(text) -> None:
    assert isbn13(text) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("J.R. Halloway", "J. R. Halloway", True),
        ("Ilse  Brandt", "Ilse Brandt", True),
        ("Wei Liang-Chen", "Liangchen Wei", True),
        ("Dr. Hana Liebling", "Hana Liebling", True),
        ("Aleksandr Vetrov", "Alexander Vetrov", True),
        ("Joel Coen", "Ethan Coen", False),
        ("Ann Reed", "Ann Mace", False),
        ("A. Reed", "B. Reed", False),
        ("", "Ann Reed", None),
    ],
)
def test_spellings_of_a_name(one, other, same) -> None:
    assert same_person(one, other) is same
    assert same_person(other, one) is same


def test_one_name_in_common_is_enough() -> None:
    assert share_a_name(["Ann Reed", "Ben Mace"], ["Cy Rush", "B. Mace"]) is True
    assert share_a_name(["Ann Reed"], ["Cy Rush"]) is False
    assert share_a_name([], ["Cy Rush"]) is None
