"""Nodes of train_hybrid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from artrec.data.content import Content
from artrec.data.interactions import Interactions
from artrec.features.pairs import work_features
from artrec.models.base import Scorer
from artrec.models.blend import Blend, BlendConfig, fit_blend
from artrec.models.departure import Departure, DepartureConfig
from artrec.models.fitting import TrainingConfig, fit_as
from artrec.models.hybrid import Hybrid, HybridConfig, fit_hybrid
from artrec.recommend.departing import fit_departure
from artrec.recommend.out_of_fold import blend_out_of_fold, hybrid_out_of_fold
from artrec.recommend.selection import SelectionConfig


def learn_blend(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    config: BlendConfig,
    positive_from: float | None,
    seed: int,
    **scorers: Scorer,
) -> Blend:
    """Weights that find what was withheld; the scorers have not seen it."""
    rng = np.random.default_rng(seed)
    return fit_blend(profiles, withheld, scorers, scorers, config, positive_from, rng)


def learn_hybrid(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    works: pd.DataFrame,
    derived: pd.DataFrame,
    told: Content,
    config: HybridConfig,
    positive_from: float | None,
    seed: int,
    **scorers: Scorer,
) -> Hybrid:
    """Trees that rank what was withheld; neither scorers nor features have seen it.

    `scorers` come by their names, of which ``content`` is one: what works are is `told`.
    """
    described = work_features(works, derived)
    rng = np.random.default_rng(seed)
    return fit_hybrid(profiles, withheld, scorers, described, told, config, positive_from, rng)


def rank_hybrid_out_of_fold(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    works: pd.DataFrame,
    derived: pd.DataFrame,
    told: Content,
    config: HybridConfig,
    positive_from: float | None,
    selection: SelectionConfig,
    seed: int,
    **scorers: Scorer,
) -> pd.DataFrame:
    """Lists to choose by: half of the people ranked by what the other half taught."""
    described = work_features(works, derived)
    rng = np.random.default_rng(seed)
    return hybrid_out_of_fold(
        profiles, withheld, scorers, described, told, config, positive_from, selection.k, rng
    )


def rank_blend_out_of_fold(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    config: BlendConfig,
    positive_from: float | None,
    selection: SelectionConfig,
    seed: int,
    **scorers: Scorer,
) -> pd.DataFrame:
    """Lists to choose by: half of the people ranked by what the other half taught."""
    rng = np.random.default_rng(seed)
    return blend_out_of_fold(profiles, withheld, scorers, config, positive_from, selection.k, rng)


def depart(
    fit: pd.DataFrame,
    works: pd.DataFrame,
    config: DepartureConfig,
    training: TrainingConfig,
    positive_from: float | None,
    split: dict[str, Any],
    seed: int,
    **scorers: Scorer,
) -> Departure:
    """How people depart from recent popularity, learned from windows before the cut.

    `scorers` are fitted on `fit`; for each window they are fitted anew on what was before it.
    """

    def parts(table: pd.DataFrame) -> Mapping[str, Scorer]:
        if table is fit:
            return scorers
        return fit_as(scorers, table, training, positive_from, seed)

    rng = np.random.default_rng(seed)
    return fit_departure(fit, works, config, parts, positive_from, rng, split["cut"])


def renew_blend(blend: Blend, **scorers: Scorer) -> Blend:
    """The same weights over scorers fitted on more."""
    return blend.with_parts(scorers)


def renew_hybrid(
    hybrid: Hybrid,
    known: pd.DataFrame,
    works: pd.DataFrame,
    derived: pd.DataFrame,
    told: Content,
    positive_from: float | None,
    **scorers: Scorer,
) -> Hybrid:
    """The same trees over scorers fitted on more, and over features as of then."""
    described = work_features(works, derived)
    return hybrid.with_parts(
        scorers, Interactions.from_table(known, positive_from), described, told
    )
