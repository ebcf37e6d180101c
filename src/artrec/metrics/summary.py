"""Result rows: a figure, its interval, and everything needed to know what it is a figure of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from artrec.metrics.bootstrap import Measured, intervals, plain_mean
from artrec.metrics.ranking import N_LISTED, EvaluationConfig

RESULT_COLUMNS: Final = (
    "data_set",
    "source_variant",
    "split_id",
    "model",
    "parameters",
    "seed",
    "k",
    "n_users",
    "n_users_without_list",
    "metric",
    "mean",
    "low",
    "high",
)


@dataclass(frozen=True)
class Label:
    """What a result row is about.

    Attributes:
        data_set: Name of the data set.
        source_variant: Which variant of it: name, row counts and checksum, as the source says.
        split_id: Name of the split and its parameters (`artrec.splitting.base`).
        model: Name of the model.
        parameters: The model's configuration.
        seed: Seed of the run.
    """

    data_set: str
    source_variant: str
    split_id: str
    model: str
    parameters: Mapping[str, Any]
    seed: int


@dataclass(frozen=True)
class SetLevel:
    """A figure of all lists together; it has no value a user, and so no interval.

    Attributes:
        metric: Name in result rows.
        k: List cut-off.
        figure: The value.
        n_users: Users whose lists were looked at.
    """

    metric: str
    k: int
    figure: float
    n_users: int


def ranking_measured(per_user: pd.DataFrame) -> list[Measured]:
    """The ranking metrics of a frame of `artrec.metrics.ranking.per_user`, ready to summarise."""
    measured = []
    for name in per_user.columns:
        metric, at, k = str(name).rpartition("@")
        if at:
            measured.append(plain_mean(metric, int(k), per_user[name].to_numpy(dtype=np.float64)))
    return measured


def without_list(per_user: pd.DataFrame) -> int:
    """Users of a frame of `per_user` for whom there was no recommendation at all."""
    return int((per_user[N_LISTED] == 0).sum())


def result_rows(
    label: Label,
    figures: Sequence[Measured | SetLevel],
    n_users_without_list: int,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """One row a figure: `RESULT_COLUMNS`, the interval a percentile bootstrap over users.

    Args:
        label: What the figures are about.
        figures: In the order of the rows.
        n_users_without_list: Printed beside each figure.
        config: Resamples and confidence.
        rng: The only randomness.

    Returns:
        Table of `RESULT_COLUMNS`. n_users are those with a value; low and high are NaN for a
        figure of all lists together, and mean too where no user has a value.
    """
    return rows_of_all([Told(label, figures, n_users_without_list)], config, rng)


@dataclass(frozen=True)
class Told:
    """Figures of one model that become rows.

    Attributes:
        label: What they are about.
        figures: In the order of the rows.
        n_users_without_list: Printed beside each.
    """

    label: Label
    figures: Sequence[Measured | SetLevel]
    n_users_without_list: int


def rows_of_all(
    told: Sequence[Told], config: EvaluationConfig, rng: np.random.Generator
) -> pd.DataFrame:
    """The rows of several models; those over equally many users share their resamples.

    Args:
        told: In the order of the rows.
        config: Resamples and confidence.
        rng: The only randomness.

    Returns:
        See `result_rows`.
    """
    flat = [(each, figure) for each in told for figure in each.figures]
    measured = [figure for _, figure in flat if isinstance(figure, Measured)]
    bounds = iter(intervals(measured, config.n_bootstrap, config.confidence, rng))
    rows = []
    for each, figure in flat:
        low, high = next(bounds) if isinstance(figure, Measured) else (np.nan, np.nan)
        rows.append(
            {
                "data_set": each.label.data_set,
                "source_variant": each.label.source_variant,
                "split_id": each.label.split_id,
                "model": each.label.model,
                "parameters": json.dumps(dict(each.label.parameters), sort_keys=True),
                "seed": each.label.seed,
                "k": figure.k,
                "n_users": figure.n_users,
                "n_users_without_list": each.n_users_without_list,
                "metric": figure.metric,
                "mean": figure.figure,
                "low": float(low),
                "high": float(high),
            }
        )
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS))
