"""Parameters of validation: scales, dates, volumes and what share of bad rows is too much."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Self

from pydantic import Field, field_validator, model_validator

from artrec.config import Config

MAX_STEPS = 1000


class InteractionRules(Config):
    """What ratings and events are expected to look like."""

    rating_min: float = Field(0.5, description="Lowest rating of the source's scale.")
    rating_max: float = Field(5.0, description="Highest rating of the source's scale.")
    rating_step: float | None = Field(
        0.5, gt=0, description="Distance between neighbouring ratings; null for any value."
    )
    earliest_date: date = Field(
        date(1990, 1, 1), description="First day (UTC) an interaction can be of."
    )
    latest_date: date | None = Field(
        None,
        description="Last day (UTC) an interaction can be of. A date gives the same verdict on "
        "every day; null asks the clock of the run.",
    )
    user_id_pattern: str | None = Field(
        None, description="Regular expression a whole user id must match; null for any."
    )
    item_id_pattern: str | None = Field(
        None, description="Regular expression a whole item id must match; null for any."
    )
    min_rows: int = Field(1, ge=1, description="Fewest good rows to train on.")
    min_users: int = Field(1, ge=1, description="Fewest users among the good rows.")
    min_items: int = Field(1, ge=1, description="Fewest items among the good rows.")

    @field_validator("user_id_pattern", "item_id_pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        return _checked_pattern(pattern)

    @model_validator(mode="after")
    def _scale_makes_sense(self) -> Self:
        if not self.rating_min < self.rating_max:
            raise ValueError(
                f"rating_min ({self.rating_min}) must lie below rating_max ({self.rating_max})"
            )
        if self.rating_step is not None:
            steps = (self.rating_max - self.rating_min) / self.rating_step
            if steps > MAX_STEPS or not math.isclose(steps, round(steps), abs_tol=1e-9):
                raise ValueError(
                    f"rating_step ({self.rating_step}) must lead from rating_min "
                    f"({self.rating_min}) to rating_max ({self.rating_max}) in whole steps, "
                    f"at most {MAX_STEPS} of them"
                )
        if self.latest_date is not None and self.latest_date < self.earliest_date:
            raise ValueError(
                f"latest_date ({self.latest_date}) must not lie before "
                f"earliest_date ({self.earliest_date})"
            )
        return self


class WorkRules(Config):
    """What the catalogue of works is expected to look like."""

    min_rows: int = Field(1, ge=1, description="Fewest works in the catalogue.")
    year_min: int = Field(1870, description="Earliest year a work can be of.")
    year_max: int = Field(2100, description="Latest year a work can be of.")
    max_missing_titles: float = Field(
        0.01, ge=0, le=1, description="Largest share of works without a title."
    )
    max_missing_years: float = Field(
        0.05, ge=0, le=1, description="Largest share of works without a year."
    )
    max_missing_genres: float = Field(
        0.10, ge=0, le=1, description="Largest share of works without a genre."
    )
    max_missing_creators: float = Field(
        1.0, ge=0, le=1, description="Largest share of works without a creator."
    )
    max_missing_texts: float = Field(
        1.0,
        ge=0,
        le=1,
        description="Largest share of works without a text, where the catalogue has texts.",
    )
    item_id_pattern: str | None = Field(
        None, description="Regular expression a whole item id must match; null for any."
    )
    average_rating_min: float | None = Field(
        None, description="Lowest mean rating elsewhere a work can have; null for any."
    )
    average_rating_max: float | None = Field(
        None, description="Highest mean rating elsewhere a work can have; null for any."
    )

    @field_validator("item_id_pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        return _checked_pattern(pattern)

    @model_validator(mode="after")
    def _ranges_make_sense(self) -> Self:
        if self.year_min > self.year_max:
            raise ValueError(
                f"year_min ({self.year_min}) must not lie above year_max ({self.year_max})"
            )
        low, high = self.average_rating_min, self.average_rating_max
        if low is not None and high is not None and low > high:
            raise ValueError(
                f"average_rating_min ({low}) must not lie above average_rating_max ({high})"
            )
        return self


def _checked_pattern(pattern: str | None) -> str | None:
    if pattern is not None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return pattern


class ValidationConfig(Config):
    """Everything validation is told; see `artrec.quality.suites` for what each rule does."""

    interactions: InteractionRules = InteractionRules()
    works: WorkRules = WorkRules()
    max_quarantined_share: float = Field(
        0.05, ge=0, lt=1, description="A larger share of bad rows in a table stops the run."
    )
    max_empty_share: float = Field(
        0.5, ge=0, le=1, description="A raw column with a larger share of empty cells is warned of."
    )
