"""Importing a personal export: what it holds, which works these are; kept where that is asked."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from artrec.data.exports.detect import SITES
from artrec.data.exports.importing import Export, read_export
from artrec.serving.feedback import FeedbackStore
from artrec.serving.feedback.store import PATIENCE
from artrec.serving.importing import (
    Imported,
    Line,
    Matchers,
    Place,
    counts_of,
    events_of,
    pool_of,
    resolve,
)
from artrec.serving.problems import Problem, answers
from artrec.serving.routes.feedback import told_plainly
from artrec.serving.security import ME, person_for
from artrec.serving.service import Service, service_of
from artrec.serving.shelf import Loaded

router = APIRouter(tags=["import"])

PART: Final = "importing"
AT_ONCE: Final = 2
WAITING: Final = 8
A_BATCH: Final = 500
LONGEST_NAME: Final = 100
NOT_IN_NAMES: Final = re.compile(r"[\x00-\x1f\x7f<>]")


class ImportForm(BaseModel):
    """An export file, and what to do with it."""

    model_config = ConfigDict(extra="forbid")

    file: UploadFile = Field(description="The export as the site gives it, a CSV file or a zip.")
    site: str | None = Field(
        default=None,
        max_length=60,
        description=f"Where it is from, to be checked: {', '.join(SITES)}. By default its columns "
        "tell.",
    )
    store: bool = Field(
        default=False,
        description="Whether matched works become feedback of the session's person; the same file "
        "twice changes nothing.",
    )


class Marks(BaseModel):
    """What a line says of a work."""

    line: int = Field(description="Where it stands in its file; the first line is 1.")
    file: str = Field(description="The file; of an archive the member.")
    title: str = Field(description="As the export writes it.")
    year: int | None = Field(description="As the export has it.")
    rating: float | None = Field(description="On the scale of the work's medium.")
    liked: bool = Field(description="Whether it is marked as liked.")
    seen: bool = Field(description="Whether the person knows it.")
    want: bool = Field(description="Whether it is wanted.")


class Candidate(BaseModel):
    """A work that a line may mean."""

    item: str = Field(description="Its id.")
    title: str = Field(description="As the catalogue writes it.")
    year: int | None = Field(description="Its year.")
    creators: list[str] = Field(description="Directors or authors.")


class MatchedLine(Marks):
    """A line whose work is found."""

    item: str = Field(description="The work.")
    work: str = Field(description="The work's title in the catalogue.")
    why: str = Field(description="By what it was found.")


class AmbiguousLine(Marks):
    """A line that may mean several works, or perhaps one: the person chooses."""

    candidates: list[Candidate] = Field(description="Works, the likeliest first.")
    why: str = Field(description="Why nothing was chosen.")


class UnmatchedLine(BaseModel):
    """A line without a work."""

    line: int = Field(description="Where it stands in its file.")
    file: str = Field(description="The file.")
    title: str = Field(description="As the export writes it.")
    year: int | None = Field(description="As the export has it.")
    why: str = Field(description="Why there is none.")


class Stored(BaseModel):
    """What became of the events that the lines were kept as."""

    accepted: int = Field(description="Kept now.")
    repeated: int = Field(description="There before.")


class ImportAnswer(BaseModel):
    """An export, line by line."""

    site: str = Field(description="Whose export it is.")
    medium: str | None = Field(description="What it is about; null where it does not say.")
    version: str = Field(description="The bundle its works were looked up in.")
    rows: int = Field(description="Rows read.")
    files: list[str] = Field(description="Files read.")
    matched: list[MatchedLine] = Field(description="Lines whose work is found.")
    ambiguous: list[AmbiguousLine] = Field(description="Lines that leave it open.")
    unmatched: list[UnmatchedLine] = Field(description="Lines without a work.")
    counts: dict[str, int] = Field(description="How many lines became what.")
    pool: list[str] = Field(description="Works the person wants and does not know yet.")
    problems: list[str] = Field(description="What to know of how the file was read.")
    stored: Stored | None = Field(description="What was kept; null where nothing was asked for.")


class _Desk:
    """What imports of one service share."""

    def __init__(self) -> None:
        self.matchers = Matchers()
        self.places = asyncio.Semaphore(AT_ONCE)
        self.n_here = 0

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one of the few places; refuse where many wait already."""
        if self.n_here >= AT_ONCE + WAITING:
            raise Problem(
                503, "too many imports wait", "send it again in a moment", {"Retry-After": "10"}
            )
        self.n_here += 1
        try:
            async with self.places:
                yield
        finally:
            self.n_here -= 1


