"""The gate: data that failed validation stop the run before anything is trained."""

from __future__ import annotations

from typing import Any

from artrec.errors import DataQualityError

MAX_REASONS = 5


def stop_if_bad(report: dict[str, Any]) -> None:
    """Let data pass that their report calls good.

    Args:
        report: As `artrec.quality.report.build_report` makes it.

    Raises:
        DataQualityError: Too large a share of rows is bad, or an expectation of a whole table
            failed; says which, the commonest reasons, where to look and what to do.
    """
    if report["passed"]:
        return
    lines = ["the data failed validation, so nothing was trained on them:"]
    lines += [f"  - {stop}" for stop in report["stops"]]
    reasons = report["reasons"]
    if reasons:
        lines.append("  commonest reasons for which rows were set aside:")
        lines += [
            f"  - {each['rows']:,} x {each['table']}: {each['reason']}"
            f" (first: row {each['examples'][0]['row']})"
            for each in reasons[:MAX_REASONS]
        ]
    hint = (
        "in the data folder, look at validation.html under 08_reporting and at the bad rows in "
        "quarantine.parquet under 02_intermediate; mend the file or the source's settings, or, if "
        "the data are right, the limits under 'validation' in conf; earlier outputs are untouched"
    )
    raise DataQualityError("\n".join(lines), hint)
