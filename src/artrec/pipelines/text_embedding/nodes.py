"""Nodes of text_embedding."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from artrec import schema
from artrec.data.content import Content
from artrec.data.tag_times import TAGS, known_before
from artrec.features.content import content_at
from artrec.features.fields import FieldsConfig
from artrec.features.text.documents import DocumentConfig, documents, documents_anew
from artrec.features.text.encoding import TextConfig
from artrec.splitting.cold import ColdConfig, hide_new

BEGINS: Final = "begins"  # of the split node's report


def write_documents(works: pd.DataFrame, config: DocumentConfig, text: TextConfig) -> pd.DataFrame:
    """What is read of each work, and of which kind it is."""
    return documents(works, config, text.tokens)


def describe_works(
    works: pd.DataFrame,
    written: pd.DataFrame,
    known: pd.DataFrame,
    text: TextConfig,
    fields: FieldsConfig,
    seed: int,
    cache: Path,
) -> Content:
    """Every work, its fields fitted on the known works (a holdout's training) alone."""
    rng = np.random.default_rng(seed)
    ids = known[schema.ITEM_ID].unique()
    return content_at(works, written, ids, text, fields, rng, cache)


def describe_works_as_of(
    works: pd.DataFrame,
    written: pd.DataFrame,
    split: dict[str, Any],
    reading: DocumentConfig,
    known: pd.DataFrame,
    text: TextConfig,
    fields: FieldsConfig,
    seed: int,
    cache: Path,
) -> Content:
    """The same, without what people said of works once anything withheld had happened."""
    then = known_before(works, split[BEGINS])
    if then is not works:
        changed = then[TAGS].fillna("") != works[TAGS].fillna("")
        written = documents_anew(written, then, changed.to_numpy(), reading, text.tokens)
    return describe_works(then, written, known, text, fields, seed, cache)


def describe_cold_works(
    works: pd.DataFrame,
    candidates: pd.DataFrame,
    split: dict[str, Any],
    reading: DocumentConfig,
    cold: ColdConfig,
    known: pd.DataFrame,
    text: TextConfig,
    fields: FieldsConfig,
    seed: int,
    cache: Path,
) -> Content:
    """The same, also without what a new work would not have."""
    then = known_before(works, split[BEGINS])
    hidden = hide_new(then, candidates[schema.ITEM_ID].tolist(), cold.unknown_of_new)
    return describe_works(
        hidden, documents(hidden, reading, text.tokens), known, text, fields, seed, cache
    )
