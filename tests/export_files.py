"""Invented export files, in the exact column layout of each site."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping

LETTERBOXD = {
    "ratings.csv": "Date,Name,Year,Letterboxd URI,Rating",
    "watched.csv": "Date,Name,Year,Letterboxd URI",
    "watchlist.csv": "Date,Name,Year,Letterboxd URI",
    "likes/films.csv": "Date,Name,Year,Letterboxd URI",
    "diary.csv": "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date",
    "reviews.csv": "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Review,Tags,Watched Date",
    "profile.csv": "Date Joined,Username,Given Name,Family Name,Email Address,Location,Website,"
    "Bio,Pronoun,Favorite Films",
}
GOODREADS = (
    "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Average Rating,"
    "Publisher,Binding,Number of Pages,Year Published,Original Publication Year,Date Read,"
    "Date Added,Bookshelves,Bookshelves with positions,Exclusive Shelf,My Review,Spoiler,"
    "Private Notes,Read Count,Owned Copies"
)
IMDB_RATINGS = (
    "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),"
    "Year,Genres,Num Votes,Release Date,Directors"
)
IMDB_LIST = (
    "Position,Const,Created,Modified,Description,Title,Original Title,URL,Title Type,IMDb Rating,"
    "Runtime (mins),Year,Genres,Num Votes,Release Date,Directors,Your Rating,Date Rated"
)
MOVIELENS_RATINGS = "movie_id,imdb_id,tmdb_id,rating,average_rating,title"
MOVIELENS_WISHLIST = "movie_id,imdb_id,tmdb_id,average_rating,title"
STORYGRAPH = (
    "Title,Authors,Contributors,ISBN/UID,Format,Read Status,Date Added,Last Date Read,Dates Read,"
    "Read Count,Moods,Pace,Character- or Plot-Driven?,Strong Character Development?,"
    "Loveable Characters?,Diverse Characters?,Flawed Characters?,Star Rating,Review,"
    "Content Warnings,Content Warning Description,Tags,Owned?"
)


def sheet(header: str, rows: Iterable[Mapping[str, object]], delimiter: str = ",") -> str:
    """A CSV file with the columns of a header; cells that a row does not name are empty."""
    columns = header.split(",")
    text = io.StringIO()
    writer = csv.DictWriter(
        text, columns, restval="", delimiter=delimiter, lineterminator="\r\n", extrasaction="raise"
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def archive(files: Mapping[str, str | bytes], folder: str = "") -> bytes:
    """A zip archive of files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(folder + name, text)
    return content.getvalue()


def letterboxd(**files: Iterable[Mapping[str, object]]) -> bytes:
    """Letterboxd's archive; ``likes`` stands for ``likes/films.csv``."""
    named = {"likes/films.csv" if name == "likes" else f"{name}.csv": rows
             for name, rows in files.items()}  # fmt: skip
    sheets = {name: sheet(LETTERBOXD[name], rows) for name, rows in named.items()}
    others = {
        "profile.csv": sheet(LETTERBOXD["profile.csv"], [{"Username": "nobody"}]),
        "lists/best.csv": "Letterboxd list export v7\r\nDate,Name,Tags,URL,Description\r\n",
        "deleted/diary.csv": sheet(LETTERBOXD["diary.csv"], [{"Name": "Deleted", "Year": 2000}]),
        "orphaned/watched.csv": sheet(LETTERBOXD["watched.csv"], [{"Name": "Gone", "Year": 2000}]),
    }
    return archive({**sheets, **others}, folder="letterboxd-nobody-2026-01-02-03-04-utc/")


def film(name: str, year: object = "", **others: object) -> dict[str, object]:
    """A row of a film as Letterboxd writes it."""
    return {"Date": "2025-03-04", "Name": name, "Year": year,
            "Letterboxd URI": "https://boxd.it/xxxx", **others}  # fmt: skip


def as_formula(isbn: str) -> str:
    """An ISBN as Goodreads writes it."""
    return f'="{isbn}"'


def verdict_file(site: str, lines: Iterable[Mapping[str, str]]) -> tuple[str, bytes]:
    """The lines of one site (see ``data/exports/verdicts.md``) as its export: name and content."""
    rows = [_VERDICT_ROWS[site](line) for line in lines]
    header, name = _VERDICT_FILES[site]
    return name, sheet(header, rows).encode()


def _letterboxd_row(line: Mapping[str, str]) -> dict[str, object]:
    return film(line["title"], line["year"], Rating=4)


def _imdb_row(line: Mapping[str, str]) -> dict[str, object]:
    return {
        "Const": line["imdb_id"],
        "Your Rating": 8,
        "Title": line["title"],
        "Original Title": line["original_title"],
        "Title Type": line["type"],
        "Year": line["year"],
        "Directors": line["creators"].replace("|", ", "),
    }


def _movielens_row(line: Mapping[str, str]) -> dict[str, object]:
    return {
        "movie_id": line["movielens_id"],
        "imdb_id": line["imdb_id"],
        "rating": 4.5,
        "average_rating": 3.9,
        "title": line["title"],
    }


def _plain_row(line: Mapping[str, str]) -> dict[str, object]:
    role = "Director" if line["medium"] == "movies" else "Author"
    told = {"Title": line["title"], "Year": line["year"], role: line["creators"]}
    return {**told, "ISBN": line["isbn"], "Rating": 4} if role == "Author" else told


def _goodreads_row(line: Mapping[str, str]) -> dict[str, object]:
    first, *others = line["creators"].split("|")
    return {
        "Title": line["title"],
        "Author": first,
        "Additional Authors": ", ".join(others),
        "ISBN": as_formula(line["isbn"]),
        "ISBN13": as_formula(""),
        "My Rating": 4,
        "Year Published": line["edition_year"],
        "Original Publication Year": line["year"],
        "Exclusive Shelf": "read",
    }


def _storygraph_row(line: Mapping[str, str]) -> dict[str, object]:
    return {
        "Title": line["title"],
        "Authors": line["creators"].replace("|", ", "),
        "ISBN/UID": line["isbn"],
        "Read Status": "read",
        "Star Rating": "4.25",
    }


_VERDICT_ROWS = {
    "letterboxd": _letterboxd_row,
    "imdb": _imdb_row,
    "movielens": _movielens_row,
    "plain films": _plain_row,
    "plain books": _plain_row,
    "goodreads": _goodreads_row,
    "storygraph": _storygraph_row,
}
_VERDICT_FILES = {
    "letterboxd": (LETTERBOXD["ratings.csv"], "ratings.csv"),
    "imdb": (IMDB_RATINGS, "ratings.csv"),
    "movielens": (MOVIELENS_RATINGS, "movielens-ratings.csv"),
    "plain films": ("Title,Year,Director,Rating", "films.csv"),
    "plain books": ("Title,Year,Author,ISBN,Rating", "books.csv"),
    "goodreads": (GOODREADS, "goodreads_library_export.csv"),
    "storygraph": (STORYGRAPH, "storygraph.csv"),
}
