"""Lists for the people of a holdout: the one way validation, test and tuning rank."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.models.base import RatingPredictor, Scorer
from artrec.recommend.rank import liked_counts, recommend


def lists_for_withheld(
    scorer: Scorer,
    fit: pd.DataFrame,
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    positive_from: float | None,
    k: int,
    *,
    candidates: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Recommend to everybody who has something withheld, from what is known of them.

    Args:
        scorer: Fitted without the withheld part.
        fit: Table `schema.INTERACTIONS` it was fitted on; somebody it knows nothing of gets what
            most people liked there.
        profiles: Table `schema.INTERACTIONS`, what is known of people when the list is made; of
            whom nothing is known gets a list too.
        withheld: Table `schema.INTERACTIONS`; only its users are looked at.
        positive_from: Lowest rating that counts as positive; None for implicit feedback.
        k: Length of the lists.
        candidates: Outer ids of the only items that may be ranked; by default all.

    Returns:
        Table `schema.RECOMMENDATIONS`; nothing of a user's own profile is in their list.
    """
    popular = liked_counts(Interactions.from_table(fit, positive_from), scorer.items)
    people = IdMap.of(withheld[schema.USER_ID])
    history = profiles[profiles[schema.USER_ID].isin(people.index)]
    known = Interactions.from_table(history, positive_from, users=people)
    return recommend(scorer, known, k, candidates=candidates, fallback=popular)


def predict_withheld(
    predictor: RatingPredictor,
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    positive_from: float | None,
) -> pd.DataFrame:
    """Predict the rating of every withheld pair, from what is known of the user.

    Args:
        predictor: Fitted without the withheld part.
        profiles: Table `schema.INTERACTIONS`, what is known of people.
        withheld: Table `schema.INTERACTIONS` with ratings; pairs without one are left out.
        positive_from: See `lists_for_withheld`.

    Returns:
        Table user_id, item_id, rating, prediction; empty where the source has no ratings.
    """
    if schema.RATING not in withheld:
        withheld = withheld.iloc[:0].assign(**{schema.RATING: np.nan})
    rated = withheld[withheld[schema.RATING].notna()]
    history = profiles[profiles[schema.USER_ID].isin(rated[schema.USER_ID].unique())]
    known = Interactions.from_table(history, positive_from)
    rated = rated[rated[schema.USER_ID].isin(known.users.index)]
    rows = known.users.to_index(rated[schema.USER_ID])
    table = rated[[schema.USER_ID, schema.ITEM_ID, schema.RATING]].reset_index(drop=True)
    known = known.onto_items(predictor.items)
    table["prediction"] = predictor.predict(known, rows, rated[schema.ITEM_ID].to_numpy())
    return table
