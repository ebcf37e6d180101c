"""Node of refit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from artrec.config import Config
from artrec.data.content import Content
from artrec.data.interactions import Interactions
from artrec.features.pairs import work_features
from artrec.features.works import FeatureConfig, latest_time, works_as_of
from artrec.models.base import Scorer
from artrec.models.blend import Blend
from artrec.models.fitting import TrainingConfig, fit_model
from artrec.models.hybrid import Hybrid
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
    **learned: Hybrid | Blend,
) -> Scorer:
    """Fit the chosen configuration on all interactions.

    What a hybrid learned on validation stays; every scorer it is given is fitted on all.
    """
    chosen = Selection.model_validate(selection)

    def fit(name: str, config: Config) -> Scorer:
        rng = np.random.default_rng(seed)
        return fit_model(name, interactions, config, training, positive_from, rng, content)

    if chosen.model not in learned:
        return fit(chosen.model, chosen.typed_config())
    hybrid = learned[chosen.model]
    parts = {name: fit(name, part.config) for name, part in hybrid.parts().items()}
    if isinstance(hybrid, Blend):
        return hybrid.with_parts(parts)
    derived = works_as_of(works, interactions, features, latest_time(interactions))
    known = Interactions.from_table(interactions, positive_from)
    return hybrid.with_parts(parts, known, work_features(works, derived), content)
