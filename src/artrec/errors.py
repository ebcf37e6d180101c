"""Errors artrec raises: each says what was wanted, what came and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ArtrecError(Exception):
    """Base of every error a caller of artrec is meant to catch.

    Args:
        problem: What was wanted and what came, one sentence.
        hint: What to do about it, one sentence; shown on a line of its own.
    """

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem if not hint else f"{problem}\n  hint: {hint}")
        self.problem = problem
        self.hint = hint


class InputError(ArtrecError):
    """A file or table from outside cannot be used as it is."""


class ConfigError(ArtrecError):
    """A parameter or setting is unknown, missing or out of range."""


class DataQualityError(ArtrecError):
    """Too many bad rows, or a table-level expectation failed: nothing is trained on it."""


class UnknownIdError(ArtrecError):
    """A user, item or title is not known to the data or the bundle asked."""


class BundleError(ArtrecError):
    """A published bundle is missing, damaged, foreign or of another format."""


class FetchError(ArtrecError):
    """Public data cannot be brought here, or what came is not what it should be."""


class LockedError(ArtrecError):
    """Another run holds the project's lock."""


class ArtrecWarning(UserWarning):
    """Something was done in another way than asked, and the caller should know.

    Args:
        problem: What happened and what was done in its place, one sentence.
        hint: What to do about it, one sentence.
    """

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem if not hint else f"{problem}\n  hint: {hint}")
        self.problem = problem
        self.hint = hint


def near_names(name: str, known: Iterable[str]) -> str:
    """Phrase that offers the closest known names, or lists them when none is close.

    Args:
        name: What came.
        known: What would have been accepted.

    Returns:
        A sentence fragment fit for a hint, for example ``did you mean 'ease'?``.

    Examples:
        >>> near_names("eaze", ["ease", "svd"])
        "did you mean 'ease'?"
        >>> near_names("zzz", ["ease", "svd"])
        "known: 'ease', 'svd'"
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return "known: " + ", ".join(repr(each) for each in names[:20])
