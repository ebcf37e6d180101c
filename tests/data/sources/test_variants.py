"""Fingerprints: equal content gives equal ones however it comes, a changed cell another."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from artrec.data.sources.variants import Fingerprint

TEXTS = st.one_of(st.text("a\x00\x1fu"), st.text())
CELLS = st.lists(st.tuples(st.one_of(st.none(), TEXTS), TEXTS), min_size=1, max_size=8)


def variant_of(*chunks, table="ratings", columns=None):
    fingerprint = Fingerprint()
    for chunk in chunks:
        fingerprint.add(table, chunk, columns)
    return fingerprint.variant("films")


def frame_of(cells):
    return pd.DataFrame(cells, columns=["a", "b"], dtype="object").replace({float("nan"): None})


@given(CELLS, st.integers(0, 8))
def test_where_a_chunk_ends_changes_nothing(cells, at):
    frame = frame_of(cells)
    assert variant_of(frame) == variant_of(frame[:at], frame[at:], frame[:0])


@given(CELLS)
def test_the_order_of_columns_changes_nothing_and_their_names_do(cells):
    frame = frame_of(cells)
    assert variant_of(frame) == variant_of(frame[["b", "a"]].assign(c="x"), columns=["a", "b"])
    assert variant_of(frame) != variant_of(frame.rename(columns={"a": "c"}))


@given(CELLS, CELLS)
def test_other_cells_give_another_one(one, other):
    alike = variant_of(frame_of(one)) == variant_of(frame_of(other))
    assert alike == (one == other)


def test_rows_and_tables_are_named():
    fingerprint = Fingerprint()
    fingerprint.add("ratings", frame_of([("a", "b")] * 3))
    fingerprint.add("works", frame_of([("a", "b")]))
    assert fingerprint.variant("films").rows == {"ratings": 3, "works": 1}
    assert variant_of(frame_of([("a", "b")])) != variant_of(frame_of([("a", "b")]), table="works")


def test_half_a_character_has_one_too():
    assert len(variant_of(frame_of([("\ud800", "")])).sha256) == 64
