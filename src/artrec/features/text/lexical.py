"""Encoders that count terms: bag of words, TF-IDF, and TF-IDF brought to few dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy import sparse

from artrec.config import Config
from artrec.features.text.encoders import Reading, as_config, sealed
from artrec.features.text.preprocess import Tokens
from artrec.features.text.rows import (
    Dense,
    centred,
    mean_row,
    unit_dense,
    unit_rows,
    words_from_arrays,
    words_to_arrays,
)
from artrec.features.text.terms import TermsConfig, count_terms, count_training

Arrays = Mapping[str, npt.NDArray[Any]]


class BagOfWordsConfig(TermsConfig):
    """Which terms are counted."""


class TfIdfConfig(TermsConfig):
    """Which terms are counted, and how a count weighs."""

    sublinear: bool = Field(
        default=True, description="Whether n occurrences weigh 1 + ln n instead of n."
    )


class TfIdfSvdConfig(TfIdfConfig):
    """TF-IDF's terms and weights, and the dimensions that stay."""

    longest: int = Field(
        default=1, ge=1, le=4, description="Tokens in the longest term; 2 counts pairs too."
    )
    n_factors: int = Field(default=256, ge=1, description="Dimensions kept.")
    n_iterations: int = Field(default=4, ge=0, description="Power iterations of the decomposition.")
    centre: bool = Field(
        default=True, description="Whether the mean of the training texts is taken away."
    )


