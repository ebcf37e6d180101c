"""The feature_engineering pipeline: a row a work and a user, as of each cut that is judged."""

from __future__ import annotations

import pandas as pd


def test_one_row_a_work_and_a_user(run_world_stage, world_run) -> None:
    made = run_world_stage("feature_engineering")
    works, users = made["per_user_test_works_features"], made["per_user_test_users_features"]
    assert works["item_id"].tolist() == world_run["works"]["item_id"].tolist()
    assert users["user_id"].tolist() == sorted(world_run["per_user_test_fit"]["user_id"].unique())
    counts = world_run["per_user_test_fit"]["item_id"].value_counts()
    expected = works["item_id"].map(counts).fillna(0).astype(int)
    assert works["n_interactions"].tolist() == expected.tolist()
    assert set(works["popularity"]) == {"head", "middle", "tail"}
    assert set(users["history"]) == {"20-49"}


def test_features_do_not_depend_on_what_is_withheld(run_world_stage, world_run) -> None:
    """They read fit: withheld interactions, and everything made from them, may be anything."""
    ours = run_world_stage("feature_engineering")
    everything = world_run["interactions"]
    also_withheld = run_world_stage(
        "feature_engineering", per_user_test_fit=everything, per_user_test_profiles=everything
    )
    elsewhere = {
        "per_user_test_withheld": everything.iloc[:1],
        "interactions": everything.iloc[:1],
    }
    without = run_world_stage("feature_engineering", **elsewhere)
    for name in ("per_user_test_works_features", "per_user_test_users_features"):
        pd.testing.assert_frame_equal(ours[name], without[name])
        assert not ours[name].equals(also_withheld[name])


def test_at_the_global_cut_nothing_after_it_counts(run_world_stage, world_run) -> None:
    made = run_world_stage("feature_engineering")
    before = world_run["global_test_fit"]["item_id"].value_counts()
    works = made["global_test_works_features"]
    counted = works["item_id"].map(before).fillna(0).astype(int)
    assert works["n_interactions"].tolist() == counted.tolist()
    assert (
        works["n_interactions"].sum() < made["per_user_test_works_features"]["n_interactions"].sum()
    )
    assert ((works["popularity"] == "unseen") == (counted == 0)).all()
    known = world_run["global_test_profiles"]["user_id"].value_counts()
    users = made["global_test_users_features"].set_index("user_id")
    assert users["n_interactions"].to_dict() == known.to_dict()
