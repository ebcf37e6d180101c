"""The cache: only what changed is made again, damage is said, and results never depend on it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from artrec.errors import ArtrecWarning
from artrec.features.text.cache import TextCache


class Maker:
    """Computes and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def tokens(self, texts: Sequence[str]) -> list[list[str]]:
        self.asked.append(list(texts))
        return [text.upper().split() for text in texts]

    def dense(self, texts: Sequence[str]) -> np.ndarray:
        self.asked.append(list(texts))
        rows = [[len(text), text.count("a")] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(-1, 2)

    def sparse(self, texts: Sequence[str]) -> sparse.csr_array:
        return sparse.csr_array(self.dense(texts))


def test_only_texts_not_met_before_are_made(tmp_path: Path) -> None:
    maker = Maker()
    first = TextCache(tmp_path).tokens("how", ["a b", "", "c"], maker.tokens)
    assert first == [["A", "B"], [], ["C"]]
    cache = TextCache(tmp_path)
    again = cache.tokens("how", ["c", "d é", "a b", "c"], maker.tokens)
    assert again == [["C"], ["D", "É"], ["A", "B"], ["C"]]
    assert maker.asked == [["a b", "", "c"], ["d é"]]
    assert (cache.counts.asked, cache.counts.reused) == (4, 3)


@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_rows_are_those_of_the_computation(kind: str, tmp_path: Path) -> None:
    maker = Maker()
    compute = getattr(maker, kind)
    cache = TextCache(tmp_path)
    for texts in (["aa", "b"], ["b", "aa", "ccc", "b"], ["ccc"], []):
        found, expected = cache.rows("how", texts, compute), compute(texts)
        assert type(found) is type(expected)
        assert found.dtype == expected.dtype
        assert found.shape == expected.shape
        if len(texts):
            np.testing.assert_array_equal(abs(found - expected).sum(), 0)
    made = [asked for at, asked in enumerate(maker.asked) if at in (0, 2)]
    assert made == [["aa", "b"], ["ccc"]]


def test_another_way_of_making_is_another_entry(tmp_path: Path) -> None:
    maker, cache = Maker(), TextCache(tmp_path)
    cache.tokens("one way", ["a"], maker.tokens)
    cache.tokens("another", ["a"], maker.tokens)
    assert maker.asked == [["a"], ["a"]]


def test_arrays_are_made_once(tmp_path: Path) -> None:
    made = []

    def compute() -> dict[str, np.ndarray]:
        made.append(1)
        return {"x": np.arange(3), "none": np.empty((0, 2), dtype=np.float32)}

    for _ in range(2):
        kept = TextCache(tmp_path).arrays("key", compute)
        assert kept["x"].tolist() == [0, 1, 2]
        assert kept["none"].shape == (0, 2)
    assert made == [1]


def test_a_damaged_file_is_made_again_and_that_is_said(tmp_path: Path) -> None:
    maker, cache = Maker(), TextCache(tmp_path)
    texts = ["a b", "c"]
    expected = cache.tokens("how", texts, maker.tokens)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for damage in (whole[:-1], b"", whole[:40], b"<html>", whole[:-9] + b"?" + whole[-8:]):
        path.write_bytes(damage)
        with pytest.warns(ArtrecWarning, match="damaged"):
            assert cache.tokens("how", texts, maker.tokens) == expected
        assert cache.tokens("how", texts, maker.tokens) == expected  # whole again, nothing said
    assert len(maker.asked) == 6


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_no_changed_byte_changes_a_result(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        maker, cache = Maker(), TextCache(Path(folder))
        cache.rows("how", ["aa", "b"], maker.dense)
        (path,) = Path(folder).iterdir()
        content = bytearray(path.read_bytes())
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)
        with pytest.warns(ArtrecWarning, match="damaged"):
            found = cache.rows("how", ["aa", "b"], maker.dense)
        np.testing.assert_array_equal(found, Maker().dense(["aa", "b"]))


def test_texts_no_longer_asked_for_go_first(tmp_path: Path) -> None:
    maker, cache = Maker(), TextCache(tmp_path, max_texts=3)
    cache.tokens("how", ["a", "b", "c"], maker.tokens)
    cache.tokens("how", ["d", "c"], maker.tokens)
    cache.tokens("how", ["c", "d", "a"], maker.tokens)
    assert cache.tokens("how", ["b"], maker.tokens) == [["B"]]
    assert maker.asked == [["a", "b", "c"], ["d"], ["b"]]


def test_more_texts_than_are_kept_are_answered_all_the_same(tmp_path: Path) -> None:
    cache = TextCache(tmp_path, max_texts=2)
    texts = ["a", "b", "c", "d"]
    assert cache.tokens("how", texts, Maker().tokens) == Maker().tokens(texts)


def test_files_not_used_longest_go_where_there_is_no_room(tmp_path: Path) -> None:
    cache = TextCache(tmp_path)
    for age, key in enumerate(("new", "old", "oldest")):
        cache.arrays(key, lambda: {"x": np.zeros(1000)})
        path = cache._path(key)
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    size = cache._path("new").stat().st_size
    bounded = TextCache(tmp_path, max_bytes=int(2.5 * size))
    bounded.arrays("latest", lambda: {"x": np.zeros(1000)})
    kept = {key for key in ("new", "old", "oldest", "latest") if cache._path(key).exists()}
    assert kept == {"new", "latest"}


def test_clean_leaves_nothing(tmp_path: Path) -> None:
    cache = TextCache(tmp_path / "made when needed")
    cache.clean()
    assert not cache.folder.exists()
    cache.tokens("how", ["a"], Maker().tokens)
    cache.clean()
    assert list(cache.folder.iterdir()) == []


def test_a_computation_that_fails_leaves_what_was_kept(tmp_path: Path) -> None:
    cache = TextCache(tmp_path)
    cache.tokens("how", ["a"], Maker().tokens)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def fail(texts: Sequence[str]) -> list[list[str]]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.tokens("how", ["a", "b"], fail)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_where_nothing_can_be_kept_the_result_is_the_same_and_that_is_said(tmp_path: Path) -> None:
    occupied = tmp_path / "a file"
    occupied.write_text("not a folder")
    with pytest.warns(ArtrecWarning, match="nothing can be kept"):
        assert TextCache(occupied).tokens("how", ["a b"], Maker().tokens) == [["A", "B"]]
    assert occupied.read_text() == "not a folder"


def test_reading_a_file_is_using_it(tmp_path: Path) -> None:
    cache = TextCache(tmp_path)
    for age, key in enumerate(("newer", "older")):
        cache.arrays(key, lambda: {"x": np.zeros(1000)})
        os.utime(cache._path(key), (1_000_000 - age, 1_000_000 - age))
    size = cache._path("newer").stat().st_size
    bounded = TextCache(tmp_path, max_bytes=int(2.5 * size))
    bounded.arrays("older", dict)
    bounded.arrays("latest", lambda: {"x": np.zeros(1000)})
    assert cache._path("older").exists()
    assert not cache._path("newer").exists()