@contextlib.asynccontextmanager
async def opening(service: Service) -> AsyncIterator[None]:
    """Lay the matchers ready for imports."""
    service.extras[PART] = _Desk()
    yield


@router.post("/import", responses=answers(401, 403, 408, 410))
async def import_export(
    request: Request, form: Annotated[ImportForm, Form(media_type="multipart/form-data")]
) -> ImportAnswer:
    """Read an export of Letterboxd, Goodreads, IMDb, MovieLens or StoryGraph, or one's own table.

    Without `store` nothing is kept. Ratings go onto the medium's scale as the same share of its
    best, to the nearest step, halves down.
    """
    service = service_of(request)
    loaded = service.loaded
    person = person_for(request, ME) if form.store else None
    desk: _Desk = service.extras[PART]
    async with desk.turn():
        export, imported = await asyncio.to_thread(_read, form, service, loaded, desk.matchers)
    stored = await _store(service, person, imported) if person is not None else None
    return _answer(loaded, export, imported, stored)


def _read(
    form: ImportForm, service: Service, loaded: Loaded, matchers: Matchers
) -> tuple[Export, Imported]:
    limits = service.settings.limits
    bounds = limits.exports.model_copy(update={"bytes": limits.upload})
    name = _plain_name(form.file.filename)
    export = read_export(form.file.file, name, bounds, form.site or None)
    return export, resolve(export, loaded, matchers)


def _plain_name(name: str | None) -> str:
    """The last part of a file's name, as far as it can be shown."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    return NOT_IN_NAMES.sub("", last)[:LONGEST_NAME].strip() or "the file"


async def _store(service: Service, person: str, imported: Imported) -> Stored:
    """Keep matched lines as feedback; returns when all are on the disk."""
    store: FeedbackStore = service.feedback
    events = events_of(imported)
    counts = {"accepted": 0, "repeated": 0, "conflict": 0}
    try:
        with told_plainly():
            while batch := list(islice(events, A_BATCH)):
                waiting = asyncio.wrap_future(store.appending(person, batch))
                for ack in await asyncio.wait_for(waiting, PATIENCE):
                    counts[ack.status] += 1
    except TimeoutError:
        raise Problem(
            503, "not all was kept in time", "send the file again", {"Retry-After": "5"}
        ) from None
    finally:
        await asyncio.to_thread(service.cache.invalidate, person)
    return Stored(accepted=counts["accepted"], repeated=counts["repeated"])


def _answer(
    loaded: Loaded, export: Export, imported: Imported, stored: Stored | None
) -> ImportAnswer:
    problems = list(export.problems)
    if imported.repeated:
        problems.append(f"{imported.repeated:,} lines are of works that stood there before")
    return ImportAnswer(
        site=export.site,
        medium=export.medium,
        version=loaded.version,
        rows=export.rows,
        files=export.files,
        matched=[_matched(each) for each in imported.matched],
        ambiguous=[_ambiguous(each) for each in imported.ambiguous],
        unmatched=[_unmatched(each) for each in imported.unmatched],
        counts=counts_of(imported),
        pool=pool_of(imported),
        problems=problems,
        stored=stored,
    )


def _matched(line: Line) -> MatchedLine:
    work = _candidate(line.places[0])
    marks = _marks(line).model_dump()
    return MatchedLine(**marks, item=work.item, work=work.title, why=line.why)


def _ambiguous(line: Line) -> AmbiguousLine:
    candidates = [_candidate(place) for place in line.places]
    return AmbiguousLine(**_marks(line).model_dump(), candidates=candidates, why=line.why)


def _unmatched(line: Line) -> UnmatchedLine:
    record = line.record
    return UnmatchedLine(
        line=record.line, file=record.file, title=record.title, year=record.year, why=line.why
    )


def _marks(line: Line) -> Marks:
    record = line.record
    return Marks(
        line=record.line,
        file=record.file,
        title=record.title,
        year=record.year,
        rating=line.rating,
        liked=record.liked,
        seen=record.seen,
        want=record.want,
    )


def _candidate(place: Place) -> Candidate:
    shelf, at = place
    return Candidate(
        item=shelf.works.name(at),
        title=shelf.works.titles[at],
        year=shelf.works.year(at),
        creators=shelf.works.values(at, "creators"),
    )
