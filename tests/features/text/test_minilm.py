"""The pretrained network, where its extra is installed."""

from __future__ import annotations

import numpy as np
import pytest

from artrec.features.text.encoders import ENCODERS, require
from artrec.features.text.encoding import TextConfig, TextEncoder

for package in ENCODERS["minilm"].packages:
    pytest.importorskip(package, reason="needs the extra 'text'")

TEXTS = [
    "A sailor steers his ship through a storm.",
    "The captain of a vessel survives a hurricane.",
    "A jury hears the case of a forger.",
    "🙂 !!",
    "",
]


def test_meaning_is_nearer_than_words() -> None:
    require("minilm")
    config = TextConfig(encoder="minilm", parameters={"centre": False})
    rows = TextEncoder.fit(TEXTS, config, np.random.default_rng(0)).transform(TEXTS)
    assert rows.shape == (5, 384)
    likeness = rows @ rows.T
    assert likeness[0, 1] > likeness[0, 2] + 0.2
    np.testing.assert_allclose(np.diag(likeness), [1, 1, 1, 0, 0], atol=1e-5)
