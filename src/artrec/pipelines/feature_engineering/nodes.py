"""Nodes of feature_engineering."""

from __future__ import annotations

import pandas as pd

from artrec.features.works import FeatureConfig, latest_time, users_as_of, works_as_of


def derive_work_features(
    works: pd.DataFrame, fit: pd.DataFrame, config: FeatureConfig
) -> pd.DataFrame:
    """One row a work, as of the last interaction models are fitted on."""
    return works_as_of(works, fit, config, latest_time(fit))


def derive_user_features(
    profiles: pd.DataFrame, works: pd.DataFrame, config: FeatureConfig
) -> pd.DataFrame:
    """One row a user, as of the last interaction that lists are made from."""
    return users_as_of(profiles, config, latest_time(profiles), works)
