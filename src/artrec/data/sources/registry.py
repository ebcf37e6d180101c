"""Which reader reads: the one entry for a node that has raw tables and a `SourceConfig`."""

from __future__ import annotations

import pandas as pd

from artrec.data.sources import movielens_snapshot, own
from artrec.data.sources.base import Parsed, SourceConfig


def parse(ratings: pd.DataFrame, config: SourceConfig, works: pd.DataFrame | None = None) -> Parsed:
    """Read raw tables with the reader the configuration names.

    Args:
        ratings: Raw table of ratings.
        config: Names the reader and the data set.
        works: Raw table of works; the snapshot carries its films on the ratings and needs none.

    Raises:
        InputError: The tables are not what the reader reads.
    """
    if config.reader == "own":
        return own.parse(ratings, config, works)
    return movielens_snapshot.parse(ratings, config)
