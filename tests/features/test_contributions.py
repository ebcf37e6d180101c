"""What a profile's works add to a candidate's score, in worlds small enough to add up by hand."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.features import contributions
from artrec.features.contributions import contribution_features

ITEMS = IdMap.of(["a", "b", "c", "d"])
MATRIX = np.array([[0, 1, 2, 3], [4, 0, 5, 6], [7, 8, 0, 9], [1, 1, 1, 0]], dtype=np.float32)


def adds(sources: np.ndarray, items: np.ndarray) -> np.ndarray:
    return MATRIX[sources[:, np.newaxis], items]


def profiles(*rows: tuple[str, str, float]) -> Interactions:
    users = IdMap.of(["u1", "u2", "u3"])
    return Interactions.from_table(worlds.table_of(list(rows)), 4.0, users, ITEMS)


KNOWN = profiles(("u1", "a", 5.0), ("u1", "b", 4.0), ("u1", "c", 2.0), ("u3", "c", 5.0))
CANDIDATES = np.array([[3, 2], [0, 1], [3, -1]])
ONES = np.where(CANDIDATES < 0, np.nan, 1).astype(np.float32)


def test_each_side_adds_up_and_the_closest_liked_work_is_told() -> None:
    found = contribution_features("ease", adds, KNOWN, CANDIDATES, ONES, 5.0)
    assert found["ease.loved"][0].tolist() == [3, 2]  # of a
    assert found["ease.liked"][0].tolist() == [6, 5]  # of b
    assert found["ease.disliked"][0].tolist() == [9, 0]  # of c, which adds nothing to itself
    assert found["ease.closest"][0].tolist() == [6, 5]
    assert found["ease.next_closest"][0].tolist() == [3, 2]
    mean = 11 / 3
    expected = (5 - mean) * 3 + (4 - mean) * 6 + (2 - mean) * 9
    np.testing.assert_allclose(found["ease.centred"][0, 0], expected, rtol=1e-5)


def test_without_a_level_every_like_is_liked() -> None:
    found = contribution_features("ease", adds, KNOWN, CANDIDATES, ONES, None)
    assert not found["ease.loved"][0].any()
    assert found["ease.liked"][0].tolist() == [9, 7]


def test_an_empty_profile_adds_nothing_and_an_absent_candidate_has_no_value() -> None:
    found = contribution_features("ease", adds, KNOWN, CANDIDATES, ONES, 5.0)
    for values in found.values():
        assert values[1].tolist() == [0, 0]
        assert np.isnan(values[2, 1])
    assert found["ease.loved"][2, 0] == found["ease.closest"][2, 0] == 9
    assert found["ease.next_closest"][2, 0] == 0


def test_nobody_has_a_history() -> None:
    found = contribution_features("ease", adds, profiles(), CANDIDATES, ONES, 5.0)
    assert not np.nan_to_num(np.stack(list(found.values()))).any()


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = contribution_features("ease", adds, KNOWN, CANDIDATES, ONES, 5.0)
    monkeypatch.setattr(contributions, "BLOCK_CELLS", 1)
    parted = contribution_features("ease", adds, KNOWN, CANDIDATES, ONES, 5.0)
    for name, values in whole.items():
        np.testing.assert_array_equal(parted[name], values)


def test_all_are_shares_of_the_highest_score_of_the_list() -> None:
    plain = contribution_features("ease", adds, KNOWN, CANDIDATES, ONES, 5.0)
    scores = ONES * np.array([[4.0, -5.0]], dtype=np.float32)
    found = contribution_features("ease", adds, KNOWN, CANDIDATES, scores, 5.0)
    for name, values in plain.items():
        np.testing.assert_allclose(found[name][0], values[0] / 5, rtol=1e-6)
        np.testing.assert_allclose(found[name][2, 0], values[2, 0] / 4, rtol=1e-6)
