"""IMDb's exports: ratings, and the watchlist or another list; old and new column names.

Ratings go from 1 to 10. A row names any title of IMDb: films, series, episodes, games.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from artrec.data.enrich.matching import imdb_key
from artrec.data.exports.records import (
    FILMS,
    Layout,
    Record,
    Row,
    names_in_cell,
    share_of,
    text_of,
    year_of,
)

SITE: Final = "imdb"
BEST: Final = 10.0


def _title(row: Row) -> Record | None:
    title = text_of(row, "title")
    key = imdb_key(text_of(row, "const")) or ""
    if not title and not key:
        return None
    rating = share_of(text_of(row, "your rating", "you rated"), BEST)
    return Record(
        title,
        year_of(text_of(row, "year", "release date")),
        creators=names_in_cell(text_of(row, "directors")),
        original_title=text_of(row, "original title"),
        imdb_id=key,
        kind=text_of(row, "title type"),
        rating=rating,
        seen=rating is not None,
        date=text_of(row, "date rated", "modified", "created"),
    )


def _rated(row: Row) -> Record | None:
    record = _title(row)
    return record and replace(record, seen=True)


def _listed(row: Row) -> Record | None:
    record = _title(row)
    return record and replace(record, want=record.rating is None)


LAYOUTS: Final = (
    Layout(
        SITE, "watchlist", FILMS, frozenset({"const", "position"}), _listed, named=("watchlist",)
    ),
    Layout(
        SITE,
        "list",
        FILMS,
        frozenset({"const", "position", "created"}),
        _listed,
        note="the file is a list of IMDb: what is not rated in it was taken as wanted",
    ),
    Layout(SITE, "ratings", FILMS, frozenset({"const", "your rating"}), _rated),
    Layout(SITE, "ratings", FILMS, frozenset({"const", "you rated"}), _rated),
)
