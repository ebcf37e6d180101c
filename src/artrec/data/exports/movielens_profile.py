"""MovieLens' profile export: ``movielens-ratings.csv`` and ``movielens-wishlist.csv``.

Stars go from half a star to five. Titles are MovieLens' own, with the year in brackets; IMDb ids
stand without "tt".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from artrec.data.enrich.matching import imdb_key
from artrec.data.exports.records import FILMS, Layout, Record, Row, share_of, text_of, year_of
from artrec.data.sources.film_titles import split_year

SITE: Final = "movielens"
BEST: Final = 5.0
FILM: Final = frozenset({"movie_id", "imdb_id", "title"})


def _film(row: Row) -> Record | None:
    title, year = split_year(text_of(row, "title"))
    key = imdb_key(text_of(row, "imdb_id")) or ""
    if not title and not key:
        return None
    return Record(title, year_of(year or ""), imdb_id=key, movielens_id=text_of(row, "movie_id"))


def _rated(row: Row) -> Record | None:
    film = _film(row)
    if film is None:
        return None
    return replace(film, seen=True, rating=share_of(text_of(row, "rating"), BEST))


def _wanted(row: Row) -> Record | None:
    film = _film(row)
    return film and replace(film, want=True)


LAYOUTS: Final = (
    Layout(SITE, "wishlist", FILMS, FILM, _wanted, named=("wishlist",)),
    Layout(SITE, "ratings", FILMS, FILM | {"rating"}, _rated),
    Layout(SITE, "wishlist", FILMS, FILM, _wanted, lacks=frozenset({"rating"})),
)
