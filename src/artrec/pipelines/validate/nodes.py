"""Nodes of validate."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd

from artrec.data.sources.raw import RawRows
from artrec.errors import InputError
from artrec.quality.config import ValidationConfig
from artrec.quality.gate import stop_if_bad
from artrec.quality.page import as_html
from artrec.quality.report import as_markdown
from artrec.quality.tables import Examination, Tables, examine


def check_tables(
    raw_ratings: RawRows,
    interactions: pd.DataFrame,
    works: pd.DataFrame,
    rejected: pd.DataFrame,
    config: ValidationConfig,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any], str, str]:
    """Good interactions, good works, the quarantine, and the report as JSON, page and Markdown.

    The clock is asked only where the configuration names no latest date.
    """
    return _checked(examine(Tables(raw_ratings, interactions, works, rejected), config, now=_now()))


def check_tables_and_feedback(
    raw_ratings: RawRows,
    interactions: pd.DataFrame,
    feedback: pd.DataFrame,
    works: pd.DataFrame,
    rejected: pd.DataFrame,
    config: ValidationConfig,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any], str, str]:
    """The same with what people told the service, which good interactions take in."""
    tables = Tables(raw_ratings, interactions, works, rejected, feedback)
    return _checked(examine(tables, config, now=_now()))


def check_works(
    works: pd.DataFrame, rejected: pd.DataFrame, config: ValidationConfig
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any], str, str]:
    """The same of a medium without interactions."""
    return _told(examine(Tables(None, None, works, rejected), config, now=_now()))


def pass_or_stop(
    interactions: pd.DataFrame, works: pd.DataFrame, report: dict[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The checked tables, unless the report says that nothing must be trained on them."""
    stop_if_bad(report)
    return interactions, works


def pass_works_or_stop(works: pd.DataFrame, report: dict[str, Any]) -> pd.DataFrame:
    """The same of a medium without interactions."""
    stop_if_bad(report)
    return works


def _now() -> int:
    return int(time.time())


def _checked(
    found: Examination,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any], str, str]:
    if found.interactions is None:
        raise InputError("there are no interactions to check", "name protocols only where some are")
    return found.interactions, *_told(found)


def _told(
    found: Examination,
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any], str, str]:
    report = found.report
    return found.works, found.quarantine, report, as_html(report), as_markdown(report)
