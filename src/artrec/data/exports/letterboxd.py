"""Letterboxd's export: an archive of CSV files, or one of them.

Stars go from half a star to five. `ratings.csv` holds the rating in force, `diary.csv` one a
viewing; a heart is a row of `likes/films.csv`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from artrec.data.exports.records import (
    FILMS,
    Layout,
    Record,
    Row,
    share_of,
    text_of,
    year_of,
)

SITE: Final = "letterboxd"
BEST: Final = 5.0
FILM: Final = frozenset({"name", "year", "letterboxd uri"})
# of the archive; its other files, and the folders of what was deleted, are left alone
MEMBERS: Final = ("ratings.csv", "watched.csv", "likes/films.csv", "diary.csv", "watchlist.csv")


def _film(row: Row) -> Record | None:
    title = text_of(row, "name")
    if not title:
        return None
    return Record(title, year_of(text_of(row, "year")), date=text_of(row, "date"))


def _rated(row: Row) -> Record | None:
    film = _film(row)
    if film is None:
        return None
    return replace(film, seen=True, rating=share_of(text_of(row, "rating"), BEST))


def _viewed(row: Row) -> Record | None:
    film = _rated(row)
    return film and replace(film, date=text_of(row, "watched date", "date"))


def _seen(row: Row) -> Record | None:
    film = _film(row)
    return film and replace(film, seen=True)


def _liked(row: Row) -> Record | None:
    film = _film(row)
    return film and replace(film, seen=True, liked=True)


def _wanted(row: Row) -> Record | None:
    film = _film(row)
    return film and replace(film, want=True)


LAYOUTS: Final = (
    Layout(SITE, "diary", FILMS, FILM | {"rating", "watched date"}, _viewed, precedence=1),
    Layout(SITE, "ratings", FILMS, FILM | {"rating"}, _rated, precedence=2),
    Layout(SITE, "watchlist", FILMS, FILM, _wanted, named=("watchlist",)),
    Layout(SITE, "likes", FILMS, FILM, _liked, named=("likes", "films.csv")),
    Layout(SITE, "watched", FILMS, FILM, _seen, named=("watched",)),
    Layout(
        SITE,
        "watched",
        FILMS,
        FILM,
        _seen,
        note="the file's name does not say whether the films were watched or are wanted; they "
        "were taken as watched",
    ),
)
