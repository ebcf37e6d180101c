"""Tokens of texts: words of any script, lemmas, no stop words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.features.text import preprocess
from artrec.features.text.preprocess import PreprocessConfig, holds_token, tokenize


def tokens_of(text: str, **parameters: object) -> list[str]:
    return tokenize([text], PreprocessConfig(**parameters))[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The Wolves were STOLEN.", ["wolf", "steal"], id="lemmas, stop words, case"),
        pytest.param(
            "the film's masks; O\u2019Brien", ["film", "mask", "o'brien"], id="apostrophes"
        ),
        pytest.param("they'll weren't it\u2019s", [], id="contractions"),
        pytest.param("Fires goes having", ["fire"], id="a base form may be a stop word"),
        pytest.param("1984, a 2nd part", ["1984", "2nd"], id="digits"),
        pytest.param("well-known_thing", ["know", "thing"], id="hyphen and underscore part"),
        pytest.param("naïve caf\u0065\u0301", ["naïve", "café"], id="composed and decomposed"),
        pytest.param("ﬁne Ⅳ", ["fine", "iv"], id="compatibility forms"),
        pytest.param("שָׁלוֹם عالم हिन्दी", ["שָׁלוֹם", "عالم", "हिन्दी"], id="marks and right-to-left"),
        pytest.param("日本の本", ["日", "本", "の", "本"], id="scripts without spaces"),
        pytest.param("🙂 — !!! \u200f", [], id="emoji and punctuation"),
        pytest.param("a b cd", ["cd"], id="single letters"),
        pytest.param("", [], id="empty"),
        pytest.param("x" * 300, ["x" * 50], id="a word without end"),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens_of(text) == expected


def test_words_as_they_are_where_no_lemmas_are_wanted() -> None:
    assert tokens_of("The wolves hunted", lemmatize=False) == ["wolves", "hunted"]


def test_stop_words_stay_where_they_are_wanted() -> None:
    assert tokens_of("The wolves of the hill", stop_words=False) == [
        "the",
        "wolf",
        "of",
        "the",
        "hill",
    ]


def test_of_a_huge_text_the_beginning_is_read() -> None:
    assert len(tokens_of("word " * 1_000_000, max_characters=500)) == 100


def test_a_word_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import simplemma

    asked: list[str] = []

    def counted(word: str, language: str) -> str:
        asked.append(word)
        return word

    monkeypatch.setattr(simplemma, "lemmatize", counted)
    preprocess._forms.cache_clear()
    tokenize(["zephyrs blow", "zephyrs blow"], PreprocessConfig())
    tokenize(["zephyrs blow"], PreprocessConfig())
    preprocess._forms.cache_clear()
    assert asked == ["zephyrs", "blow"]


def test_the_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preprocess, "MAX_FORMS", 3)
    preprocess._forms.cache_clear()
    texts = [f"ab{number} cd{number}" for number in range(9)]
    assert tokenize(texts, PreprocessConfig()) == [text.split() for text in texts]
    assert len(preprocess._forms(PreprocessConfig())) <= 3
    preprocess._forms.cache_clear()


@given(texts=st.lists(st.text(max_size=60), max_size=5))
def test_any_text_gives_clean_tokens_whatever_stands_beside_it(texts: list[str]) -> None:
    together = tokenize(texts, PreprocessConfig())
    assert together == [tokens_of(text) for text in texts]
    for token in (each for tokens in together for each in tokens):
        assert 0 < len(token) <= 50
        assert token == token.strip()
        assert not set(token) & set(" _\n\t")


@given(st.text(max_size=40) | st.lists(st.sampled_from(["the", "It's", "fen", "a"])).map(" ".join))
def test_a_text_holds_a_token_where_tokenize_leaves_one(text: str) -> None:
    config = PreprocessConfig()
    assert holds_token(text, config) == bool(tokenize([text], config)[0])
