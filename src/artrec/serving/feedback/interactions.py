"""Stored feedback as interactions, the way every other source of the pipelines has them.

What somebody tells of a work becomes one interaction: the rating they gave, on the medium's own
scale. A like without a rating says that the work is at least as good as the lowest rating that
counts as liked, so it is given that; a dislike the highest below it. What was only seen, wanted,
looked at or turned away says nothing of taste that a rating could hold, and is left out, counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from artrec import schema
from artrec.serving.feedback.events import UNDO, Event, State, state_of

if TYPE_CHECKING:
    import pandas as pd

LEFT_OUT: Final = {
    "seen": "seen, without a verdict",
    "not_interested": "not interested",
    "want": "wanted, not met yet",
}


@dataclass(frozen=True)
class Meaning:
    """What ratings of a medium mean.

    Attributes:
        positive_from: Lowest rating that counts as liked; None where every interaction does.
        step: Distance between neighbouring ratings.
    """

    positive_from: float | None
    step: float

    def rating(self, told: State) -> float | None:
        """The rating of what is told of one work; None where it says nothing of taste."""
        if self.positive_from is None:
            return None
        if told.liked:
            below = told.rating is None or told.rating < self.positive_from
            return self.positive_from if below else told.rating
        if told.disliked:
            worst = self.positive_from - self.step
            return worst if told.rating is None else min(told.rating, worst)
        return told.rating

    def says_something(self, told: State) -> bool:
        """Whether this is an interaction at all."""
        if self.positive_from is None:
            return told.seen and not told.disliked
        return self.rating(told) is not None


@dataclass
class Exported:
    """Interactions of one medium, and what was left out of them.

    Attributes:
        table: `schema.INTERACTIONS`: user and item ids without the medium.
        people: How many people they are of.
        left_out: Reason to how many works of people.
    """

    table: pd.DataFrame
    people: int
    left_out: dict[str, int] = field(default_factory=dict)


def interactions_of(
    everyone: Iterable[tuple[str, list[Event]]], medium: str, meaning: Meaning
) -> Exported:
    """Interactions that people's events come to.

    Args:
        everyone: Each person and their events, as the store gives them.
        medium: The medium wanted.
        meaning: What its ratings mean.
    """
    import pandas as pd

    left_out: Counter[str] = Counter()
    rows = list(_rows(everyone, medium, meaning, left_out))
    names = [schema.USER_ID, schema.ITEM_ID, schema.TIMESTAMP, schema.RATING]
    table = pd.DataFrame(rows, columns=names)
    if meaning.positive_from is None:
        table = table.drop(columns=schema.RATING)
    table = schema.INTERACTIONS.conform(table)
    return Exported(table, int(table[schema.USER_ID].nunique()), dict(sorted(left_out.items())))


def _rows(
    everyone: Iterable[tuple[str, list[Event]]],
    medium: str,
    meaning: Meaning,
    left_out: Counter[str],
) -> Iterator[tuple[str, str, int, float | None]]:
    prefix = f"{medium}:"
    for person, events in everyone:
        state = state_of([each for each in events if _is_of(each, prefix)])
        for item, told in sorted(state.items()):
            if meaning.says_something(told):
                yield person, item.removeprefix(prefix), told.at, meaning.rating(told)
            else:
                left_out[_why(told)] += 1


def _is_of(event: Event, prefix: str) -> bool:
    # an undo goes by its key
    return event.kind == UNDO or (event.item is not None and event.item.startswith(prefix))


def _why(told: State) -> str:
    if told.not_interested:
        return LEFT_OUT["not_interested"]
    if told.disliked:
        return "disliked, where ratings do not count"
    return LEFT_OUT["seen"] if told.seen else LEFT_OUT["want"]
