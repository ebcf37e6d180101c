"""Phrases against their definition, and that they are those of the training texts."""

from __future__ import annotations

from itertools import pairwise
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.features.text.phrases import PhraseConfig, Phrases

CORPUS = [["new", "york", "city"], ["old", "city"], ["new", "york"], [], ["new", "city", "old"]]


def by_definition(corpus: list[list[str]], config: PhraseConfig) -> set[tuple[str, str]]:
    words = [word for text in corpus for word in text]
    pairs = [pair for text in corpus for pair in pairwise(text)]
    found = set()
    for a, b in set(pairs):
        together = pairs.count((a, b)) / len(pairs)
        if pairs.count((a, b)) < config.min_count or together == 1:
            continue
        chance = words.count(a) / len(words) * words.count(b) / len(words)
        if log(together / chance) / -log(together) >= config.threshold:
            found.add((a, b))
    return found


@pytest.mark.parametrize("min_count", [1, 2])
@pytest.mark.parametrize("threshold", [-1.0, 0.3, 0.9])
def test_phrases_are_those_of_the_definition(min_count: int, threshold: float) -> None:
    config = PhraseConfig(min_count=min_count, threshold=threshold)
    assert Phrases.fit(CORPUS, config).pairs == by_definition(CORPUS, config)


@given(
    corpus=st.lists(st.lists(st.sampled_from("abcd"), max_size=6), max_size=6),
    threshold=st.sampled_from([0.1, 0.37, 0.81]),
)
def test_any_corpus(corpus: list[list[str]], threshold: float) -> None:
    config = PhraseConfig(min_count=2, threshold=threshold)
    found = Phrases.fit(corpus, config)
    pairs = [pair for text in corpus for pair in pairwise(text)]
    if len(set(pairs)) > 1:
        assert found.pairs == by_definition(corpus, config)
    for before, after in zip(corpus, found.join(corpus), strict=True):
        assert [word for token in after for word in token.split("_")] == before


def test_no_pair_runs_over_from_one_text_into_the_next() -> None:
    found = Phrases.fit([["a", "b"], ["c", "d"]] * 3, PhraseConfig(min_count=1, threshold=-1))
    assert found.pairs == {("a", "b"), ("c", "d")}


def test_phrases_do_not_overlap() -> None:
    chain = Phrases(frozenset({("a", "b"), ("b", "c")}))
    assert chain.join([["a", "b", "c"], ["b", "c"]]) == [["a_b", "c"], ["b_c"]]


def test_arrays_keep_them() -> None:
    for found in (Phrases(frozenset()), Phrases(frozenset({("é", "ש"), ("a", "b")}))):
        assert Phrases.from_arrays(found.arrays()) == found
