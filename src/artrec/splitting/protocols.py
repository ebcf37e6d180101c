"""Evaluation protocols by name, and the holdouts of each: what is chosen on, what is judged on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from artrec.splitting.base import (
    GLOBAL_TEST,
    GLOBAL_VALIDATION,
    PER_USER_TEST,
    PER_USER_VALIDATION,
    RANDOM_TEST,
    RANDOM_VALIDATION,
)


@dataclass(frozen=True)
class Protocol:
    """One way of withholding.

    Attributes:
        name: As configuration names it.
        validation: Holdouts that models and parameters may be chosen on.
        test: Holdouts that are looked at last.
        global_cut: Whether everybody's history is cut at one time, so that a window before the
            cut has a meaning.
        cold_items: Whether only items without any interaction are ranked.
        sampled: Whether what is withheld of people who are not judged on validation is kept, to
            learn from.
    """

    name: str
    validation: tuple[str, ...]
    test: tuple[str, ...]
    global_cut: bool = False
    cold_items: bool = False
    sampled: bool = False

    @property
    def holdouts(self) -> tuple[str, ...]:
        """All holdouts, those of validation first."""
        return self.validation + self.test


ROLLING_VALIDATION: Final = tuple(f"rolling_validation_{number}" for number in range(1, 5))
ROLLING_TEST: Final = tuple(f"rolling_test_{number}" for number in range(1, 7))

PROTOCOLS: Final[dict[str, Protocol]] = {
    each.name: each
    for each in (
        Protocol("per_user", (PER_USER_VALIDATION,), (PER_USER_TEST,)),
        Protocol("random", (RANDOM_VALIDATION,), (RANDOM_TEST,), sampled=True),
        Protocol("item_cold", ("item_cold_validation",), ("item_cold_test",), cold_items=True),
        Protocol("user_cold", ("user_cold_validation",), ("user_cold_test",)),
        Protocol("rolling", ROLLING_VALIDATION, ROLLING_TEST, global_cut=True),
        Protocol("global", (GLOBAL_VALIDATION,), (GLOBAL_TEST,), global_cut=True),
    )
}


def protocol_of(holdout: str) -> Protocol:
    """The protocol a holdout belongs to.

    Raises:
        KeyError: No protocol has this holdout.
    """
    for each in PROTOCOLS.values():
        if holdout in each.holdouts:
            return each
    raise KeyError(holdout)
