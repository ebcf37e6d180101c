"""What a split is, what a holdout is, and the one config that says where the cuts lie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from artrec import schema
from artrec.config import Config
from artrec.errors import InputError

PER_USER_VALIDATION: Final = "per_user_validation"
PER_USER_TEST: Final = "per_user_test"
GLOBAL_VALIDATION: Final = "global_validation"
GLOBAL_TEST: Final = "global_test"
RANDOM_VALIDATION: Final = "random_validation"
RANDOM_TEST: Final = "random_test"
ROUNDING = 1e-9


class SplittingConfig(Config):
    """Where the cuts of a split lie."""

    test_share: float = Field(
        default=0.2,
        gt=0,
        lt=1,
        description="Share of a user's interactions that is withheld, rounded down, at least one.",
    )
    validation_share: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="The same for validation, of what the test leaves; null for `test_share`. What "
        "learns from validation (blend, hybrid) meets scorers fitted on more afterwards: the less "
        "is withheld, the more alike they are.",
    )
    min_interactions: int = Field(
        default=5,
        ge=2,
        description="Users with fewer interactions have nothing withheld.",
    )
    cut_quantile: float = Field(
        default=0.8,
        gt=0,
        lt=1,
        description="Quantile of all times at which a global split cuts.",
    )
    min_after_cut: int = Field(
        default=10,
        ge=2,
        description="Interactions from the cut on that a fold-in user needs.",
    )
    profile_share: float = Field(
        default=0.8,
        gt=0,
        lt=1,
        description="Share of a fold-in user's interactions from the cut on that is profile.",
    )
    max_judged_users: int | None = Field(
        default=None,
        ge=1,
        description="People a random split is judged on, drawn at random; null for all. What is "
        "withheld of the others is judged by nobody and fitted on by nobody; on validation, blend "
        "and hybrid learn from it.",
    )

    @property
    def share_for_validation(self) -> float:
        """Share of what the test leaves that is withheld for validation."""
        return self.test_share if self.validation_share is None else self.validation_share


@dataclass(frozen=True)
class Ties:
    """How often the order of time alone does not say what is withheld.

    Attributes:
        users: Users with something withheld.
        tied: Those whose last kept and first withheld interaction have the same time, so that
            the item id decided.
    """

    users: int
    tied: int

    @property
    def share(self) -> float:
        """Tied users among all with something withheld; 0 where there are none."""
        return self.tied / self.users if self.users else 0.0


@dataclass(frozen=True, eq=False)
class Holdout:
    """What a model is fitted on, what it may know of each person, and what it must find.

    `fit`, `profiles` and `withheld` are tables `schema.INTERACTIONS`.

    Attributes:
        split_id: Name of the split and its parameters, as it stands in result rows.
        fit: What models are fitted on.
        profiles: Histories that recommendations are made from.
        withheld: What the recommendations are judged on.
        cut: Time in seconds before which `fit` lies entirely; None where there is no such time.
        ties: Ties at the border of `withheld`; None where times were not used.
        candidates: Outer ids of the only items that may be ranked; None for all.
        unjudged: What is withheld of people who are not judged, for what learns from withheld
            interactions; None where everybody is judged.
    """

    split_id: str
    fit: pd.DataFrame
    profiles: pd.DataFrame
    withheld: pd.DataFrame
    cut: int | None = None
    ties: Ties | None = None
    candidates: tuple[str, ...] | None = None
    unjudged: pd.DataFrame | None = None

    @property
    def begins(self) -> int | None:
        """Time in seconds before which nothing withheld lies: the cut, or the first withheld.

        None where nothing is withheld, or nothing has a time.
        """
        if self.cut is not None:
            return self.cut
        if schema.TIMESTAMP not in self.withheld or self.withheld.empty:
            return None
        return int(self.withheld[schema.TIMESTAMP].min())


@dataclass(frozen=True, eq=False)
class Split:
    """Train, validation and test: three tables `schema.INTERACTIONS` that share no row.

    Attributes:
        split_id: Name of the split and its parameters, as it stands in result rows.
        train: What models are fitted on while anything is still chosen.
        validation: What is chosen by.
        test: What is looked at last, once.
        validation_cut: Time that train lies before; None where there is no such time.
        test_cut: Time that train and validation lie before; None where there is no such time.
        validation_ties: Ties between train and validation; None where times were not used.
        test_ties: Ties between those two and test; None where times were not used.
        validation_items: The only items ranked on validation; None for all.
        test_items: The only items ranked on test; None for all.
        validation_profiles: Histories of the people of validation where they are unknown to
            train; None where train holds them.
        test_profiles: Likewise of the people of test.
    """

    split_id: str
    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    validation_cut: int | None = None
    test_cut: int | None = None
    validation_ties: Ties | None = None
    test_ties: Ties | None = None
    validation_items: tuple[str, ...] | None = None
    test_items: tuple[str, ...] | None = None
    validation_profiles: pd.DataFrame | None = None
    test_profiles: pd.DataFrame | None = None

    def for_validation(self) -> Holdout:
        """Fit on train, judge on validation; test is not in it."""
        return Holdout(
            self.split_id,
            self.train,
            self.train if self.validation_profiles is None else self.validation_profiles,
            self.validation,
            self.validation_cut,
            self.validation_ties,
            self.validation_items,
        )

    def for_test(self) -> Holdout:
        """Fit on train and validation, judge on test."""
        parts = [self.train, self.validation]
        if self.validation_profiles is not None:
            parts.append(self.validation_profiles)
        known = pd.concat(parts, ignore_index=True)
        return Holdout(
            self.split_id,
            known,
            known if self.test_profiles is None else self.test_profiles,
            self.test,
            self.test_cut,
            self.test_ties,
            self.test_items,
        )


def judged_on_at_most(holdout: Holdout, max_users: int | None, rng: np.random.Generator) -> Holdout:
    """The same holdout, judged on a random sample of its people.

    Args:
        holdout: Any.
        max_users: How many; None for all.
        rng: The only randomness.
    """
    people = np.sort(holdout.withheld[schema.USER_ID].unique().astype(object))
    if max_users is None or len(people) <= max_users:
        return holdout
    chosen = rng.choice(len(people), size=max_users, replace=False)
    judged = holdout.withheld[schema.USER_ID].isin(set(people[chosen])).to_numpy()
    split_id = f"{holdout.split_id}_of_{max_users}_users"
    return replace(
        holdout,
        split_id=split_id,
        withheld=part(holdout.withheld, judged),
        unjudged=part(holdout.withheld, ~judged),
    )


def require_times(table: pd.DataFrame, wanted_by: str) -> npt.NDArray[np.int64]:
    """Times of a table, shape (n,).

    Raises:
        InputError: The table has no times, or some are missing.
    """
    if schema.TIMESTAMP not in table:
        raise InputError(
            f"{wanted_by} needs the column {schema.TIMESTAMP!r}; "
            f"the table has {[str(each) for each in table.columns]}",
            "where a source has no times, use artrec.splitting.holdout.random_holdout",
        )
    missing = int(table[schema.TIMESTAMP].isna().sum())
    if missing:
        raise InputError(
            f"{wanted_by} needs a time in every row; {missing} of {len(table)} have none",
            "set the rows without a time aside, or use random_holdout",
        )
    times: npt.NDArray[np.int64] = table[schema.TIMESTAMP].to_numpy(dtype=np.int64)
    return times


def share_of(counts: npt.NDArray[np.int64], share: float) -> npt.NDArray[np.int64]:
    """The share of each count, rounded down; 0.29 of 100 is 29, whatever floating point says."""
    parts: npt.NDArray[np.int64] = np.floor(counts * share + ROUNDING).astype(np.int64)
    return parts


def part(table: pd.DataFrame, chosen: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Rows of the table in their order, with an index from 0; a copy."""
    return table.loc[chosen].reset_index(drop=True)
