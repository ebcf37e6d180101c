"""A medium's tables together: counts add up, raw row numbers are right, the gate judges."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from artrec import schema
from artrec.errors import DataQualityError
from artrec.quality.config import InteractionRules, ValidationConfig
from artrec.quality.gate import stop_if_bad
from artrec.quality.page import as_html
from artrec.quality.report import as_markdown, percent
from artrec.quality.tables import Examination, Tables, examine

NOW = 1_500_000_000
N = 100
NONE_REJECTED = pd.DataFrame({name: [] for name in schema.REJECTED.required})


def small_world(set_aside: tuple[int, ...] = ()) -> Tables:
    """N raw ratings of ten users; ingest set the given raw rows (from 1) aside."""
    raw = pd.DataFrame(
        {
            "userId": [f"u{row % 10}" for row in range(N)],
            "movieId": [f"i{row // 10}" for row in range(N)],
            "timestamp": [str(1_000_000_000 + row) for row in range(N)],
            "rating": [str(1 + row % 5) for row in range(N)],
        }
    )
    parsed = pd.DataFrame(
        {
            "user_id": raw["userId"],
            "item_id": raw["movieId"],
            "timestamp": raw["timestamp"].astype("int64"),
            "rating": raw["rating"].astype("float64"),
        }
    )
    at = [row - 1 for row in set_aside]
    rejected = pd.DataFrame(
        {
            "table": "ratings",
            "row": list(set_aside),
            "reason": [f"rating 'text {row}' is not a number" for row in set_aside],
            "values": [json.dumps({"rating": f"text {row}"}) for row in set_aside],
        }
    )
    works = pd.DataFrame(
        {
            "item_id": [f"i{item}" for item in range(10)],
            "title": [f"Film {item}" for item in range(10)],
            "year": 2000,
            "genres": "Drama",
            "creators": None,
        }
    )
    return Tables(
        raw,
        schema.INTERACTIONS.conform(parsed.drop(index=at)),
        schema.WORKS.conform(works),
        rejected if set_aside else NONE_REJECTED,
    )


def examined(tables: Tables, **values: object) -> Examination:
    return examine(tables, ValidationConfig.model_validate(values), NOW)


def totals(examination: Examination) -> list[tuple[int, int, int]]:
    return [
        (each["rows_in"], each["rows_good"], each["rows_set_aside"])
        for each in examination.report["tables"]
    ]


def test_good_tables_pass_the_gate_unchanged() -> None:
    tables = small_world()
    found = examined(tables)
    stop_if_bad(found.report)
    pd.testing.assert_frame_equal(found.interactions, tables.interactions)
    pd.testing.assert_frame_equal(found.works, tables.works)
    assert found.report["passed"] is True
    assert totals(found) == [(N, N, 0), (N, N, 0), (10, 10, 0)]
    assert "Passed: 0 rows set aside, 0 warnings." in as_html(found.report)


def test_rows_keep_their_number_in_the_raw_file_beyond_those_ingest_set_aside() -> None:
    tables = small_world(set_aside=(2, 50))
    tables.interactions.loc[0, "rating"] = 9.0  # raw row 1
    tables.interactions.loc[1, "rating"] = 9.0  # raw row 3
    tables.interactions.loc[97, "rating"] = 9.0  # raw row 100
    found = examined(tables)
    assert found.quarantine["row"].tolist() == [2, 50, 1, 3, 100]
    for row, values in zip(
        found.quarantine["row"][2:], found.quarantine["values"][2:], strict=True
    ):
        assert json.loads(values)["timestamp"] == 1_000_000_000 + row - 1


def test_counts_add_up() -> None:
    tables = small_world(set_aside=(2, 50))
    tables.interactions.loc[[3, 4], "rating"] = np.nan
    tables.interactions.loc[5, "item_id"] = "unknown"
    tables.interactions.loc[7] = tables.interactions.loc[6]
    tables.works.loc[9, "item_id"] = "i0"  # sets aside a work, and the ten ratings of i9
    found = examined(tables, max_quarantined_share=0.9)
    assert totals(found) == [(N, N, 0), (N, N - 16, 16), (10, 9, 1)]
    assert len(found.interactions) == N - 16
    assert len(found.quarantine) == 16 + 1
    assert sum(each["rows"] for each in found.report["reasons"]) == 17
    by_table = found.quarantine["table"].value_counts().to_dict()
    assert by_table == {"ratings": 16, "parsed_works": 1}


def test_reasons_of_ingest_are_counted_without_the_values_they_quote() -> None:
    found = examined(small_world(set_aside=(2, 50)))
    assert found.report["reasons"] == [
        {
            "table": "ratings",
            "reason": "rating … is not a number",
            "rows": 2,
            "examples": [
                {"row": 2, "values": "rating: text 2"},
                {"row": 50, "values": "rating: text 50"},
            ],
        }
    ]
    assert found.quarantine["reason"].tolist()[0] == "rating 'text 2' is not a number"


def test_reasons_that_quote_two_values_are_counted_together() -> None:
    again = [f"item_id '{each}' came before, as \"Film {each}'s\"" for each in range(3)]
    rejected = {"table": ["works"] * 3, "row": [3, 4, 5], "reason": again, "values": "{}"}
    found = examined(replace(small_world(), rejected=pd.DataFrame(rejected)))
    (reason,) = (each for each in found.report["reasons"] if each["table"] == "works")
    assert (reason["reason"], reason["rows"]) == ("item_id … came before, as …", 3)


def test_works_and_metadata_set_aside_by_ingest_are_not_taken_for_ratings() -> None:
    tables = small_world()
    rejected = pd.DataFrame(
        {"table": ["works", "films"], "row": [3, 4], "reason": "title is missing", "values": "{}"}
    )
    aside = Tables(tables.raw_ratings, tables.interactions, tables.works, rejected)
    found = examined(aside, max_quarantined_share=0.1)
    assert totals(found) == [(N, N, 0), (N, N, 0), (11, 10, 1)]
    assert found.quarantine["table"].tolist() == ["works", "films"]
    stop_if_bad(found.report)


def test_empty_cells_of_the_raw_table_count_as_missing() -> None:
    tables = small_world()
    tables.raw_ratings.loc[:50, "rating"] = ""
    assert examined(tables).report["warnings"] == [
        "raw ratings: expected that at most 50% of the cells of 'rating' are empty; "
        "found 51 of 100 (51.00%)"
    ]


def test_share_at_the_limit_passes_and_above_it_stops() -> None:
    tables = small_world(set_aside=(2, 50))
    tables.interactions.loc[[3, 4, 5], "rating"] = np.nan
    stop_if_bad(examined(tables).report)
    tables.interactions.loc[6, "rating"] = 9.0
    with pytest.raises(DataQualityError) as caught:
        stop_if_bad(examined(tables).report)
    assert "interactions: 6.00% of the rows are bad (6 of 100), at most 5.00% may be" in str(
        caught.value
    )
    assert "3 x ratings: rating is missing (first: row 5)" in str(caught.value)
    assert "2 x ratings: rating … is not a number (first: row 2)" in str(caught.value)
    assert "validation.html" in caught.value.hint
    assert "quarantine.parquet" in caught.value.hint


def test_every_row_bad_stops() -> None:
    tables = small_world()
    tables.interactions["rating"] = 77.0
    with pytest.raises(DataQualityError, match="every one of the 100 rows is bad"):
        stop_if_bad(examined(tables, max_quarantined_share=0.99).report)


def test_every_row_set_aside_by_ingest_stops() -> None:
    tables = small_world(set_aside=tuple(range(1, N + 1)))
    found = examined(tables)
    assert len(found.quarantine) == N
    with pytest.raises(DataQualityError, match="interactions: every one of the 100 rows is bad"):
        stop_if_bad(found.report)


def test_empty_tables_stop_and_still_have_a_report() -> None:
    tables = small_world()
    empty = Tables(
        tables.raw_ratings.iloc[:0],
        tables.interactions.iloc[:0],
        tables.works.iloc[:0],
        NONE_REJECTED,
    )
    found = examined(empty)
    with pytest.raises(DataQualityError, match="expected that there is at least 1 row; found 0"):
        stop_if_bad(found.report)
    assert "Stopped" in as_html(found.report)
    assert totals(found) == [(0, 0, 0), (0, 0, 0), (0, 0, 0)]


def test_raw_rows_that_are_neither_parsed_nor_set_aside_stop() -> None:
    tables = small_world()
    lost = Tables(tables.raw_ratings, tables.interactions.iloc[:-1], tables.works, tables.rejected)
    with pytest.raises(DataQualityError, match="99 parsed or set aside; found 100"):
        stop_if_bad(examined(lost).report)


def test_one_user_with_one_item() -> None:
    tables = small_world()
    one = Tables(tables.raw_ratings[:1], tables.interactions[:1], tables.works, tables.rejected)
    stop_if_bad(examined(one).report)
    with pytest.raises(DataQualityError, match="at least 2 users; found 1"):
        stop_if_bad(examined(one, interactions={"min_users": 2}).report)


def test_all_ratings_equal_passes_with_a_warning() -> None:
    tables = small_world()
    tables.interactions["rating"] = 3.0
    found = examined(tables)
    stop_if_bad(found.report)
    assert found.report["warnings"] == [
        "interactions: expected that there are at least 2 different ratings; found 1"
    ]
    assert "warning: interactions: expected" in as_markdown(found.report)


def messy() -> Tables:
    tables = small_world(set_aside=(2, 50))
    tables.interactions.loc[3, ["user_id", "rating"]] = ["<script>alert(1)</script> | x", 9.0]
    tables.interactions.loc[4, "rating"] = 9.0
    tables.interactions.loc[5, ["item_id"]] = ["y" * 10_000]
    tables.works.loc[0, "year"] = 3000
    return tables


def test_report_is_the_same_bytes_twice_and_at_another_time() -> None:
    first = examined(messy())
    config = ValidationConfig(interactions=InteractionRules())
    again = examine(messy(), config, NOW + 86_400)
    assert json.dumps(first.report) == json.dumps(again.report)
    assert as_html(first.report).encode() == as_html(again.report).encode()
    assert as_markdown(first.report).encode() == as_markdown(again.report).encode()
    pd.testing.assert_frame_equal(first.quarantine, again.quarantine)


def test_page_stands_alone_and_escapes_what_the_data_hold() -> None:
    page = as_html(examined(messy()).report)
    assert re.findall(r"(?:https?:)?//|\b(?:src|href)=|@import|url\(", page) == []
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "prefers-color-scheme: dark" in page
    assert "(10,000 characters)" in page
    assert "y" * 100 not in page


def test_markdown_cells_hold_no_bare_bars() -> None:
    text = as_markdown(examined(messy()).report)
    row = next(line for line in text.splitlines() if "alert(1)" in line)
    assert "\\| x" in row
    assert len(re.findall(r"(?<!\\)\|", row)) == 6


def test_small_shares_are_not_rounded_to_nothing() -> None:
    assert percent(0.0) == "0.00%"
    assert percent(1 / 1_000_000) == "under 0.01%"
    assert percent(0.0512) == "5.12%"


def test_library_imports_great_expectations_only_when_a_check_runs() -> None:
    code = (
        "import sys, artrec.quality.page, artrec.quality.tables, artrec.quality.gate;"
        "print([m for m in ('great_expectations', 'kedro') if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
