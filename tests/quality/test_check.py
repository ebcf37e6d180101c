"""What each rule sets aside, and that nothing is lost on the way."""

from __future__ import annotations

import json
import logging
import socket

import numpy as np
import pandas as pd
import pytest

from artrec import schema
from artrec.errors import DataQualityError
from artrec.quality.check import check, split_off
from artrec.quality.config import InteractionRules, WorkRules
from artrec.quality.rules import Lookup, Rule, Suite
from artrec.quality.suites import interactions_suite, raw_suite, works_suite
from artrec.quality.tables import ValidationConfig

NOW = 1_500_000_000
EARLY = 1_000_000_000
KNOWN = pd.Index([f"{n:04d}" for n in range(40)] + ["映画", "x" * 10_000], dtype="object")


def ratings(n_users: int = 4, n_items: int = 5) -> pd.DataFrame:
    """Good ratings: every user rated every item."""
    rows = [
        (f"u{user}", f"{item:04d}", EARLY + 100 * user + item, 0.5 + (user + item) % 10 / 2)
        for user in range(n_users)
        for item in range(n_items)
    ]
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp", "rating"])
    return schema.INTERACTIONS.conform(table)


def examined(table: pd.DataFrame, **rules: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    config = InteractionRules.model_validate(rules)
    result = check(table, interactions_suite(table, KNOWN, config, NOW))
    return split_off(table, result, "ratings")


def test_good_table_passes_whole() -> None:
    table = ratings()
    result = check(table, interactions_suite(table, KNOWN, InteractionRules(), NOW))
    good, quarantined = split_off(table, result, "ratings")
    assert [outcome.rule.name for outcome in result.outcomes if not outcome.success] == []
    pd.testing.assert_frame_equal(good, table)
    assert len(quarantined) == 0
    assert list(quarantined.columns) == list(schema.REJECTED.required)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("user_id", None, "user_id is missing"),
        ("user_id", "", "user_id is blank"),
        ("item_id", None, "item_id is missing"),
        ("item_id", " \t", "item_id is blank"),
        ("item_id", "9999", "the item is not among the works of the catalogue"),
        ("timestamp", -1, "timestamp is negative"),
        ("timestamp", 0, "timestamp lies before 1990-01-01, the earliest date expected"),
        ("timestamp", NOW + 1, "timestamp lies in the future, after the moment of the run"),
        ("timestamp", EARLY * 1000, "timestamp looks like milliseconds, seconds are expected"),
        ("rating", np.nan, "rating is missing"),
        ("rating", 0.0, "rating lies outside 0.5 to 5"),
        ("rating", 5.5, "rating lies outside 0.5 to 5"),
        ("rating", np.inf, "rating lies outside 0.5 to 5"),
        ("rating", 3.25, "rating is not one of the steps of 0.5 from 0.5"),
    ],
)
def test_bad_value_is_set_aside_with_its_reason(column: str, value: object, reason: str) -> None:
    table = ratings()
    table.loc[6, column] = value
    good, quarantined = examined(table)
    assert quarantined["reason"].tolist() == [reason]
    assert quarantined["row"].tolist() == [7]
    assert quarantined["table"].tolist() == ["ratings"]
    pd.testing.assert_frame_equal(good, table.drop(index=6).reset_index(drop=True))


def test_last_allowed_values_are_good() -> None:
    table = ratings()
    table.loc[0, "rating"], table.loc[1, "rating"] = 0.5, 5.0
    table.loc[2, "timestamp"], table.loc[3, "timestamp"] = NOW, 631_152_000  # 1990-01-01
    assert len(examined(table)[1]) == 0


def test_configured_latest_date_takes_the_place_of_the_clock() -> None:
    table = ratings()
    table["timestamp"] = 1_477_958_399  # 2016-10-31 23:59:59 UTC
    table.loc[6, "timestamp"] += 1
    _, quarantined = examined(table, latest_date="2016-10-31")
    assert quarantined["row"].tolist() == [7]
    assert quarantined["reason"].tolist() == [
        "timestamp lies in the future, after 2016-10-31 (UTC)"
    ]


def test_tenths_of_a_scale_are_on_it() -> None:
    table = ratings(1, 30)
    table["rating"] = [float(f"{tenth / 10:.1f}") for tenth in range(1, 31)]
    scale = {"rating_min": 0.1, "rating_max": 3.0, "rating_step": 0.1}
    assert len(examined(table, **scale)[1]) == 0


def test_repeated_row_keeps_the_first() -> None:
    table = ratings()
    table.loc[len(table)] = table.loc[2]
    table.loc[len(table)] = table.loc[2]
    good, quarantined = examined(table)
    assert quarantined["row"].tolist() == [21, 22]
    assert set(quarantined["reason"]) == {
        "the same row stands above already; the first one is kept"
    }
    pd.testing.assert_frame_equal(good, ratings())


