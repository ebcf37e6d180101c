"""Bootstrap over users: right sums, paired columns, and intervals that cover as they say."""

from __future__ import annotations

import numpy as np
import pytest

from artrec.errors import InputError
from artrec.metrics import bootstrap
from artrec.metrics.bootstrap import Measured, intervals, plain_mean, resampled_sums, tails

pytestmark = pytest.mark.filterwarnings("error")


def measured(numerators, denominators, **more):
    return Measured("named", 5, np.array(numerators, float), np.array(denominators, float), **more)


def test_a_figure_is_the_ratio_of_the_sums():
    rate = measured([1, 2, 6], [2, 0, 1])
    assert rate.figure == (1 + 2 + 6) / (2 + 0 + 1)
    assert rate.n_users == 2


def test_the_finish_comes_after_the_ratio():
    assert measured([9, 7], [1, 3], finish=np.sqrt).figure == ((9 + 7) / (1 + 3)) ** 0.5


def test_without_a_value_there_is_no_figure():
    nobody = measured([0, 0], [0, 0])
    assert np.isnan(nobody.figure)
    assert nobody.n_users == 0
    assert np.isnan(nobody.of_sums([0.0, 1.0, 1.0], [0.0, 2.0, 0.0])).tolist() == [
        True,
        False,
        True,
    ]


def test_a_plain_mean_leaves_out_who_has_no_value():
    mean = plain_mean("novelty", 10, np.array([1.0, np.nan, 4.0]))
    assert (mean.metric, mean.k) == ("novelty", 10)
    assert mean.numerators.tolist() == [1.0, 0.0, 4.0]
    assert mean.denominators.tolist() == [1.0, 0.0, 1.0]
    assert mean.figure == (1 + 4) / 2
    assert mean.n_users == 2


def test_resampled_sums_are_those_of_the_users_drawn():
    values = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    sums = resampled_sums(values, 50, np.random.default_rng(0))
    drawn = np.random.default_rng(0).integers(3, size=(50, 3))
    assert sums.shape == (50, 2)
    assert sums == pytest.approx(values[drawn].sum(axis=1))
    # columns share the draws
    assert sums[:, 1] == pytest.approx(10 * sums[:, 0])


def test_blocks_change_nothing(monkeypatch):
    values = np.arange(14.0).reshape(7, 2)
    whole = resampled_sums(values, 10, np.random.default_rng(0))
    monkeypatch.setattr(bootstrap, "BLOCK", 3 * 7)
    assert resampled_sums(values, 10, np.random.default_rng(0)).tolist() == whole.tolist()
    monkeypatch.setattr(bootstrap, "BLOCK", 1)
    assert resampled_sums(values, 10, np.random.default_rng(0)).tolist() == whole.tolist()


def test_nothing_to_resample_is_said():
    with pytest.raises(InputError) as caught:
        resampled_sums(np.empty((0, 2)), 10, np.random.default_rng(0))
    assert caught.value.problem == "nothing to resample: no user has a value"
    assert caught.value.hint == "is the test part empty?"


def test_tails_leave_out_equally_much_on_both_sides():
    assert tails(0.95) == pytest.approx((0.025, 0.975))
    assert tails(0.5) == (0.25, 0.75)


def test_an_interval_holds_the_middle_of_the_resampled_figures():
    rate = measured([1, 5, 2, 8, 3], [1, 2, 1, 3, 1], finish=np.sqrt)
    bounds = intervals([rate], 400, 0.9, np.random.default_rng(1))
    columns = np.column_stack([rate.numerators, rate.denominators])
    start = int(np.random.default_rng(1).integers(2**32))
    sums = resampled_sums(columns, 400, np.random.default_rng([start, 5]))
    figures = np.sqrt(sums[:, 0] / sums[:, 1])
    assert bounds == pytest.approx(np.quantile(figures, [[0.05, 0.95]]))
    assert bounds[0, 0] < rate.figure < bounds[0, 1]


def test_users_without_a_value_are_drawn_too_and_count_for_nothing():
    rare = plain_mean("novelty", 5, np.array([3.0, np.nan, np.nan, np.nan]))
    # many resamples draw nobody with a value; the others all give 3
    assert intervals([rare], 200, 0.95, np.random.default_rng(0)).tolist() == [[3.0, 3.0]]


def test_metrics_over_other_users_stand_side_by_side():
    few, many = plain_mean("a", 5, np.array([1.0, 2.0])), plain_mean("b", 5, np.arange(30.0))
    nobody = plain_mean("c", 5, np.array([np.nan]))
    bounds = intervals([few, nobody, many, few], 300, 0.95, np.random.default_rng(0))
    assert bounds[0].tolist() == bounds[3].tolist() == [1.0, 2.0]
    assert np.isnan(bounds[1]).all()
    assert 8 < bounds[2, 0] < 14.5 < bounds[2, 1] < 21


def test_nothing_measured_has_no_intervals():
    assert intervals([], 100, 0.95, np.random.default_rng(0)).shape == (0, 2)


def test_the_same_seed_gives_the_same_interval():
    rate = plain_mean("a", 5, np.random.default_rng(0).random(40))
    first, second, other = (
        intervals([rate], 200, 0.95, np.random.default_rng(seed)).tolist() for seed in (3, 3, 4)
    )
    assert first == second != other


def test_ninety_five_percent_intervals_cover_about_that_often():
    rng = np.random.default_rng(0)
    truth, covered, worlds = 0.3, 0, 400
    for _ in range(worlds):
        # as uneven as per-user values are: mostly 0, the others spread
        values = (rng.random(150) < 0.6) * rng.random(150)
        low, high = intervals([plain_mean("ndcg", 10, values)], 400, 0.95, rng)[0]
        covered += low <= truth <= high
    # binomial(400, 0.95): mean 380, standard deviation 4.4; percentile intervals run a bit short
    assert 0.91 <= covered / worlds <= 0.98
