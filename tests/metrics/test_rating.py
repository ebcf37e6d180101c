"""RMSE and MAE: arithmetic over pairs, and nothing left out in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.errors import InputError
from artrec.metrics.rating import rating_measured


def predictions(*rows):
    return pd.DataFrame(rows, columns=["user_id", "item_id", "rating", "prediction"])


def test_arithmetic_over_pairs_not_over_users():
    table = predictions(("v", "a", 4.0, 3.0), ("u", "a", 2.0, 4.0), ("v", "b", 5.0, 5.0))
    rmse, mae = rating_measured(table)
    assert (rmse.metric, rmse.k) == ("rmse", 0)
    assert (mae.metric, mae.k) == ("mae", 0)
    assert rmse.figure == pytest.approx(((1 + 4 + 0) / 3) ** 0.5)
    assert mae.figure == pytest.approx((1 + 2 + 0) / 3)
    # by user, in order of id: u, then v with two pairs
    assert rmse.numerators.tolist() == [4, 1]
    assert mae.numerators.tolist() == [2, 1]
    assert rmse.denominators.tolist() == mae.denominators.tolist() == [1, 2]
    assert rmse.n_users == mae.n_users == 2


@given(st.lists(st.tuples(st.sampled_from("uvw"), st.floats(0, 5), st.floats(0, 5)), min_size=1))
def test_mae_is_never_above_rmse_and_both_agree_with_numpy(rows):
    table = predictions(*[(user, "i", rating, guess) for user, rating, guess in rows])
    rmse, mae = (each.figure for each in rating_measured(table))
    errors = np.array([guess - rating for _, rating, guess in rows])
    assert rmse == pytest.approx(np.sqrt(np.mean(errors**2)), abs=1e-9)
    assert mae == pytest.approx(np.mean(np.abs(errors)), abs=1e-9)
    assert mae <= rmse + 1e-9


@pytest.mark.parametrize("column", ["rating", "prediction"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_pair_without_a_number_is_an_error(column, value):
    table = predictions(("u", "a", 4.0, 3.0), ("u", "b", 4.0, 3.0))
    table.loc[1, column] = value
    with pytest.raises(InputError) as caught:
        rating_measured(table)
    assert caught.value.problem == "1 of 2 pairs lack a rating or a prediction"
    assert caught.value.hint == (
        "a rating model predicts every pair; leave pairs without a rating out beforehand"
    )


def test_no_pairs_have_no_error():
    rmse, mae = rating_measured(predictions())
    assert np.isnan(rmse.figure)
    assert np.isnan(mae.figure)
