"""Text to tokens: Unicode words, lemmas, stop words left out."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final, Literal, TypeAlias

from pydantic import Field

from artrec.config import Config

Tokens: TypeAlias = list[str]

VERSION: Final = 2  # raise it when the tokens of a text change: caches start anew
LONGEST_TOKEN: Final = 50
MAX_FORMS: Final = 1_000_000  # remembered word forms; then the memory starts anew
APOSTROPHES: Final = "'\u2019"
# in scikit-learn's list of stop words, and yet what a work may be about
TELLING: Final = frozenset(
    {"bill", "cry", "empty", "fire", "interest", "serious", "sincere", "system", "thick", "thin"}
)


class PreprocessConfig(Config):
    """How a text becomes tokens."""

    lemmatize: bool = Field(
        default=True, description="Whether words are brought to their base form (masks: mask)."
    )
    language: Literal["en"] = Field(
        default="en", description="Language of the lemmas and stop words."
    )
    stop_words: bool = Field(
        default=True, description="Whether function words (the, of, was) are left out."
    )
    min_characters: int = Field(
        default=2,
        ge=1,
        description="Shortest token kept; a Chinese or Japanese character always is.",
    )
    max_characters: int = Field(
        default=20_000,
        ge=100,
        description="Characters of a text that are read, so that one huge text costs little.",
    )


def tokenize(texts: Sequence[str], config: PreprocessConfig) -> list[Tokens]:
    """Tokens of each text, in their order; an empty list where nothing is left.

    A token is a run of letters, digits and combining marks of any script, in lower case and
    Unicode's NFKC form; an apostrophe inside it stays, a possessive ending goes; each character
    of Chinese and Japanese, which write no spaces, is a token. Emoji and punctuation are none.
    Other languages than `config.language` keep their words as they are written.

    The base form of a word is looked up once (simplemma's dictionary, inside its package) and
    remembered for all texts.

    Args:
        texts: Any texts; the first `config.max_characters` of each are read.
        config: How.

    Examples:
        >>> tokenize(["The thief's masks were stolen!", "🙂"], PreprocessConfig())
        [['thief', 'mask', 'steal'], []]
    """
    forms = _forms(config)
    find = _pattern().findall
    # a form that is left out is remembered as ""
    return [[form for word in find(_read(text, config)) if (form := forms[word])] for text in texts]


def holds_token(text: str, config: PreprocessConfig) -> bool:
    """Whether `tokenize` leaves anything of a text; it is read up to the first token.

    Examples:
        >>> holds_token("What was it?", PreprocessConfig()), holds_token("It", PreprocessConfig())
        (False, False)
        >>> holds_token("What was the mask?", PreprocessConfig())
        True
    """
    forms = _forms(config)
    return any(forms[found[0]] for found in _pattern().finditer(_read(text, config)))


def _read(text: str, config: PreprocessConfig) -> str:
    """What words are looked for in."""
    read = text[: config.max_characters].lower()
    return read if read.isascii() else unicodedata.normalize("NFKC", read)


class _Forms(dict[str, str]):
    """Word as written to token, "" where it is left out; filled as words come."""

    def __init__(self, config: PreprocessConfig) -> None:
        super().__init__()
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        self.config = config
        self.stop_words = ENGLISH_STOP_WORDS - TELLING if config.stop_words else frozenset()

    def __missing__(self, word: str) -> str:
        if len(self) >= MAX_FORMS:
            self.clear()
        form = self[word] = sys.intern(self._form(word))
        return form

    def _is_contraction(self, word: str) -> bool:
        """Whether a word is a stop word with more behind an apostrophe: they'll, weren't."""
        head, apostrophe, _ = word.partition(APOSTROPHES[0])
        return bool(apostrophe) and not self.stop_words.isdisjoint({head, head.removesuffix("n")})

    def _form(self, word: str) -> str:
        word = word.replace(APOSTROPHES[1], APOSTROPHES[0])
        base = word.removesuffix("'s")
        if base in self.stop_words or self._is_contraction(word):
            return ""
        if self.config.lemmatize and len(base) <= LONGEST_TOKEN and base.isalpha():
            from simplemma import lemmatize

            base = lemmatize(base, self.config.language).lower()
        if base in self.stop_words or len(base) < self.config.min_characters:
            return base if _is_character(base) else ""
        return base[:LONGEST_TOKEN]


@lru_cache(maxsize=4)
def _forms(config: PreprocessConfig) -> _Forms:
    return _Forms(config)


def _is_character(base: str) -> bool:
    return len(base) == 1 and bool(re.match(f"[{_WITHOUT_SPACES}]", base))


# Kana; Chinese characters, their extensions A and compatibility forms
_WITHOUT_SPACES: Final = "぀-ヿ㐀-䶿一-鿿豈-﫿"


@cache
def _pattern() -> re.Pattern[str]:
    r"""A word. Python's ``\w`` knows no combining marks, so they are added to it."""
    marks = [
        code for code in range(0x300, 0x10000) if unicodedata.category(chr(code)) in {"Mn", "Mc"}
    ]
    ranges = []
    start = previous = marks[0]
    for code in [*marks[1:], sys.maxunicode]:
        if code != previous + 1:
            ranges.append(f"{chr(start)}-{chr(previous)}")
            start = code
        previous = code
    letter = rf"(?:[^\W_{_WITHOUT_SPACES}]|[{''.join(ranges)}])"
    return re.compile(rf"[{_WITHOUT_SPACES}]|{letter}+(?:[{APOSTROPHES}]{letter}+)*")
