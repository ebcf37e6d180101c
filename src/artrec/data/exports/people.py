"""Whether two spellings of a name can be one person's: initials, order, accents, titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from artrec.data.titles import normalise

# in front of or behind a name, and no part of it
TITLES: Final = frozenset(
    {"dr", "prof", "professor", "sir", "dame", "lord", "lady", "st", "saint", "rev", "phd", "md"}
    | {"jr", "sr", "mr", "mrs", "ms", "2", "3"}
)
HYPHENS: Final = re.compile("[-\u2010-\u2013]")  # "Liang-Chen" is "Liangchen" to some
ALIKE: Final = 75.0  # per cent of letters that two spellings of a first name share at least


def share_a_name(ones: Iterable[str], others: Iterable[str]) -> bool | None:
    """Whether two lists of names can have a person in common.

    Returns:
        None where that cannot be told: a list is empty, or all names are in different scripts.
    """
    found: bool | None = None
    others = list(others)
    for one in ones:
        for other in others:
            same = same_person(one, other)
            if same:
                return True
            found = same if found is None else found
    return found


@lru_cache(maxsize=65_536)
def same_person(one: str, other: str) -> bool | None:
    """Whether two names can be one person's; None where they are in different scripts.

    Surnames must be the same; first names may be initials, missing, or spelt alike.

    Examples:
        >>> same_person("J. R. Halloway", "James Robert Halloway")
        True
        >>> same_person("Campion, Jane", "Jane Campion"), same_person("Campion", "Jane Campion")
        (True, True)
        >>> same_person("Paul Anderson", "Wes Anderson")
        False
        >>> same_person("Фёдор Маренков", "Fyodor Marenkov") is None
        True
    """
    first, second = _tokens(one), _tokens(other)
    if not first or not second or _scripts(first).isdisjoint(_scripts(second)):
        return None
    joined = (_tokens(HYPHENS.sub("", name)) for name in (one, other))
    return _one_person(first, second) or _one_person(*joined)


def _one_person(first: list[str], second: list[str]) -> bool:
    if "".join(first) == "".join(second) or sorted(first) == sorted(second):
        return True
    if _fits(first, second) or _fits(second, first):
        return True
    # the surname in front: in some languages it always stands there
    return len(first) > 1 and _fits([*first[1:], first[0]], second)


def _fits(one: list[str], other: list[str]) -> bool:
    """Whether surnames are the same, and each first name of `one` has its place in `other`."""
    if one[-1] != other[-1]:
        return False
    at = 0
    for name in one[:-1]:
        places = [p for p in range(at, len(other) - 1) if _alike(name, other[p])]
        if not places:
            return False
        at = places[0] + 1
    return True


def _alike(one: str, other: str) -> bool:
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    if one == other:
        return True
    from rapidfuzz import fuzz

    return one[0] == other[0] and bool(fuzz.ratio(one, other) >= ALIKE)


def _tokens(name: str) -> list[str]:
    tokens = normalise(name).split()
    return [token for token in tokens if token not in TITLES] or tokens


def _scripts(tokens: list[str]) -> frozenset[str]:
    letters = (letter for token in tokens for letter in token if letter.isalpha())
    return frozenset(unicodedata.name(letter, "?").partition(" ")[0] for letter in letters)
