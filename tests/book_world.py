"""Invented tables of goodbooks-10k: one book, and what tests change of it."""

from __future__ import annotations

import pandas as pd

from artrec.data.sources.base import SourceConfig
from artrec.data.sources.raw import RawRows
from artrec.data.sources.registry import parse

CONFIG = SourceConfig(reader="goodbooks", name="goodbooks")
BOOK = {
    "book_id": "1",
    "goodreads_book_id": "901",
    "isbn": "306406152",
    "authors": "Ann Reed, Ben Mace",
    "original_publication_year": "1999.0",
    "original_title": "The Fen",
    "title": "The Fen (Marsh, #1)",
    "language_code": "en-US",
    "average_rating": "4.10",
    "ratings_count": "1200",
}
TAGS = pd.DataFrame({"tag_id": ["1", "2", "3"], "tag_name": ["fantasy", "to-read", "ya"]})


def books_of(*changes):
    return pd.DataFrame([{**BOOK, **change} for change in changes])


def ratings_of(*rows):
    return pd.DataFrame(rows or [("1", "7", "5")], columns=["book_id", "user_id", "rating"])


def read(books=None, ratings=None, **others):
    tables = {"books": books_of({}) if books is None else books, **others}
    tables["ratings"] = ratings_of() if ratings is None else ratings
    return parse({name: RawRows.of(table) for name, table in tables.items()}, CONFIG)


def work(parsed, item_id="1"):
    return parsed.works.set_index("item_id").loc[item_id]


def reasons(parsed):
    return parsed.rejected[["table", "row", "reason"]].to_numpy().tolist()
