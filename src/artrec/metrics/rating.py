"""Rating metrics: how far predicted ratings are from given ones."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.ids import IdMap
from artrec.errors import InputError
from artrec.metrics.bootstrap import FloatArray, Measured

PREDICTION: Final = "prediction"
NO_CUTOFF: Final = 0


def rating_measured(predictions: pd.DataFrame) -> list[Measured]:
    """RMSE and MAE, ready to summarise (`artrec.metrics.summary.result_rows`).

    RMSE = sqrt(sum of (prediction - rating)^2 / n), MAE = sum of |prediction - rating| / n,
    both over the n pairs, not over users: who has rated more counts more. Intervals resample
    users with all their pairs, since errors of one person hang together. Ties and lists do not
    enter. Empty truth: NaN. A pair without a prediction is an error, never left out in silence.
    Source: Herlocker et al., Evaluating collaborative filtering recommender systems (2004).

    Args:
        predictions: Table user_id, item_id, rating, prediction, one row a withheld pair.

    Returns:
        ``rmse`` and ``mae``, at cut-off 0.

    Raises:
        InputError: A rating or a prediction is missing.
    """
    given = predictions[schema.RATING].to_numpy(dtype=np.float64)
    predicted = predictions[PREDICTION].to_numpy(dtype=np.float64)
    missing = int(np.count_nonzero(~np.isfinite(given) | ~np.isfinite(predicted)))
    if missing:
        raise InputError(
            f"{missing} of {len(predictions)} pairs lack a rating or a prediction",
            "a rating model predicts every pair; leave pairs without a rating out beforehand",
        )
    users = IdMap.of(predictions[schema.USER_ID])
    rows = users.to_index(predictions[schema.USER_ID])

    def total(values: FloatArray) -> FloatArray:
        return np.bincount(rows, weights=values, minlength=len(users)).astype(np.float64)

    pairs = total(np.ones(len(rows)))
    errors = predicted - given
    return [
        Measured("rmse", NO_CUTOFF, total(errors**2), pairs, np.sqrt),
        Measured("mae", NO_CUTOFF, total(np.abs(errors)), pairs),
    ]
