"""Terms: which tokens, and runs of tokens, a bag of words counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy import sparse

from artrec.config import Config
from artrec.errors import InputError
from artrec.features.text.preprocess import Tokens

IntArray = npt.NDArray[np.int64]


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
        default=2, ge=1, le=4, description="Tokens in the longest term; 2 counts pairs too."
    )
    max_terms: int | None = Field(
        default=None,
        ge=1,
        description="Terms kept, those of the most training texts; null keeps all.",
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
    runs = _runs(tokens, config.longest)
    counts = runs.counted(np.arange(runs.n_runs), runs.n_runs)
    texts_with = np.bincount(counts.indices, minlength=runs.n_runs)
    # in a handful of texts a share is less than the least number of texts
    max_df = max(int(config.max_df * len(tokens)), config.min_df)
    kept = np.flatnonzero((texts_with >= config.min_df) & (texts_with <= max_df))
    if not len(kept):
        raise InputError(
            f"no term stands in at least {config.min_df} and at most {max_df} of "
            f"{len(tokens)} training texts ({sum(map(bool, tokens))} have any token)",
            "lower min_df, raise max_df, or look at what the documents of works hold",
        )
    named = sorted(zip(runs.names(kept), kept.tolist(), strict=True))
    if config.max_terms is not None:
        frequent = sorted(named, key=lambda each: -texts_with[each[1]])[: config.max_terms]
        named = sorted(frequent)
    chosen = np.array([run for _, run in named])
    return tuple(name for name, _ in named), sparse.csr_array(counts[:, chosen])


def count_terms(
    tokens: Sequence[Tokens], terms: Sequence[str], config: TermsConfig
) -> sparse.csr_array:
    """How often each text has each of the given terms: csr_array of shape (n_texts, n_terms)."""
    runs = _runs(tokens, config.longest)
    column_of = {term: column for column, term in enumerate(terms)}
    every = np.arange(runs.n_runs)
    columns = [column_of.get(name, -1) for name in runs.names(every)]
    return runs.counted(np.array(columns, dtype=np.int64), len(terms))


@dataclass(frozen=True, eq=False)
class _Runs:
    """Every run of tokens of some texts, as a number.

    Attributes:
        flat: All tokens, one text after another.
        rows: ndarray of shape (n,): text of each run.
        runs: ndarray of shape (n,): number of each run; equal runs have one number.
        first: ndarray of shape (n_runs,): place in `flat` where a run of this number begins.
        lengths: ndarray of shape (n_runs,): its tokens.
        n_texts: How many texts.
    """

    flat: Tokens
    rows: IntArray
    runs: IntArray
    first: IntArray
    lengths: IntArray
    n_texts: int

    @property
    def n_runs(self) -> int:
        return len(self.first)

    def names(self, runs: IntArray) -> list[str]:
        """Text of each run: its tokens, joined by spaces."""
        return [
            " ".join(self.flat[start : start + length])
            for start, length in zip(
                self.first[runs].tolist(), self.lengths[runs].tolist(), strict=True
            )
        ]

    def counted(self, columns: IntArray, n_columns: int) -> sparse.csr_array:
        """Runs counted a text, in the column of each run's number; -1 leaves it out."""
        at = columns[self.runs] if len(columns) else self.runs
        known = at >= 0
        place = (self.rows[known], at[known])
        ones = np.ones(len(place[0]), dtype=np.float32)
        counts = sparse.coo_array((ones, place), shape=(self.n_texts, n_columns)).tocsr()
        counts.sum_duplicates()
        return sparse.csr_array(counts)


def _runs(tokens: Sequence[Tokens], longest: int) -> _Runs:
    """Runs of one to `longest` tokens; none runs over from one text into the next."""
    flat = [token for text in tokens for token in text]
    numbers: dict[str, int] = {}
    words = np.array([numbers.setdefault(token, len(numbers)) for token in flat], dtype=np.int64)
    rows = np.repeat(np.arange(len(tokens)), [len(text) for text in tokens])
    _, first, runs = np.unique(words, return_index=True, return_inverse=True)
    found = [(rows, runs, first, np.ones(len(first), dtype=np.int64))]
    n_runs = len(first)
    starts = np.arange(len(flat))  # where the runs of the length at hand begin
    for length in range(2, longest + 1):
        whole = starts + length <= len(flat)
        whole[whole] = rows[starts[whole]] == rows[starts[whole] + length - 1]
        starts = starts[whole]
        keys = runs[whole] * len(numbers) + words[starts + length - 1]
        _, at, runs = np.unique(keys, return_index=True, return_inverse=True)
        found.append((rows[starts], runs + n_runs, starts[at], np.full(len(at), length)))
        n_runs += len(at)
    columns = [np.concatenate(each).astype(np.int64) for each in zip(*found, strict=True)]
    return _Runs(flat, columns[0], columns[1], columns[2], columns[3], len(tokens))
