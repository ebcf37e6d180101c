"""Filters of an interactions table; each returns what is left and counts what it dropped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema

PAIR = [schema.USER_ID, schema.ITEM_ID]


@dataclass(frozen=True)
class Dropped:
    """What one filter took away.

    Attributes:
        rule: What the filter asks for, in words.
        rows: Interactions dropped.
        users: Users of the input with no interaction left.
        items: Items of the input with no interaction left.
    """

    rule: str
    rows: int
    users: int
    items: int


@dataclass(frozen=True, eq=False)
class Filtered:
    """A table after one filter.

    Attributes:
        table: `schema.INTERACTIONS`, in the order of the input, index from 0.
        dropped: What is no longer there.
    """

    table: pd.DataFrame
    dropped: Dropped


def drop_duplicates(table: pd.DataFrame) -> Filtered:
    """Rows that repeat an earlier one in every column."""
    return _keep(table, ~table.duplicated().to_numpy(), "rows differ in some column")


def keep_latest(table: pd.DataFrame) -> Filtered:
    """One interaction a (user, item): the latest; of equally late ones the last in the table."""
    order = np.arange(len(table))
    if schema.TIMESTAMP in table:
        order = np.argsort(table[schema.TIMESTAMP].to_numpy(), kind="stable")
    latest = np.zeros(len(table), dtype=bool)
    latest[order[~table[PAIR].iloc[order].duplicated(keep="last").to_numpy()]] = True
    return _keep(table, latest, "one interaction a (user, item), the latest")


def min_support(table: pd.DataFrame, items: int = 3) -> Filtered:
    """Interactions with items that have at least so many; users may become small or vanish.

    Args:
        table: `schema.INTERACTIONS`, pairs unique.
        items: Interactions an item needs.
    """
    counts = table.groupby(schema.ITEM_ID)[schema.ITEM_ID].transform("size")
    return _keep(table, (counts >= items).to_numpy(), f"items with at least {items} interactions")


def k_core(table: pd.DataFrame, users: int = 5, items: int = 5) -> Filtered:
    """The largest part in which every user and every item has at least so many interactions.

    Args:
        table: `schema.INTERACTIONS`, pairs unique.
        users: Interactions a user needs.
        items: Interactions an item needs.
    """
    core = table.reset_index(drop=True)
    while True:
        of_user = core.groupby(schema.USER_ID)[schema.USER_ID].transform("size")
        of_item = core.groupby(schema.ITEM_ID)[schema.ITEM_ID].transform("size")
        kept = core[(of_user >= users) & (of_item >= items)]
        if len(kept) == len(core):
            break
        core = kept
    rule = f"users with at least {users} and items with at least {items} interactions"
    return _keep(table, np.isin(np.arange(len(table)), core.index), rule)


def _keep(table: pd.DataFrame, kept: npt.NDArray[np.bool_], rule: str) -> Filtered:
    rest = table.loc[kept].reset_index(drop=True)
    users = table[schema.USER_ID].nunique() - rest[schema.USER_ID].nunique()
    items = table[schema.ITEM_ID].nunique() - rest[schema.ITEM_ID].nunique()
    return Filtered(rest, Dropped(rule, len(table) - len(rest), users, items))
