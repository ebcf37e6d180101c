"""Terms: which tokens, and runs of tokens, a bag of words counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from pydantic import Field
from scipy import sparse

from artrec.config import Config
from artrec.errors import InputError
from artrec.features.text.preprocess import Tokens


class TermsConfig(Config):
    """Which terms are counted."""

    min_df: int = Field(
        default=2, ge=1, description="Training texts a term must stand in, to be counted."
    )
    max_df: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="Share of the training texts above which a term says nothing.",
    )
    longest: int = Field(
        default=1, ge=1, le=4, description="Tokens in the longest term; 2 counts pairs too."
    )
    max_terms: int | None = Field(
        default=None, ge=1, description="Most frequent terms kept; null keeps all."
    )


def count_training(
    tokens: Sequence[Tokens], config: TermsConfig
) -> tuple[tuple[str, ...], sparse.csr_array]:
    """Terms of the training texts, sorted, and how often each text has them.

    Returns:
        The terms, and a csr_array of shape (n_texts, n_terms), float32.

    Raises:
        InputError: No term stands in enough texts and not in too many.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    # in a handful of texts a share is less than the least number of texts
    max_df = max(int(config.max_df * len(tokens)), config.min_df)
    counter = CountVectorizer(
        analyzer=_analyzer(config.longest),
        min_df=config.min_df,
        max_df=max_df,
        max_features=config.max_terms,
        dtype=np.float32,
    )
    try:
        counts = counter.fit_transform(tokens)
    except ValueError as error:
        raise InputError(
            f"no term stands in at least {config.min_df} and at most {max_df} of "
            f"{len(tokens)} training texts ({sum(map(bool, tokens))} have any token)",
            "lower min_df, raise max_df, or look at what the documents of works hold",
        ) from error
    terms = tuple(map(str, counter.get_feature_names_out()))
    return terms, sparse.csr_array(counts)


def count_terms(
    tokens: Sequence[Tokens], terms: Sequence[str], config: TermsConfig
) -> sparse.csr_array:
    """How often each text has each of the given terms: csr_array of shape (n_texts, n_terms)."""
    from sklearn.feature_extraction.text import CountVectorizer

    if not len(tokens):
        return sparse.csr_array((0, len(terms)), dtype=np.float32)
    counter = CountVectorizer(
        analyzer=_analyzer(config.longest), vocabulary=list(terms), dtype=np.float32
    )
    return sparse.csr_array(counter.transform(tokens))


def _analyzer(longest: int) -> Callable[[Tokens], Tokens]:
    """What turns the tokens of a text into its terms; a term's tokens are joined by a space."""

    def terms_of(text: Tokens) -> Tokens:
        terms = list(text)
        for length in range(2, longest + 1):
            shifted = (text[start:] for start in range(length))
            terms += map(" ".join, zip(*shifted, strict=False))
        return terms

    return terms_of
