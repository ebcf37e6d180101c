"""Examine the raw and parsed tables of one medium: good rows, quarantine and report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.feedback import FEEDBACK, joined
from artrec.data.sources.raw import RawRows
from artrec.data.sources.text_chunks import TextChunk
from artrec.quality.check import FIRST_ROW, Positions, check, split_off
from artrec.quality.config import ValidationConfig
from artrec.quality.report import CheckedTable, build_report
from artrec.quality.suites import feedback_suite, interactions_suite, raw_suite, works_suite

# names of tables in the quarantine; the first two are ingest's
RATINGS = "ratings"
WORKS = "works"
PARSED_WORKS = "parsed_works"


@dataclass(frozen=True, eq=False)
class Tables:
    """What validation looks at.

    Attributes:
        raw_ratings: The raw ratings, every cell text, one row a rating: a table, or its chunks,
            which are iterated over once. None where the medium has none.
        interactions: The parsed interactions, in the order of the raw rows; None where the medium
            has none.
        works: The parsed catalogue.
        rejected: Rows that ingest set aside already (`schema.REJECTED`).
        feedback: What people told the service (`schema.INTERACTIONS`), where there is any.
    """

    raw_ratings: pd.DataFrame | Iterable[pd.DataFrame] | None
    interactions: pd.DataFrame | None
    works: pd.DataFrame
    rejected: pd.DataFrame
    feedback: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class Examination:
    """What validation makes of a medium's tables.

    Attributes:
        interactions: Good interactions (`schema.INTERACTIONS`), in the order of the file, then
            those of the feedback; None where the medium has none.
        works: Good works (`schema.WORKS`).
        quarantine: Every row set aside, by ingest or here (`schema.REJECTED`).
        report: What `artrec.quality.report` renders and `artrec.quality.gate` judges.
    """

    interactions: pd.DataFrame | None
    works: pd.DataFrame
    quarantine: pd.DataFrame
    report: dict[str, Any]


@dataclass(frozen=True, eq=False)
class _Judged:
    """One table after its checks: good rows, those set aside, and the checks to report."""

    good: pd.DataFrame
    bad: pd.DataFrame
    checks: tuple[CheckedTable, ...]


def examine(tables: Tables, config: ValidationConfig, now: int) -> Examination:
    """Check the tables, set bad rows aside and report.

    Args:
        tables: The tables of one medium.
        config: What is expected.
        now: Seconds since 1970, the present; used where no latest date is configured.
    """
    rejected = schema.REJECTED.conform(tables.rejected)
    works = _judge_works(tables.works, rejected, config)
    if tables.interactions is None:
        interactions, bad, checks = None, [works.bad], [*works.checks]
    else:
        known = pd.Index(works.good[schema.ITEM_ID], dtype="object")
        aside = rejected.loc[rejected["table"] == RATINGS]
        raw = None if tables.raw_ratings is None else present_cells(tables.raw_ratings)
        judged = _judge_interactions(tables.interactions, raw, aside, known, config, now)
        told = _judge_feedback(tables.feedback, rejected, known, config)
        interactions = joined(judged.good, told.good)
        bad = [judged.bad, told.bad, works.bad]
        checks = [*judged.checks, *told.checks, *works.checks]
    quarantine = schema.REJECTED.conform(pd.concat([rejected, *bad], ignore_index=True))
    report = build_report(checks, quarantine, config.max_quarantined_share)
    return Examination(interactions, works.good, quarantine, report)


def present_cells(raw: pd.DataFrame | Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Which cells of a raw table hold something: 1, or missing for None and empty text.

    It takes four bytes a cell, whatever stands there, so that a table larger than memory can be
    judged as a whole.

    Args:
        raw: Every cell text; a table or its chunks.

    Returns:
        float32, the columns of the table, index from 0.
    """
    if isinstance(raw, RawRows):
        present = [_present_of(chunk) for chunk in raw.text_chunks()]
    else:
        present = [_present(chunk) for chunk in ([raw] if isinstance(raw, pd.DataFrame) else raw)]
    return pd.concat(present, ignore_index=True) if present else pd.DataFrame()


def _present_of(chunk: TextChunk) -> pd.DataFrame:
    """The same of a chunk that Arrow may hold, where no cell is empty text."""
    if chunk.table is None:
        return _present(chunk.frame())
    cells = np.ones((len(chunk.table), chunk.table.num_columns), dtype=np.float32)
    for at, column in enumerate(chunk.table.columns):
        if column.null_count:
            cells[column.is_null().to_numpy(), at] = np.nan
    return pd.DataFrame(cells, columns=chunk.table.column_names)


def _present(chunk: pd.DataFrame) -> pd.DataFrame:
    there = (chunk.notna() & (chunk != "")).to_numpy()
    cells = np.where(there, np.float32(1), np.float32(np.nan))
    return pd.DataFrame(cells, columns=chunk.columns)


def _judge_works(works: pd.DataFrame, rejected: pd.DataFrame, config: ValidationConfig) -> _Judged:
    found = check(works, works_suite(works, config.works))
    good, bad = split_off(works, found, PARSED_WORKS)
    n_aside = int((rejected["table"] == WORKS).sum())
    return _Judged(good, bad, (CheckedTable(found, len(works) + n_aside, len(good)),))


def _judge_feedback(
    feedback: pd.DataFrame | None, rejected: pd.DataFrame, known: pd.Index, config: ValidationConfig
) -> _Judged:
    if feedback is None:
        empty = pd.DataFrame(columns=list(schema.REJECTED.required))
        return _Judged(pd.DataFrame(), schema.REJECTED.conform(empty), ())
    aside = rejected.loc[rejected["table"] == FEEDBACK]
    n_rows = len(feedback) + len(aside)
    found = check(feedback, feedback_suite(feedback, known, config.interactions))
    good, bad = split_off(feedback, found, FEEDBACK, _raw_rows(n_rows, len(feedback), aside))
    return _Judged(good, bad, (CheckedTable(found, n_rows, len(good)),))


def _judge_interactions(
    interactions: pd.DataFrame,
    raw: pd.DataFrame | None,
    aside: pd.DataFrame,
    known: pd.Index,
    config: ValidationConfig,
    now: int,
) -> _Judged:
    n_accounted = len(interactions) + len(aside)
    checks = []
    if raw is not None:
        of_raw = check(raw, raw_suite(raw, n_accounted, config))
        checks.append(CheckedTable(of_raw, len(raw), len(raw)))
    found = check(interactions, interactions_suite(interactions, known, config.interactions, now))
    rows = _raw_rows(n_accounted if raw is None else len(raw), len(interactions), aside)
    good, bad = split_off(interactions, found, RATINGS, rows)
    checks.append(CheckedTable(found, n_accounted, len(good)))
    return _Judged(good, bad, tuple(checks))


def _raw_rows(n_raw: int, n_parsed: int, aside: pd.DataFrame) -> Positions:
    """Raw row number of each parsed row: those ingest did not set aside, in the same order.

    Where the numbers do not add up (a rule of the raw suite stops the run then), the place in the
    parsed table.
    """
    kept = np.ones(n_raw, dtype=bool)
    numbers = aside["row"].to_numpy(dtype=np.int64) - FIRST_ROW
    kept[numbers[(numbers >= 0) & (numbers < n_raw)]] = False
    left = np.flatnonzero(kept) + FIRST_ROW
    return left if len(left) == n_parsed else np.arange(n_parsed) + FIRST_ROW
