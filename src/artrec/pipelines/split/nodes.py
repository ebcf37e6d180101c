"""Nodes of split."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pandas as pd

from artrec import schema
from artrec.errors import ArtrecWarning, InputError
from artrec.splitting.base import Holdout, SplittingConfig, judged_on_at_most
from artrec.splitting.cold import ColdConfig, item_cold, user_cold
from artrec.splitting.holdout import random_holdout
from artrec.splitting.rolling import RollingConfig, rolling_one
from artrec.splitting.temporal import fold_in, fold_in_before, per_user_holdout

Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any]]
TablesAndOneMore = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any], pd.DataFrame]


def split_each_user_for_validation(interactions: pd.DataFrame, config: SplittingConfig) -> Tables:
    """What models are chosen on: neither table holds anything of the test part."""
    return _tables(per_user_holdout(interactions, config, "validation"))


def split_each_user_for_test(interactions: pd.DataFrame, config: SplittingConfig) -> Tables:
    """The headline: each user's last interactions."""
    return _tables(per_user_holdout(interactions, config, "test"))


def split_at_random_for_validation(
    interactions: pd.DataFrame, config: SplittingConfig, seed: int
) -> TablesAndOneMore:
    """What models are chosen on where there are no times, and what others may learn from."""
    rng = np.random.default_rng(seed)
    holdout = random_holdout(interactions, config, rng).for_validation()
    judged = judged_on_at_most(holdout, config.max_judged_users, rng)
    nobody = holdout.withheld.iloc[:0]
    return (*_tables(judged), nobody if judged.unjudged is None else judged.unjudged)


def split_at_random_for_test(
    interactions: pd.DataFrame, config: SplittingConfig, seed: int
) -> Tables:
    """The headline where there are no times; the same seed gives the same test part."""
    rng = np.random.default_rng(seed)
    holdout = random_holdout(interactions, config, rng).for_test()
    return _tables(judged_on_at_most(holdout, config.max_judged_users, rng))


def split_at_one_time(interactions: pd.DataFrame, config: SplittingConfig) -> Tables:
    """One cut for everybody; people active after it are folded in.

    Report only, so data that cannot be cut in time (few rows, equal times) stop nothing: then
    nothing is withheld, and the figures are over no users.
    """
    try:
        holdout = fold_in(interactions, config)
    except InputError as error:
        holdout = _nothing_withheld("no_global_cut", interactions, error)
    return _tables(holdout)


def split_at_one_earlier_time(interactions: pd.DataFrame, config: SplittingConfig) -> Tables:
    """What models that need such a cut are tuned on; the main job looks at none of it.

    Data too few for it stop nothing, and are not told of: tuning says that there is nothing.
    """
    try:
        holdout = fold_in_before(interactions, config)
    except InputError:
        holdout = Holdout("no_earlier_cut", interactions, interactions, interactions.iloc[:0])
    return _tables(holdout)


def hold_out_works_for_validation(
    interactions: pd.DataFrame, works: pd.DataFrame, config: ColdConfig, seed: int
) -> TablesAndOneMore:
    """Works without any interaction, ranked among themselves; those of test are others."""
    rng = np.random.default_rng(seed)
    split = item_cold(interactions, works, config, rng)
    return _with_candidates(judged_on_at_most(split.for_validation(), config.max_judged_users, rng))


def hold_out_works_for_test(
    interactions: pd.DataFrame, works: pd.DataFrame, config: ColdConfig, seed: int
) -> TablesAndOneMore:
    """Cold works of the test; those of validation have their interactions here.

    Report only: data too few for it stop nothing.
    """
    rng = np.random.default_rng(seed)
    try:
        split = item_cold(interactions, works, config, rng)
    except InputError as error:
        return _with_candidates(_nothing_withheld("no_cold_works", interactions, error))
    return _with_candidates(judged_on_at_most(split.for_test(), config.max_judged_users, rng))


def hold_out_people_for_validation(
    interactions: pd.DataFrame, config: ColdConfig, seed: int
) -> Tables:
    """People the models have never seen, folded in by a part of their history."""
    rng = np.random.default_rng(seed)
    holdout = user_cold(interactions, config, rng).for_validation()
    return _tables(judged_on_at_most(holdout, config.max_judged_users, rng))


def hold_out_people_for_test(interactions: pd.DataFrame, config: ColdConfig, seed: int) -> Tables:
    """Other people the models have never seen; data too few for it stop nothing."""
    rng = np.random.default_rng(seed)
    try:
        split = user_cold(interactions, config, rng)
    except InputError as error:
        return _tables(_nothing_withheld("no_cold_users", interactions, error))
    return _tables(judged_on_at_most(split.for_test(), config.max_judged_users, rng))


def at_cut(kind: Literal["validation", "test"], number: int) -> Callable[..., Tables]:
    """Make the node function that cuts everybody's history at one of several times."""

    def split(interactions: pd.DataFrame, config: RollingConfig) -> Tables:
        return _tables(rolling_one(interactions, config, kind, number))

    split.__name__ = split.__qualname__ = f"split_at_{kind}_cut_{number}"
    split.__doc__ = f"What was known at {kind} cut {number}, and what happened in its window."
    return split


def _nothing_withheld(split_id: str, interactions: pd.DataFrame, error: InputError) -> Holdout:
    """What stands for a holdout that the data are too few for: figures are over no users."""
    told = ArtrecWarning(error.problem, "nothing is judged by this split")
    warnings.warn(told, stacklevel=2)
    return Holdout(split_id, interactions, interactions, interactions.iloc[:0])


def _with_candidates(holdout: Holdout) -> TablesAndOneMore:
    candidates = pd.DataFrame({schema.ITEM_ID: list(holdout.candidates or ())}, dtype="object")
    return (*_tables(holdout), candidates)


def _tables(holdout: Holdout) -> Tables:
    report = {
        "split_id": holdout.split_id,
        "cut": holdout.cut,
        "begins": holdout.begins,
        "n_fit": len(holdout.fit),
        "n_withheld": len(holdout.withheld),
        "n_users": int(holdout.withheld["user_id"].nunique()),
        "tied_share": round(holdout.ties.share, 4) if holdout.ties else None,
    }
    return holdout.fit, holdout.profiles, holdout.withheld, report