@dataclass(frozen=True, eq=False)
class BagOfWords:
    """Counts of terms, rows of length 1; the control that a weighting must beat.

    Attributes:
        config: Its configuration.
        terms: Terms, sorted; one a feature.
    """

    name: ClassVar[str] = "bag_of_words"
    reads: ClassVar[Reading] = "tokens"

    config: BagOfWordsConfig
    terms: tuple[str, ...]

    @property
    def n_features(self) -> int:
        """See `Encoder.n_features`."""
        return len(self.terms)

    @classmethod
    def fit(
        cls,
        documents: Sequence[Tokens],
        config: BagOfWordsConfig,
        rng: np.random.Generator,  # noqa: ARG003 every encoder is fitted the same way
    ) -> Self:
        """See `Encoder.fit`."""
        return cls(config, count_training(documents, config)[0])

    def transform(self, documents: Sequence[Tokens]) -> sparse.csr_array:
        """See `Encoder.transform`."""
        return unit_rows(count_terms(documents, self.terms, self.config))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Encoder.arrays`."""
        return words_to_arrays(self.terms, "terms")

    @classmethod
    def from_arrays(cls, config: Config, arrays: Arrays) -> Self:
        """See `Encoder.from_arrays`."""
        return cls(as_config(config, BagOfWordsConfig), words_from_arrays(arrays, "terms"))


@dataclass(frozen=True, eq=False)
class TfIdf:
    """Counts of terms, weighted by how few training texts have the term; rows of length 1.

    ``weight = (1 + ln count) idf``, ``idf = ln((1 + n) / (1 + df)) + 1`` (scikit-learn's smoothed
    form) with n training texts, df of which have the term. Source: Salton and Buckley,
    "Term-weighting approaches in automatic text retrieval", 1988.

    Attributes:
        config: Its configuration.
        terms: Terms, sorted; one a feature.
        idf: ndarray of shape (n_terms,), float32.
    """

    name: ClassVar[str] = "tf_idf"
    reads: ClassVar[Reading] = "tokens"

    config: TfIdfConfig
    terms: tuple[str, ...]
    idf: Dense

    @property
    def n_features(self) -> int:
        """See `Encoder.n_features`."""
        return len(self.terms)

    @classmethod
    def fit(
        cls,
        documents: Sequence[Tokens],
        config: TfIdfConfig,
        rng: np.random.Generator,  # noqa: ARG003 every encoder is fitted the same way
    ) -> Self:
        """See `Encoder.fit`."""
        return cls._fitted(documents, config)[0]

    def transform(self, documents: Sequence[Tokens]) -> sparse.csr_array:
        """See `Encoder.transform`."""
        return self._weighted(count_terms(documents, self.terms, self.config))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Encoder.arrays`."""
        return {**words_to_arrays(self.terms, "terms"), "idf": self.idf}

    @classmethod
    def from_arrays(cls, config: Config, arrays: Arrays) -> Self:
        """See `Encoder.from_arrays`."""
        terms = words_from_arrays(arrays, "terms")
        return cls(as_config(config, TfIdfConfig), terms, sealed(arrays["idf"]))

    @classmethod
    def _fitted(
        cls, documents: Sequence[Tokens], config: TfIdfConfig
    ) -> tuple[Self, sparse.csr_array]:
        """The encoder, and the rows of what it was fitted on."""
        terms, counts = count_training(documents, config)
        texts_with = np.bincount(counts.indices, minlength=len(terms))
        idf = np.log((1 + counts.shape[0]) / (1 + texts_with)) + 1
        fitted = cls(config, terms, sealed(idf.astype(np.float32)))
        return fitted, fitted._weighted(counts)

    def _weighted(self, counts: sparse.csr_array) -> sparse.csr_array:
        tf = 1 + np.log(counts.data) if self.config.sublinear else counts.data
        weights = (tf * self.idf[counts.indices], counts.indices, counts.indptr)
        return unit_rows(sparse.csr_array(weights, shape=counts.shape))


@dataclass(frozen=True, eq=False)
class TfIdfSvd:
    """TF-IDF projected on the leading right singular vectors of the training texts.

    Latent semantic analysis: words of the same texts come to mean the same. Source: Deerwester
    et al., "Indexing by latent semantic analysis", JASIS 1990; the decomposition is randomised
    (Halko, Martinsson and Tropp 2011).

    Attributes:
        config: Its configuration.
        weighting: The TF-IDF it starts from.
        components: ndarray of shape (n_factors, n_terms), float32.
        mean: ndarray of shape (n_factors,), float32, taken away from every row that says
            anything; zeros where the configuration wants none.
    """

    name: ClassVar[str] = "tf_idf_svd"
    reads: ClassVar[Reading] = "tokens"

    config: TfIdfSvdConfig
    weighting: TfIdf
    components: Dense
    mean: Dense

    @property
    def n_features(self) -> int:
        """See `Encoder.n_features`."""
        return len(self.components)

    @classmethod
    def fit(
        cls, documents: Sequence[Tokens], config: TfIdfSvdConfig, rng: np.random.Generator
    ) -> Self:
        """See `Encoder.fit`; fewer factors are kept where the texts have fewer."""
        weighting, rows = TfIdf._fitted(documents, config)
        components = _leading_directions(rows, config, int(rng.integers(2**31)))
        projected = unit_dense(rows @ components.T)
        mean = mean_row(projected) if config.centre else np.zeros(len(components), np.float32)
        return cls(config, weighting, sealed(components), sealed(mean))

    def transform(self, documents: Sequence[Tokens]) -> Dense:
        """See `Encoder.transform`."""
        return centred(
            unit_dense(self.weighting.transform(documents) @ self.components.T), self.mean
        )

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Encoder.arrays`."""
        own = {"components": self.components, "mean": self.mean}
        return {**self.weighting.arrays(), **own}

    @classmethod
    def from_arrays(cls, config: Config, arrays: Arrays) -> Self:
        """See `Encoder.from_arrays`."""
        weighting = TfIdf.from_arrays(config, arrays)
        parts = sealed(arrays["components"]), sealed(arrays["mean"])
        return cls(as_config(config, TfIdfSvdConfig), weighting, *parts)


def _leading_directions(rows: sparse.csr_array, config: TfIdfSvdConfig, seed: int) -> Dense:
    """Right singular vectors, shape (n_factors or fewer, n_terms)."""
    from sklearn.utils.extmath import randomized_svd

    _, strengths, directions = randomized_svd(
        sparse.csr_matrix(rows),
        n_components=min(config.n_factors, *rows.shape),
        n_iter=config.n_iterations,
        random_state=seed,
    )
    # directions without any weight hold nothing but rounding
    kept = strengths > max(strengths[0], 1e-30) * 1e-5
    return np.asarray(directions[kept], dtype=np.float32)
