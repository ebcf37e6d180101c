"""People's lists beside each other: who, what they liked, what was found."""

from __future__ import annotations

import numpy as np
import pandas as pd

from artrec.reporting.people import PROFILE, WITHHELD, people_folds, side_by_side

WORKS = pd.DataFrame(
    [("a", "Alien", 1979), ("b", "Brazil | again", 1985), ("c", "Cats", None), ("d", "Dune", 1984)],
    columns=["item_id", "title", "year"],
).astype({"year": "Int64"})
PROFILES = pd.DataFrame(
    [("u", "c", 3.5, 1), ("u", "d", 5.0, 2), ("v", "d", 4.0, 3)],
    columns=["user_id", "item_id", "rating", "timestamp"],
)
RELEVANT = pd.DataFrame([("u", "a"), ("u", "b"), ("v", "c")], columns=["user_id", "item_id"])


def lists(*rows: tuple[str, str, int]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["user_id", "item_id", "rank"])
    return table.assign(score=1.0)


MODELS = {
    "ease": lists(("u", "c", 1), ("u", "a", 2), ("v", "a", 1)),
    "popularity": lists(("u", "d", 1), ("u", "c", 2), ("u", "a", 3)),
}


def table(n_people: int = 5, profiles: pd.DataFrame = PROFILES) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return side_by_side(MODELS, profiles, RELEVANT, WORKS, 2, n_people, rng)


def test_hits_are_what_was_withheld_and_liked() -> None:
    rows = table()
    listed = rows[~rows["list"].isin([PROFILE, WITHHELD])]
    assert set(listed.loc[listed["hit"], ["user_id", "list", "item_id"]].agg(tuple, axis=1)) == {
        ("u", "ease", "a")
    }
    assert listed["rank"].max() == 2
    withheld = rows[rows["list"] == WITHHELD]
    assert withheld[["user_id", "item_id"]].to_numpy().tolist() == RELEVANT.to_numpy().tolist()


def test_no_more_people_than_asked_for_and_the_same_ones_each_time() -> None:
    assert len(table(1)["user_id"].unique()) == 1
    pd.testing.assert_frame_equal(table(1), table(1))
    assert table(0).empty


def test_a_person_reads_from_profile_to_lists() -> None:
    first, second = people_folds(table(), ["ease", "popularity"])
    assert first.title == "Person u: 1 of 2 found"
    assert "Best rated in the profile: Dune (1984), 5; Cats, 3.5." in first.markdown
    assert "Withheld and liked: 2; found by no list: Brazil \\| again (1985)." in first.markdown
    assert "| 2 | **Alien (1979)\N{NO-BREAK SPACE}✓** | Cats |" in first.markdown
    # somebody a model has no list for
    assert "|  | ease |" in second.markdown
    assert "popularity" not in second.markdown


def test_people_without_ratings_or_history_are_shown_too() -> None:
    bare = PROFILES[["user_id", "item_id"]]
    folds = people_folds(table(profiles=bare), ["ease", "popularity"])
    assert "Best rated in the profile: Cats; Dune (1984)." in folds[0].markdown
    none = people_folds(table(profiles=PROFILES.iloc[:0]), ["ease"])
    assert "Best rated in the profile: nothing." in none[0].markdown
