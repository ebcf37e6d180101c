"""Shelves and descriptions of goodbooks-10k, in invented files with each quirk."""

from __future__ import annotations

import pandas as pd

from book_world import TAGS, books_of, read, reasons, work


def shelves_of(*rows):
    return pd.DataFrame(rows, columns=["goodreads_book_id", "tag_id", "count"])


def test_tags_are_shelves_that_say_something_the_most_used_first():
    shelves = shelves_of(("901", "2", "9000"), ("901", "3", "300"), ("901", "1", "400"))
    parsed = read(tags=TAGS, book_tags=shelves)
    assert work(parsed)["tags"] == "fantasy|ya"
    assert work(parsed)["genres"] == "fantasy|young-adult"
    assert parsed.rejected.empty


def test_a_shelf_of_few_readers_is_no_tag_and_a_rare_genre_none():
    shelves = shelves_of(("901", "1", "2000"), ("901", "3", "150"))
    assert work(read(tags=TAGS, book_tags=shelves))[["genres", "tags"]].tolist() == [
        "fantasy",
        "fantasy|ya",
    ]
    few = shelves_of(("901", "1", "99"))
    assert work(read(tags=TAGS, book_tags=few))[["genres", "tags"]].isna().all()


def test_bad_shelves_are_set_aside_with_their_reason():
    shelves = shelves_of(
        ("901", "1", "500"),
        ("901", "1", "400"),
        ("902", "1", "500"),
        ("901", "9", "500"),
        ("901", "3", "-1"),
        ("901", "3", "many"),
        (None, "3", "500"),
    )
    names = pd.concat([TAGS, pd.DataFrame({"tag_id": ["1", "4"], "tag_name": ["again", None]})])
    parsed = read(tags=names, book_tags=shelves)
    assert work(parsed)["tags"] == "fantasy"
    assert reasons(parsed) == [
        ["tags", 4, "tag '1' came before"],
        ["tags", 5, "tag_name is missing"],
        ["book_tags", 2, "tag '1' of the book came before"],
        ["book_tags", 3, "book '902' is not in the books"],
        ["book_tags", 4, "tag '9' is not in the tags"],
        ["book_tags", 5, "count '-1' is negative"],
        ["book_tags", 6, "count 'many' is not a number"],
        ["book_tags", 7, "goodreads_book_id is missing"],
    ]


def test_shelves_without_their_names_are_left_alone():
    parsed = read(book_tags=shelves_of(("901", "1", "500")))
    assert "tags" not in parsed.works
    assert "book_tags" not in parsed.variant.rows


def test_texts_with_and_without_quotation_marks_empty_and_of_five_megabytes():
    long = "fen " * 1_250_000
    books = books_of(*({"book_id": str(each)} for each in range(1, 8)))
    texts = {
        "1": '"A book of the fen."',
        "2": '"Fen" is a "book"',
        "3": "  ",
        "4": '""',
        "5": long,
        "6": "مرحبا \U0001f98e",
    }
    table = pd.DataFrame({"book_id": list(texts), "llama31_description": list(texts.values())})
    parsed = read(books, descriptions=table)
    told = parsed.works["text"].tolist()
    assert told[:4] == ["A book of the fen.", '"Fen" is a "book"', None, None]
    assert told[4] == long.strip()
    assert told[5:] == ["مرحبا \U0001f98e", None]
    assert parsed.rejected.empty


def test_texts_of_unknown_or_repeated_books_are_set_aside():
    texts = pd.DataFrame({"book_id": ["1", "1", "9", None], "description": ["a", "b", "c", "d"]})
    parsed = read(descriptions=texts)
    assert work(parsed)["text"] == "a"
    assert reasons(parsed) == [
        ["descriptions", 2, "book '1' came before"],
        ["descriptions", 3, "book '9' is not in the books"],
        ["descriptions", 4, "book_id is missing"],
    ]
