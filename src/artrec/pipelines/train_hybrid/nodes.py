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
from artrec.models.blend import Blend, BlendConfig
from artrec.models.departure import Departure, DepartureConfig
from artrec.models.fitting import TrainingConfig, fit_as
from artrec.models.hybrid import Hybrid, HybridConfig
from artrec.recommend.departing import fit_departure
from artrec.recommend.out_of_fold import blend_with_lists, hybrid_with_lists
from artrec.recommend.selection import SelectionConfig


def learn_blend(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    config: BlendConfig,
    positive_from: float | None,
    selection: SelectionConfig,
    seed: int,
    unjudged: pd.DataFrame | None = None,
    **scorers: Scorer,
) -> tuple[Blend, pd.DataFrame]:
    """Weights that find what was withheld; the scorers have not seen it.

    And the lists it is chosen by, made for everybody by what other people taught.
    """
    rng = np.random.default_rng(seed)
    return blend_with_lists(
        profiles, withheld, scorers, config, positive_from, selection.k, rng, unjudged
    )


def learn_hybrid(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    works: pd.DataFrame,
    derived: pd.DataFrame,
    told: Content,
    config: HybridConfig,
    positive_from: float | None,
    selection: SelectionConfig,
    seed: int,
    unjudged: pd.DataFrame | None = None,
    **scorers: Scorer,
) -> tuple[Hybrid, pd.DataFrame]:
    """Trees that rank what was withheld; neither scorers nor features have seen it.

    And the lists it is chosen by, made for everybody by what other people taught. `scorers` come
    by their names, of which ``content`` is one: what works are is `told`.
    """
    described = work_features(works, derived)
    rng = np.random.default_rng(seed)
    return hybrid_with_lists(
        profiles,
        withheld,
        scorers,
        described,
        told,
        config,
        positive_from,
        selection.k,
        rng,
        unjudged,
    )


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
