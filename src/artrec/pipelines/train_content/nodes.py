"""Node of train_content; what fits one model a holdout stands in artrec.pipelines.fitting."""

from __future__ import annotations

from artrec.data.content import Content
from artrec.models.base import Scorer
from artrec.models.content import Content as ContentBased
from artrec.models.content import ContentConfig


def fit_on_works(content: Content, config: ContentConfig) -> Scorer:
    """The content-based model of a medium without interactions."""
    return ContentBased.of_works(config, content)
