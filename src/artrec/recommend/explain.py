"""Reasons: which works of a person's history a recommendation came from, and how much from each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, InputError
from artrec.models.base import Composite, ExplainingScorer, Scorer

BECAUSE_ITEM_ID: Final = "because_item_id"
CONTRIBUTION: Final = "contribution"
SHARE: Final = "share"

BECAUSE_OF: Final = schema.Table(
    name="because_of",
    required={
        schema.ITEM_ID: schema.TEXT,
        BECAUSE_ITEM_ID: schema.TEXT,
        CONTRIBUTION: schema.REAL,
        SHARE: schema.REAL,
    },
    optional={},
    key=(schema.ITEM_ID, BECAUSE_ITEM_ID),
)


def can_explain(scorer: Scorer) -> bool:
    """Whether a scorer's score is a sum over the profile's items, so that `because_of` works."""
    return isinstance(scorer, ExplainingScorer)


def explaining_part(scorer: Scorer) -> ExplainingScorer | None:
    """What tells the reasons of a scorer: itself, or of those it is made of one that can.

    Of several the one that weighs most in a blend (``weights``: two a part, for scores and ranks),
    else the first. Its contributions sum to its own score, not to that of the whole.
    """
    if isinstance(scorer, ExplainingScorer):
        return scorer
    if not isinstance(scorer, Composite):
        return None
    parts = scorer.parts()
    weights = np.asarray(getattr(scorer, "weights", np.zeros(2 * len(parts))))
    heard = dict(zip(parts, weights.reshape(len(parts), -1).sum(axis=1).tolist(), strict=True))
    can = {name: part for name, part in parts.items() if isinstance(part, ExplainingScorer)}
    return can[max(can, key=lambda name: heard[name])] if can else None


def because_of(
    scorer: Scorer, profile: Interactions, item_ids: Iterable[str], n: int | None = 3
) -> pd.DataFrame:
    """What of one profile speaks for each of some items.

    Args:
        scorer: A fitted model that can explain (see `can_explain`).
        profile: One row, over any items.
        item_ids: Outer ids of the items asked about, recommended ones mostly.
        n: Reasons an item at most, of those that raise its score; None for every profile item
            that counts, also those that lower the score. Then the contributions of an item sum
            to its score (up to float32 rounding).

    Returns:
        A table `BECAUSE_OF`: items in the order asked, for each the highest contribution first,
        ties by item id. ``share`` is the contribution over the sum of the absolute
        contributions of the whole profile to that item. An item without reasons has no rows.

    Raises:
        ConfigError: The scorer cannot explain, or `n` is below 1.
        InputError: `profile` has not exactly one row.
        UnknownIdError: The scorer does not know one of the items.
    """
    if not isinstance(scorer, ExplainingScorer):
        raise ConfigError(
            f"the model {scorer.name!r} cannot tell which works of a history a score comes from",
            "explain with a model that sums over the history, such as ease or item_knn",
        )
    if n is not None and n < 1:
        raise ConfigError(f"n must be at least 1; got {n}", "ask for n=3, or n=None for all")
    if len(profile.users) != 1:
        raise InputError(
            f"reasons are for one person at a time; the profile has {len(profile.users)} rows",
            "choose one with Interactions.take_users([row])",
        )
    known = profile.onto_items(scorer.items)
    asked = list(item_ids)
    tables = [
        _reasons(scorer, known, item_id, place, n)
        for item_id, place in zip(asked, scorer.items.to_index(asked).tolist(), strict=True)
    ]
    filled = [table for table in tables if len(table)]
    if not filled:
        return BECAUSE_OF.conform(pd.DataFrame(columns=list(BECAUSE_OF.required)))
    return BECAUSE_OF.conform(pd.concat(filled))


def _reasons(
    scorer: ExplainingScorer, profile: Interactions, item_id: str, place: int, n: int | None
) -> pd.DataFrame:
    items, added = scorer.contributions(profile, place)
    order = np.lexsort((items, -added))
    if n is not None:
        order = order[added[order] > 0][:n]
    total = float(np.abs(added).sum(dtype=np.float64))
    contributions = added[order].astype(np.float64)
    return pd.DataFrame(
        {
            schema.ITEM_ID: item_id,
            BECAUSE_ITEM_ID: scorer.items.to_id(items[order]),
            CONTRIBUTION: contributions,
            SHARE: contributions / total if total > 0 else contributions,
        }
    )