def test_repeated_pair_keeps_the_latest_even_above_an_earlier_one() -> None:
    table = ratings()
    earlier, later = table.loc[2].copy(), table.loc[3].copy()
    earlier["timestamp"] -= 5
    earlier["rating"] = 5.0
    later["timestamp"] += 5
    later["rating"] = 5.0
    table.loc[len(table)] = earlier
    table.loc[len(table)] = later
    good, quarantined = examined(table)
    assert quarantined["row"].tolist() == [4, 21]
    assert set(quarantined["reason"]) == {
        "the user has another row for this item; the latest in time is kept"
    }
    assert not good.duplicated(["user_id", "item_id"]).any()
    assert good["timestamp"].max() >= later["timestamp"]


def test_of_pairs_at_the_same_time_the_last_in_the_file_stays() -> None:
    table = ratings()
    again = table.loc[2].copy()
    again["rating"] = 5.0
    table.loc[len(table)] = again
    _, quarantined = examined(table)
    assert quarantined["row"].tolist() == [3]


def test_bad_repeat_does_not_push_out_the_good_row() -> None:
    table = ratings()
    again = table.loc[2].copy()
    again["timestamp"] += 5
    again["rating"] = 77.0
    table.loc[len(table)] = again
    good, quarantined = examined(table)
    assert quarantined["row"].tolist() == [21]
    pd.testing.assert_frame_equal(good, ratings())


def test_without_times_and_ratings_the_first_of_a_pair_stays() -> None:
    table = ratings()[["user_id", "item_id"]]
    table.loc[len(table)] = table.loc[2]
    good, quarantined = examined(table)
    assert quarantined["row"].tolist() == [21]
    assert list(good.columns) == ["user_id", "item_id"]


def test_odd_but_valid_ids_pass_as_they_are() -> None:
    table = ratings()
    table.loc[0, "item_id"], table.loc[1, "item_id"] = "映画", "x" * 10_000
    table.loc[2, "user_id"] = "007"
    good, quarantined = examined(table)
    assert len(quarantined) == 0
    assert good["item_id"].tolist()[:2] == ["映画", "x" * 10_000]


def test_index_of_the_table_does_not_matter_and_input_stays_as_it_was() -> None:
    table = ratings()
    table.loc[6, "rating"] = 9.0
    table.index = pd.Index(range(100, 80, -1))
    before = table.copy()
    _, quarantined = examined(table)
    assert quarantined["row"].tolist() == [7]
    pd.testing.assert_frame_equal(table, before)


def test_quarantine_keeps_the_values_as_json() -> None:
    table = ratings()
    table.loc[0, "rating"] = np.nan
    table.loc[1, "rating"] = -np.inf
    table.loc[2, ["user_id", "rating"]] = ['say "映画"', 9.0]
    _, quarantined = examined(table)
    values = [json.loads(each) for each in quarantined["values"]]
    assert values[0] == {"user_id": "u0", "item_id": "0000", "timestamp": EARLY, "rating": None}
    assert values[1]["rating"] == "-inf"
    assert values[2]["user_id"] == 'say "映画"'
    assert values[2]["rating"] == 9.0
    assert "映画" in quarantined["values"].iloc[2]


def test_empty_table_fails_its_volumes_and_nothing_else() -> None:
    table = ratings().iloc[:0]
    result = check(table, interactions_suite(table, KNOWN, InteractionRules(), NOW))
    assert [rule.name for rule in result.failed("stop")] == ["rows", "users", "items"]
    assert result.failed("quarantine") == []


def test_one_user_and_one_item_stop_only_where_more_are_asked_for() -> None:
    table = ratings(1, 1)
    few = check(table, interactions_suite(table, KNOWN, InteractionRules(), NOW))
    assert few.failed("stop") == []
    asked = InteractionRules(min_rows=2, min_users=2, min_items=2)
    more = check(table, interactions_suite(table, KNOWN, asked, NOW))
    assert [rule.name for rule in more.failed("stop")] == ["rows", "users", "items"]
    assert [outcome.observed for outcome in more.outcomes[-4:-1]] == [1, 1, 1]


def test_all_ratings_equal_is_a_warning() -> None:
    table = ratings()
    table["rating"] = 3.0
    result = check(table, interactions_suite(table, KNOWN, InteractionRules(), NOW))
    assert [rule.name for rule in result.failed("warn")] == ["different_ratings"]
    assert result.good.all()


def test_volumes_are_counted_on_the_rows_that_are_left() -> None:
    table = ratings(2, 3)
    table.loc[table["user_id"] == "u1", "rating"] = 9.0
    result = check(table, interactions_suite(table, KNOWN, InteractionRules(min_users=2), NOW))
    assert [rule.name for rule in result.failed("stop")] == ["users"]


def test_a_rule_counts_what_it_found_even_where_another_gave_the_reason() -> None:
    table = ratings()
    table.loc[6, ["user_id", "rating"]] = [None, 9.0]
    result = check(table, interactions_suite(table, KNOWN, InteractionRules(), NOW))
    counted = {o.rule.name: (o.unexpected, o.checked) for o in result.outcomes}
    assert counted["user_id_present"] == (1, 20)
    assert counted["rating_in_range"] == (1, 20)
    assert counted["row_once"] == (0, 19)
    assert split_off(table, result, "ratings")[1]["reason"].tolist() == ["user_id is missing"]


