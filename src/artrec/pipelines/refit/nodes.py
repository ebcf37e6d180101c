"""Node of refit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from artrec.data.content import Content
from artrec.data.interactions import Interactions
from artrec.features.pairs import work_features
from artrec.features.works import FeatureConfig, latest_time, works_as_of
from artrec.models.base import Scorer
from artrec.models.blend import Blend
from artrec.models.departure import Departure
from artrec.models.fitting import TrainingConfig, fit_as, fit_model
from artrec.models.hybrid import Hybrid
from artrec.recommend.departing import fit_departure
from artrec.recommend.selection import Selection


def refit_chosen(
    interactions: pd.DataFrame,
    works: pd.DataFrame,
    content: Content,
    selection: dict[str, object],
    training: TrainingConfig,
    features: FeatureConfig,
    positive_from: float | None,
    seed: int,
    **learned: Hybrid | Blend | Departure,
) -> Scorer:
    """Fit the chosen configuration on all interactions.

    What a hybrid learned on validation stays; every scorer it is given is fitted on all.
    """
    chosen = Selection.model_validate(selection)
    rng = np.random.default_rng(seed)
    if chosen.model not in learned:
        config = chosen.typed_config()
        return fit_model(chosen.model, interactions, config, training, positive_from, rng, content)
    hybrid = learned[chosen.model]

    def parts(table: pd.DataFrame) -> Mapping[str, Scorer]:
        return fit_as(hybrid.parts(), table, training, positive_from, seed, content)

    if isinstance(hybrid, Departure):
        return fit_departure(interactions, works, hybrid.config, parts, positive_from, rng)
    if isinstance(hybrid, Blend):
        return hybrid.with_parts(parts(interactions))
    derived = works_as_of(works, interactions, features, latest_time(interactions))
    known = Interactions.from_table(interactions, positive_from)
    described = work_features(works, derived)
    return hybrid.with_parts(parts(interactions), known, described, content)
