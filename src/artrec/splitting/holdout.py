"""Splits by chance, for sources that know no time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.ids import IdMap
from artrec.splitting.base import Split, SplittingConfig, part, share_of


def random_holdout(table: pd.DataFrame, config: SplittingConfig, rng: np.random.Generator) -> Split:
    """Withhold a random part of each user's interactions, and validation from the rest likewise.

    Sizes are those of `artrec.splitting.temporal.per_user_last`. Only for sources without
    times: what people did later helps to guess what they did before, so that figures of a random
    split flatter. The outcome depends on the rows and the generator, not on the rows' order.

    Args:
        table: `schema.INTERACTIONS`, pairs unique, in any order.
        config: `test_share`, `validation_share` and `min_interactions`.
        rng: The only randomness.
    """
    test = _random_of_each_user(table, config.test_share, config, rng)
    known = part(table, ~test)
    validation = _random_of_each_user(known, config.share_for_validation, config, rng)
    return Split(
        split_id=f"random_{config.test_share:g}",
        train=part(known, ~validation),
        validation=part(known, validation),
        test=part(table, test),
    )


def _random_of_each_user(
    table: pd.DataFrame, share: float, config: SplittingConfig, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    users, items = (IdMap.coded(table[each])[1] for each in (schema.USER_ID, schema.ITEM_ID))
    by_id = np.lexsort((items, users))
    draws = np.empty(len(table))
    draws[by_id] = rng.random(len(table))
    counts = np.bincount(users).astype(np.int64)
    sizes = np.maximum(share_of(counts, share), 1)
    sizes[counts < config.min_interactions] = 0
    shuffled = np.lexsort((draws, users))
    late = np.arange(len(table)) >= (np.cumsum(counts) - sizes)[users[shuffled]]
    flags = np.zeros(len(table), dtype=bool)
    flags[shuffled[late]] = True
    return flags
