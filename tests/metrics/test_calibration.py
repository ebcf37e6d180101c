"""Calibration, worked out by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from artrec.metrics.beyond_accuracy import beyond_accuracy

GENRES = {"w": "war", "l": "love", "b": "war|love", "n": None}


def figures(listed: str, liked: str, k: int = 2) -> dict[str, tuple[float, int]]:
    works = pd.DataFrame({"item_id": list(GENRES), "genres": list(GENRES.values())})
    profiles = pd.DataFrame({"user_id": "u", "item_id": list(liked)}, dtype="object")
    lists = pd.DataFrame({"user_id": "u", "item_id": list(listed)}).assign(
        rank=range(1, len(listed) + 1)
    )
    fit = pd.DataFrame({"user_id": "v", "item_id": list(GENRES)})
    found = beyond_accuracy(lists, fit, profiles, works, [k])
    return {each.metric: (each.figure, each.n_users) for each in found}


def test_a_list_that_mirrors_the_profile_has_no_divergence() -> None:
    found = figures(listed="wl", liked="b")
    assert found["calibration_kl"][0] == pytest.approx(0)
    assert found["calibration_js"][0] == pytest.approx(0)


def test_a_list_of_other_genres_is_as_far_as_it_can_be() -> None:
    found = figures(listed="l", liked="w")
    assert found["calibration_js"][0] == pytest.approx(1)  # bits
    assert found["calibration_kl"][0] == pytest.approx(math.log(1 / 0.01))


def test_half_of_the_taste_is_missing() -> None:
    found = figures(listed="w", liked="b")
    p_war, q_war, q_love = 0.5, 0.99 + 0.005, 0.005
    kl = p_war * math.log(p_war / q_war) + 0.5 * math.log(0.5 / q_love)
    assert found["calibration_kl"][0] == pytest.approx(kl)
    # m = (.75, .25): KL(p || m) and KL(q || m) in bits
    js = (0.5 * math.log2(0.5 / 0.75) + 0.5 * math.log2(0.5 / 0.25) + math.log2(1 / 0.75)) / 2
    assert found["calibration_js"][0] == pytest.approx(js)


def test_only_the_list_down_to_k_counts() -> None:
    assert figures(listed="wl", liked="w", k=1)["calibration_kl"][0] == pytest.approx(0)


def test_without_genres_on_either_side_there_is_no_value() -> None:
    assert figures(listed="n", liked="w")["calibration_kl"][1] == 0
    assert figures(listed="w", liked="n")["calibration_js"][1] == 0
