"""Steering: what a person turns and rules out, and what that does to an order of works."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from artrec.serving.problems import Problem
from artrec.serving.works import Floats, Mask, Works

LONGEST: Final = 2048
MOST_LABELS: Final = 100
PULL: Final = 1.2  # of a slider at its end, against relevance, which goes from 1 to 0

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Label = Annotated[str, Field(min_length=1, max_length=200)]
Labels = Annotated[list[Label], Field(max_length=MOST_LABELS)]
Year = Annotated[int, Field(ge=-10_000, le=10_000)]
Minute = Annotated[int, Field(ge=0, le=100_000)]


class Closed(BaseModel):
    """A part of a request: unknown names and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LeaveOut(Closed):
    """What is not wanted."""

    genres: Labels = Field(default=[], description="Genres.")
    creators: Labels = Field(default=[], description="Directors, authors, artists.")
    languages: Labels = Field(default=[], description="Languages.")


class Only(Closed):
    """What alone is wanted."""

    genres: Labels = Field(default=[], description="Genres; a work with one of them may come.")


class Steering(Closed):
    """Sliders and filters of a list; it holds nothing of a person, so a link may carry it."""

    surprise: Share = Field(default=0.0, description="0: familiar works, 1: surprising ones.")
    hidden: Share = Field(default=0.0, description="0: the model's order, 1: little known works.")
    diversity: Share = Field(default=0.0, description="0: the model's order, 1: unlike each other.")
    media: Annotated[list[Label], Field(max_length=20)] = Field(
        default=[], description="Media of the list; none: the one asked for."
    )
    years: Annotated[list[Year], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="First and last year."
    )
    minutes: Annotated[list[Minute], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="Least and most minutes."
    )
    leave_out: LeaveOut = Field(default=LeaveOut(), description="What is not wanted.")
    only: Only = Field(default=Only(), description="What alone is wanted.")

    @model_validator(mode="after")
    def _ranges_ascend(self) -> Steering:
        for name in ("years", "minutes"):
            span = getattr(self, name)
            if span is not None and span[0] > span[1]:
                raise ValueError(f"{name} should be [first, last], first not after last")
        return self

    @property
    def moves(self) -> bool:
        """Whether a slider moves works away from the model's order."""
        return self.surprise > 0 or self.hidden > 0


NEUTRAL: Final = Steering()


def read_steering(text: str | None) -> Steering:
    """Steering from an address: its JSON in base64url.

    Raises:
        Problem: 422 where it is none.
    """
    if not text:
        return NEUTRAL
    try:
        if len(text) > LONGEST:
            raise ValueError(f"it has more than {LONGEST} characters")
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return Steering.model_validate_json(plain)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(each) for each in first["loc"])
        reason = f"{where}: {first['msg']}" if where else first["msg"]
    except (ValueError, binascii.Error) as error:
        reason = str(error)
    raise Problem(
        422,
        f"the steering of this address cannot be read: {reason}",
        "it is the JSON of a steering, encoded as base64url; leave it out for the plain list",
    )


def write_steering(steering: Steering) -> str:
    """Steering as an address has it; empty where it says nothing."""
    said = steering.model_dump(exclude_defaults=True)
    plain = json.dumps(said, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=") if said else ""


def allowed_by(steering: Steering, works: Works) -> Mask | None:
    """Which works pass the filters, shape (n_works,); None where all do."""
    kept: Mask | None = None
    ranges = ((steering.years, works.years), (steering.minutes, works.minutes))
    for span, values in ranges:
        if span is not None:
            kept = _both(kept, (values >= span[0]) & (values <= span[1]))  # unknown ones never
    for column in ("genres", "creators", "languages"):
        labels = getattr(steering.leave_out, column)
        if labels:
            kept = _both(kept, ~works.labelled(column, labels))
    if steering.only.genres:
        kept = _both(kept, works.labelled("genres", steering.only.genres))
    return kept


def moved(steering: Steering, relevance: Floats, fame: Floats, closeness: Floats) -> Floats:
    """What works are ordered by once the sliders pull.

    Args:
        steering: The sliders.
        relevance: 1 for the model's first, falling to 0 for its last; shape (n,).
        fame: How well known each is, 0..1.
        closeness: How like the person's own works each is, 0..1.
    """
    top = closeness.max(initial=0.0)
    near = closeness / top if top > 0 else closeness
    return relevance - PULL * (steering.hidden * fame + steering.surprise * near)


def _both(first: Mask | None, second: Mask) -> Mask:
    return second if first is None else first & second


def spread_of(values: Floats) -> Floats:
    """Counts as 0..1 on a logarithmic scale."""
    logs = np.log1p(np.maximum(values, 0))
    top = logs.max(initial=0.0)
    return logs / top if top > 0 else logs
