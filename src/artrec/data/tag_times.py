"""When people gave a work its tags, and which of them a moment in the past knows.

A work's cell of `TAG_TIMES` has one part for each tag of its cell of tags, in their order: the time
from which the tag counts, in seconds, or `UNKNOWN`. A work without such a cell has tags that
belong to it whenever it is looked at, such as a museum's subjects.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from artrec import schema

TAGS: Final = "tags"
TAG_TIMES: Final = "tag_times"
UNKNOWN: Final = "-"


def times_cell(times: Iterable[int | None]) -> str:
    """The cell of `TAG_TIMES` for the times of a work's tags.

    Examples:
        >>> times_cell([1_136_073_600, None])
        '1136073600|-'
    """
    return schema.SEPARATOR.join(UNKNOWN if each is None else str(each) for each in times)


def known_before(works: pd.DataFrame, time: int | None) -> pd.DataFrame:
    """Works with the tags that were there before a time, in the order in which they were given.

    The order is not that of the table, which people of later times had a say in. A tag of which
    nobody knows when it was given was not there.

    Args:
        works: `schema.WORKS`.
        time: In seconds; tags of this very second are left out. None: no tag that has a time, or
            should have one, was there.

    Returns:
        `schema.WORKS`; the same rows. Works without a cell of `TAG_TIMES` keep their tags.
    """
    if TAG_TIMES not in works or TAGS not in works:
        return works
    cells = [
        _known(tags, times, time) if isinstance(times, str) else (tags, None)
        for tags, times in zip(works[TAGS], works[TAG_TIMES], strict=True)
    ]
    tags, times = ([cell[at] for cell in cells] for at in (0, 1))
    return schema.WORKS.conform(works.assign(**{TAGS: tags, TAG_TIMES: times}))


def count_timed(works: pd.DataFrame) -> int:
    """How many tags of all works tell, or should tell, when they were given."""
    if TAG_TIMES not in works:
        return 0
    return int(works[TAG_TIMES].dropna().str.count(rf"\{schema.SEPARATOR}").add(1).sum())


def _known(tags: str | None, times: str, time: int | None) -> tuple[str, str] | tuple[None, None]:
    if not isinstance(tags, str) or time is None:
        return None, None
    both = zip(times.split(schema.SEPARATOR), tags.split(schema.SEPARATOR), strict=True)
    kept = sorted((int(at), tag) for at, tag in both if at != UNKNOWN and int(at) < time)
    if not kept:
        return None, None
    return schema.SEPARATOR.join(tag for _, tag in kept), times_cell(at for at, _ in kept)
