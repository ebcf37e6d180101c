"""Examine the raw and parsed tables of one medium: good rows, quarantine and report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from artrec import schema
from artrec.quality.check import FIRST_ROW, Positions, check, split_off
from artrec.quality.config import ValidationConfig
from artrec.quality.report import CheckedTable, build_report
from artrec.quality.suites import interactions_suite, raw_suite, works_suite

# names of tables in the quarantine; the first two are ingest's
RATINGS = "ratings"
WORKS = "works"
PARSED_WORKS = "parsed_works"


@dataclass(frozen=True, eq=False)
class Tables:
    """What validation looks at.

    Attributes:
        raw_ratings: The raw ratings, every cell text, one row a rating.
        interactions: The parsed interactions, in the order of the raw rows.
        works: The parsed catalogue.
        rejected: Rows that ingest set aside already (`schema.REJECTED`).
    """

    raw_ratings: pd.DataFrame
    interactions: pd.DataFrame
    works: pd.DataFrame
    rejected: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Examination:
    """What validation makes of a medium's tables.

    Attributes:
        interactions: Good interactions (`schema.INTERACTIONS`), in the order of the file.
        works: Good works (`schema.WORKS`).
        quarantine: Every row set aside, by ingest or here (`schema.REJECTED`).
        report: What `artrec.quality.report` renders and `artrec.quality.gate` judges.
    """

    interactions: pd.DataFrame
    works: pd.DataFrame
    quarantine: pd.DataFrame
    report: dict[str, Any]


def examine(tables: Tables, config: ValidationConfig, now: int) -> Examination:
    """Check the tables, set bad rows aside and report.

    Args:
        tables: The tables of one medium.
        config: What is expected.
        now: Seconds since 1970, the present; used where no latest date is configured.
    """
    raw_ratings, interactions, works = tables.raw_ratings, tables.interactions, tables.works
    rejected = schema.REJECTED.conform(tables.rejected)
    aside = rejected.loc[rejected["table"] == RATINGS]
    n_works_aside = int((rejected["table"] == WORKS).sum())

    n_accounted = len(interactions) + len(aside)
    raw = check(_blanks_missing(raw_ratings), raw_suite(raw_ratings, n_accounted, config))

    works_check = check(works, works_suite(config.works))
    good_works, bad_works = split_off(works, works_check, PARSED_WORKS)
    known = pd.Index(good_works[schema.ITEM_ID], dtype="object")

    suite = interactions_suite(interactions, known, config.interactions, now)
    interactions_check = check(interactions, suite)
    rows = _raw_rows(len(raw_ratings), len(interactions), aside)
    good, bad = split_off(interactions, interactions_check, RATINGS, rows)

    quarantine = schema.REJECTED.conform(pd.concat([rejected, bad, bad_works], ignore_index=True))
    report = build_report(
        [
            CheckedTable(raw, len(raw_ratings), len(raw_ratings)),
            CheckedTable(interactions_check, n_accounted, len(good)),
            CheckedTable(works_check, len(works) + n_works_aside, len(good_works)),
        ],
        quarantine,
        config.max_quarantined_share,
    )
    return Examination(good, good_works, quarantine, report)


def _blanks_missing(raw: pd.DataFrame) -> pd.DataFrame:
    return raw.mask(raw == "")


def _raw_rows(n_raw: int, n_parsed: int, aside: pd.DataFrame) -> Positions:
    """Raw row number of each parsed row: those ingest did not set aside, in the same order.

    Where the numbers do not add up (a rule of the raw suite stops the run then), the place in the
    parsed table.
    """
    left = np.setdiff1d(np.arange(n_raw) + FIRST_ROW, aside["row"].to_numpy(dtype=np.int64))
    return left if len(left) == n_parsed else np.arange(n_parsed) + FIRST_ROW
