"""Lists of a hybrid for the people whose withheld works it is learned from, out of fold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.content import Content
from artrec.models.base import Scorer
from artrec.models.hybrid import HybridConfig, fit_hybrid
from artrec.recommend.lists import lists_for_withheld

N_FOLDS = 2


def out_of_fold_lists(
    fit: pd.DataFrame,
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    scorers: Mapping[str, Scorer],
    works: pd.DataFrame,
    content: Content | None,
    config: HybridConfig,
    positive_from: float | None,
    k: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Rank for everybody with something withheld, by trees that learned from other people only.

    People are cut in two halves by chance; each half's lists are made by a hybrid that learned
    from the other half. So one holdout serves for learning and for comparing the hybrid with
    models that never saw it.

    Args:
        fit: Table `schema.INTERACTIONS` the scorers were fitted on.
        profiles: Table `schema.INTERACTIONS`, what is known of people.
        withheld: Table `schema.INTERACTIONS`, unknown to the scorers.
        scorers: See `artrec.models.hybrid.fit_hybrid`.
        works: Works with features as of the end of `fit`.
        content: Content of works, or None.
        config: The hybrid's.
        positive_from: Lowest rating that counts as positive; None for implicit feedback.
        k: Length of the lists.
        rng: Cuts the people and grows the trees.

    Returns:
        Table `schema.RECOMMENDATIONS`.

    Raises:
        InputError: One half has nobody to learn from.
    """
    people = np.sort(withheld[schema.USER_ID].unique())
    fold = rng.permutation(len(people)) % N_FOLDS
    lists = []
    for each in range(N_FOLDS):
        others, own = people[fold != each], people[fold == each]
        hybrid = fit_hybrid(
            profiles, withheld, scorers, works, content, config, positive_from, rng, among=others
        )
        asked = withheld[withheld[schema.USER_ID].isin(own)]
        lists.append(lists_for_withheld(hybrid, fit, profiles, asked, positive_from, k))
    joined = pd.concat(lists).sort_values([schema.USER_ID, schema.RANK], ignore_index=True)
    return schema.RECOMMENDATIONS.conform(joined)
