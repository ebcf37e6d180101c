"""Validation of media other than films: books without times, works of art without interactions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from artrec import schema
from artrec.errors import DataQualityError
from artrec.quality.check import check
from artrec.quality.config import InteractionRules, ValidationConfig, WorkRules
from artrec.quality.gate import stop_if_bad
from artrec.quality.page import as_html
from artrec.quality.report import as_markdown
from artrec.quality.suites import works_suite
from artrec.quality.tables import Tables, examine, present_cells

NOW = 1_500_000_000
NONE_REJECTED = pd.DataFrame({name: [] for name in schema.REJECTED.required})
BOOK_RULES = {
    "interactions": {
        "rating_min": 1.0,
        "rating_max": 5.0,
        "rating_step": 1.0,
        "user_id_pattern": "[1-9][0-9]*",
        "item_id_pattern": "[1-9][0-9]*",
    },
    "works": {
        "year_min": -3000,
        "year_max": 2030,
        "item_id_pattern": "[1-9][0-9]*",
        "average_rating_min": 1.0,
        "average_rating_max": 5.0,
        "max_missing_creators": 0.1,
        "max_missing_texts": 0.5,
    },
    "max_quarantined_share": 0.9,
}


def books() -> Tables:
    """Ten readers rate ten books from 1 to 5; there are no times."""
    raw = pd.DataFrame(
        {
            "book_id": [str(1 + row // 10) for row in range(100)],
            "user_id": [str(1 + row % 10) for row in range(100)],
            "rating": [str(1 + row % 5) for row in range(100)],
        }
    )
    interactions = pd.DataFrame(
        {
            "user_id": raw["user_id"],
            "item_id": raw["book_id"],
            "rating": raw["rating"].astype("float64"),
        }
    )
    works = pd.DataFrame(
        {
            "item_id": [str(1 + item) for item in range(10)],
            "title": [f"Book {item}" for item in range(10)],
            "year": [-720, *range(1991, 2000)],
            "genres": "fantasy",
            "creators": "An Author",
            "text": "A text.",
            "ratings_count": 1000.0,
            "average_rating": 4.0,
        }
    )
    return Tables(
        raw,
        schema.INTERACTIONS.conform(interactions),
        schema.WORKS.conform(works),
        NONE_REJECTED,
    )


def config(**values: object) -> ValidationConfig:
    return ValidationConfig.model_validate({**BOOK_RULES, **values})


def test_books_need_no_times() -> None:
    found = examine(books(), config(), NOW)
    stop_if_bad(found.report)
    assert found.report["warnings"] == []
    assert found.interactions is not None
    assert list(found.interactions.columns) == ["user_id", "item_id", "rating"]
    names = [each["name"] for table in found.report["tables"] for each in table["expectations"]]
    assert not any("timestamp" in name for name in names)


def test_of_repeated_ratings_without_times_the_first_of_the_file_is_kept() -> None:
    tables = books()
    tables.interactions.loc[1] = tables.interactions.loc[0]
    tables.interactions.loc[[11, 12], ["user_id", "item_id"]] = ["1", "1"]
    found = examine(tables, config(), NOW)
    assert found.quarantine["reason"].tolist() == [
        "the same row stands above already; the first one is kept",
        "the user has another row for this item; the first is kept",
        "the user has another row for this item; the first is kept",
    ]
    assert found.quarantine["row"].tolist() == [2, 12, 13]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("rating", 0.0, "rating lies outside 1 to 5"),
        ("rating", 3.5, "rating is not one of the steps of 1 from 1"),
        ("user_id", "7.0", "user_id does not match the pattern configured"),
        ("item_id", "7.0", "item_id does not match the pattern configured"),
        ("item_id", "7\n", "item_id does not match the pattern configured"),
        ("item_id", "99", "the item is not among the works of the catalogue"),
    ],
)
def test_ratings_outside_the_ranges_of_books(column: str, value: object, rule: str) -> None:
    tables = books()
    tables.interactions.loc[4, column] = value
    found = examine(tables, config(), NOW)
    assert found.quarantine[["row", "reason"]].to_numpy().tolist() == [[5, rule]]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("year", -5000, "year_plausible"),
        ("average_rating", 5.5, "average_rating_in_range"),
        ("average_rating", 0.5, "average_rating_in_range"),
        ("ratings_count", -1.0, "ratings_count_not_negative"),
    ],
)
def test_books_outside_their_ranges_are_warned_of(column: str, value: float, rule: str) -> None:
    works = books().works
    works.loc[3, column] = value
    result = check(works, works_suite(works, config().works))
    assert [each.name for each in result.failed("warn")] == [rule]
    assert result.good.all()


@pytest.mark.parametrize(
    ("column", "rule"), [("creators", "creators_filled"), ("text", "texts_filled")]
)
def test_too_many_books_without_author_or_text_are_warned_of(column: str, rule: str) -> None:
    works = books().works
    works.loc[:5, column] = None
    result = check(works, works_suite(works, config().works))
    assert [each.name for each in result.failed("warn")] == [rule]


def test_a_catalogue_without_texts_is_not_asked_for_them() -> None:
    works = books().works.drop(columns=["text", "average_rating", "ratings_count"])
    result = check(works, works_suite(works, config().works))
    assert all(outcome.success for outcome in result.outcomes)


def artworks(n: int = 20) -> Tables:
    works = pd.DataFrame(
        {
            "item_id": [f"A{item:05d}" for item in range(n)],
            "title": [f"Study {item}" for item in range(n)],
            "year": 1820,
            "genres": None,
            "creators": "A Painter",
            "materials": "Graphite on paper",
        }
    )
    return Tables(None, None, schema.WORKS.conform(works), NONE_REJECTED)


def test_a_medium_without_interactions_is_judged_by_its_works() -> None:
    rules = {"max_missing_genres": 1.0, "year_min": 1500, "item_id_pattern": "A[0-9]{5}"}
    found = examine(artworks(), ValidationConfig.model_validate({"works": rules}), NOW)
    stop_if_bad(found.report)
    assert found.interactions is None
    assert len(found.works) == 20
    assert [table["name"] for table in found.report["tables"]] == ["works"]
    assert "Passed: 0 rows set aside, 0 warnings." in as_html(found.report)
    assert "## Works" in as_markdown(found.report)


def test_bad_works_of_a_medium_without_interactions_stop_the_run() -> None:
    tables = artworks()
    tables.works["item_id"] = "A00001"
    found = examine(tables, ValidationConfig(), NOW)
    assert len(found.quarantine) == 19
    with pytest.raises(DataQualityError, match=r"works: 95.00% of the rows are bad"):
        stop_if_bad(found.report)
    few = ValidationConfig.model_validate({"works": {"min_rows": 50}})
    with pytest.raises(DataQualityError, match="at least 50 rows; found 20"):
        stop_if_bad(examine(artworks(), few, NOW).report)


def test_a_raw_table_in_chunks_is_judged_as_one() -> None:
    tables = books()
    tables.raw_ratings.loc[:59, "rating"] = ""
    tables.raw_ratings.loc[60, "rating"] = None
    chunks = [tables.raw_ratings.iloc[:33], tables.raw_ratings.iloc[33:]]
    in_chunks = Tables(iter(chunks), tables.interactions, tables.works, tables.rejected)
    whole = examine(tables, config(), NOW)
    assert examine(in_chunks, config(), NOW).report == whole.report
    assert whole.report["warnings"] == [
        "raw ratings: expected that at most 50% of the cells of 'rating' are empty; "
        "found 61 of 100 (61.00%)"
    ]


def test_which_cells_are_present_takes_four_bytes_a_cell() -> None:
    present = present_cells(pd.DataFrame({"a": ["x" * 10_000, "", None]}, index=[7, 8, 9]))
    np.testing.assert_array_equal(present["a"], np.array([1, np.nan, np.nan], dtype="float32"))
    assert present["a"].dtype == np.float32
    assert present.index.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("rules", "values", "message"),
    [
        (InteractionRules, {"user_id_pattern": "("}, "is no regular expression"),
        (WorkRules, {"item_id_pattern": "["}, "is no regular expression"),
        (WorkRules, {"year_min": 2000, "year_max": 1900}, "must not lie above year_max"),
        (
            WorkRules,
            {"average_rating_min": 5, "average_rating_max": 1},
            "must not lie above average_rating_max",
        ),
    ],
)
def test_senseless_ranges_are_refused(
    rules: type[WorkRules] | type[InteractionRules], values: dict[str, object], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        rules.model_validate(values)
