"""goodbooks-10k: the real file's counts and quirks, and invented files with each quirk."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from artrec import schema
from artrec.data.sources.files import RawFile, open_raw
from artrec.data.sources.raw import RawRows
from artrec.data.sources.registry import parse
from artrec.errors import ArtrecWarning, InputError
from artrec.quality.config import ValidationConfig
from artrec.quality.gate import stop_if_bad
from artrec.quality.tables import Tables, examine
from book_world import BOOK, CONFIG, TAGS, books_of, ratings_of, read, reasons, work

VALIDATION = {
    "interactions": {
        "rating_min": 1.0,
        "rating_max": 5.0,
        "rating_step": 1.0,
        "user_id_pattern": "[1-9][0-9]*",
        "item_id_pattern": "[1-9][0-9]*",
        "min_rows": 1000,
        "min_users": 10,
        "min_items": 10,
    },
    "works": {
        "min_rows": 10,
        "year_min": -3000,
        "year_max": 2030,
        "max_missing_genres": 0.2,
        "max_missing_creators": 0.01,
        "max_missing_texts": 0.05,
        "item_id_pattern": "[1-9][0-9]*",
        "average_rating_min": 1.0,
        "average_rating_max": 5.0,
    },
}


def test_a_book_in_canonical_form():
    parsed = read()
    found = work(parsed)
    assert found["title"] == "The Fen"
    assert (found["series"], found["series_number"]) == ("Marsh", "1")
    assert found["creators"] == "Ann Reed|Ben Mace"
    assert found["year"] == 1999
    assert found["languages"] == "English"
    assert found["isbn"] == "0306406152"
    assert found["original_title"] == "The Fen"
    assert (found["ratings_count"], found["average_rating"]) == (1200.0, 4.1)
    assert found["edition_of"] == "1"
    assert parsed.rejected.empty
    for table, contract in [
        (parsed.interactions, schema.INTERACTIONS),
        (parsed.works, schema.WORKS),
        (parsed.rejected, schema.REJECTED),
    ]:
        pd.testing.assert_frame_equal(table, contract.conform(table))


def test_ratings_have_no_times_and_either_order_of_columns():
    first = read(ratings=ratings_of(("1", "7", "5"), ("1", "8", "3")))
    other = read(
        ratings=ratings_of(("1", "7", "5"), ("1", "8", "3"))[["user_id", "book_id", "rating"]]
    )
    assert list(first.interactions.columns) == ["user_id", "item_id", "rating"]
    assert first.interactions.to_numpy().tolist() == [["7", "1", 5.0], ["8", "1", 3.0]]
    pd.testing.assert_frame_equal(first.interactions, other.interactions)
    assert first.variant == other.variant


def test_in_release_1_the_ids_of_the_ratings_are_called_id():
    old = books_of({}).rename(columns={"book_id": "id", "goodreads_book_id": "book_id"})
    shelves = pd.DataFrame({"goodreads_book_id": ["901"], "tag_id": ["1"], "count": ["500"]})
    assert work(read(old, tags=TAGS, book_tags=shelves))["tags"] == "fantasy"


@pytest.mark.parametrize(
    ("isbn", "wanted"),
    [
        ("306406152", "0306406152"),
        ("0306406152", "0306406152"),
        ("80442957X", "080442957X"),
        ("80442957x", "080442957X"),
        (None, None),
    ],
)
def test_zeros_in_front_of_an_isbn_come_back(isbn, wanted):
    parsed = read(books_of({"isbn": isbn}))
    assert work(parsed)["isbn"] == wanted
    assert parsed.rejected.empty


@pytest.mark.parametrize("isbn", ["306406153", "9.78E+12", "٠٣٠٦٤٠٦١٥٢", "03064061521"])
def test_an_isbn_of_a_wrong_check_digit_is_none_and_its_book_stays(isbn):
    parsed = read(books_of({"isbn": isbn}))
    assert work(parsed)["isbn"] is None
    assert reasons(parsed) == [["isbn", 1, f"isbn '{isbn}' has a wrong check digit"]]


@pytest.mark.parametrize(
    ("column", "raw", "name", "value"),
    [
        ("original_publication_year", "-720.0", "year", -720),
        ("original_publication_year", "1999", "year", 1999),
        ("language_code", "eng", "languages", "English"),
        ("language_code", "ara", "languages", "Arabic"),
        ("language_code", "xyz", "languages", "xyz"),
        ("language_code", "mul", "languages", None),
        ("language_code", None, "languages", None),
        ("authors", "Ann Reed", "creators", "Ann Reed"),
        ("authors", "Ann  Reed, Ann Reed, ", "creators", "Ann Reed"),
        ("authors", "A|B, C", "creators", "A B|C"),
        ("title", "  Fen   and Mud ", "title", "Fen and Mud"),
        ("title", "البحر (بحر, #2)", "title", "البحر"),
        ("title", "\U0001f98e Eels", "title", "\U0001f98e Eels"),
        ("original_title", " The Fen (Marsh #1)", "original_title", "The Fen"),
    ],
)
def test_odd_cells(column, raw, name, value):
    parsed = read(books_of({column: raw}))
    assert work(parsed)[name] == value
    assert parsed.rejected.empty


def test_what_is_missing_stays_missing_and_the_book_stays():
    nothing = dict.fromkeys(list(BOOK)[2:])
    found = work(read(books_of(nothing)))
    assert found["title"] is None
    assert found.drop(["title", "edition_of"]).isna().all()
    assert found["edition_of"] == "1"


def test_ids_as_floats_are_the_whole_numbers_they_are():
    books = books_of({"book_id": "1.0", "goodreads_book_id": "901.0"}, {"book_id": "2.0"})
    parsed = read(
        books,
        ratings_of(("1.0", "7.0", "5"), ("2.0", "7.00", "4")),
        tags=TAGS.assign(tag_id=["1.0", "2.0", "3.0"]),
        book_tags=pd.DataFrame(
            {"goodreads_book_id": [901.0], "tag_id": ["1.0"], "count": ["100.0"]}
        ),
        descriptions=pd.DataFrame({"book_id": ["1.0"], "description": ["A text."]}),
    )
    assert parsed.interactions["item_id"].tolist() == ["1", "2"]
    assert parsed.interactions["user_id"].tolist() == ["7", "7"]
    assert work(parsed)["tags"] == "fantasy"
    assert work(parsed)["text"] == "A text."


def test_books_of_neither_release_are_told_so():
    with pytest.raises(InputError, match="no column 'id'") as caught:
        read(books_of({}).rename(columns={"book_id": "work", "goodreads_book_id": "other"}))
    assert "another version" in caught.value.hint
    assert "columns.id" not in caught.value.hint  # nothing sets what a published file calls it


def test_a_repeated_book_keeps_its_first_row_and_a_conflict_is_said():
    parsed = read(books_of({}, {}, {"title": "Mud"}, {"book_id": None}))
    assert work(parsed)["title"] == "The Fen"
    assert reasons(parsed) == [
        ["works", 2, "book '1' came before"],
        ["works", 3, "book '1' came before, as 'The Fen (Marsh, #1)'"],
        ["works", 4, "book_id is missing"],
    ]


def test_a_cell_that_does_not_convert_is_set_aside_and_its_book_stays():
    parsed = read(
        books_of(
            {},
            {"book_id": "2", "original_publication_year": "MCM", "average_rating": "x"},
            {"book_id": "3", "original_publication_year": "1999.5", "ratings_count": "many"},
        )
    )
    assert parsed.works["item_id"].tolist() == ["1", "2", "3"]
    assert work(parsed, "2")[["year", "average_rating"]].isna().all()
    assert work(parsed, "2")["ratings_count"] == 1200
    assert work(parsed, "3")[["year", "ratings_count"]].isna().all()
    assert reasons(parsed) == [
        [column, row, f"{column} {told}"]
        for column, row, told in [
            ("original_publication_year", 2, "'MCM' is not a number"),
            ("original_publication_year", 3, "'1999.5' is not a whole number"),
            ("ratings_count", 3, "'many' is not a number"),
            ("average_rating", 2, "'x' is not a number"),
        ]
    ]


def test_validation_counts_a_bad_cell_and_no_bad_book():
    parsed = read(books_of({}, {"book_id": "2", "original_publication_year": "MCM"}))
    tables = Tables(None, parsed.interactions, parsed.works, parsed.rejected)
    found = examine(tables, ValidationConfig(), now=0)
    assert found.works["item_id"].tolist() == ["1", "2"]
    assert found.quarantine["table"].tolist() == ["original_publication_year"]
    assert [(each["table"], each["rows"]) for each in found.report["reasons"]] == [
        ("original_publication_year", 1)
    ]


@pytest.mark.parametrize("table", ["tags", "book_tags", "descriptions"])
def test_an_optional_table_without_rows_counts_as_absent_and_is_told_of(table):
    others = {
        "tags": TAGS,
        "book_tags": pd.DataFrame(
            {"goodreads_book_id": ["901"], "tag_id": ["1"], "count": ["500"]}
        ),
        "descriptions": pd.DataFrame({"book_id": ["1"], "description": ["A text."]}),
    }
    without = {name: each for name, each in others.items() if name != table}
    with pytest.warns(ArtrecWarning, match=f"{table} of goodbooks: there are no rows"):
        parsed = read(**{**others, table: others[table].iloc[:0]})
    pd.testing.assert_frame_equal(parsed.works, read(**without).works)
    assert parsed.variant == read(**without).variant


def test_bad_ratings_are_set_aside_and_repeats_left_to_validation():
    rows = [("1", "7", "5"), ("1", "7", "5"), ("1", "7", "2"), (None, "7", "5"), ("1", "8", "five")]
    parsed = read(ratings=ratings_of(*rows))
    assert len(parsed.interactions) == 3
    assert reasons(parsed) == [
        ["ratings", 4, "book_id is missing"],
        ["ratings", 5, "rating 'five' is not a number"],
    ]


def test_ratings_of_unknown_books_are_counted_by_validation():
    parsed = read(ratings=ratings_of(("1", "7", "5"), ("99", "7", "5")))
    tables = Tables(None, parsed.interactions, parsed.works, parsed.rejected)
    found = examine(tables, ValidationConfig(max_quarantined_share=0.9), now=0)
    assert found.quarantine["reason"].tolist() == [
        "the item is not among the works of the catalogue"
    ]


def test_editions_are_grouped():
    twin = {"book_id": "2", "title": "The Fen (Easy Readers)", "authors": "Ann Reed"}
    parsed = read(books_of({}, twin, {"book_id": "3", "title": "Mud"}))
    assert parsed.works["edition_of"].tolist() == ["1", "1", "3"]


@pytest.mark.parametrize(
    ("table", "column"),
    [("books", "title"), ("books", "book_id"), ("ratings", "book_id"), ("ratings", "rating")],
)
def test_another_version_is_refused_by_its_columns(table, column):
    tables = {"books": books_of({}), "ratings": ratings_of()}
    tables[table] = tables[table].drop(columns=column)
    with pytest.raises(InputError, match=f"{table} of goodbooks: no column '{column}'"):
        read(**tables)


def test_a_table_without_rows_or_absent_is_refused():
    with pytest.raises(InputError, match="no rows below the header"):
        read(books_of({}).iloc[:0])
    with pytest.raises(InputError, match="no rows below the header"):
        read(ratings=ratings_of().iloc[:0])
    with pytest.raises(InputError, match="needs the raw table 'books'"):
        parse({"ratings": RawRows.of(ratings_of())}, CONFIG)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "books.csv"),
        (b"book_id,title\n1,Caf\xe9\n", "is not utf-8"),
        (b"", "is empty"),
        (b"PK\x03\x04 cut", "books.csv"),
    ],
)
def test_files_that_are_none(tmp_path, content, message):
    (tmp_path / "books.csv").write_bytes(content)
    (tmp_path / "ratings.csv").write_text("book_id,user_id,rating\n1,7,5\n")
    with pytest.raises(InputError, match=message):
        parse(
            {
                name: open_raw(RawFile(str(tmp_path / f"{name}.csv")))
                for name in ("books", "ratings")
            },
            CONFIG,
        )


def test_latin_1_titles_are_read_when_it_is_said(tmp_path):
    path = tmp_path / "books.csv"
    books_of({"title": "Café (Höhe, #1)"}).to_csv(path, index=False, encoding="latin-1")
    rows = open_raw(RawFile(str(path), encoding="latin-1"))
    parsed = parse({"books": rows, "ratings": RawRows.of(ratings_of())}, CONFIG)
    assert work(parsed)["title"] == "Café"
    assert work(parsed)["series"] == "Höhe"


@pytest.fixture(scope="module")
def real(mirror):
    folder = mirror / "goodbooks-10k"
    tables = {
        name: open_raw(RawFile(str(folder / f"{name}.csv")))
        for name in ("ratings", "books", "tags", "book_tags")
    }
    texts = mirror / "beeformer" / "goodbooks-item_text_descriptions.feather"
    tables["descriptions"] = open_raw(RawFile(str(texts)))
    return parse(tables, CONFIG)


@pytest.mark.mirror
def test_the_real_counts(real):
    interactions = real.interactions
    assert len(interactions) == 981_756
    assert interactions["user_id"].nunique() == 53_424
    assert interactions["item_id"].nunique() == len(real.works) == 10_000
    assert interactions.duplicated().sum() == 1_644
    assert interactions.duplicated(["user_id", "item_id"]).sum() == 2_278
    assert interactions.groupby("item_id").size().max() == 100
    assert sorted(interactions["rating"].unique()) == [1, 2, 3, 4, 5]
    assert real.variant.rows == {
        "ratings": 981_756,
        "books": 10_000,
        "tags": 34_252,
        "book_tags": 120_298,
        "descriptions": 9_975,
    }


@pytest.mark.mirror
def test_the_real_books(real):
    works = real.works
    filled = {
        "title": 10_000,
        "creators": 10_000,
        "year": 9_979,
        "series": 4_439,
        "isbn": 9_277,
        "languages": 8_915,
        "original_title": 9_410,
        "tags": 9_568,
        "genres": 8_935,
        "text": 9_975,
    }
    assert {name: int(works[name].notna().sum()) for name in filled} == filled
    assert (works["year"] < 0).sum() == 31
    assert works["average_rating"].between(1, 5).all()
    assert works["isbn"].dropna().str.len().eq(10).all()
    assert not works["title"].str.contains(r"#\d+(?:\.\d+)?\)$").any()
    first = works.set_index("item_id").loc["1"]
    assert first["isbn"].startswith("0")
    kinds = real.rejected["table"].value_counts().to_dict()
    assert kinds == {"isbn": 23, "book_tags": 1}


@pytest.mark.mirror
def test_validation_sets_the_repeats_aside_and_nothing_else(real):
    tables = Tables(None, real.interactions, real.works, real.rejected)
    found = examine(tables, ValidationConfig.model_validate(VALIDATION), now=0)
    stop_if_bad(found.report)
    assert found.report["warnings"] == []
    assert len(found.interactions) == 981_756 - 2_278 == 979_478
    aside = found.quarantine.loc[found.quarantine["table"] == "ratings", "reason"]
    assert sorted(aside.value_counts()) == [2_278 - 1_644, 1_644]
    assert not np.isnan(found.interactions["rating"]).any()
