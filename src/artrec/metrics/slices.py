"""Slices: the same metrics for a part of the users, or for a part of the items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from artrec import schema
from artrec.metrics.ranking import EvaluationConfig, per_user
from artrec.metrics.summary import (
    RESULT_COLUMNS,
    Label,
    ranking_measured,
    result_rows,
    without_list,
)

UNLABELLED: Final = "unlabelled"


def by_user(figures: pd.DataFrame, labels: pd.Series) -> dict[str, pd.DataFrame]:
    """A frame of `artrec.metrics.ranking.per_user`, parted by a label of the user.

    Args:
        figures: A row a user.
        labels: Label, indexed by user id; a user without one is under `UNLABELLED`.

    Returns:
        Label to the rows of its users, labels ascending.
    """
    names = figures[schema.USER_ID].map(labels).fillna(UNLABELLED).astype(str).to_numpy()
    return {str(name): figures[names == name].reset_index(drop=True) for name in np.unique(names)}


def by_item(
    recommendations: pd.DataFrame,
    relevant: pd.DataFrame,
    labels: pd.Series,
    cutoffs: Sequence[int] = (5, 10, 20),
) -> dict[str, pd.DataFrame]:
    """The metrics of the same lists when only the relevant items of one label count.

    Lists stay whole, so that an item of another label takes a place and helps nobody; averages
    are over users with a relevant item of that label.

    Args:
        recommendations: `schema.RECOMMENDATIONS`.
        relevant: Table user_id, item_id.
        labels: Label, indexed by item id; an item without one is under `UNLABELLED`.
        cutoffs: Lengths at which lists are cut.

    Returns:
        Label to a frame of `per_user`, labels ascending.
    """
    names = relevant[schema.ITEM_ID].map(labels).fillna(UNLABELLED).astype(str).to_numpy()
    return {
        str(name): per_user(recommendations, relevant[names == name], cutoffs)
        for name in np.unique(names)
    }


def slice_rows(
    label: Label,
    slice_by: str,
    slices: Mapping[str, pd.DataFrame],
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Result rows of every slice, with the columns `slice_by` and `slice` in front.

    Args:
        label: What the figures are about.
        slice_by: What the labels say, for example ``user_level``.
        slices: Label to a frame of `per_user`.
        config: Resamples and confidence.
        rng: The only randomness.
    """
    tables = []
    for name, figures in slices.items():
        rows = result_rows(label, ranking_measured(figures), without_list(figures), config, rng)
        rows.insert(0, "slice_by", slice_by)
        rows.insert(1, "slice", name)
        tables.append(rows)
    if not tables:
        return pd.DataFrame(columns=["slice_by", "slice", *RESULT_COLUMNS])
    return pd.concat(tables, ignore_index=True)
