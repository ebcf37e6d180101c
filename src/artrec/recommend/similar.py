"""Works beside each work: what a scorer gives somebody who knows that one work alone."""

from __future__ import annotations

import pandas as pd

from artrec import schema
from artrec.data.interactions import Interactions
from artrec.models.base import Scorer
from artrec.recommend.rank import recommend

WORK = "work_id"


def similar_works(scorer: Scorer, k: int) -> pd.DataFrame:
    """The k works nearest to each work of a scorer.

    Args:
        scorer: Any.
        k: How many; a work of which nothing is known has none.

    Returns:
        Table work_id, item_id, score, rank: `item_id` is like `work_id`, which is never its own.
    """
    ids = scorer.items.index.to_numpy(dtype=object)
    alone = pd.DataFrame({schema.USER_ID: ids, schema.ITEM_ID: ids})
    lists = recommend(scorer, Interactions.from_table(alone, None), k)
    return lists.rename(columns={schema.USER_ID: WORK})
