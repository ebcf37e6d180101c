"""Letters: two models share one if, and only if, they do not differ significantly."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from artrec.metrics.letters import letters

MODELS = ["m1", "m2", "m3", "m4", "m5"]
PAIRS = list(combinations(MODELS, 2))


def compared(significant: set[tuple[str, str]]) -> pd.DataFrame:
    rows = [(one, other, 0.01 if (one, other) in significant else 0.5) for one, other in PAIRS]
    return pd.DataFrame(rows, columns=["model", "other", "p_holm"])


def test_all_alike_share_one_letter_and_all_different_have_their_own() -> None:
    assert letters(MODELS, compared(set())).tolist() == ["a"] * 5
    assert letters(MODELS, compared(set(PAIRS))).tolist() == ["a", "b", "c", "d", "e"]


def test_a_model_between_two_has_both_letters() -> None:
    found = letters(["m1", "m2", "m3"], compared({("m1", "m3")}))
    assert found.to_dict() == {"m1": "a", "m2": "ab", "m3": "b"}


def test_a_difference_at_the_level_itself_is_none() -> None:
    table = pd.DataFrame({"model": ["m1"], "other": ["m2"], "p_holm": [0.05]})
    assert letters(["m1", "m2"], table).tolist() == ["a", "a"]


@given(st.sets(st.sampled_from(PAIRS)))
def test_sharing_a_letter_means_not_differing(significant: set[tuple[str, str]]) -> None:
    found = letters(MODELS, compared(significant))
    assert (found != "").all()
    for pair in PAIRS:
        shared = set(found[pair[0]]) & set(found[pair[1]])
        assert bool(shared) == (pair not in significant)


def test_more_columns_than_letters() -> None:
    many = [f"m{place:02d}" for place in range(30)]
    rows = [(one, other, 0.0) for one, other in combinations(many, 2)]
    found = letters(many, pd.DataFrame(rows, columns=["model", "other", "p_holm"]))
    assert found.iloc[25:28].tolist() == ["z", "aa", "ab"]
