"""Paired comparisons: differences, p-values that keep their promise, Holm by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.errors import ConfigError, InputError
from artrec.metrics.bootstrap import resampled_sums
from artrec.metrics.comparison import COMPARISON_COLUMNS, compare, holm
from artrec.metrics.ranking import EvaluationConfig

CONFIG = EvaluationConfig(n_bootstrap=500)


def figures(values, users=None):
    names = [f"u{at:03}" for at in range(len(values))] if users is None else users
    return pd.DataFrame({"user_id": names, "ndcg@10": np.asarray(values, float)})


def compared(seed=0, config=CONFIG, **models):
    frames = {name: figures(values) for name, values in models.items()}
    return compare(frames, "ndcg", 10, config, np.random.default_rng(seed))


def test_every_pair_once_the_better_first():
    rows = compared(b=[0.1, 0.3, 0.2], c=[0.5, 0.6, 0.7], a=[0.1, 0.2, 0.3])
    assert list(rows.columns) == list(COMPARISON_COLUMNS)
    # a and b have equal means: in the order of names
    assert list(zip(rows["model"], rows["other"], strict=True)) == [
        ("a", "b"),
        ("c", "a"),
        ("c", "b"),
    ]
    assert rows["difference"].tolist() == pytest.approx([0, 0.6 - 0.2, 0.6 - 0.2])
    assert (rows["metric"] == "ndcg").all()
    assert (rows["k"] == 10).all()
    assert (rows["n_users"] == 3).all()


def test_the_figures_are_those_of_the_resampled_differences():
    rng = np.random.default_rng(5)
    better, worse = rng.random(40) + 0.08, rng.random(40)
    row = compared(
        seed=7, config=EvaluationConfig(n_bootstrap=500, confidence=0.8), x=better, y=worse
    )
    difference = better - worse
    seen = difference.mean()
    means = resampled_sums(difference[:, None], 500, np.random.default_rng(7))[:, 0] / 40
    assert row["model"].item() == ("x" if seen > 0 else "y")
    sign = 1 if seen > 0 else -1
    assert row["difference"].item() == pytest.approx(sign * seen)
    low, high = np.quantile(sign * means, [0.1, 0.9])
    assert row["low"].item() == pytest.approx(low)
    assert row["high"].item() == pytest.approx(high)
    times = sum(abs(mean - seen) >= abs(seen) for mean in means)
    assert 0 < times < 500
    assert row["p"].item() == pytest.approx((1 + times) / (1 + 500))
    assert row["p_holm"].item() == row["p"].item()


def test_every_pair_has_its_own_interval():
    base = np.linspace(0, 0.5, 40)
    rows = compared(a=base, b=base + 0.1, c=base + 0.4).set_index(["model", "other"])
    for pair, difference in {("b", "a"): 0.1, ("c", "a"): 0.4, ("c", "b"): 0.3}.items():
        assert rows.loc[pair, ["low", "high"]].tolist() == pytest.approx([difference] * 2)


def test_a_clear_difference_has_the_least_p_and_no_difference_has_one():
    base = np.linspace(0, 0.5, 50)
    rows = compared(base=base, same=base, better=base + np.tile([0.1, 0.2], 25))
    p_values = rows.set_index(["model", "other"])["p"]
    assert p_values["better", "base"] == pytest.approx(1 / 501)
    assert p_values["base", "same"] == 1
    assert rows.set_index(["model", "other"])["p_holm"]["better", "base"] == pytest.approx(3 / 501)


def test_a_constant_difference_is_certain():
    row = compared(a=[0.3] * 20, b=[0.2] * 20)
    assert row["p"].item() == pytest.approx(1 / 501)
    assert (row["low"].item(), row["high"].item()) == pytest.approx((0.1, 0.1))


def test_where_models_do_not_differ_five_percent_are_called_different():
    rng = np.random.default_rng(1)
    config = EvaluationConfig(n_bootstrap=200)
    called = 0
    for seed in range(300):
        rows = compared(seed=seed, config=config, a=rng.random(60), b=rng.random(60))
        called += rows["p"].item() <= 0.05
    # binomial(300, 0.05): mean 15, standard deviation 3.8
    assert 4 <= called <= 30


def test_one_model_has_nothing_to_be_compared_with():
    rows = compared(a=[0.1, 0.2])
    assert rows.empty
    assert list(rows.columns) == list(COMPARISON_COLUMNS)


def test_models_judged_on_other_users_are_not_compared():
    frames = {"a": figures([1, 2], ["u", "v"]), "b": figures([1, 2], ["u", "w"])}
    with pytest.raises(InputError) as caught:
        compare(frames, "ndcg", 10, CONFIG, np.random.default_rng(0))
    assert caught.value.problem == "models 'a' and 'b' were not judged on the same users"
    assert caught.value.hint == "compare lists made for the same holdout"


def test_a_missing_figure_is_named():
    with pytest.raises(ConfigError) as caught:
        compare({"a": figures([1])}, "ndcg", 20, CONFIG, np.random.default_rng(0))
    assert caught.value.problem == "model 'a' has no figure 'ndcg@20'"
    assert caught.value.hint == "did you mean 'ndcg@10'?"


@pytest.mark.parametrize(
    ("given_values", "by_hand"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.01 * 3, 0.06, 0.03 * 2, 0.005 * 4]),
        ([0.2], [0.2]),
        ([], []),
        ([0.5, 0.6], [1.0, 1.0]),
        ([0.02, 0.02, 0.02], [0.06, 0.06, 0.06]),
        ([0.04, 0.03], [0.06, 0.06]),
    ],
)
def test_holm_by_hand(given_values, by_hand):
    assert holm(given_values).tolist() == pytest.approx(by_hand)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_keeps_the_order_and_lies_between_the_given_and_bonferroni(p_values):
    adjusted = holm(p_values)
    given_values = np.array(p_values)
    assert (adjusted >= given_values).all()
    assert (adjusted <= np.minimum(given_values * len(p_values), 1) + 1e-15).all()
    assert (np.diff(adjusted[np.argsort(given_values, kind="stable")]) >= 0).all()
