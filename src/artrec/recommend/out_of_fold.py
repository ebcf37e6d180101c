"""Lists of blend and hybrid for the people whose withheld works they learn from, out of fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.content import Content
from artrec.models.base import Scorer
from artrec.models.blend import BlendConfig, fit_blend
from artrec.models.hybrid import HybridConfig, fit_hybrid, pairs_for
from artrec.recommend.lists import lists_for_withheld

N_FOLDS = 2

Learn = Callable[[npt.NDArray[np.object_]], Scorer]


def hybrid_out_of_fold(
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
        profiles: Table `schema.INTERACTIONS` the scorers were fitted on.
        withheld: Table `schema.INTERACTIONS`, unknown to the scorers.
        scorers: See `artrec.models.hybrid.fit_hybrid`, as all that follows.
        works: Works with features as of the end of `profiles`.
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
    known = (works, content, config, positive_from)
    pairs = pairs_for(profiles, scorers, *known)

    def learn(others: npt.NDArray[np.object_]) -> Scorer:
        return fit_hybrid(profiles, withheld, scorers, *known, rng, among=others, pairs=pairs)

    return _by_halves(profiles, withheld, learn, positive_from, k, rng)


def blend_out_of_fold(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    scorers: Mapping[str, Scorer],
    config: BlendConfig,
    positive_from: float | None,
    k: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Rank for everybody with something withheld, by weights learned from other people only.

    See `hybrid_out_of_fold`.
    """

    def learn(others: npt.NDArray[np.object_]) -> Scorer:
        return fit_blend(
            profiles, withheld, scorers, scorers, config, positive_from, rng, among=others
        )

    return _by_halves(profiles, withheld, learn, positive_from, k, rng)


def _by_halves(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    learn: Learn,
    positive_from: float | None,
    k: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    people = np.sort(withheld[schema.USER_ID].unique().astype(object))
    fold = rng.permutation(len(people)) % N_FOLDS
    lists = []
    for each in range(N_FOLDS):
        scorer = learn(people[fold != each])
        asked = withheld[withheld[schema.USER_ID].isin(people[fold == each])]
        lists.append(lists_for_withheld(scorer, profiles, profiles, asked, positive_from, k))
    joined = pd.concat(lists).sort_values([schema.USER_ID, schema.RANK], ignore_index=True)
    return schema.RECOMMENDATIONS.conform(joined)
