"""IdMap: ids cross unchanged, in both directions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.data.ids import MISSING, IdMap, StoredIds
from artrec.data.texts import Texts
from artrec.errors import InputError, UnknownIdError

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
any_ids = st.lists(text, max_size=20)


@given(any_ids)
def test_ids_come_back_as_they_went_in(ids):
    id_map = IdMap.of(ids)
    assert list(id_map.to_id(id_map.to_index(ids))) == ids


@given(any_ids)
def test_a_column_is_mapped_and_numbered_at_once(ids):
    id_map, codes = IdMap.coded(pd.Series(ids, dtype=object))
    assert id_map == IdMap.of(ids)
    assert codes.dtype == np.int64
    assert codes.tolist() == id_map.to_index(ids).tolist()


@pytest.mark.parametrize("wrong", ["a\0b", None, 1])
def test_a_column_that_holds_no_id_is_refused(wrong):
    with pytest.raises(InputError, match=r"NUL|ids are text"):
        IdMap.coded(pd.Series(["a", wrong], dtype=object))


@given(any_ids)
def test_the_map_is_sorted_unique_and_complete(ids):
    assert list(IdMap.of(ids).index) == sorted(set(ids))


@given(any_ids, any_ids)
def test_find_knows_exactly_the_ids_of_the_map(ids, asked):
    id_map = IdMap.of(ids)
    for outer, at in zip(asked, id_map.find(asked), strict=True):
        assert (at == MISSING) == (outer not in set(ids))
        assert at == MISSING or id_map.index[at] == outer


def test_order_is_of_the_text_not_of_the_numbers():
    assert list(IdMap.of(["10", "9", "010"]).index) == ["010", "10", "9"]


def test_leading_zeros_case_and_blanks_tell_ids_apart():
    assert len(IdMap.of(["1", "01", "001", " 1", "1 ", "a", "A"])) == 7


def test_composed_and_decomposed_letters_are_two_ids():
    assert len(IdMap.of(["é", "e\u0301"])) == 2


def test_ids_of_ten_thousand_characters():
    long, longer = "x" * 10_000, "x" * 10_001
    id_map = IdMap.of([longer, long])
    assert list(id_map.to_index([long, longer])) == [0, 1]


def test_maps_are_equal_when_their_ids_are():
    assert IdMap.of(["b", "a"]) == IdMap.of(["a", "b", "a"])
    assert IdMap.of(["a"]) != IdMap.of(["b"])


@pytest.mark.parametrize("wrong", [1, 1.0, None, np.nan, b"1", pd.NA])
def test_an_id_that_is_no_text_is_refused(wrong):
    with pytest.raises(InputError, match="ids are text") as caught:
        IdMap.of(["1", wrong])
    assert "leading zeros" in caught.value.hint


def test_an_id_with_a_nul_is_refused_and_not_merged_with_another():
    with pytest.raises(InputError, match="NUL"):
        IdMap.of(["a", "a\0"])


def test_an_unknown_id_is_named_and_the_near_one_offered():
    with pytest.raises(UnknownIdError, match="'movie_2o'") as caught:
        IdMap.of(["movie_20", "film"]).to_index(["film", "movie_2o"])
    assert "movie_20" in caught.value.hint


def stored(ids: list[str]) -> StoredIds:
    return StoredIds(Texts.of(IdMap.of(ids).index))


@given(any_ids, any_ids)
def test_stored_ids_are_those_of_a_map(ids, asked):
    kept, id_map = stored(ids), IdMap.of(ids)
    assert kept == id_map and len(kept) == len(id_map)
    assert kept.find(asked).tolist() == id_map.find(asked).tolist()
    assert [each in kept for each in asked] == [each in id_map for each in asked]
    assert kept.to_id(kept.to_index(ids)).tolist() == ids


def test_many_stored_ids_are_found_at_once(monkeypatch):
    ids = [f"{each}" for each in range(3000)]
    kept, asked = stored(ids), [*ids[::2], "no such"]
    found = kept.find(asked)
    monkeypatch.setattr("artrec.data.ids.MANY", 10**9)
    assert found.tolist() == kept.find(asked).tolist()
    assert found[-1] == MISSING and (found[:-1] != MISSING).all()


def test_a_few_stored_ids_make_no_index():
    kept = stored(["a", "b", "c"])
    assert kept.to_id(np.array([[2], [0]])).tolist() == [["c"], ["a"]]
    assert kept.find(["b"]).tolist() == [1] and "c" in kept and 3 not in kept
    assert "index" not in vars(kept)
