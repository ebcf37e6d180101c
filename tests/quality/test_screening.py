"""Screening: no row that fails a rule is left out, whatever the table holds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artrec.quality import check as checking
from artrec.quality.check import check
from artrec.quality.config import InteractionRules
from artrec.quality.rules import QUARANTINE, Rule
from artrec.quality.screening import as_objects, compact, suspects
from artrec.quality.suites import interactions_suite

TABLE = pd.DataFrame(
    {
        "id": ["a", "b", " ", None, "a", "b"],
        "number": [1.0, 2.0, np.nan, 4.0, 1.0, 9.0],
        "flag": [True, True, False, True, True, True],
    }
)


def rule(expectation, **arguments):
    return Rule("rule", "says", expectation, arguments, QUARANTINE, "reason")


def suspected(*rules):
    return suspects(compact(TABLE), rules).tolist()


@pytest.mark.parametrize(
    ("expectation", "arguments", "rows"),
    [
        ("ExpectColumnValuesToNotBeNull", {"column": "id"}, [0, 3]),
        ("ExpectColumnValuesToMatchRegex", {"column": "id", "regex": r"\S"}, [0, 2]),
        ("ExpectColumnValuesToBeBetween", {"column": "number", "max_value": 4}, [0, 2, 5]),
        ("ExpectColumnValuesToBeBetween", {"column": "number", "min_value": 2}, [0, 2, 4]),
        ("ExpectColumnValuesToBeInSet", {"column": "flag", "value_set": [True]}, [0, 2]),
        ("ExpectColumnValuesToBeUnique", {"column": "id"}, [0, 1, 4, 5]),
        ("ExpectCompoundColumnsToBeUnique", {"column_list": ["id", "number"]}, [0, 4]),
        ("ExpectColumnValuesToBeNull", {"column": "id"}, [0, 1, 2, 3, 4, 5]),
        ("ExpectColumnValuesToNotBeNull", {"column": "id", "mostly": 0.5}, [0, 1, 2, 3, 4, 5]),
        ("ExpectColumnValuesToMatchRegex", {"column": "number", "regex": "."}, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_rows_that_may_fail_are_suspected_and_the_first_always(expectation, arguments, rows):
    assert suspected(rule(expectation, **arguments)) == rows


def test_text_is_the_same_after_all():
    pd.testing.assert_frame_equal(as_objects(compact(TABLE)), TABLE)


def test_a_table_without_rows_has_no_suspect():
    assert suspects(TABLE[:0], [rule("ExpectColumnValuesToNotBeNull", column="id")]).tolist() == []


IDS = st.sampled_from(["a", "b", "c", "", " ", None])
ROWS = st.lists(
    st.tuples(
        IDS,
        IDS,
        st.sampled_from([-1, 5, 10**9, 10**9 + 1, 10**12]),
        st.sampled_from([0.0, 1.0, 4.5, 9.0, np.nan]),
    ),
    max_size=12,
)


@settings(max_examples=12)
@given(ROWS)
def test_no_verdict_changes(rows):
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp", "rating"]).astype(
        {"user_id": object, "item_id": object, "timestamp": "int64", "rating": "float64"}
    )
    suite = interactions_suite(table, pd.Index(["a", "b"]), InteractionRules(), 2 * 10**9)
    screened = check(table, suite)
    with pytest.MonkeyPatch.context() as patched:
        everything = lambda frame, rules: np.arange(len(frame))  # noqa: ARG005, E731
        patched.setattr(checking, "suspects", everything)
        whole = check(table, suite)
    assert screened.verdict.tolist() == whole.verdict.tolist()
    for one, other in zip(screened.outcomes, whole.outcomes, strict=True):
        assert (one.success, one.checked, one.unexpected, one.observed) == (
            other.success,
            other.checked,
            other.unexpected,
            other.observed,
        )
        assert one.rows.tolist() == other.rows.tolist()
