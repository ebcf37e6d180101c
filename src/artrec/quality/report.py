"""The validation report: one plain dictionary for JSON, rendered as Markdown.

It holds no date of the run, no run ids and no paths, so that equal data give equal bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from artrec.quality.check import CheckResult, Outcome
from artrec.quality.rules import QUARANTINE, STOP, WARN

FORMAT: Final = 1
MAX_EXAMPLES: Final = 3
MAX_CELL: Final = 60
DIGITS: Final = 6
FOLLOWS: Final = {
    QUARANTINE: "row set aside",
    STOP: "stops the run",
    WARN: "warning only",
}


@dataclass(frozen=True, eq=False)
class CheckedTable:
    """A check with the counts around it.

    Attributes:
        result: What the suite found.
        rows_in: Rows before anything was set aside, by ingest or by the suite.
        rows_good: Rows that may be used.
    """

    result: CheckResult
    rows_in: int
    rows_good: int

    @property
    def share(self) -> float:
        """Share of rows set aside; 0 for an empty table."""
        return (self.rows_in - self.rows_good) / self.rows_in if self.rows_in else 0.0


def build_report(
    tables: Sequence[CheckedTable], quarantine: pd.DataFrame, max_share: float
) -> dict[str, Any]:
    """Put together what was found.

    Args:
        tables: The checks, in reading order.
        quarantine: Every row set aside (`schema.REJECTED`).
        max_share: A larger share of a table set aside stops the run.

    Returns:
        Plain values only; ``stops`` names why nothing must be trained and is empty where the data
        passed.
    """
    stops = [stop for table in tables for stop in _stops(table, max_share)]
    return {
        "format": FORMAT,
        "passed": not stops,
        "stops": stops,
        "warnings": [
            f"{table.result.suite.table}: {_expected(outcome)}"
            for table in tables
            for outcome in table.result.outcomes
            if outcome.rule.severity == WARN and not outcome.success
        ],
        "max_quarantined_share": max_share,
        "tables": [_table(table) for table in tables],
        "reasons": _reasons(quarantine),
    }


def as_markdown(report: dict[str, Any]) -> str:
    """The report as Markdown."""
    lines = ["# Validation report", "", f"**{headline(report)}**", ""]
    lines += [f"- stops: {stop}" for stop in report["stops"]]
    lines += [f"- warning: {warning}" for warning in report["warnings"]]
    for table in report["tables"]:
        lines += ["", f"## {table['name'].capitalize()}", "", counts(table), ""]
        rows = [
            [mark(each), each["says"], found(each), FOLLOWS[each["severity"]]]
            for each in table["expectations"]
        ]
        lines += _markdown_table(["", "expected", "rows that fail, or count", "if not"], rows)
    if report["reasons"]:
        rows = [
            [
                each["table"],
                each["reason"],
                f"{each['rows']:,}",
                str(example["row"]),
                example["values"],
            ]
            for each in report["reasons"]
            for example in each["examples"][:1]
        ]
        header = ["table", "reason", "rows", "e.g. row", "its values"]
        lines += ["", "## Quarantine", "", *_markdown_table(header, rows)]
    return "\n".join(lines) + "\n"


def headline(report: dict[str, Any]) -> str:
    """One sentence: may these data be used?"""
    n_aside = sum(each["rows"] for each in report["reasons"])
    if not report["passed"]:
        return "Stopped: nothing must be trained on these data."
    rows = f"{n_aside:,} row{'' if n_aside == 1 else 's'} set aside"
    n_warnings = len(report["warnings"])
    plural = "" if n_warnings == 1 else "s"
    return f"Passed: {rows}, {n_warnings} warning{plural}."


def counts(table: dict[str, Any]) -> str:
    """What became of a table's rows, one sentence."""
    if not sets_rows_aside(table):
        return f"{table['rows_in']:,} rows, judged as a whole"
    return (
        f"{table['rows_in']:,} rows in = {table['rows_good']:,} good + "
        f"{table['rows_set_aside']:,} set aside ({percent(table['share_set_aside'])})"
    )


def sets_rows_aside(table: dict[str, Any]) -> bool:
    """Whether any expectation of a table is about single rows."""
    return any(each["severity"] == QUARANTINE for each in table["expectations"])


