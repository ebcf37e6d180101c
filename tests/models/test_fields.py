"""The space of weighted fields: cosines against plain dense algebra."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from artrec.data.content import Content
from artrec.data.ids import IdMap
from artrec.models import fields
from artrec.models.fields import FieldSpace

FITTED = np.arange(0, 12)
COLD = np.arange(12, 20)
SILENT = 15  # of this work no field says anything
COMMONS = pytest.mark.parametrize("common", [-1.0, 0.05, 0.4, 1.0])
WEIGHTS = pytest.mark.parametrize(
    "weights",
    [{"text": 1.0, "people": 0.5, "topics": 2.0}, {"text": 0.7}, {"topics": 1.0}],
    ids=["all", "sparse", "dense"],
)


def works(seed: int = 0) -> Content:
    """Twenty works: a common word in most texts, rare ones, and a dense field."""
    rng = np.random.default_rng(seed)
    text = np.where(rng.random((20, 9)) < 0.2, rng.random((20, 9)), 0)
    text[:, 0] = np.where(rng.random(20) < 0.9, rng.random(20), 0)
    people = (rng.random((20, 5)) < 0.2).astype(float)
    topics = rng.standard_normal((20, 4)).astype(np.float32)
    for field in (text, people, topics):
        field[SILENT] = 0
    stored = {name: sparse.csr_array(f.astype(np.float32)) for name, f in (("text", text),)}
    stored["people"] = sparse.csr_array(people.astype(np.float32))
    return Content(IdMap.of([f"w{at:02}" for at in range(20)]), {**stored, "topics": topics})


def by_definition(content: Content, weights: dict[str, float]) -> np.ndarray:
    """Centred cosine of all works, of shape (20, 20)."""
    rows = np.hstack(
        [
            np.sqrt(weight) * (field.toarray() if sparse.issparse(field) else field)
            for field, weight in ((content.fields[name], weights[name]) for name in weights)
        ]
    ).astype(np.float64)
    said = rows.any(axis=1)
    rows = (rows - rows[FITTED].mean(axis=0)) * said[:, np.newaxis]
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(lengths > 0, lengths, 1)
    return rows @ rows.T


@COMMONS
@WEIGHTS
def test_cosines_are_those_of_the_definition(
    monkeypatch: pytest.MonkeyPatch, weights: dict[str, float], common: float
) -> None:
    monkeypatch.setattr(fields, "COMMON", common)
    monkeypatch.setattr(fields, "PANEL", 5)
    content = works()
    space = FieldSpace.of(content, weights, FITTED, centred=True)
    expected = by_definition(content, weights)
    across = space.cosines(FITTED, COLD)
    np.testing.assert_allclose(across, expected[np.ix_(FITTED, COLD)], atol=1e-5)
    assert not across[:, SILENT - 12].any()
    among = np.triu(space.cosines(FITTED))
    np.testing.assert_allclose(among, np.triu(expected[np.ix_(FITTED, FITTED)]), atol=1e-5)


@COMMONS
@WEIGHTS
def test_closeness_is_the_sum_of_cosines_that_are_near(
    monkeypatch: pytest.MonkeyPatch, weights: dict[str, float], common: float
) -> None:
    monkeypatch.setattr(fields, "COMMON", common)
    space = FieldSpace.of(works(), weights, FITTED, centred=True)
    expected = by_definition(works(), weights)
    left, right = np.array([0, SILENT, 13]), np.array([13, 2, SILENT, 7])
    near = space.near(left, right)
    np.testing.assert_allclose(near, expected[np.ix_(left, right)], atol=1e-6)
    amounts = np.zeros((2, 20), dtype=np.float32)
    amounts[0, [1, 4, 13]] = 1.0, -0.25, 1.0  # the other person has no history
    inverse = fields.inverse(space.lengths)
    found = space.closeness(sparse.csr_array(amounts * inverse)) * inverse
    np.testing.assert_allclose(found, amounts @ expected, atol=1e-5)
    alone = space.closeness(sparse.csr_array(amounts * inverse)[:1]) * inverse
    np.testing.assert_allclose(alone, found[:1], atol=1e-6)
