"""What one expectation is, and the few that every suite is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

QUARANTINE: Final = "quarantine"
STOP: Final = "stop"
WARN: Final = "warn"

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
    """A column made for the check: whether each value of `column` passes a test.

    Each different value is tested once, and the column itself is numbered by its different values,
    so that the rules run on numbers however many rows there are.

    Attributes:
        column: A column of text.
        passes: From different values to boolean of the same length.
        missing: What a missing cell counts as.
    """

    column: str
    passes: Callable[[pd.Index], npt.NDArray[np.bool_]]
    missing: bool


@dataclass(frozen=True)
class Suite:
    """What is expected of one table: stages of row rules, then table rules on what is left."""

    table: str
    stages: tuple[tuple[Rule, ...], ...]
    table_rules: tuple[Rule, ...]
    lookups: Mapping[str, Lookup] = field(default_factory=dict)


def id_rules(column: str, pattern: str | None = None) -> list[Rule]:
    """Row rules of a column of ids: there, not blank, and of the pattern if there is one.

    They read the columns that `id_lookups` make.
    """
    rules = [
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
            "ExpectColumnValuesToBeInSet",
            {"column": f"{column}_not_blank", "value_set": [True]},
            QUARANTINE,
            f"{column} is blank",
        ),
    ]
    if pattern is not None:
        rules.append(
            Rule(
                f"{column}_of_pattern",
                f"every {column} matches '{pattern}'",
                "ExpectColumnValuesToBeInSet",
                {"column": f"{column}_of_pattern", "value_set": [True]},
                QUARANTINE,
                f"{column} does not match the pattern configured",
            )
        )
    return rules


def id_lookups(column: str, pattern: str | None = None) -> dict[str, Lookup]:
    """The columns that the rules of `id_rules` read."""
    found = {f"{column}_not_blank": Lookup(column, _matching(SOME_CHARACTER), missing=True)}
    if pattern is not None:
        whole = _matching(rf"\A(?:{pattern})\Z")
        found[f"{column}_of_pattern"] = Lookup(column, whole, missing=True)
    return found


def _matching(pattern: str) -> Callable[[pd.Index], npt.NDArray[np.bool_]]:
    search = re.compile(pattern).search

    def passes(values: pd.Index) -> npt.NDArray[np.bool_]:
        return np.array([search(str(value)) is not None for value in values], dtype=bool)

    return passes


def rows_at_least(rows: int) -> Rule:
    """The table has at least so many good rows."""
    return Rule(
        "rows",
        at_least(rows, "rows"),
        "ExpectTableRowCountToBeBetween",
        {"min_value": rows},
        STOP,
    )


def distinct_at_least(
    what: str, column: str, count: int, severity: Literal["stop", "warn"]
) -> Rule:
    """A column has at least so many different values."""
    return Rule(
        what.replace(" ", "_"),
        at_least(count, what),
        "ExpectColumnUniqueValueCountToBeBetween",
        {"column": column, "min_value": count},
        severity,
    )


def filled(what: str, column: str, share: float, severity: Literal["stop", "warn"]) -> Rule:
    """At most a share of the cells of a column of works is missing."""
    return Rule(
        f"{what}_filled",
        f"at most {100 * share:g}% of the works have no {what.removesuffix('s')}",
        "ExpectColumnValuesToNotBeNull",
        {"column": column, "mostly": 1 - share},
        severity,
    )


def at_least(count: int, what: str) -> str:
    """There are so many: in words."""
    if count == 1:
        return f"there is at least 1 {what.removesuffix('s')}"
    return f"there are at least {count:,} {what}"