def mark(expectation: dict[str, Any]) -> str:
    """One word for how an expectation came out."""
    if expectation["success"]:
        return "ok"
    return {QUARANTINE: "set aside", STOP: "STOP", WARN: "warning"}[expectation["severity"]]


def found(expectation: dict[str, Any]) -> str:
    """What was counted, or how many rows fail."""
    if expectation["observed"] is not None:
        return f"found {expectation['observed']:,}"
    if not expectation["unexpected"]:
        return f"none of {expectation['checked']:,}"
    return (
        f"{expectation['unexpected']:,} of {expectation['checked']:,} "
        f"({percent(expectation['share'])})"
    )


def percent(share: float) -> str:
    """A share for reading; a small one is not rounded to nothing."""
    if 0 < share < 0.0001:
        return "under 0.01%"
    return f"{share:.2%}"


def _stops(table: CheckedTable, max_share: float) -> list[str]:
    name = table.result.suite.table
    found = [
        f"{name}: {_expected(outcome)}"
        for outcome in table.result.outcomes
        if outcome.rule.severity == STOP and not outcome.success
    ]
    aside = table.rows_in - table.rows_good
    if table.rows_in and not table.rows_good:
        return [f"{name}: every one of the {aside:,} rows is bad", *found]
    if table.share > max_share:
        share = f"{percent(table.share)} of the rows are bad ({aside:,} of {table.rows_in:,})"
        return [f"{name}: {share}, at most {percent(max_share)} may be", *found]
    return found


def _expected(outcome: Outcome) -> str:
    counted = found(_expectation(outcome))
    if outcome.observed is None:
        # a rule about a share states how much may fail, any other how many did
        counted = f"{'found' if 'mostly' in outcome.rule.arguments else 'not so for'} {counted}"
    return f"expected that {outcome.rule.says}; {counted}"


def _table(table: CheckedTable) -> dict[str, Any]:
    return {
        "name": table.result.suite.table,
        "rows_in": table.rows_in,
        "rows_good": table.rows_good,
        "rows_set_aside": table.rows_in - table.rows_good,
        "share_set_aside": round(table.share, DIGITS),
        "expectations": [_expectation(outcome) for outcome in table.result.outcomes],
    }


def _expectation(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.rule.name,
        "says": outcome.rule.says,
        "severity": outcome.rule.severity,
        "success": outcome.success,
        "checked": outcome.checked,
        "unexpected": outcome.unexpected,
        "share": round(outcome.share, DIGITS),
        "observed": outcome.observed,
    }


def _reasons(quarantine: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows by table and kind of reason, most first, each with a few examples."""
    kinds = quarantine.assign(reason=quarantine["reason"].map(_kind))
    grouped = [
        {
            "table": str(table),
            "reason": str(reason),
            "rows": len(rows),
            "examples": [
                {"row": int(row), "values": _readable(values)}
                for row, values in zip(
                    rows["row"].head(MAX_EXAMPLES), rows["values"].head(MAX_EXAMPLES), strict=True
                )
            ],
        }
        for (table, reason), rows in kinds.groupby(["table", "reason"], sort=True)
    ]
    return sorted(grouped, key=lambda each: (-each["rows"], each["table"], each["reason"]))


def _readable(row: str) -> str:
    """A quarantined row's values for reading; long ones are cut, the quarantine has them whole."""
    return ", ".join(
        f"{_cut(name)}: {'(missing)' if value is None else _cut(str(value))}"
        for name, value in json.loads(row).items()
    )


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CELL else f"{text[:MAX_CELL]}… ({len(text):,} characters)"


def _kind(reason: str) -> str:
    """A reason without the values it quotes, so that rows can be counted by it."""
    last = re.sub(r"""\b(as|called) (['"]).*\2$""", r"\1 …", reason, flags=re.DOTALL)
    return re.sub(r"""\s(['"]).*\1\s""", " … ", last, flags=re.DOTALL)


def _markdown_table(header: list[str], rows: list[list[str]]) -> list[str]:
    cells = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(_escaped(cell) for cell in row) + " |" for row in cells]


def _escaped(cell: str) -> str:
    return " ".join(cell.replace("|", "\\|").split())