def works(n: int = 10) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "item_id": [f"{item:04d}" for item in range(n)],
            "title": [f"Film {item}" for item in range(n)],
            "year": [1990 + item for item in range(n)],
            "genres": ["Drama"] * n,
            "creators": [None] * n,
        }
    )
    return schema.WORKS.conform(table)


def test_good_works_pass() -> None:
    result = check(works(), works_suite(works(), WorkRules()))
    assert all(outcome.success for outcome in result.outcomes)


def test_work_with_a_known_id_is_set_aside() -> None:
    table = works()
    table.loc[4, "item_id"] = "0001"
    table.loc[5, "item_id"] = None
    good, quarantined = split_off(
        table, check(table, works_suite(table, WorkRules())), "parsed_works"
    )
    assert quarantined["row"].tolist() == [5, 6]
    assert quarantined["reason"].tolist() == [
        "another work above has the same item_id; the first one is kept",
        "item_id is missing",
    ]
    assert good["title"].tolist()[:5] == ["Film 0", "Film 1", "Film 2", "Film 3", "Film 6"]


@pytest.mark.parametrize(
    ("column", "rule", "severity"),
    [
        ("title", "titles_filled", "stop"),
        ("year", "years_filled", "warn"),
        ("genres", "genres_filled", "warn"),
    ],
)
def test_too_many_missing(column: str, rule: str, severity: str) -> None:
    limits = WorkRules(max_missing_titles=0.2, max_missing_years=0.2, max_missing_genres=0.2)
    table = works()
    table.loc[:1, column] = pd.NA if column == "year" else None
    enough = check(table, works_suite(table, limits))
    assert all(outcome.success for outcome in enough.outcomes)
    table.loc[:2, column] = pd.NA if column == "year" else None
    result = check(table, works_suite(table, limits))
    assert [each.name for each in result.failed(severity)] == [rule]
    assert [o.share for o in result.outcomes if o.rule.name == rule] == [3 / 10]
    assert result.good.all()


def test_a_catalogue_without_titles_years_and_genres_can_be_allowed() -> None:
    table = works()
    table[["title", "genres"]] = None
    table["year"] = pd.array([pd.NA] * len(table), dtype="Int64")
    anything = WorkRules(max_missing_titles=1.0, max_missing_years=1.0, max_missing_genres=1.0)
    allowed = check(table, works_suite(table, anything))
    assert all(outcome.success for outcome in allowed.outcomes)
    assert not check(table, works_suite(table, WorkRules())).outcomes[4].success


def test_year_out_of_range_is_a_warning() -> None:
    table = works()
    table.loc[0, "year"] = 19_900
    result = check(table, works_suite(table, WorkRules()))
    assert [each.name for each in result.failed("warn")] == ["year_plausible"]


def test_raw_table_is_judged_by_volume_columns_and_account() -> None:
    raw = pd.DataFrame({"a": ["1", None, None], "b": ["1", "2", None]})
    result = check(raw, raw_suite(raw, 3, ValidationConfig()))
    assert result.failed("stop") == []
    assert [rule.name for rule in result.failed("warn")] == ["filled_a"]
    one_column = check(raw[["b"]], raw_suite(raw[["b"]], 2, ValidationConfig()))
    assert [rule.name for rule in one_column.failed("stop")] == ["columns", "accounted"]


def test_expectation_that_cannot_be_computed_says_so() -> None:
    rule = Rule(
        "year",
        "years are plausible",
        "ExpectColumnValuesToBeBetween",
        {"column": "no_such_column", "min_value": 1},
        "warn",
    )
    with pytest.raises(
        DataQualityError, match=r"'years are plausible' could not be computed.*no_s"
    ):
        check(works(), Suite("works", (), (rule,)))


def test_nothing_is_sent_and_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: asked.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: asked.append(address))
    with caplog.at_level(logging.WARNING):
        check(works(), works_suite(works(), WorkRules()))
    assert asked == []
    assert "".join(capfd.readouterr()) == ""
    assert caplog.messages == []


def test_each_different_id_is_tested_once_and_a_missing_one_not_at_all() -> None:
    seen: list[str] = []

    def passes(values: pd.Index) -> np.ndarray:
        seen.extend(values)
        return np.array([value != "bad" for value in values], dtype=bool)

    rule = Rule(
        "fine",
        "every id is fine",
        "ExpectColumnValuesToBeInSet",
        {"column": "id_fine", "value_set": [True]},
        "quarantine",
        "the id is not fine",
    )
    table = pd.DataFrame({"id": ["a", "bad", None, "a", "bad"]})
    for missing, rows in ((True, [1, 4]), (False, [1, 2, 4])):
        suite = Suite("ids", ((rule,),), (), {"id_fine": Lookup("id", passes, missing)})
        result = check(table, suite)
        assert result.outcomes[0].rows.tolist() == rows
    assert seen == ["a", "bad"] * 2
    assert table["id"].tolist() == ["a", "bad", None, "a", "bad"]
