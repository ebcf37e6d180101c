"""What became of one line of an export: the work it means, several it may mean, or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from artrec.data.exports.records import Record

Key = TypeVar("Key")
Value = TypeVar("Value")

MATCHED: Final = "matched"
AMBIGUOUS: Final = "ambiguous"
UNMATCHED: Final = "unmatched"
MOST_CANDIDATES: Final = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a record means.

    Attributes:
        status: `MATCHED`, `AMBIGUOUS` or `UNMATCHED`.
        places: Rows of the catalogue, the likeliest first: one, several, or none.
        why: Why, in words.
    """

    status: str
    places: tuple[int, ...]
    why: str


class Matcher(Protocol):
    """Finds the work of a catalogue that a record means."""

    def match(self, record: Record) -> Outcome:
        """The outcome of one record."""
        ...


def matched(place: int, why: str) -> Outcome:
    """One work."""
    return Outcome(MATCHED, (place,), why)


def ambiguous(places: Sequence[int], why: str) -> Outcome:
    """Several works that it may mean, or one that it perhaps does."""
    return Outcome(AMBIGUOUS, tuple(dict.fromkeys(places))[:MOST_CANDIDATES], why)


def unmatched(why: str) -> Outcome:
    """No work."""
    return Outcome(UNMATCHED, (), why)


def best_of(ranks: Mapping[int, tuple[int, ...]]) -> list[int]:
    """The places of the lowest rank, in order of place."""
    lowest = min(ranks.values())
    return sorted(place for place, rank in ranks.items() if rank == lowest)


def gathered(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    """Values by key, in their order."""
    found: dict[Key, list[Value]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
