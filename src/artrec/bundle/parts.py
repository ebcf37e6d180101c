"""What a medium's member of a bundle is made of, gathered before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from artrec.bundle.manifest import Manifest, Plain
from artrec.bundle.member import write_member
from artrec.data.interactions import Interactions
from artrec.models.base import Scorer


@dataclass(frozen=True, eq=False)
class MemberParts:
    """Arguments of `artrec.bundle.member.write_member`, but for where and under which name.

    Attributes:
        scorer: The model fitted on everything.
        works: Catalogue of works (`schema.WORKS`).
        profiles: Everything each known user has seen.
        positive_from: Lowest rating that counts as positive; None for implicit feedback.
        source: Name, variant and fingerprint of the data.
        metrics: How the model did, in a few numbers.
        licence: Terms the data stands under.
        attribution: Whom these terms ask to name.
    """

    scorer: Scorer
    works: pd.DataFrame
    profiles: Interactions
    positive_from: float | None
    source: Mapping[str, Plain]
    metrics: Mapping[str, Plain]
    licence: str
    attribution: str

    def write(self, member: Path) -> Manifest:
        """Write the member; the folder's name is the medium, its parent the bundle."""
        return write_member(
            member.parent,
            member.name,
            self.scorer,
            self.works,
            self.profiles,
            positive_from=self.positive_from,
            source=self.source,
            metrics=self.metrics,
            licence=self.licence,
            attribution=self.attribution,
        )
