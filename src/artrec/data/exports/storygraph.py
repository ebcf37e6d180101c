"""StoryGraph's library export: one CSV file, a row a book.

Stars go from a quarter to five. A book without an ISBN has a number of the site in its place.
"""

from __future__ import annotations

from typing import Final

from artrec.data.exports.goodreads import KNOWN, WANTED
from artrec.data.exports.records import BOOKS, Layout, Record, Row, names_in_cell, share_of, text_of
from artrec.data.isbn import isbn13

SITE: Final = "storygraph"
BEST: Final = 5.0


def _book(row: Row) -> Record | None:
    title = text_of(row, "title")
    if not title:
        return None
    status = text_of(row, "read status").lower()
    rating = share_of(text_of(row, "star rating"), BEST)
    return Record(
        title,
        creators=names_in_cell(text_of(row, "authors")),
        isbns=tuple(filter(None, (isbn13(text_of(row, "isbn/uid")),))),
        rating=rating,
        seen=rating is not None or status in KNOWN,
        want=status in WANTED and rating is None,
        date=text_of(row, "last date read", "date added"),
    )


LAYOUTS: Final = (
    Layout(
        SITE, "library", BOOKS, frozenset({"title", "authors", "read status", "star rating"}), _book
    ),
)
