"""Parameters that make no sense are refused with the reason."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from artrec.quality.config import InteractionRules, ValidationConfig


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"rating_min": 5.0, "rating_max": 0.5}, "must lie below rating_max"),
        ({"rating_step": 0.4}, "in whole steps"),
        ({"rating_step": 0.0001}, "at most 1000"),
        ({"rating_step": 0}, "greater than 0"),
        ({"earliest_date": "2020-01-01", "latest_date": "2019-01-01"}, "must not lie before"),
        ({"min_rows": 0}, "greater than or equal to 1"),
        ({"rating_stepp": 1.0}, "did you mean 'rating_step'"),
    ],
)
def test_senseless_rules_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        InteractionRules.model_validate(values)


def test_share_of_one_would_let_everything_through_and_is_refused() -> None:
    with pytest.raises(ValidationError, match="less than 1"):
        ValidationConfig(max_quarantined_share=1.0)


def test_whole_scale_without_steps() -> None:
    rules = InteractionRules(rating_min=0, rating_max=10, rating_step=None)
    assert rules.rating_step is None
