"""Word2Vec trained on the works themselves; a text is the weighted mean of its words."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from artrec.config import Config
from artrec.features.text.encoders import Reading, as_config, sealed
from artrec.features.text.lexical import TfIdf, TfIdfConfig
from artrec.features.text.preprocess import Tokens
from artrec.features.text.rows import Dense, centred, mean_row, unit_dense


class Word2VecConfig(TfIdfConfig):
    """TF-IDF's terms and weights (terms of one token), and how the words' vectors are learnt."""

    longest: int = Field(default=1, ge=1, le=1, description="A term is one token here.")
    n_factors: int = Field(default=128, ge=1, description="Dimensions of a word's vector.")
    window: int = Field(
        default=10, ge=1, description="Tokens before and after a word that it is learnt from."
    )
    negative: int = Field(default=10, ge=1, description="Random words a true one is told from.")
    n_epochs: int = Field(default=10, ge=1, description="Passes over the training texts.")
    centre: bool = Field(
        default=True, description="Whether the mean of the training texts is taken away."
    )


@dataclass(frozen=True, eq=False)
class Word2Vec:
    """Skip-gram with negative sampling; a text is the TF-IDF-weighted mean of its words.

    Source: Mikolov et al., "Distributed representations of words and phrases", NeurIPS 2013, as
    gensim trains it: one worker and a fixed hash, so that a seed gives the same bytes. Taking the
    mean away stands for the common direction of Arora et al., "A simple but tough-to-beat
    baseline for sentence embeddings", ICLR 2017.

    Attributes:
        config: Its configuration.
        weighting: The TF-IDF that weighs the words.
        vectors: ndarray of shape (n_terms, n_factors), float32, rows of length 1.
        mean: ndarray of shape (n_factors,), float32; zeros where none is taken away.
    """

    name: ClassVar[str] = "word2vec"
    reads: ClassVar[Reading] = "tokens"

    config: Word2VecConfig
    weighting: TfIdf
    vectors: Dense
    mean: Dense

    @property
    def n_features(self) -> int:
        """See `Encoder.n_features`."""
        return int(self.vectors.shape[1])

    @classmethod
    def fit(
        cls, documents: Sequence[Tokens], config: Word2VecConfig, rng: np.random.Generator
    ) -> Self:
        """See `Encoder.fit`."""
        weighting = TfIdf.fit(documents, config, rng)
        vectors = _learnt(documents, weighting.terms, config, int(rng.integers(2**31)))
        unmoved = np.zeros(config.n_factors, dtype=np.float32)
        fitted = cls(config, weighting, sealed(vectors), unmoved)
        mean = mean_row(fitted._means(documents)) if config.centre else unmoved
        return cls(config, weighting, fitted.vectors, sealed(mean))

    def transform(self, documents: Sequence[Tokens]) -> Dense:
        """See `Encoder.transform`."""
        return centred(self._means(documents), self.mean)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Encoder.arrays`."""
        return {**self.weighting.arrays(), "vectors": self.vectors, "mean": self.mean}

    @classmethod
    def from_arrays(cls, config: Config, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """See `Encoder.from_arrays`."""
        weighting = TfIdf.from_arrays(config, arrays)
        parts = sealed(arrays["vectors"]), sealed(arrays["mean"])
        return cls(as_config(config, Word2VecConfig), weighting, *parts)

    def _means(self, documents: Sequence[Tokens]) -> Dense:
        return unit_dense(self.weighting.transform(documents) @ self.vectors)


def _learnt(
    documents: Sequence[Tokens], terms: Sequence[str], config: Word2VecConfig, seed: int
) -> Dense:
    """Vectors of the terms, rows of length 1, shape (n_terms, n_factors)."""
    from gensim.models import Word2Vec as Gensim

    known = frozenset(terms)
    model = Gensim(
        sentences=[[token for token in text if token in known] for text in documents],
        vector_size=config.n_factors,
        window=config.window,
        negative=config.negative,
        epochs=config.n_epochs,
        min_count=1,
        sg=1,
        workers=1,
        seed=seed,
        hashfxn=_stable_hash,
    )
    return unit_dense(model.wv[list(terms)])


def _stable_hash(word: str) -> int:
    # Python's own hash of a text differs from process to process
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))
