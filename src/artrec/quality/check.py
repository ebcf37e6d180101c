"""Run a suite with Great Expectations, and split a table into good rows and quarantine.

Great Expectations runs in an ephemeral context: nothing is stored and nothing is sent anywhere.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.errors import DataQualityError
from artrec.quality.rules import QUARANTINE, Rule, Suite
from artrec.quality.screening import as_objects, compact, suspects

Positions = npt.NDArray[np.int64]
GOOD = -1
# rows of a file are counted from 1, below the header
FIRST_ROW = 1


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one rule found.

    Attributes:
        rule: The rule.
        success: Whether the expectation held.
        checked: Rows it looked at.
        unexpected: Rows that fail it, without those that are spared.
        observed: What a count came to; None for rules that look at each row.
        rows: Positions of the failing rows in the table given, ascending.
    """

    rule: Rule
    success: bool
    checked: int
    unexpected: int
    observed: int | None
    rows: Positions

    @property
    def share(self) -> float:
        """Failing rows of those checked; 0 where none were."""
        return self.unexpected / self.checked if self.checked else 0.0


Validate = Callable[[pd.DataFrame, Sequence[Rule]], list[Outcome]]


@dataclass(frozen=True, eq=False)
class CheckResult:
    """What a suite found in a table.

    Attributes:
        suite: The suite.
        outcomes: One a rule, in the suite's order.
        verdict: ndarray of shape (n_rows,); index into `outcomes` of the rule that sets a row
            aside, or `GOOD`.
    """

    suite: Suite
    outcomes: tuple[Outcome, ...]
    verdict: Positions

    @property
    def good(self) -> npt.NDArray[np.bool_]:
        """Which rows may be used, shape (n_rows,)."""
        return np.asarray(self.verdict == GOOD)

    def failed(self, severity: str) -> list[Rule]:
        """Rules of a severity that did not hold."""
        return [o.rule for o in self.outcomes if o.rule.severity == severity and not o.success]


def check(table: pd.DataFrame, suite: Suite) -> CheckResult:
    """Check a table against a suite.

    Args:
        table: The table; it is not changed. Positions are counted from 0, whatever its index.
        suite: The expectations (`artrec.quality.suites`).

    Raises:
        DataQualityError: An expectation could not be computed on this table.
    """
    frame = _numbered(table, suite)
    verdict = np.full(len(table), GOOD, dtype=np.int64)
    outcomes: list[Outcome] = []
    validate = _validator()
    frame = compact(frame)
    for stage in (*suite.stages, suite.table_rules):
        left = frame if (verdict == GOOD).all() else frame.loc[verdict == GOOD]
        found = _judged(validate, left, stage)
        for number, outcome in enumerate(found, start=len(outcomes)):
            if outcome.rule.severity == QUARANTINE:
                fresh = outcome.rows[verdict[outcome.rows] == GOOD]
                verdict[fresh] = number
        outcomes += found
    return CheckResult(suite, tuple(outcomes), verdict)


def _numbered(table: pd.DataFrame, suite: Suite) -> pd.DataFrame:
    """The table with the suite's lookups; columns these are of become numbers, missing as NaN."""
    made: dict[str, npt.NDArray[Any]] = {}
    for column in dict.fromkeys(lookup.column for lookup in suite.lookups.values()):
        codes, values = pd.factorize(table[column])
        made[column] = np.where(codes < 0, np.nan, codes)
        for name, lookup in suite.lookups.items():
            if lookup.column == column:
                passed = lookup.passes(pd.Index(values, dtype="object"))
                # a missing cell has the code -1: the last one
                made[name] = np.append(passed, lookup.missing)[codes]
    return table.set_axis(pd.RangeIndex(len(table)), axis="index").assign(**made)


def _judged(validate: Validate, frame: pd.DataFrame, rules: Sequence[Rule]) -> list[Outcome]:
    """Outcomes of a stage; of rules that set rows aside, Great Expectations sees the suspects."""
    if not all(rule.severity == QUARANTINE for rule in rules):
        return validate(_looked_at(frame, rules), rules)
    seen = as_objects(frame.iloc[suspects(frame, rules)])
    return [replace(outcome, checked=len(frame)) for outcome in validate(seen, rules)]


def _looked_at(frame: pd.DataFrame, rules: Sequence[Rule]) -> pd.DataFrame:
    """The columns that rules name: Great Expectations copies all it is given, rule by rule."""
    if any(rule.expectation.startswith("ExpectTableColumn") for rule in rules):
        return frame
    named = {name for rule in rules for name in _columns_of(rule)}
    return frame[[name for name in frame if name in named] or list(frame.columns[:1])]


