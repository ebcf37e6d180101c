"""Phrases: pairs of words that stand together more often than chance, joined into one token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from artrec.config import Config
from artrec.features.text.preprocess import Tokens
from artrec.features.text.rows import words_from_arrays, words_to_arrays

JOINT: Final = "_"  # no token of `tokenize` holds one


class PhraseConfig(Config):
    """Which pairs of words become one token."""

    min_count: int = Field(
        default=10, ge=1, description="Times a pair must stand together in the training texts."
    )
    threshold: float = Field(
        default=0.5,
        ge=-1,
        le=1,
        description="Least normalised pointwise mutual information of a pair: 1 where neither "
        "word stands without the other, 0 where they meet as often as by chance.",
    )


@dataclass(frozen=True)
class Phrases:
    """Collocations of the texts it was fitted on; frozen.

    Source: G. Bouma, "Normalized (pointwise) mutual information in collocation extraction", GSCL
    2009: ``npmi(a, b) = ln(p(ab) / (p(a) p(b))) / -ln p(ab)``.

    Attributes:
        pairs: (first, second) of each phrase.
    """

    pairs: frozenset[tuple[str, str]]

    @classmethod
    def fit(cls, tokens: Sequence[Tokens], config: PhraseConfig) -> Self:
        """Find the phrases of training texts."""
        ids: dict[str, int] = {}
        flat = np.array(
            [ids.setdefault(token, len(ids)) for text in tokens for token in text], dtype=np.int64
        )
        ends = np.cumsum([len(text) for text in tokens], dtype=np.int64)
        inside = np.ones(len(flat), dtype=bool)  # whether the next token is of the same text
        inside[ends[ends > 0] - 1] = False
        first = np.flatnonzero(inside)
        if not len(first):
            return cls(frozenset())
        keys, counts = np.unique(flat[first] * len(ids) + flat[first + 1], return_counts=True)
        often = counts >= config.min_count
        a, b = keys[often] // len(ids), keys[often] % len(ids)
        single = np.bincount(flat, minlength=len(ids))
        together = np.log(counts[often] / len(first))
        # a single pair in all the texts has p(ab) = 1, and nothing to be compared with
        npmi = (together - np.log(single[a] / len(flat)) - np.log(single[b] / len(flat))) / (
            np.maximum(-together, np.finfo(float).tiny)
        )
        kept = npmi >= config.threshold
        words = list(ids)
        return cls(frozenset((words[i], words[j]) for i, j in zip(a[kept], b[kept], strict=True)))

    def join(self, tokens: Sequence[Tokens]) -> list[Tokens]:
        """Tokens with every phrase made one token, from left to right.

        Examples:
            >>> Phrases(frozenset({("new", "york")})).join([["old", "new", "york", "york"]])
            [['old', 'new_york', 'york']]
        """
        return [self._joined(text) for text in tokens]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Plain arrays to store."""
        words = sorted(f"{first} {second}" for first, second in self.pairs)
        return words_to_arrays(words, "phrases")

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """Inverse of `arrays`."""
        pairs = (each.partition(" ") for each in words_from_arrays(arrays, "phrases"))
        return cls(frozenset((first, second) for first, _, second in pairs))

    def _joined(self, text: Tokens) -> Tokens:
        joined: Tokens = []
        last = ""  # the token before, where it may still begin a phrase
        for token in text:
            if last and (last, token) in self.pairs:
                joined[-1] = f"{last}{JOINT}{token}"
                last = ""
            else:
                joined.append(token)
                last = token
        return joined
