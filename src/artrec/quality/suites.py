"""The suites: what is expected of the raw table, of interactions and of works.

A *row rule* sends each failing row to the quarantine, with the rule's reason. A *table rule* judges
the rows that are left: it stops the run or only warns, as each rule states. Rules run in stages;
a stage sees only the rows that earlier stages let through, so that a repeat is judged among good
rows. Of several rules of a stage that a row fails, the first gives the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from artrec import schema
from artrec.quality.config import InteractionRules, ValidationConfig, WorkRules

QUARANTINE: Final = "quarantine"
STOP: Final = "stop"
WARN: Final = "warn"

RAW_RATINGS: Final = "raw ratings"

FIRST_MILLISECONDS: Final = 100_000_000_000  # in seconds the year 5138, in milliseconds 1973
SECONDS_A_DAY: Final = 86_400
SOME_CHARACTER: Final = r"\S"


@dataclass(frozen=True)
class Rule:
    """One expectation, what it says in plain words and what follows when it fails.

    Attributes:
        name: Short stable name, unique in a suite.
        says: What is expected, a sentence for the report.
        expectation: Class name in ``great_expectations.expectations``.
        arguments: Arguments of that class.
        severity: `QUARANTINE` for row rules; `STOP` or `WARN` for table rules.
        reason: Why a failing row is set aside; empty for table rules.
        spares: Which row of each group of repeated rows stays: none for rules that are not
            about repeats, the first one of the file, or the one latest in time.
    """

    name: str
    says: str
    expectation: str
    arguments: Mapping[str, Any]
    severity: Literal["quarantine", "stop", "warn"]
    reason: str = ""
    spares: Literal["none", "first", "latest"] = "none"


@dataclass(frozen=True)
class Lookup:
    """A column made for the check: whether each value of `column` is one of `known`."""

    column: str
    known: pd.Index


@dataclass(frozen=True)
class Suite:
    """What is expected of one table: stages of row rules, then table rules on what is left."""

    table: str
    stages: tuple[tuple[Rule, ...], ...]
    table_rules: tuple[Rule, ...]
    lookups: Mapping[str, Lookup] = field(default_factory=dict)


def raw_suite(table: pd.DataFrame, n_accounted: int, config: ValidationConfig) -> Suite:
    """Expectations of a raw table, whatever its columns are called.

    Args:
        table: The raw table, every cell text.
        n_accounted: Rows that ingest parsed or set aside.
        config: Volumes and the share of empty cells.
    """
    emptiness = [
        Rule(
            f"filled_{column}",
            f"at most {100 * config.max_empty_share:g}% of the cells of '{column}' are empty",
            "ExpectColumnValuesToNotBeNull",
            {"column": column, "mostly": 1 - config.max_empty_share},
            WARN,
        )
        for column in map(str, table.columns)
    ]
    rules = [
        _rows_at_least(config.interactions.min_rows),
        Rule(
            "columns",
            "there are at least two columns (one alone points to another delimiter)",
            "ExpectTableColumnCountToBeBetween",
            {"min_value": 2},
            STOP,
        ),
        Rule(
            "accounted",
            f"every row is accounted for: {n_accounted:,} parsed or set aside",
            "ExpectTableRowCountToEqual",
            {"value": n_accounted},
            STOP,
        ),
    ]
    return Suite(RAW_RATINGS, (), (*rules, *emptiness))


def interactions_suite(
    table: pd.DataFrame, known_items: pd.Index, rules: InteractionRules, now: int
) -> Suite:
    """Expectations of an interactions table (`schema.INTERACTIONS`).

    Args:
        table: The table; rules for optional columns are left out where they are absent.
        known_items: Outer ids of the catalogue's works.
        rules: Scale, dates and volumes.
        now: Seconds since 1970 that count as the present where no latest date is configured.
    """
    known = "in_catalogue"
    row_rules = [*_id_rules(schema.USER_ID), *_id_rules(schema.ITEM_ID)]
    table_rules = [
        _rows_at_least(rules.min_rows),
        _distinct_at_least("users", schema.USER_ID, rules.min_users, STOP),
        _distinct_at_least("items", schema.ITEM_ID, rules.min_items, STOP),
    ]
    if schema.TIMESTAMP in table:
        row_rules += _time_rules(rules, now)
    if schema.RATING in table:
        row_rules += _rating_rules(rules)
        table_rules.append(_distinct_at_least("different ratings", schema.RATING, 2, WARN))
    row_rules.append(
        Rule(
            "rated_item_is_a_work",
            "every rated item is a work of the catalogue",
            "ExpectColumnValuesToBeInSet",
            {"column": known, "value_set": [True]},
            QUARANTINE,
            "the item is not among the works of the catalogue",
        )
    )
    kept: Literal["first", "latest"] = "latest" if schema.TIMESTAMP in table else "first"
    repeats = _repeat_rules([str(c) for c in table.columns], kept)
    lookups = {known: Lookup(schema.ITEM_ID, known_items)}
    return Suite(
        schema.INTERACTIONS.name, (tuple(row_rules), *repeats), tuple(table_rules), lookups
    )


def works_suite(rules: WorkRules) -> Suite:
    """Expectations of a works table (`schema.WORKS`)."""
    unique = Rule(
        "item_id_unique",
        "each item_id stands for one work",
        "ExpectColumnValuesToBeUnique",
        {"column": schema.ITEM_ID},
        QUARANTINE,
        "another work above has the same item_id; the first one is kept",
        spares="first",
    )
    table_rules = (
        _rows_at_least(rules.min_rows),
        _filled("titles", schema.TITLE, rules.max_missing_titles, STOP),
        _filled("years", schema.YEAR, rules.max_missing_years, WARN),
        _filled("genres", schema.GENRES, rules.max_missing_genres, WARN),
        Rule(
            "year_plausible",
            f"a work's year lies between {rules.year_min} and {rules.year_max}",
            "ExpectColumnValuesToBeBetween",
            {"column": schema.YEAR, "min_value": rules.year_min, "max_value": rules.year_max},
            WARN,
        ),
    )
    return Suite(schema.WORKS.name, (tuple(_id_rules(schema.ITEM_ID)), (unique,)), table_rules)


def _id_rules(column: str) -> list[Rule]:
    return [
        Rule(
            f"{column}_present",
            f"no {column} is missing",
            "ExpectColumnValuesToNotBeNull",
            {"column": column},
            QUARANTINE,
            f"{column} is missing",
        ),
        Rule(
            f"{column}_not_blank",
            f"no {column} is blank",
            "ExpectColumnValuesToMatchRegex",
            {"column": column, "regex": SOME_CHARACTER},
            QUARANTINE,
            f"{column} is blank",
        ),
    ]


def _time_rules(rules: InteractionRules, now: int) -> list[Rule]:
    earliest, latest = _start_of(rules.earliest_date), now
    end = "the moment of the run"
    if rules.latest_date is not None:
        latest = _start_of(rules.latest_date) + SECONDS_A_DAY - 1
        end = f"{rules.latest_date} (UTC)"
    column = schema.TIMESTAMP

    def between(name: str, says: str, reason: str, **limits: int) -> Rule:
        arguments = {"column": column, **limits}
        return Rule(name, says, "ExpectColumnValuesToBeBetween", arguments, QUARANTINE, reason)

    return [
        Rule(
            "timestamp_present",
            "no timestamp is missing",
            "ExpectColumnValuesToNotBeNull",
            {"column": column},
            QUARANTINE,
            "timestamp is missing",
        ),
        between(
            "timestamp_not_negative",
            "no timestamp is negative",
            "timestamp is negative",
            min_value=0,
        ),
        between(
            "timestamp_in_seconds",
            "timestamps are in seconds, not in milliseconds",
            "timestamp looks like milliseconds, seconds are expected",
            max_value=FIRST_MILLISECONDS - 1,
        ),
        between(
            "timestamp_not_too_early",
            f"no timestamp lies before {rules.earliest_date} (UTC)",
            f"timestamp lies before {rules.earliest_date}, the earliest date expected",
            min_value=earliest,
        ),
        between(
            "timestamp_not_in_the_future",
            f"no timestamp lies after {end}",
            f"timestamp lies in the future, after {end}",
            max_value=latest,
        ),
    ]


def _rating_rules(rules: InteractionRules) -> list[Rule]:
    column, low, high = schema.RATING, rules.rating_min, rules.rating_max
    found = [
        Rule(
            "rating_present",
            "no rating is missing",
            "ExpectColumnValuesToNotBeNull",
            {"column": column},
            QUARANTINE,
            "rating is missing",
        ),
        Rule(
            "rating_in_range",
            f"ratings lie between {low:g} and {high:g}",
            "ExpectColumnValuesToBeBetween",
            {"column": column, "min_value": low, "max_value": high},
            QUARANTINE,
            f"rating lies outside {low:g} to {high:g}",
        ),
    ]
    if rules.rating_step is not None:
        steps = round((high - low) / rules.rating_step) + 1
        scale = [round(low + step * rules.rating_step, 6) for step in range(steps)]
        found.append(
            Rule(
                "rating_on_scale",
                f"ratings go in steps of {rules.rating_step:g} from {low:g}",
                "ExpectColumnValuesToBeInSet",
                {"column": column, "value_set": scale},
                QUARANTINE,
                f"rating is not one of the steps of {rules.rating_step:g} from {low:g}",
            )
        )
    return found


def _repeat_rules(
    columns: list[str], kept: Literal["first", "latest"]
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    same_row = Rule(
        "row_once",
        "no row is repeated as a whole",
        "ExpectCompoundColumnsToBeUnique",
        {"column_list": columns},
        QUARANTINE,
        "the same row stands above already; the first one is kept",
        spares="first",
    )
    which = "latest in time" if kept == "latest" else "first"
    same_pair = Rule(
        "pair_once",
        "each user meets each item once",
        "ExpectCompoundColumnsToBeUnique",
        {"column_list": list(schema.INTERACTIONS.key)},
        QUARANTINE,
        f"the user has another row for this item; the {which} is kept",
        spares=kept,
    )
    return (same_row,), (same_pair,)


def _rows_at_least(rows: int) -> Rule:
    return Rule(
        "rows",
        _at_least(rows, "rows"),
        "ExpectTableRowCountToBeBetween",
        {"min_value": rows},
        STOP,
    )


def _distinct_at_least(
    what: str, column: str, count: int, severity: Literal["stop", "warn"]
) -> Rule:
    return Rule(
        what.replace(" ", "_"),
        _at_least(count, what),
        "ExpectColumnUniqueValueCountToBeBetween",
        {"column": column, "min_value": count},
        severity,
    )


def _filled(what: str, column: str, share: float, severity: Literal["stop", "warn"]) -> Rule:
    return Rule(
        f"{what}_filled",
        f"at most {100 * share:g}% of the works have no {what.removesuffix('s')}",
        "ExpectColumnValuesToNotBeNull",
        {"column": column, "mostly": 1 - share},
        severity,
    )


def _start_of(day: date) -> int:
    return int(np.datetime64(day, "s").astype(np.int64))


def _at_least(count: int, what: str) -> str:
    if count == 1:
        return f"there is at least 1 {what.removesuffix('s')}"
    return f"there are at least {count:,} {what}"
