"""Nodes of validate."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd

from artrec.data.sources.raw import RawRows
from artrec.quality.config import ValidationConfig
from artrec.quality.gate import stop_if_bad
from artrec.quality.page import as_html
from artrec.quality.report import as_markdown
from artrec.quality.tables import Tables, examine


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
    tables = Tables(raw_ratings.whole(), interactions, works, rejected)
    found = examine(tables, config, now=int(time.time()))
    return (
        found.interactions,
        found.works,
        found.quarantine,
        found.report,
        as_html(found.report),
        as_markdown(found.report),
    )


def pass_or_stop(
    interactions: pd.DataFrame, works: pd.DataFrame, report: dict[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The checked tables, unless the report says that nothing must be trained on them."""
    stop_if_bad(report)
    return interactions, works
