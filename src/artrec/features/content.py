"""The content of works as of a training set: documents encoded, fields gathered."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from artrec import schema
from artrec.data.content import Content, Field
from artrec.errors import ArtrecWarning, InputError
from artrec.features.fields import FieldsConfig, content_of
from artrec.features.text.cache import TextCache
from artrec.features.text.documents import DOCUMENT
from artrec.features.text.encoding import TextConfig, TextEncoder


def content_at(
    works: pd.DataFrame,
    documents: pd.DataFrame,
    known: Sequence[str],
    text: TextConfig,
    fields: FieldsConfig,
    rng: np.random.Generator,
    cache: Path | None = None,
) -> Content:
    """Describe every work by what can be learnt from the known ones.

    Where their documents hold no words, a warning says so, and the text of every work is zero.

    Args:
        works: `schema.WORKS`.
        documents: Table item_id, document (`artrec.features.text.documents.documents`).
        known: Ids of the works that words, weights and labels are learnt from; all, where none
            of them is in `works`.
        text: How documents become rows.
        fields: Which fields there are, and how they are weighted inside.
        rng: The only randomness.
        cache: Folder of earlier runs; the result is the same without it.

    Raises:
        ConfigError: The text encoder's extra is not installed.
    """
    written = works[schema.ITEM_ID].map(documents.set_index(schema.ITEM_ID)[DOCUMENT])
    texts = written.fillna("").tolist()
    training = works[schema.ITEM_ID].isin(set(known)).to_numpy()
    if not training.any():
        training = np.ones(len(works), dtype=bool)
    store = None if cache is None else TextCache(cache)
    read = [each for each, chosen in zip(texts, training, strict=True) if chosen]
    rows = _encoded(texts, read, text, rng, store)
    return content_of(works, rows, works.loc[training, schema.ITEM_ID], fields)


def _encoded(
    texts: list[str],
    training: list[str],
    config: TextConfig,
    rng: np.random.Generator,
    store: TextCache | None,
) -> Field:
    try:
        return TextEncoder.fit(training, config, rng, store).transform(texts, store)
    except InputError as error:
        # ids alone are a catalogue too: a person's own ratings come without anything else
        told = ArtrecWarning(error.problem, "models that read texts know nothing of these works")
        warnings.warn(told, stacklevel=3)
        return sparse.csr_array((len(texts), 1), dtype=np.float32)
