"""Pair features: what they are worth in small worlds, and what happens where nothing is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import worlds
from artrec import schema
from artrec.data.content import Content
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.features.pairs import PairConfig, PairFeatures, group_of

ITEMS = IdMap.of(["a1", "a2", "a3", "b1", "b2", "c"])
WORKS = pd.DataFrame(
    {
        schema.ITEM_ID: ["a1", "a2", "a3", "b1", "b2"],
        "year": [1990.0, 1991.0, 1992.0, 2010.0, np.nan],
        "n_interactions": [0, 1, 2, 3, 4],
        "constant": 7.0,
        "missing": np.nan,
        "title": ["A1", "A2", "A3", "B1", "B2"],
        "series_number": ["1", "2", "3", "1", None],
    }
)


def content() -> Content:
    series = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 0]], dtype=np.float32)
    return Content(ITEMS, {"series": series, "genres": series})


def profile(rows: list[tuple[str, str, float]]) -> Interactions:
    users = IdMap.of([user for user, _, _ in rows] or ["u"])
    return Interactions.from_table(worlds.table_of(rows), worlds.POSITIVE_FROM, users, ITEMS)


def made(
    rows: list[tuple[str, str, float]],
    candidates: list[list[int]],
    config: PairConfig | None = None,
    scores: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    known = profile([("k1", "a1", 5.0), ("k1", "b1", 5.0), ("k2", "a1", 5.0), ("k2", "c", 2.0)])
    config = config or PairConfig(taste_width=1)
    pairs = PairFeatures.of(ITEMS, known, WORKS, content(), config)
    given = np.asarray(candidates)
    one = np.zeros(given.shape, dtype=np.float32) if scores is None else scores
    return pairs.block(profile(rows), given, {"ease": one})


def test_the_next_volume_of_a_series_is_one_ahead() -> None:
    found = made([("u", "a1", 5.0), ("u", "a2", 2.0)], [[2, 3, 5]])
    assert found["series.next"][0, 0] == 1
    assert np.isnan(found["series.next"][0, 1:]).all()
    assert found["series.liked"].tolist() == [[1, 0, 0]]
    assert found["series.closest_disliked"].tolist() == [[1, 0, 0]]


def test_narrow_fields_are_compared_with_the_mean_of_what_was_liked() -> None:
    config = PairConfig(taste_width=64, leave_out=("series",))
    found = made([("u", "a1", 5.0), ("u", "b1", 5.0)], [[2, 4, 5]], config)
    assert found["genres.liked"][0].tolist() == pytest.approx([0.5**0.5, 0.5**0.5, 0])
    assert not [name for name in found if group_of(name) == "series"]


def test_liked_together_comes_from_what_was_known() -> None:
    found = made([("u", "a1", 5.0)], [[3, 4]])
    assert found["liked_together.liked"][0, 0] > 0
    assert found["liked_together.liked"][0, 1] == 0
    assert found["liked_together.closest_liked"][0, 0] == found["liked_together.liked"][0, 0]


def test_works_users_and_their_distance() -> None:
    found = made([("u", "a1", 5.0), ("u", "a3", 3.0)], [[3, 4, 5]])
    assert found["work.year"][0, 0] == 2010
    assert found["user.year"][0].tolist() == [1991, 1991, 1991]
    assert found["match.year"][0, 0] == 19
    assert np.isnan(found["work.year"][0, 1:]).all()
    assert np.isnan(found["match.year"][0, 1:]).all()
    assert found["user.liked_share"][0, 0] == 0.5
    assert found["user.mean_rating"][0, 0] == 4
    assert found["user.rating_spread"][0, 0] == 1
    assert found["work.n_interactions"][0, 0] == pytest.approx(np.log(4))


def test_scores_are_scaled_and_ranked_within_the_candidates() -> None:
    scores = np.array([[4.0, 2.0, np.nan]], dtype=np.float32)
    found = made([("u", "a1", 5.0)], [[2, 3, 4]], scores=scores)
    assert found["ease.scaled"][0, :2].tolist() == pytest.approx([1, -1], abs=1e-4)
    assert found["ease.share"][0, :2].tolist() == [1, 0.5]
    assert found["ease.rank"][0, :2].tolist() == pytest.approx([0, -np.log(2)])
    assert all(np.isnan(found[f"ease.{each}"][0, 2]) for each in ("raw", "scaled", "rank"))


def test_where_there_is_no_candidate_nothing_is_known() -> None:
    found = made([("u", "a1", 5.0)], [[3, -1]])
    assert all(np.isnan(values[0, 1]) for values in found.values())


@pytest.mark.parametrize("rows", [[], [("u", "a1", 5.0)], [("u", "a1", 1.0)]])
def test_an_odd_profile_has_all_features(rows: list[tuple[str, str, float]]) -> None:
    found = made(rows, [[3, 4]])
    assert set(found) == set(made([("u", "a1", 5.0), ("u", "b1", 1.0)], [[3, 4]]))
    assert not any(np.isinf(values).any() for values in found.values())


def test_constant_and_missing_columns_are_features_like_others() -> None:
    found = made([("u", "a1", 5.0)], [[3, 4]])
    assert found["work.constant"].tolist() == [[7, 7]]
    assert found["match.constant"].tolist() == [[0, 0]]
    assert np.isnan(found["work.missing"]).all()
    assert np.isnan(found["user.missing"]).all()
    assert not [name for name in found if "title" in name or "series_number" in name]


def test_what_is_left_out_is_not_made() -> None:
    config = PairConfig(leave_out=("ease", "work.n_interactions", "user.mean_rating"))
    found = made([("u", "a1", 5.0)], [[3, 4]], config)
    assert not [name for name in found if group_of(name) == "ease" or "n_interactions" in name]
    assert "user.mean_rating" not in found


def test_without_content_or_works_there_are_scores_and_users() -> None:
    known = profile([("k1", "a1", 5.0)])
    nothing = pd.DataFrame({schema.ITEM_ID: ["a1"]})
    pairs = PairFeatures.of(ITEMS, known, nothing, None, PairConfig())
    found = pairs.block(profile([("u", "a1", 5.0)]), np.array([[3]]), {})
    assert {group_of(name) for name in found} == {"liked_together", "user"}


def test_what_is_stored_is_restored() -> None:
    known = profile([("k1", "a1", 5.0), ("k1", "b1", 5.0)])
    pairs = PairFeatures.of(ITEMS, known, WORKS, content(), PairConfig(taste_width=2))
    again = PairFeatures.from_arrays(ITEMS, PairConfig(taste_width=2), pairs.arrays())
    asked = (profile([("u", "a1", 5.0)]), np.array([[2, 3]]), {})
    for name, values in pairs.block(*asked).items():
        np.testing.assert_array_equal(values, again.block(*asked)[name])
