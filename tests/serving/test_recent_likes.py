"""What was liked lately: the last year, but never what a handful of people told years later."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from artrec.data.interactions import Interactions
from artrec.serving.shelf import _counts

YEAR = 365 * 86_400


def liked(rows: list[tuple[str, str, int]]) -> dict[str, float]:
    """How often each item was lately liked."""
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp"]).assign(rating=5.0)
    profiles = Interactions.from_table(table, 4.0)
    _, recently, _ = _counts(profiles)
    return dict(zip(profiles.items.to_id(np.arange(len(profiles.items))), recently, strict=True))


def test_the_last_year_counts() -> None:
    found = liked([(f"u{n}", "old" if n < 50 else "new", n * YEAR // 25) for n in range(100)])
    assert found == {"old": 0.0, "new": 25.0}


def test_feedback_of_a_few_years_later_is_not_all_that_counts() -> None:
    source = [(f"u{n}", "classic", 10 * YEAR - n * 86_400) for n in range(995)]
    told = [(f"p{n}", "odd", 20 * YEAR + n) for n in range(5)]
    found = liked(source + told)
    assert found["odd"] == 5.0
    assert found["classic"] == 5.0  # the latest hundredth of a thousand
    # of many it is the last year, and theirs alone
    many = [(f"p{n}", "odd", 20 * YEAR + n) for n in range(100)]
    assert liked(source + many) == {"classic": 0.0, "odd": 100.0}
