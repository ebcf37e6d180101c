"""Reasons: from what a score is made of to one honest sentence with the person's own works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from artrec.recommend.why import Part
from artrec.recommend.words import in_words
from artrec.serving.histories import History
from artrec.serving.shelf import Shelf

N_BECAUSE: Final = 3
N_NAMED: Final = 2
LEAST_NAMED: Final = 0.3  # of what the first work named adds

KNOW, LIKED, LOVED = VERBS = ("know", "liked", "loved")

FAME: Final = frozenset({"popularity", "recent_popularity", "level", "liked_by_most"})
"""Groups that say nothing of the person."""

MADE_OF: Final = frozenset(
    [
        "content",
        "projection",
        "text",
        "title",
        "genres",
        "tags",
        "series",
        "creators",
        "writers",
        "cast",
        "countries",
        "languages",
        "companies",
        "materials",
        "year",
        "decade",
    ]
)
"""Groups that look at what a work is, and not at who liked it."""

LEAST_MADE_OF: Final = 0.1

BASE: Final = frozenset({"start"})
"""Groups that every item has alike."""

PEOPLE: Final = "people who like {them} tend to like this too"
MADE: Final = "it resembles {those} in what it is"
CLAUSES: Final = {
    "content": MADE,
    "content_ease": "it is close to {them} in what it is and in who likes it",
    "projection": "by what it is, it suits people who like {them}",
    "text": "its description resembles {theirs}",
    "title": "its title resembles {theirs}",
    "genres": "it is of the same kind",
    "tags": "people tag it alike",
    "series": "it belongs to the same series",
    "creators": "it is by the same people",
    "writers": "it is by the same people",
    "cast": "the same people play in it",
    "year": "it is of the same time",
}


@dataclass(frozen=True)
class Reasons:
    """What one recommended work is told with.

    Attributes:
        because: Works of the history that speak for it: outer id, title, share.
        sentence: One sentence.
        popular: Whether popularity is what speaks most for it.
    """

    because: list[dict[str, Any]]
    sentence: str
    popular: bool


def reasons_of(shelf: Shelf, verbs: Mapping[int, str], at: int, parts: Sequence[Part]) -> Reasons:
    """Put a work's parts into words.

    Works count by what they add through the parts that speak for the work.

    Args:
        shelf: Of the work.
        verbs: Of the person (`verbs_of`).
        at: Place of the work.
        parts: What its score is made of, with the works behind.
    """
    for_it = [part for part in parts if part.contribution > 0 and part.group not in BASE]
    weights: dict[str, float] = {}
    strongest: dict[str, tuple[float, str]] = {}
    for part in for_it:
        for item_id, share in part.works:
            added = part.contribution * share
            weights[item_id] = weights.get(item_id, 0.0) + added
            if added > strongest.get(item_id, (0.0, ""))[0]:
                strongest[item_id] = (added, part.group)
    popular = bool(for_it) and max(for_it, key=lambda part: part.contribution).group in FAME
    if not weights:
        return Reasons([], _without_works(for_it), popular)
    total = sum(weights.values())
    chosen = sorted(weights, key=lambda item_id: (-weights[item_id], item_id))[:N_BECAUSE]
    places = {item_id: shelf.works.find(item_id) for item_id in chosen}
    because = [
        {
            "item": f"{shelf.medium}:{item_id}",
            "title": shelf.works.titles[places[item_id]],
            "share": round(weights[item_id] / total, 4),
        }
        for item_id in chosen
    ]
    least = LEAST_NAMED * weights[chosen[0]]
    named = [places[item_id] for item_id in chosen[:N_NAMED] if weights[item_id] >= least]
    sentence = _sentence(shelf, verbs, at, named, strongest[chosen[0]][1])
    return Reasons(because, sentence, popular)


def is_carried(parts: Sequence[Part]) -> bool:
    """Whether others carry a work: less than a tenth of what speaks for it is what it is.

    What people liked together tells taste and fame alike; a model cannot say how much is which.
    """
    for_it = [part for part in parts if part.contribution > 0 and part.group not in BASE]
    whole = sum(part.contribution for part in for_it)
    made_of = sum(part.contribution for part in for_it if part.group in MADE_OF)
    return made_of < LEAST_MADE_OF * whole


def popular_reason(n: int) -> Reasons:
    """The reason where nothing is known of the person."""
    people = "one person" if n == 1 else f"{n:,} people"
    return Reasons([], f"Liked by {people} here; tell what you love for a list of your own.", True)


def _without_works(for_it: Sequence[Part]) -> str:
    """What speaks most for a work where no single work of the history does."""
    own = [part for part in for_it if part.group not in FAME] or list(for_it)
    if not own:
        return "Nothing you told speaks against it."
    words = in_words(max(own, key=lambda part: part.contribution).group)
    return f"What speaks for it most: {words}."


def verbs_of(history: History) -> dict[int, str]:
    """What the person makes of each work they know, in a verb."""
    verbs = dict.fromkeys(history.places.tolist(), KNOW)
    verbs.update(dict.fromkeys(history.liked().tolist(), LIKED))
    verbs.update(dict.fromkeys(history.places[history.loved].tolist(), LOVED))
    return verbs


def _sentence(shelf: Shelf, verbs: Mapping[int, str], at: int, named: list[int], group: str) -> str:
    works = shelf.works
    verb = min((verbs.get(each, KNOW) for each in named), key=VERBS.index)
    titles = " and ".join(_quoted(works.titles[each]) for each in named)
    many = len(named) > 1
    clause = CLAUSES.get(group, PEOPLE).format(
        them="them" if many else "it",
        those="them" if many else "that one",
        theirs="theirs" if many else "that one's",
    )
    shared = _shared(shelf, at, named, clause)
    return f"Because you {verb} {titles}: {clause}{f', and {shared}' if shared else ''}."


SAME: Final = (
    ("creators", "it is by {who}, as {title} is"),
    ("writers", "{who} wrote both this and {title}"),
    ("cast", "{who} plays in this and in {title}"),
)
"""People that a work shares with one work named: the column, and how it is said."""


def _shared(shelf: Shelf, at: int, named: list[int], clause: str) -> str:
    """What the catalogue says the work has in common with those named.

    A creator of all; else a creator, writer or actor of one; else genres of all.
    """
    works = shelf.works
    all_of = ("both", "all three")[len(named) - 1]
    creators = _common(works.values(at, "creators"), [works.values(n, "creators") for n in named])
    if creators:
        return f"{all_of} are by {creators[0]}"
    if "same people" not in clause:
        for column, words in SAME:
            own = works.values(at, column)
            for other in named if own else ():
                both = _common(own, [works.values(other, column)])
                if both:
                    return words.format(who=both[0], title=_quoted(works.titles[other]))
    genres = _common(works.values(at, "genres"), [works.values(n, "genres") for n in named])
    return f"{all_of} count as {_joined(genres[:2])}" if genres else ""


def _common(first: list[str], others: list[list[str]]) -> list[str]:
    shared = set(first).intersection(*others)
    return [each for each in first if each in shared] if shared else []


def _joined(words: list[str]) -> str:
    return " and ".join(words)


def _quoted(title: str) -> str:
    return f"“{title}”"
