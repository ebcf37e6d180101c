"""Node of bundle."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pydantic import Field

from artrec import schema
from artrec.bundle.parts import MemberParts
from artrec.config import Config
from artrec.data.interactions import Interactions
from artrec.models.base import Scorer


class LicenceConfig(Config):
    """Terms the data of a medium stands under; they travel with the bundle."""

    licence: str = Field(description="Terms, in one sentence.")
    attribution: str = Field(description="Whom these terms ask to name.")


def gather_member(
    scorer: Scorer,
    works: pd.DataFrame,
    interactions: pd.DataFrame,
    source_variant: dict[str, Any],
    metrics: dict[str, Any],
    selection: dict[str, Any],
    positive_from: float | None,
    licence: LicenceConfig,
) -> MemberParts:
    """All parts of a medium's member; the metrics are those of the chosen model."""
    return MemberParts(
        scorer=scorer,
        works=works,
        profiles=Interactions.from_table(interactions, positive_from),
        positive_from=positive_from,
        source={name: source_variant[name] for name in ("source", "label", "sha256")},
        metrics=metrics[selection["model"]],
        licence=licence.licence,
        attribution=licence.attribution,
    )


def gather_works(
    scorer: Scorer, works: pd.DataFrame, source_variant: dict[str, Any], licence: LicenceConfig
) -> MemberParts:
    """The member of a medium without interactions: nobody is known, and nothing was judged."""
    nobody = pd.DataFrame({schema.USER_ID: [], schema.ITEM_ID: []}, dtype="object")
    return MemberParts(
        scorer=scorer,
        works=works,
        profiles=Interactions.from_table(nobody, None, items=scorer.items),
        positive_from=None,
        source={name: source_variant[name] for name in ("source", "label", "sha256")},
        metrics={},
        licence=licence.licence,
        attribution=licence.attribution,
    )
