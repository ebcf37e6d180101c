"""Texts in two arrays come back as they were, from memory and from mapped files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from artrec.data.texts import MISSING, Texts, map_array

HOSTILE = ["", "Alien", "Amélie", "七人の侍", "👩‍🚀", "nul\x00inside", "a|b", "\ud800 alone", " "]


def test_texts_come_back(tmp_path: Path) -> None:
    texts = Texts.of(HOSTILE)
    texts.save(tmp_path, "titles")
    mapped = Texts.load(tmp_path, "titles")
    assert texts.tolist() == mapped.tolist() == HOSTILE
    assert [mapped[at] for at in range(len(mapped))] == HOSTILE
    assert len(mapped) == len(HOSTILE)


def test_a_missing_text_is_empty() -> None:
    assert Texts.of([None, "x", None]).tolist() == ["", "x", ""]


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_nothing_comes_back(tmp_path: Path, texts: list[str]) -> None:
    Texts.of(texts).save(tmp_path, "texts")
    assert Texts.load(tmp_path, "texts").tolist() == texts


@pytest.mark.parametrize("at", [-1, 9, 100])
def test_there_is_no_text_beyond_the_last(at: int) -> None:
    with pytest.raises(IndexError):
        Texts.of(HOSTILE)[at]


def test_places_are_those_of_the_order_of_text() -> None:
    ascending = sorted(HOSTILE)
    texts = Texts.of(ascending)
    assert [texts.place(each) for each in ascending] == list(range(len(ascending)))
    for absent in ("A", "Alie", "Alienn", "\U0010ffff", "a"):
        assert texts.place(absent) == MISSING
    assert Texts.of([]).place("x") == MISSING


@pytest.mark.parametrize(
    ("letters", "starts"),
    [
        (b"abc", [0, 2]),
        (b"abc", [1, 3]),
        (b"abc", [0, 3, 2, 3]),
        (b"abc", []),
    ],
)
def test_arrays_that_do_not_fit_are_refused(letters: bytes, starts: list[int]) -> None:
    with pytest.raises(ValueError, match="texts"):
        Texts(np.frombuffer(letters, dtype=np.uint8), np.array(starts, dtype=np.int64))


def test_arrays_of_other_types_are_refused() -> None:
    with pytest.raises(ValueError, match="uint8"):
        Texts(np.zeros(3), np.array([0, 3]))


def test_an_array_is_mapped_and_an_empty_one_read(tmp_path: Path) -> None:
    for name, array in (("some", np.arange(3)), ("none", np.zeros((0, 2)))):
        np.save(tmp_path / f"{name}.npy", array)
    some, none = map_array(tmp_path / "some.npy"), map_array(tmp_path / "none.npy")
    assert isinstance(some.base, np.memmap)
    assert some.tolist() == [0, 1, 2]
    assert none.shape == (0, 2)


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00"])
def test_what_is_no_array_is_a_value_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "damaged.npy").write_bytes(content)
    with pytest.raises(ValueError, match=r"magic|header|EOF|array"):
        map_array(tmp_path / "damaged.npy")
