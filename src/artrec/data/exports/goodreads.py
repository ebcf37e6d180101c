"""Goodreads' library export: one CSV file, a row a book.

Stars go from one to five, and 0 is "not rated". The exclusive shelf says whether a book was read;
ISBNs stand as a formula, ``="0306406152"``; a series stands in brackets behind the title.
"""

from __future__ import annotations

from typing import Final

from artrec.data.exports.records import (
    BOOKS,
    Layout,
    Record,
    Row,
    names_in_cell,
    share_of,
    text_of,
    year_of,
)
from artrec.data.isbn import isbn13

SITE: Final = "goodreads"
BEST: Final = 5.0
WANTED: Final = frozenset({"to-read", "want-to-read", "wishlist", "wish-list", "tbr"})
# a book begun, or given up, is known too
KNOWN: Final = frozenset(
    {"read", "currently-reading", "did-not-finish", "dnf", "abandoned", "gave-up", "paused"}
)


def _book(row: Row) -> Record | None:
    title = text_of(row, "title")
    if not title:
        return None
    shelves = names_in_cell(text_of(row, "exclusive shelf", "bookshelves")) or ("read",)
    rating = share_of(text_of(row, "my rating"), BEST)
    finished = bool(text_of(row, "date read")) or text_of(row, "read count") not in ("", "0")
    wanted = shelves[0].lower() in WANTED
    author = text_of(row, "author")
    return Record(
        title,
        year_of(text_of(row, "original publication year", "year published")),
        creators=(
            *((author,) if author else ()),
            *names_in_cell(text_of(row, "additional authors")),
        ),
        isbns=tuple(filter(None, {isbn13(text_of(row, each)) for each in ("isbn", "isbn13")})),
        rating=rating,
        seen=rating is not None or shelves[0].lower() in KNOWN or (finished and not wanted),
        want=wanted and rating is None,
        date=text_of(row, "date read", "date added"),
    )


LAYOUTS: Final = (
    Layout(
        SITE, "library", BOOKS, frozenset({"title", "author", "my rating", "bookshelves"}), _book
    ),
    Layout(
        SITE,
        "library",
        BOOKS,
        frozenset({"title", "author", "my rating", "exclusive shelf"}),
        _book,
    ),
)
