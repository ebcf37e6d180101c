"""Rolling global cuts: the same question asked at several times, each knowing only its own past."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, PositiveInt

from artrec import schema
from artrec.config import Config
from artrec.data.ids import IdMap
from artrec.errors import ConfigError, InputError
from artrec.splitting.base import Holdout, part, require_times

SECONDS_A_DAY = 86_400


class RollingConfig(Config):
    """How many cuts there are, and how far apart."""

    n_test_cuts: PositiveInt = Field(
        default=6, description="Cuts that are judged; the last window ends with the data."
    )
    n_validation_cuts: PositiveInt = Field(
        default=4, description="Cuts before those; everything that is chosen, is chosen on them."
    )
    width_days: float = Field(
        default=14.0,
        gt=0,
        allow_inf_nan=False,
        description="Length of the window that follows a cut, and the distance between cuts.",
    )
    first_share: float = Field(
        default=0.1,
        gt=0,
        lt=1,
        description="Share of all interactions that must lie before the earliest cut.",
    )


@dataclass(frozen=True)
class Cuts:
    """Times of the cuts in seconds, ascending; each window ends where the next begins.

    Attributes:
        validation: What is chosen on.
        test: What is judged on; the first is not before the end of validation's last window.
        width: Length of a window in seconds.
    """

    validation: tuple[int, ...]
    test: tuple[int, ...]
    width: int


@dataclass(frozen=True, eq=False)
class Rolling:
    """The holdouts of several cuts, in order of time.

    Attributes:
        validation: What is chosen on.
        test: What is looked at last.
    """

    validation: tuple[Holdout, ...]
    test: tuple[Holdout, ...]


def rolling(
    table: pd.DataFrame, config: RollingConfig, listed: Iterable[str] | None = None
) -> Rolling:
    """Cut everybody's history at several times, and judge each cut by the window after it.

    Every training time is before its cut, every withheld time within [cut, cut + width); what is
    later enters nothing. A window of a test cut belongs to the training of the next, as it does
    when a model is fitted anew every `width_days`. What is withheld of people without a history
    is withheld too; `with_taste` tells them apart.

    Args:
        table: `schema.INTERACTIONS` with times, pairs unique, in any order.
        config: Number of cuts, width and least share of the earliest fit.
        listed: See `holdout_at`.

    Raises:
        InputError: See `cuts_of`.
    """
    cuts = cuts_of(table, config)
    extra = None if listed is None else tuple(listed)
    at = {cut: holdout_at(table, cut, cuts.width, extra) for cut in cuts.validation + cuts.test}
    return Rolling(
        validation=tuple(at[cut] for cut in cuts.validation),
        test=tuple(at[cut] for cut in cuts.test),
    )


def rolling_one(
    table: pd.DataFrame,
    config: RollingConfig,
    kind: Literal["validation", "test"],
    number: int,
    listed: Iterable[str] | None = None,
) -> Holdout:
    """One of the holdouts of `rolling`, where each is made apart.

    Args:
        table: See `rolling`.
        config: See `rolling`.
        kind: Whether it is chosen or judged on.
        number: Which, from 1, in order of time.
        listed: See `holdout_at`.

    Raises:
        InputError: See `cuts_of`.
        ConfigError: There are fewer cuts.
    """
    cuts = cuts_of(table, config)
    times = cuts.validation if kind == "validation" else cuts.test
    if not 1 <= number <= len(times):
        raise ConfigError(
            f"there is no {kind} cut {number}; there are {len(times)}, counted from 1",
            f"raise `n_{kind}_cuts`",
        )
    return holdout_at(table, times[number - 1], cuts.width, listed)


def cuts_of(table: pd.DataFrame, config: RollingConfig) -> Cuts:
    """Times to cut at, counted back from the end of the data.

    Args:
        table: `schema.INTERACTIONS` with times.
        config: Number of cuts, width and least share of the earliest fit.

    Raises:
        InputError: There are no times, or too little lies before the earliest cut.
    """
    times = require_times(table, "a split by rolling cuts")
    if not len(times):
        raise InputError("rolling cuts need interactions; there are none", "read more data")
    width = round(config.width_days * SECONDS_A_DAY)
    n_cuts = config.n_validation_cuts + config.n_test_cuts
    cuts = tuple(int(times.max()) + 1 - back * width for back in range(n_cuts, 0, -1))
    share = float(np.mean(times < cuts[0]))
    if share < config.first_share:
        days = (int(times.max()) - int(times.min())) / SECONDS_A_DAY
        raise InputError(
            f"{n_cuts} cuts of {config.width_days:g} days leave {share:.1%} of the interactions "
            f"before the earliest; wanted {config.first_share:.1%} of what spans {days:.0f} days",
            "lower `width_days`, `n_test_cuts`, `n_validation_cuts` or `first_share`",
        )
    return Cuts(cuts[: config.n_validation_cuts], cuts[config.n_validation_cuts :], width)


def holdout_at(
    table: pd.DataFrame, cut: int, width: int, listed: Iterable[str] | None = None
) -> Holdout:
    """What is known before one cut, and what happens in the window after it.

    Args:
        table: `schema.INTERACTIONS` with times, in any order.
        cut: Time in seconds.
        width: Length of the window in seconds.
        listed: Ids of items that a source independent of the ratings lists at the cut: they are
            candidates though nobody has met them. A catalogue made of the ratings themselves
            would tell which items people are going to meet. By default only items met before
            the cut are candidates.
    """
    times = require_times(table, "a cut in time")
    known = part(table, times < cut)
    met = IdMap.of([*known[schema.ITEM_ID].unique(), *(listed or ())])
    return Holdout(
        split_id=f"rolling_{width / SECONDS_A_DAY:g}d_{pd.Timestamp(cut, unit='s'):%Y%m%dT%H%M%S}",
        fit=known,
        profiles=known,
        withheld=part(table, (times >= cut) & (times < cut + width)),
        candidates=tuple(met.index),
        cut=cut,
    )


def with_taste(holdout: Holdout, positive_from: float | None) -> IdMap:
    """People with a positive before the cut: those that claims are made about.

    What the others get can only be what everybody gets; their figures stand apart.

    Args:
        holdout: Of any split.
        positive_from: Lowest rating that counts as positive; None where every interaction does.
            A missing rating does, as in `artrec.data.interactions`.
    """
    known = holdout.profiles
    if positive_from is not None and schema.RATING in known:
        known = known[~(known[schema.RATING] < positive_from)]
    return IdMap.of(known[schema.USER_ID].unique())
