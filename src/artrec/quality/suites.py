"""The suites: what is expected of the raw table, of interactions and of works.

A *row rule* sends each failing row to the quarantine, with the rule's reason. A *table rule* judges
the rows that are left: it stops the run or only warns, as each rule states. Rules run in stages;
a stage sees only the rows that earlier stages let through, so that a repeat is judged among good
rows. Of several rules of a stage that a row fails, the first gives the reason.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.feedback import FEEDBACK, PERSON_ID
from artrec.quality.config import InteractionRules, ValidationConfig, WorkRules
from artrec.quality.rules import (
    QUARANTINE,
    STOP,
    WARN,
    Lookup,
    Rule,
    Suite,
    distinct_at_least,
    filled,
    id_lookups,
    id_rules,
    rows_at_least,
)

RAW_RATINGS: Final = "raw ratings"
LAST_DAY: Final = date(2199, 12, 31)  # the store's clock wrote the times, not a stranger

FIRST_MILLISECONDS: Final = 100_000_000_000  # in seconds the year 5138, in milliseconds 1973
SECONDS_A_DAY: Final = 86_400


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
        rows_at_least(config.interactions.min_rows),
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
    row_rules = [
        *id_rules(schema.USER_ID, rules.user_id_pattern),
        *id_rules(schema.ITEM_ID, rules.item_id_pattern),
    ]
    table_rules = [
        rows_at_least(rules.min_rows),
        distinct_at_least("users", schema.USER_ID, rules.min_users, STOP),
        distinct_at_least("items", schema.ITEM_ID, rules.min_items, STOP),
    ]
    if schema.TIMESTAMP in table:
        row_rules += _time_rules(rules, now)
    if schema.RATING in table:
        row_rules += _rating_rules(rules)
        table_rules.append(distinct_at_least("different ratings", schema.RATING, 2, WARN))
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
    lookups = {
        **id_lookups(schema.USER_ID, rules.user_id_pattern),
        **id_lookups(schema.ITEM_ID, rules.item_id_pattern),
        known: Lookup(schema.ITEM_ID, lambda ids: ids.isin(known_items), missing=False),
    }
    return Suite(
        schema.INTERACTIONS.name, (tuple(row_rules), *repeats), tuple(table_rules), lookups
    )


def feedback_suite(table: pd.DataFrame, known_items: pd.Index, rules: InteractionRules) -> Suite:
    """Expectations of what people told the service (`artrec.data.feedback`).

    The scale is the source's; ids are the service's own, and so is the time, up to the present.
    However little there is, it stops nothing.

    Args:
        table: `schema.INTERACTIONS`.
        known_items: Outer ids of the catalogue's works.
        rules: Scale and ids of items.
    """
    own = rules.model_copy(update={"user_id_pattern": PERSON_ID, "latest_date": LAST_DAY})
    suite = interactions_suite(table, known_items, own, now=0)
    return Suite(FEEDBACK, suite.stages, (), suite.lookups)


def works_suite(table: pd.DataFrame, rules: WorkRules) -> Suite:
    """Expectations of a works table (`schema.WORKS`).

    Args:
        table: The table; rules for optional columns are left out where they are absent.
        rules: Volumes, ranges and what may be missing.
    """
    unique = Rule(
        "item_id_unique",
        "each item_id stands for one work",
        "ExpectColumnValuesToBeUnique",
        {"column": schema.ITEM_ID},
        QUARANTINE,
        "another work above has the same item_id; the first one is kept",
        spares="first",
    )
    table_rules = [
        rows_at_least(rules.min_rows),
        filled("titles", schema.TITLE, rules.max_missing_titles, STOP),
        filled("years", schema.YEAR, rules.max_missing_years, WARN),
        filled("genres", schema.GENRES, rules.max_missing_genres, WARN),
        Rule(
            "year_plausible",
            f"a work's year lies between {rules.year_min} and {rules.year_max}",
            "ExpectColumnValuesToBeBetween",
            {"column": schema.YEAR, "min_value": rules.year_min, "max_value": rules.year_max},
            WARN,
        ),
    ]
    if rules.max_missing_creators < 1:
        table_rules.append(filled("creators", schema.CREATORS, rules.max_missing_creators, WARN))
    if "text" in table and rules.max_missing_texts < 1:
        table_rules.append(filled("texts", "text", rules.max_missing_texts, WARN))
    table_rules += _reader_rules(table, rules)
    ids = id_rules(schema.ITEM_ID, rules.item_id_pattern)
    lookups = id_lookups(schema.ITEM_ID, rules.item_id_pattern)
    return Suite(schema.WORKS.name, (tuple(ids), (unique,)), tuple(table_rules), lookups)


def _reader_rules(table: pd.DataFrame, rules: WorkRules) -> list[Rule]:
    """Expectations of what others did with a work: how often they rated it, and how well."""
    found = []
    if "ratings_count" in table:
        found.append(
            Rule(
                "ratings_count_not_negative",
                "no ratings_count is negative",
                "ExpectColumnValuesToBeBetween",
                {"column": "ratings_count", "min_value": 0},
                WARN,
            )
        )
    low, high = rules.average_rating_min, rules.average_rating_max
    limits = {
        name: limit
        for name, limit in (("min_value", low), ("max_value", high))
        if limit is not None
    }
    if "average_rating" in table and limits:
        ends = [f"at least {low:g}"] * (low is not None) + [f"at most {high:g}"] * (
            high is not None
        )
        found.append(
            Rule(
                "average_rating_in_range",
                f"an average_rating is {' and '.join(ends)}",
                "ExpectColumnValuesToBeBetween",
                {"column": "average_rating", **limits},
                WARN,
            )
        )
    return found


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


def _start_of(day: date) -> int:
    return int(np.datetime64(day, "s").astype(np.int64))
