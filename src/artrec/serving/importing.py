"""From an export to works of the bundle, and to events of feedback: plain functions."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

import pandas as pd

from artrec.data.exports.book_matching import BookMatcher
from artrec.data.exports.film_matching import FilmMatcher
from artrec.data.exports.importing import Export
from artrec.data.exports.outcomes import AMBIGUOUS, MATCHED, UNMATCHED, Matcher
from artrec.data.exports.records import BOOKS, FILMS, Record, on_scale, together
from artrec.serving.feedback.events import LIKE, RATING, SEEN, WANT, Event
from artrec.serving.shelf import Loaded, Shelf

MATCHERS: Final[Mapping[str, Callable[[pd.DataFrame], Matcher]]] = {
    FILMS: FilmMatcher,
    BOOKS: BookMatcher,
}

Place = tuple[Shelf, int]


@dataclass(frozen=True)
class Line:
    """What one record means among the works of the bundle.

    Attributes:
        record: As the export has it.
        status: `MATCHED`, `AMBIGUOUS` or `UNMATCHED`.
        places: Works, the likeliest first: one, several, or none.
        why: Why, in words.
    """

    record: Record
    status: str
    places: tuple[Place, ...]
    why: str

    @property
    def rating(self) -> float | None:
        """The rating on the scale of the likeliest work's medium."""
        if self.record.rating is None or not self.places:
            return None
        scale = self.places[0][0].rating
        return on_scale(self.record.rating, scale["min"], scale["max"], scale["step"])


@dataclass
class Imported:
    """An export, resolved.

    Attributes:
        matched: One line a work.
        ambiguous: Lines whose work the person must choose.
        unmatched: Lines without a work.
        repeated: Lines of works that an earlier line was of; they were put together.
    """

    matched: list[Line] = field(default_factory=list)
    ambiguous: list[Line] = field(default_factory=list)
    unmatched: list[Line] = field(default_factory=list)
    repeated: int = 0


class Matchers:
    """The matchers of the shelves in use: made when first needed, gone with their bundle."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Shelf, Matcher] = WeakKeyDictionary()
        self._making = threading.Lock()

    def of(self, shelf: Shelf) -> Matcher:
        """The matcher of a medium's works."""
        with self._making:
            if shelf not in self._known:
                self._known[shelf] = MATCHERS[shelf.medium](shelf.table)
            return self._known[shelf]


def resolve(export: Export, loaded: Loaded, matchers: Matchers) -> Imported:
    """Find the work of each record.

    An export that does not say what it is about is looked up in every medium.
    """
    media = [export.medium] if export.medium else list(MATCHERS)
    shelves = [loaded.shelves[each] for each in media if each in loaded.shelves]
    ready = [(shelf, matchers.of(shelf)) for shelf in shelves]
    done = Imported()
    of_work: dict[Place, int] = {}
    for record in export.records:
        line = _line(record, ready)
        if line.status == MATCHED:
            at = of_work.get(line.places[0])
            if at is not None:
                done.matched[at] = _both(done.matched[at], line)
                done.repeated += 1
                continue
            of_work[line.places[0]] = len(done.matched)
            done.matched.append(line)
        else:
            (done.ambiguous if line.status == AMBIGUOUS else done.unmatched).append(line)
    return done


def _line(record: Record, ready: list[tuple[Shelf, Matcher]]) -> Line:
    """One record looked up on every shelf."""
    found = [(shelf, matcher.match(record)) for shelf, matcher in ready]
    places = tuple((shelf, at) for shelf, outcome in found for at in outcome.places)
    sure = [each for each in found if each[1].status == MATCHED]
    if len(sure) == 1:
        shelf, outcome = sure[0]
        return Line(record, MATCHED, ((shelf, outcome.places[0]),), outcome.why)
    if places:
        why = "works of several media fit" if len(sure) > 1 else found[0][1].why
        return Line(record, AMBIGUOUS, places, why)
    why = found[0][1].why if len(found) == 1 else "no work of that title"
    return Line(record, UNMATCHED, (), why if found else "there is nothing of this kind here")


def _both(one: Line, other: Line) -> Line:
    return Line(together(one.record, other.record), one.status, one.places, one.why)


def pool_of(imported: Imported) -> list[str]:
    """Items that the person wants and does not know yet."""
    wanted = (each for each in imported.matched if each.record.want and not each.record.seen)
    return [shelf.works.name(at) for each in wanted for shelf, at in each.places]


def counts_of(imported: Imported) -> dict[str, int]:
    """How many lines became what, and what the matched ones say."""
    records = [each.record for each in imported.matched]
    return {
        "matched": len(imported.matched),
        "ambiguous": len(imported.ambiguous),
        "unmatched": len(imported.unmatched),
        "rated": sum(each.rating is not None for each in records),
        "liked": sum(each.liked for each in records),
        "seen": sum(each.seen for each in records),
        "wanted": sum(each.want for each in records),
    }


def events_of(imported: Imported) -> Iterator[Event]:
    """Events of feedback, each under a key made of what it says: said twice, it counts once.

    The date the site has beside it is part of it, so that a rating that went from 4 to 5 and back
    is three events.
    """
    for line in imported.matched:
        shelf, at = line.places[0]
        item = shelf.works.name(at)
        for kind, value in _told(line).items():
            told = "\0".join((item, kind, "" if value is None else f"{value:g}", line.record.date))
            digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:40]
            yield Event(f"import-{digest}", item, kind, value)


def _told(line: Line) -> Mapping[str, float | None]:
    """Kinds of events and their values; a like stands after the rating it goes with."""
    record = line.record
    told: dict[str, float | None] = {}
    if line.rating is not None:
        told[RATING] = line.rating
    if record.liked:
        told[LIKE] = None
    if record.seen and not told:
        told[SEEN] = None
    if record.want and not record.seen:
        told[WANT] = None
    return told
