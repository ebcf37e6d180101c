"""Histories: from what a caller knows of a person to one profile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias
from warnings import warn

import numpy as np
import pandas as pd

from artrec import schema
from artrec.bundle.member import Member
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ArtrecWarning, InputError, UnknownIdError, near_names

VISITOR: Final = "you"

History: TypeAlias = str | Mapping[str, float] | Iterable[str] | pd.DataFrame


def profile_of(history: History, member: Member, resolve: Callable[[str], str]) -> Interactions:
    """One row over some items: everything of a history that the catalogue knows.

    Args:
        history: A user id, a list or mapping of titles or item ids, or an interactions table.
        member: Where known users and works are looked up.
        resolve: Item id of a title or item id.

    Raises:
        UnknownIdError: A user or an item of a list or mapping is not known.
        InputError: The history is of another kind.
    """
    positive_from = member.manifest.positive_from
    if isinstance(history, str):
        return _known_user(history, member.profiles)
    if isinstance(history, pd.DataFrame):
        return _from_table(history, member)
    if isinstance(history, Mapping):
        return visitor({resolve(item): r for item, r in history.items()}, positive_from)
    if isinstance(history, Iterable):
        return visitor({resolve(item): np.nan for item in history}, positive_from)
    raise InputError(
        f"a history is a user id, a list, a mapping or a table; got {history!r}",
        f"user ids are text: {str(history)!r}",
    )


def visitor(ratings: Mapping[str, float], positive_from: float | None) -> Interactions:
    """A row for somebody new.

    Args:
        ratings: Item id to rating, NaN where there is none: then it counts as liked.
        positive_from: Lowest rating that counts as liked.

    Raises:
        InputError: A rating is no number.
    """
    table = pd.DataFrame(
        {
            schema.USER_ID: [VISITOR] * len(ratings),
            schema.ITEM_ID: list(ratings),
            schema.RATING: np.array([_rating(*each) for each in ratings.items()], dtype=np.float64),
        }
    )
    return Interactions.from_table(table, positive_from, users=IdMap.of([VISITOR]))


def _rating(item: str, rating: object) -> float:
    if isinstance(rating, int | float | np.number) and not isinstance(rating, bool):
        value = float(rating)
        if not np.isinf(value):
            return value
    raise InputError(
        f"the rating of item {item!r} should be a number; got {rating!r}",
        "for works without ratings give a list: they count as liked",
    )


def _known_user(user: str, profiles: Interactions) -> Interactions:
    row = int(profiles.users.find([user])[0])
    if row < 0:
        raise UnknownIdError(
            f"user {user!r} is not among the {len(profiles.users)} users of the bundle",
            _near_ids(user, profiles.users)
            + "; for somebody new give titles, as in ['Alien (1979)']",
        )
    # sliced rather than taken: nobody else's history is walked over
    span = slice(int(profiles.indptr[row]), int(profiles.indptr[row + 1]))
    return Interactions(
        IdMap(pd.Index(profiles.users.to_id([row]))),
        profiles.items,
        np.array([0, span.stop - span.start], dtype=np.int64),
        profiles.indices[span],
        profiles.ratings[span],
        profiles.timestamps[span],
        profiles.positive[span],
    )


def _from_table(table: pd.DataFrame, member: Member) -> Interactions:
    if schema.USER_ID not in table:
        table = table.assign(**{schema.USER_ID: VISITOR})
    table = schema.INTERACTIONS.conform(table)
    n_users = table[schema.USER_ID].nunique()
    if n_users > 1:
        raise InputError(
            f"wanted the history of one person; the table holds {n_users} users",
            "take one user's rows, or rank for all with artrec.recommend.rank.recommend",
        )
    known = table[schema.ITEM_ID].isin(member.works[schema.ITEM_ID])
    if not known.all():
        first = table.loc[~known, schema.ITEM_ID].iloc[0]
        warn(
            ArtrecWarning(
                f"{int((~known).sum())} of {len(table)} items of the history are not in the "
                f"catalogue and left out, first {first!r}"
            ),
            stacklevel=4,
        )
    table = table.assign(**{schema.USER_ID: VISITOR})
    return Interactions.from_table(table, member.manifest.positive_from, users=IdMap.of([VISITOR]))


def _near_ids(wanted: str, ids: IdMap) -> str:
    from rapidfuzz import process

    near = [each for each, _, _ in process.extract(wanted, list(ids.index), limit=3)]
    return near_names(wanted, near)
