"""The split pipeline: sizes, what a holdout may not know, and data that cannot be cut in time."""

from __future__ import annotations

import pandas as pd
import pytest

from artrec.errors import ArtrecWarning
from artrec.pipelines.split.nodes import (
    hold_out_people_for_test,
    hold_out_people_for_validation,
    hold_out_works_for_test,
    hold_out_works_for_validation,
    split_at_random_for_test,
    split_at_random_for_validation,
)
from artrec.splitting.base import GLOBAL_TEST, PER_USER_TEST, PER_USER_VALIDATION, SplittingConfig
from artrec.splitting.cold import ColdConfig
from project_world import N_RATED, N_USERS, world_medium

TEST_SIZE, VALIDATION_SIZE = 5, 4  # 20% of 25, then 20% of the 20 that are left


def pairs(table: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(table["user_id"], table["item_id"], strict=True))


@pytest.fixture(scope="module")
def parts(world_run):
    def of(holdout: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        fit, profiles, withheld = (
            world_run[f"{holdout}_{part}"] for part in ("fit", "profiles", "withheld")
        )
        return fit, profiles, withheld

    return of


@pytest.mark.parametrize("holdout", world_medium().holdouts)
def test_nothing_withheld_is_fitted_on_or_known(parts, world_run, holdout: str) -> None:
    fit, profiles, withheld = parts(holdout)
    assert len(withheld) > 0
    assert pairs(withheld) & pairs(fit) == set()
    assert pairs(withheld) & pairs(profiles) == set()
    assert pairs(withheld) | pairs(fit) | pairs(profiles) <= pairs(world_run["interactions"])
    assert set(withheld["user_id"]) <= set(profiles["user_id"])
    report = world_run[f"{holdout}_split"]
    assert report["n_fit"] == len(fit)
    assert report["n_withheld"] == len(withheld)
    assert report["n_users"] == withheld["user_id"].nunique()


@pytest.mark.parametrize("holdout", [PER_USER_VALIDATION, PER_USER_TEST])
def test_within_each_user_the_past_is_fitted_on(parts, holdout: str) -> None:
    fit, profiles, withheld = parts(holdout)
    last = fit.groupby("user_id")["timestamp"].max()
    first = withheld.groupby("user_id")["timestamp"].min()
    assert (last[first.index] <= first).all()
    pd.testing.assert_frame_equal(fit, profiles)


def test_sizes_per_user(parts) -> None:
    test = parts(PER_USER_TEST)[2].groupby("user_id").size()
    validation = parts(PER_USER_VALIDATION)[2].groupby("user_id").size()
    assert test.tolist() == [TEST_SIZE] * N_USERS
    assert validation.tolist() == [VALIDATION_SIZE] * N_USERS


def test_validation_knows_nothing_of_test(parts) -> None:
    fit, profiles, withheld = parts(PER_USER_VALIDATION)
    test = pairs(parts(PER_USER_TEST)[2])
    for table in (fit, profiles, withheld):
        assert pairs(table) & test == set()
    known = parts(PER_USER_TEST)[0]
    assert pairs(known) == pairs(fit) | pairs(withheld)


def test_the_global_cut_parts_all_times(parts, world_run) -> None:
    fit, profiles, withheld = parts(GLOBAL_TEST)
    cut = world_run[f"{GLOBAL_TEST}_split"]["cut"]
    assert fit["timestamp"].max() < cut <= withheld["timestamp"].min()
    assert set(profiles["user_id"]) == set(withheld["user_id"])
    last_known = profiles.groupby("user_id")["timestamp"].max()
    assert (last_known <= withheld.groupby("user_id")["timestamp"].min()).all()


def test_what_is_tuned_on_one_cut_ends_before_the_cut_of_the_test(parts, world_run) -> None:
    fit, profiles, withheld = parts("global_validation")
    cut = world_run["global_validation_split"]["cut"]
    assert len(withheld)
    assert fit["timestamp"].max() < cut <= withheld["timestamp"].min()
    for table in (fit, profiles, withheld):
        assert table["timestamp"].max() < world_run[f"{GLOBAL_TEST}_split"]["cut"]
        assert pairs(table) <= pairs(parts(GLOBAL_TEST)[0])


def test_shares_are_parameters(run_world_stage) -> None:
    from project_world import configured

    parameters = configured(medium={"splitting": {"test_share": 0.4}})
    made = run_world_stage("split", parameters)
    assert len(made[f"{PER_USER_TEST}_withheld"]) == N_USERS * N_RATED * 4 // 10


def test_data_without_a_cut_in_time_stop_nothing(run_world_stage, world_run) -> None:
    table = world_run["interactions"].assign(timestamp=5)
    with pytest.warns(ArtrecWarning, match="nothing is before the cut"):
        made = run_world_stage("split", interactions=table)
    assert made[f"{GLOBAL_TEST}_split"]["split_id"] == "no_global_cut"
    assert made[f"{GLOBAL_TEST}_split"]["n_users"] == 0
    assert made[f"{GLOBAL_TEST}_withheld"].empty
    assert len(made[f"{PER_USER_TEST}_withheld"]) == N_USERS * TEST_SIZE


def test_by_chance_the_same_seed_withholds_the_same_and_test_is_never_chosen_on(world_run) -> None:
    table = world_run["interactions"].drop(columns="timestamp")
    fit, _, test, report = split_at_random_for_test(table, SplittingConfig(), 3)
    known, _, validation, _, unjudged = split_at_random_for_validation(table, SplittingConfig(), 3)
    assert unjudged.empty
    assert report["split_id"] == "random_0.2"
    assert pairs(known) | pairs(validation) == pairs(fit)
    assert pairs(fit) | pairs(test) == pairs(table)
    assert not (pairs(fit) & pairs(test) or pairs(known) & pairs(validation))
    other = split_at_random_for_test(table, SplittingConfig(), 4)[2]
    assert pairs(other) != pairs(test)


def test_what_is_withheld_of_people_who_are_not_judged_is_kept_apart(world_run) -> None:
    table = world_run["interactions"].drop(columns="timestamp")
    everybody = split_at_random_for_validation(table, SplittingConfig(), 3)
    some = split_at_random_for_validation(table, SplittingConfig(max_judged_users=7), 3)
    assert pairs(some[0]) == pairs(everybody[0])
    assert some[2]["user_id"].nunique() == 7
    assert not set(some[2]["user_id"]) & set(some[4]["user_id"])
    assert pairs(some[2]) | pairs(some[4]) == pairs(everybody[2])


def test_cold_splits_judge_a_sample_of_the_people(world_run) -> None:
    table, works = world_run["interactions"], world_run["works"]
    config = ColdConfig(max_judged_users=3)
    for made in (
        hold_out_works_for_test(table, works, config, 3),
        hold_out_works_for_validation(table, works, config, 3),
        hold_out_people_for_test(table, config, 3),
        hold_out_people_for_validation(table, config, 3),
    ):
        assert made[2]["user_id"].nunique() == 3
        assert made[3]["split_id"].endswith("_of_3_users")


def test_cold_works_have_no_interactions_and_only_they_are_ranked(world_run) -> None:
    table, works = world_run["interactions"], world_run["works"]
    fit, _, withheld, _, candidates = hold_out_works_for_test(table, works, ColdConfig(), 3)
    known, _, validation, _, others = hold_out_works_for_validation(table, works, ColdConfig(), 3)
    cold = set(candidates["item_id"])
    assert cold and not cold & set(fit["item_id"])
    assert set(withheld["item_id"]) == cold
    assert not cold & set(others["item_id"])
    assert not (cold | set(others["item_id"])) & set(known["item_id"])
    assert set(validation["item_id"]) == set(others["item_id"])


def test_unknown_people_are_folded_in_by_a_part_of_what_they_did(world_run) -> None:
    table = world_run["interactions"]
    fit, profiles, withheld, _ = hold_out_people_for_test(table, ColdConfig(), 3)
    known, _, validation, _ = hold_out_people_for_validation(table, ColdConfig(), 3)
    people = set(withheld["user_id"])
    assert people == set(profiles["user_id"])
    assert not people & set(fit["user_id"])
    assert not (people | set(validation["user_id"])) & set(known["user_id"])
