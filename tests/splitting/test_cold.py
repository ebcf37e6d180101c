"""Cold splits: whole works or people are out, groups stay together, nothing leaks between sides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artrec import schema
from artrec.errors import InputError
from artrec.splitting.cold import ColdConfig, groups_of, hide_new, item_cold, user_cold

N_WORKS = 60


def works_of(n: int = N_WORKS, creators: int = 25) -> pd.DataFrame:
    """Works by a few creators; work 0 and 1, 2 and 3, ... of the first 20 are editions."""
    rows = pd.DataFrame(
        {
            "item_id": [f"i{at:03}" for at in range(n)],
            "title": [f"Title {at}" for at in range(n)],
            "year": 2000,
            "genres": "Drama",
            "creators": [f"Creator {at % creators}" for at in range(n)],
            "edition_of": [f"e{at // 2}" if at < 20 else None for at in range(n)],
            "tags": "slow|sad",
            "ratings_count": 5.0,
            "average_rating": 4.0,
            "text": "a text",
        }
    )
    return schema.WORKS.conform(rows)


def history(seed: int = 0, n_users: int = 40, n: int = N_WORKS) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        (f"u{user:02}", f"i{item:03}", 4.0)
        for user in range(n_users)
        for item in rng.choice(n, size=12, replace=False)
    ]
    return schema.INTERACTIONS.conform(pd.DataFrame(rows, columns=["user_id", "item_id", "rating"]))


def pairs(table: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(table["user_id"], table["item_id"], strict=True))


def drawn(seed: int = 0, table: pd.DataFrame | None = None, **config: object):
    table = history() if table is None else table
    return item_cold(table, works_of(), ColdConfig(**config), np.random.default_rng(seed))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.1, 0.2, 0.4]))
def test_cold_works_are_in_no_training_and_on_one_side_only(seed: int, share: float) -> None:
    table = history(seed)
    split = drawn(seed, table, item_share=share)
    validation, test = set(split.validation_items), set(split.test_items)
    assert validation and test and not validation & test
    assert set(split.test["item_id"]) == test
    assert set(split.validation["item_id"]) == validation
    assert not set(split.train["item_id"]) & (validation | test)
    together = pairs(split.train) | pairs(split.validation) | pairs(split.test)
    assert together == pairs(table)
    assert len(test) <= share * N_WORKS
    holdouts = split.for_validation(), split.for_test()
    assert not set(holdouts[0].fit["item_id"]) & (validation | test)
    assert not set(holdouts[1].fit["item_id"]) & test
    assert validation <= set(holdouts[1].fit["item_id"])
    for holdout in holdouts:
        assert not set(holdout.profiles["item_id"]) & set(holdout.candidates)
        assert set(holdout.withheld["item_id"]) <= set(holdout.candidates)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_editions_stay_on_one_side(seed: int) -> None:
    split = drawn(seed, item_share=0.3)
    works = works_of()
    for side in (split.validation_items, split.test_items):
        some = works[works["item_id"].isin(side)]["edition_of"].dropna()
        every = works[works["edition_of"].isin(some)]
        assert set(every["item_id"]) <= set(side)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_with_creators_together_no_creator_is_on_two_sides(seed: int) -> None:
    table, works = history(), works_of()
    config = ColdConfig(item_share=0.4, together="creators")
    split = item_cold(table, works, config, np.random.default_rng(seed))
    creators = works.set_index("item_id")["creators"]
    sides = [split.train["item_id"], split.validation_items, split.test_items]
    found = [set(creators[list(side)]) for side in sides]
    assert not found[0] & found[1] and not found[0] & found[2] and not found[1] & found[2]


def test_a_chain_of_shared_creators_is_one_group() -> None:
    works = works_of(6).assign(
        creators=["A|B", "b | C", "C", "D", None, None], edition_of=[None] * 4 + ["x", "x"]
    )
    by_creator = groups_of(works, "creators").tolist()
    assert by_creator[0] == by_creator[1] == by_creator[2]
    assert len({by_creator[2], by_creator[3], by_creator[4]}) == 3
    assert by_creator[4] == by_creator[5]
    assert len(set(groups_of(works, "editions"))) == 5


def test_a_circle_of_authors_too_large_for_a_side_stays_in_train() -> None:
    works = works_of().assign(edition_of=None)
    works.loc[:19, "creators"] = "Everyone"
    config = ColdConfig(item_share=0.4, together="creators")
    for seed in range(5):
        split = item_cold(history(), works, config, np.random.default_rng(seed))
        assert set(works["item_id"][:20]) <= set(split.train["item_id"])


def test_the_seed_decides_and_the_order_of_rows_does_not() -> None:
    table = history()
    turned = table.iloc[::-1]
    assert drawn(3, table).test_items == drawn(3, turned).test_items
    assert drawn(3, table).test_items != drawn(4, table).test_items
    one, two = (user_cold(each, ColdConfig(), np.random.default_rng(1)) for each in (table, turned))
    assert pairs(one.test) == pairs(two.test)
    assert pairs(one.test_profiles) == pairs(two.test_profiles)


def test_works_with_few_interactions_and_works_not_catalogued_stay_in_train() -> None:
    rare = pd.DataFrame({"user_id": ["u00", "u01"], "item_id": ["rare", "i059"], "rating": 5.0})
    table = history(n=58)
    table = schema.INTERACTIONS.conform(pd.concat([table, rare]))
    for seed in range(10):
        split = drawn(seed, table, item_share=0.4)
        assert {"rare", "i059"} <= set(split.train["item_id"])


def test_nothing_to_hold_out_is_said() -> None:
    with pytest.raises(InputError, match="item_share"):
        drawn(table=history().iloc[:3])
    with pytest.raises(InputError, match="user_share"):
        user_cold(history().iloc[:2], ColdConfig(), np.random.default_rng(0))


def test_hiding_empties_what_people_add_of_the_cold_works_alone() -> None:
    works = works_of()
    before = works.copy()
    hidden = hide_new(works, ["i001", "i005", "unknown"])
    new = hidden["item_id"].isin(["i001", "i005"])
    assert hidden.loc[new, ["tags", "ratings_count", "average_rating"]].isna().all(axis=None)
    pd.testing.assert_frame_equal(hidden[~new], works[~new])
    kept = ["title", "genres", "creators", "text"]
    pd.testing.assert_frame_equal(hidden[kept], works[kept])
    pd.testing.assert_frame_equal(works, before)
    assert hide_new(works, ["i001"], ("genres", "absent"))["genres"].isna().sum() == 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.2, 0.5, 0.9]))
def test_unknown_people_are_in_no_training(seed: int, share: float) -> None:
    table = history(seed)
    config = ColdConfig(user_share=0.2, profile_share=share)
    split = user_cold(table, config, np.random.default_rng(seed))
    unknown = set(split.test["user_id"])
    validated = set(split.validation["user_id"])
    assert len(unknown) == len(validated) == 8
    assert not unknown & validated
    assert unknown == set(split.test_profiles["user_id"])
    assert not set(split.train["user_id"]) & (unknown | validated)
    holdout = split.for_test()
    assert not set(holdout.fit["user_id"]) & unknown
    assert validated <= set(holdout.fit["user_id"])
    assert not pairs(holdout.profiles) & pairs(holdout.withheld)
    assert (holdout.profiles.groupby("user_id").size() == max(1, int(12 * share + 1e-9))).all()
    parts = [split.train, split.validation, split.validation_profiles]
    parts += [split.test, split.test_profiles]
    assert sorted(pair for each in parts for pair in pairs(each)) == sorted(pairs(table))
    assert split.for_validation().profiles is split.validation_profiles
