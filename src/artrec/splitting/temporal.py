"""Splits by time: the last part of each user's history, and one cut through everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.ids import IdMap
from artrec.errors import InputError
from artrec.splitting.base import (
    Holdout,
    Split,
    SplittingConfig,
    Ties,
    part,
    require_times,
    share_of,
)

Flags = npt.NDArray[np.bool_]


def per_user_last(table: pd.DataFrame, config: SplittingConfig) -> Split:
    """Withhold the last part of each user's history, and validation from what is left likewise.

    Of a user with n interactions, n >= `min_interactions`, the last ``floor(test_share * n)``
    are withheld, at least one; users with fewer keep all in train. Equal times are ordered by
    item id, and `Split.test_ties` counts the users for whom that decides. Within each user no
    training time is after a test time; between users it may be, so that popularity in a recent
    window has no meaning here.

    Args:
        table: `schema.INTERACTIONS` with times, pairs unique, in any order.
        config: `test_share`, `validation_share` and `min_interactions`.

    Raises:
        InputError: There are no times.
    """
    require_times(table, "a per-user split by time")
    withheld = _Withheld.of(table, config)
    return Split(
        split_id=withheld.split_id,
        train=part(table, withheld.train),
        validation=part(table, withheld.validation),
        test=part(table, withheld.test),
        validation_ties=withheld.validation_ties,
        test_ties=withheld.test_ties,
    )


def per_user_holdout(
    table: pd.DataFrame, config: SplittingConfig, kind: Literal["validation", "test"]
) -> Holdout:
    """One of the holdouts of `per_user_last`, where each is made apart: the other is not made.

    Args:
        table: See `per_user_last`.
        config: See `per_user_last`.
        kind: Whether it is chosen or judged on.

    Raises:
        InputError: There are no times.
    """
    require_times(table, "a per-user split by time")
    withheld = _Withheld.of(table, config)
    if kind == "validation":
        known, judged = part(table, withheld.train), part(table, withheld.validation)
        return Holdout(withheld.split_id, known, known, judged, ties=withheld.validation_ties)
    rows = np.concatenate([np.flatnonzero(withheld.train), np.flatnonzero(withheld.validation)])
    known = table.take(rows).reset_index(drop=True)
    judged = part(table, withheld.test)
    return Holdout(withheld.split_id, known, known, judged, ties=withheld.test_ties)


@dataclass(frozen=True, eq=False)
class _Withheld:
    """Which rows of a table are of which part; each array of shape (n,)."""

    split_id: str
    train: Flags
    validation: Flags
    test: Flags
    validation_ties: Ties
    test_ties: Ties

    @classmethod
    def of(cls, table: pd.DataFrame, config: SplittingConfig) -> _Withheld:
        order = _Order.of(table)
        test, test_ties = _last_of_each_user(order, config.test_share, config)
        late, validation_ties = _last_of_each_user(
            order.without(test), config.share_for_validation, config
        )
        validation = np.zeros(len(table), dtype=bool)
        validation[np.flatnonzero(~test)[late]] = True
        train = ~(test | validation)
        split_id = f"per_user_last_{config.test_share:g}"
        return cls(split_id, train, validation, test, validation_ties, test_ties)


def global_cut(table: pd.DataFrame, config: SplittingConfig) -> Split:
    """Cut everybody's history at one time: train, then validation, then test.

    The test cut t2 is the `cut_quantile` of all times, the validation cut t1 the same quantile
    of the times before t2. Train is before t1, validation from t1 to before t2, test from t2
    on: every training time is before every test time. Test users without any history are kept.

    Args:
        table: `schema.INTERACTIONS` with times, pairs unique, in any order.
        config: `cut_quantile`.

    Raises:
        InputError: There are no times, or nothing is before a cut.
    """
    times = require_times(table, "a global split by time")
    test_cut = _quantile(times, config.cut_quantile)
    validation_cut = _quantile(times[times < test_cut], config.cut_quantile)
    return Split(
        split_id=f"global_cut_{config.cut_quantile:g}",
        train=part(table, times < validation_cut),
        validation=part(table, (times >= validation_cut) & (times < test_cut)),
        test=part(table, times >= test_cut),
        validation_cut=validation_cut,
        test_cut=test_cut,
    )


def fold_in(table: pd.DataFrame, config: SplittingConfig) -> Holdout:
    """Cut at one time, and judge people active after it on the end of what they did.

    For sources in which few have a history on both sides of a cut. Models are fitted before the
    cut only. Of a user with n >= `min_after_cut` interactions from the cut on, the profile is
    what came before the cut and the first ``floor(profile_share * n)`` after it; the rest is
    withheld. Equal times are ordered by item id.

    Args:
        table: `schema.INTERACTIONS` with times, pairs unique, in any order.
        config: `cut_quantile`, `min_after_cut` and `profile_share`.

    Raises:
        InputError: There are no times, or nothing is before the cut.
    """
    times = require_times(table, "a fold-in by time")
    cut = _quantile(times, config.cut_quantile)
    after = part(table, times >= cut)
    order = _Order.of(after)
    enough = order.counts >= config.min_after_cut
    withheld_size = order.counts - share_of(order.counts, config.profile_share)
    withheld = order.is_last(np.where(enough, withheld_size, 0))
    users = after[schema.USER_ID].to_numpy()[withheld]
    before = part(table, times < cut)
    profiles = pd.concat([before, part(after, ~withheld)])
    return Holdout(
        split_id=f"global_cut_{config.cut_quantile:g}_fold_in_{config.profile_share:g}",
        fit=before,
        profiles=part(profiles, profiles[schema.USER_ID].isin(users).to_numpy()),
        withheld=part(after, withheld),
        cut=cut,
        ties=order.ties(withheld),
    )


def fold_in_before(table: pd.DataFrame, config: SplittingConfig) -> Holdout:
    """The same one cut earlier, in what `fold_in` fits on: to choose by before the test cut.

    Args:
        table: See `fold_in`.
        config: See `fold_in`.

    Raises:
        InputError: There are no times, or nothing is before a cut.
    """
    return fold_in(fold_in(table, config).fit, config)


def _last_of_each_user(order: _Order, share: float, config: SplittingConfig) -> tuple[Flags, Ties]:
    size = np.maximum(share_of(order.counts, share), 1)
    size[order.counts < config.min_interactions] = 0
    last = order.is_last(size)
    return last, order.ties(last)


def _quantile(times: npt.NDArray[np.int64], quantile: float) -> int:
    """A time that occurs, with something before it."""
    if not len(times):
        raise InputError("a cut in time needs interactions; there are none", "read more data")
    cut = int(np.quantile(times, quantile, method="lower"))
    if cut == times.min():
        raise InputError(
            f"the {quantile:g} quantile of {len(times)} times is their earliest, {cut}: "
            "nothing is before the cut",
            "raise `cut_quantile`, or split per user where most times are equal",
        )
    return cut


@dataclass(frozen=True, eq=False)
class _Order:
    """Rows of a table by user, time and item id.

    Attributes:
        rows: ndarray of shape (n,); rows of the table in that order.
        users: ndarray of shape (n,); dense user index of each row, in that order.
        times: ndarray of shape (n,), in that order.
        counts: ndarray of shape (n_users,); rows of each user.
    """

    rows: npt.NDArray[np.int64]
    users: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, table: pd.DataFrame) -> _Order:
        users, items = (IdMap.coded(table[each])[1] for each in (schema.USER_ID, schema.ITEM_ID))
        times = table[schema.TIMESTAMP].to_numpy(dtype=np.int64)
        rows = sorted_rows(users, times, items)
        counts = np.bincount(users).astype(np.int64)
        return cls(rows, users[rows], times[rows], counts)

    def without(self, left_out: Flags) -> _Order:
        """The same of the rest of the table; every user has rows there."""
        kept = ~left_out
        place = np.cumsum(kept) - 1
        stays = kept[self.rows]
        users = self.users[stays]
        counts = np.bincount(users, minlength=len(self.counts)).astype(np.int64)
        return _Order(place[self.rows[stays]], users, self.times[stays], counts)

    def is_last(self, sizes: npt.NDArray[np.int64]) -> Flags:
        """Whether a row is among the last `sizes[user]` of its user, in the table's own order."""
        ends = np.cumsum(self.counts)
        late = np.arange(len(self.rows)) >= (ends - sizes)[self.users]
        flags = np.zeros(len(self.rows), dtype=bool)
        flags[self.rows[late]] = True
        return flags

    def ties(self, last: Flags) -> Ties:
        """Users whose last kept row has the time of their first withheld one."""
        withheld = last[self.rows]
        same_user = self.users[1:] == self.users[:-1]
        border = same_user & withheld[1:] & ~withheld[:-1]
        tied = border & (self.times[1:] == self.times[:-1])
        return Ties(users=len(np.unique(self.users[withheld])), tied=int(tied.sum()))


def sorted_rows(
    users: npt.NDArray[np.int64], times: npt.NDArray[np.int64], items: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Order by user, then time, then item: as `numpy.lexsort`, but one sort where numbers allow.

    Args:
        users: ndarray of shape (n,); dense indices.
        times: ndarray of shape (n,).
        items: ndarray of shape (n,); dense indices.
    """
    first = int(times.min(initial=0))
    span = int(times.max(initial=0)) - first + 1
    if not len(users) or (int(users.max()) + 1) * span >= 2**63:
        return np.lexsort((items, times, users))
    key = users * span + (times - first)
    rows = np.argsort(key, kind="stable")
    key = key[rows]
    equal = key[1:] == key[:-1]
    tied = np.append(equal, False) | np.append(False, equal)
    among = rows[tied]
    rows[tied] = among[np.lexsort((items[among], key[tied]))]
    return rows