def _columns_of(rule: Rule) -> list[str]:
    one = rule.arguments.get("column")
    return list(rule.arguments.get("column_list") or []) + ([one] if one is not None else [])


def split_off(
    table: pd.DataFrame, result: CheckResult, name: str, rows: Positions | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split a checked table.

    Args:
        table: The table that was checked.
        result: What `check` found in it.
        name: What the quarantine calls the table that `rows` counts.
        rows: Number of each row in that table, shape (n_rows,); by default its place in the
            checked table, from 1.

    Returns:
        The good rows, in their order, and the others as a quarantine table (`schema.REJECTED`).
    """
    bad = np.flatnonzero(~result.good)
    numbers = np.arange(len(table)) + FIRST_ROW if rows is None else rows
    quarantined = pd.DataFrame(
        {
            "table": np.full(len(bad), name, dtype=object),
            "row": numbers[bad],
            "reason": [result.outcomes[at].rule.reason for at in result.verdict[bad]],
            "values": row_values(table.iloc[bad]),
        }
    )
    good = table.loc[result.good].reset_index(drop=True)
    return good, schema.REJECTED.conform(quarantined)


def row_values(rows: pd.DataFrame) -> list[str]:
    """Each row as one JSON object, missing values as null."""
    names = [str(column) for column in rows.columns]
    columns = [rows.iloc[:, at].astype("object").tolist() for at in range(len(names))]
    return [
        json.dumps(dict(zip(names, map(_plain, cells), strict=True)), ensure_ascii=False)
        for cells in zip(*columns, strict=True)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isinf(value):
        return str(value)
    if isinstance(value, str | int):
        return value
    return None if pd.isna(value) else value


def _validator() -> Validate:
    """Start Great Expectations and return what runs rules on a frame."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    settings = DataContextConfig(
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=settings)
    source = context.data_sources.add_pandas("memory").add_dataframe_asset("table")
    whole = source.add_batch_definition_whole_dataframe("whole")

    def validate(frame: pd.DataFrame, rules: Sequence[Rule]) -> list[Outcome]:
        if not rules:
            return []
        expectations = [
            getattr(gx.expectations, rule.expectation)(**rule.arguments, meta={"rule": rule.name})
            for rule in rules
        ]
        suite = gx.ExpectationSuite(name="rules", expectations=expectations)
        batch = whole.get_batch({"dataframe": frame})
        answer = batch.validate(
            suite,
            result_format={"result_format": "COMPLETE", "return_unexpected_index_query": False},
        )
        # Great Expectations answers in an order of its own
        by_name: dict[str, Any] = {_rule_name(each): each for each in answer.results}
        return [_outcome(rule, by_name[rule.name], frame) for rule in rules]

    return validate


def _rule_name(answer: Any) -> str:
    return str(answer.expectation_config.meta["rule"])


def _outcome(rule: Rule, answer: Any, frame: pd.DataFrame) -> Outcome:
    found = answer.result
    if not answer.success and not found:
        raise DataQualityError(
            f"the expectation '{rule.says}' could not be computed: {_first_cause(answer)}",
            "the table's columns or types differ from artrec.schema: mend the source's settings",
        )
    rows = np.sort(np.asarray(found.get("unexpected_index_list") or [], dtype=np.int64))
    if rule.spares != "none":
        rows = np.setdiff1d(rows, _spared(rule, frame.loc[rows]))
    observed = found.get("observed_value")
    return Outcome(
        rule,
        bool(answer.success),
        len(frame),
        len(rows),
        None if observed is None else int(observed),
        rows,
    )


def _spared(rule: Rule, repeats: pd.DataFrame) -> Positions:
    """Of each group of repeated rows the one to keep; of several latest ones the last in file."""
    columns = _columns_of(rule)
    if rule.spares == "latest":
        repeats = repeats.sort_values(schema.TIMESTAMP, kind="stable")
    keep: Any = "last" if rule.spares == "latest" else "first"
    kept = repeats.index[~repeats.duplicated(columns, keep=keep)]
    return np.asarray(kept, dtype=np.int64)


def _first_cause(answer: Any) -> str:
    causes = answer.exception_info
    if "exception_message" not in causes and causes:
        causes = next(iter(causes.values()))
    return str(causes.get("exception_message"))
