"""Cold splits: works nobody has met yet, and people the models have never seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from artrec import schema
from artrec.config import Config
from artrec.data.ids import IdMap
from artrec.errors import InputError
from artrec.splitting.base import Split, part, share_of

KNOWN_LATER: Final = ("tags", "tag_times", "ratings_count", "average_rating")
"""Columns of a works table that fill only once people have met the work."""

TRAIN, VALIDATION, TEST = 0, 1, 2
LARGEST_GROUP: Final = 0.25  # of the works on a cold side
EDITION_OF: Final = "edition_of"

Sides = npt.NDArray[np.int64]


class ColdConfig(Config):
    """Which works and people are held out entirely."""

    item_share: float = Field(
        default=0.1,
        gt=0,
        lt=0.5,
        description="Share of the works that is cold in the test, and as many in validation.",
    )
    together: Literal["editions", "creators"] = Field(
        default="editions",
        description="Works that stay on one side: editions of one work, or also whatever shared "
        "creators connect.",
    )
    unknown_of_new: tuple[str, ...] = Field(
        default=KNOWN_LATER,
        description="Columns of a works table that a new work does not have: emptied for cold "
        "works. A source whose genres come from what readers say names them too.",
    )
    min_interactions: int = Field(
        default=3,
        ge=2,
        description="Interactions a work or a person needs to be drawn as cold.",
    )
    user_share: float = Field(
        default=0.1,
        gt=0,
        lt=0.5,
        description="Share of the people who are unknown in the test, and as many in validation.",
    )
    profile_share: float = Field(
        default=0.8,
        gt=0,
        lt=1,
        description="Share of an unknown person's interactions that is profile.",
    )
    max_judged_users: int | None = Field(
        default=None,
        ge=1,
        description="People who are judged, drawn at random; null for all. What is withheld of "
        "the others is judged by nobody and fitted on by nobody.",
    )


def item_cold(
    table: pd.DataFrame, works: pd.DataFrame, config: ColdConfig, rng: np.random.Generator
) -> Split:
    """Withhold every interaction of some works; validation's cold works are not those of test.

    Cold works are ranked among themselves (`Holdout.candidates`): among warm ones, the scale of
    the cold scores would decide. While a model is chosen, both sets of cold works have no
    interactions; for the test, those of validation are known. What else a new work would not
    have is emptied by `hide_new`.

    Groups of works (`ColdConfig.together`) are drawn whole. One that would take more than a
    quarter of a side stays in train, so that no side is mostly one circle of authors.

    Args:
        table: `schema.INTERACTIONS`, pairs unique, in any order.
        works: `schema.WORKS`; works of `table` that it lacks stay in train.
        config: `item_share`, `together` and `min_interactions`.
        rng: The only randomness; the order of rows does not matter.

    Raises:
        InputError: No group of works is small enough to be cold.
    """
    counts = table[schema.ITEM_ID].value_counts()
    enough = counts.index[counts >= config.min_interactions]
    drawn = works[works[schema.ITEM_ID].isin(enough)].sort_values(schema.ITEM_ID)
    sides = _draw(groups_of(drawn, config.together), config.item_share, rng)
    side_of = pd.Series(sides, index=drawn[schema.ITEM_ID].to_numpy(dtype=object))
    _require_both(sides, f"works of which {config.together} stay together", "item_share")
    side = table[schema.ITEM_ID].map(side_of).fillna(TRAIN).to_numpy(dtype=np.int64)
    return Split(
        split_id=f"item_cold_{config.item_share:g}_{config.together}",
        train=part(table, side == TRAIN),
        validation=part(table, side == VALIDATION),
        test=part(table, side == TEST),
        validation_items=tuple(side_of.index[sides == VALIDATION]),
        test_items=tuple(side_of.index[sides == TEST]),
    )


def user_cold(table: pd.DataFrame, config: ColdConfig, rng: np.random.Generator) -> Split:
    """Hold some people out entirely; each is folded in by a part of what they did.

    Of an unknown person with n interactions ``floor(profile_share * n)``, at least one, are
    profile and the rest is withheld. Which, is chance; where times should decide, see
    `artrec.splitting.temporal.fold_in`. While a model is chosen, neither the people of
    validation nor those of test are known; for the test, those of validation are.

    Args:
        table: `schema.INTERACTIONS`, pairs unique, in any order.
        config: `user_share`, `profile_share` and `min_interactions`.
        rng: The only randomness; the order of rows does not matter.

    Raises:
        InputError: Too few people have enough interactions.
    """
    counts = table[schema.USER_ID].value_counts()
    people = IdMap.of(counts.index[counts >= config.min_interactions])
    sides = _draw(np.arange(len(people)), config.user_share, rng)
    _require_both(sides, "people", "user_share")
    at = people.find(table[schema.USER_ID])
    side = np.where(at < 0, TRAIN, sides[at])
    profile = _in_profile(table, config.profile_share, rng)
    return Split(
        split_id=f"user_cold_{config.user_share:g}_profile_{config.profile_share:g}",
        train=part(table, side == TRAIN),
        validation=part(table, (side == VALIDATION) & ~profile),
        test=part(table, (side == TEST) & ~profile),
        validation_profiles=part(table, (side == VALIDATION) & profile),
        test_profiles=part(table, (side == TEST) & profile),
    )


def hide_new(
    works: pd.DataFrame, cold: Sequence[str], columns: Sequence[str] = KNOWN_LATER
) -> pd.DataFrame:
    """The works table as it would be were the cold works new: what people add is emptied.

    Args:
        works: `schema.WORKS`.
        cold: Outer ids of the works that count as new.
        columns: What a new work would not have; those the table lacks are ignored. A source
            whose genres come from what readers say names them here too.
    """
    hidden = works.copy()
    new = hidden[schema.ITEM_ID].isin(set(cold))
    for column in columns:
        if column in hidden:
            hidden[column] = hidden[column].mask(new)
    return schema.WORKS.conform(hidden)


def groups_of(works: pd.DataFrame, together: str) -> npt.NDArray[np.int64]:
    """A number a work; works with one number stay on one side.

    Args:
        works: `schema.WORKS`.
        together: ``editions``: works of one `edition_of`. ``creators``: also works that a chain of
            shared creators connects. A work that says neither is a group of its own.

    Returns:
        ndarray of shape (n_works,).
    """
    links = [_members(works, EDITION_OF)]
    if together == "creators":
        links.append(_members(works, schema.CREATORS))
    shared = sparse.hstack(links, format="csr")  # (n_works, n_names)
    graph = sparse.block_array([[None, shared], [shared.T, None]], format="csr")
    return np.asarray(connected_components(graph, directed=False)[1][: len(works)], dtype=np.int64)


def _members(works: pd.DataFrame, column: str) -> sparse.csr_array:
    """Which work carries which name of a column: csr_array of shape (n_works, n_names)."""
    told = works[column] if column in works else pd.Series("", index=works.index)
    names = told.fillna("").str.split(schema.SEPARATOR, regex=False)
    long = pd.DataFrame({"row": np.arange(len(works)), "name": names.to_numpy()}).explode("name")
    long["name"] = long["name"].fillna("").str.strip().str.casefold()
    long = long[long["name"] != ""]
    columns, known = pd.factorize(long["name"])
    rows = long["row"].to_numpy(dtype=np.int64)
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(works), len(known)))


def _draw(groups: npt.NDArray[np.int64], share: float, rng: np.random.Generator) -> Sides:
    """The side of each member: whole groups in random order, as long as they fit."""
    _, member_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    room = int(share_of(np.array([len(groups)]), share)[0])
    side_of_group = np.full(len(sizes), TRAIN, dtype=np.int64)
    left = {VALIDATION: room, TEST: room}
    for group in rng.permutation(len(sizes)).tolist():
        size = int(sizes[group])
        if size > max(1, int(LARGEST_GROUP * room)):
            continue
        fits = [each for each, free in left.items() if size <= free]
        if fits:
            # the emptier side first, so that both fill alike
            chosen = max(fits, key=lambda each: left[each])
            side_of_group[group] = chosen
            left[chosen] -= size
    return side_of_group[member_of]


def _require_both(sides: Sides, what: str, parameter: str) -> None:
    if not {VALIDATION, TEST} <= set(sides.tolist()):
        raise InputError(
            f"a cold split found nothing to hold out among {len(sides)} {what}",
            f"raise `{parameter}`, lower `min_interactions`, or bring more data",
        )


def _in_profile(
    table: pd.DataFrame, share: float, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Whether a row is profile: a random share of each person's rows, at least one of them."""
    users, items = (IdMap.of(table[each]) for each in (schema.USER_ID, schema.ITEM_ID))
    rows = users.to_index(table[schema.USER_ID])
    by_id = np.lexsort((items.to_index(table[schema.ITEM_ID]), rows))
    draws = np.empty(len(table))
    draws[by_id] = rng.random(len(table))
    counts = np.bincount(rows).astype(np.int64)
    kept = np.maximum(share_of(counts, share), 1)
    shuffled = np.lexsort((draws, rows))
    place = np.arange(len(table)) - (np.cumsum(counts) - counts)[rows[shuffled]]
    flags = np.zeros(len(table), dtype=bool)
    flags[shuffled[place < kept[rows[shuffled]]]] = True
    return flags
