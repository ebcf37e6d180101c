"""Histories that a caller writes down."""

from __future__ import annotations

import numpy as np
import pytest

from artrec.errors import InputError
from artrec.recommend.history import visitor


def test_a_rating_may_be_missing_and_then_counts_as_liked() -> None:
    profile = visitor({"a": np.nan, "b": np.float32(2), "c": 4}, positive_from=4.0)
    assert profile.positive.tolist() == [True, False, True]


@pytest.mark.parametrize("rating", ["good", None, True, float("inf"), [5]])
def test_a_rating_that_is_no_number_is_told_with_its_item(rating: object) -> None:
    with pytest.raises(InputError, match="rating of item 'a' should be a number") as raised:
        visitor({"b": 5.0, "a": rating}, positive_from=4.0)  # type: ignore[dict-item]
    assert repr(rating) in str(raised.value)
