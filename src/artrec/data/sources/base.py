"""What every reader of a source returns, and the settings that say which one reads and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from pydantic import Field, field_validator

from artrec.config import Config


@dataclass(frozen=True)
class SourceVariant:
    """Which variant of a source a result came from.

    Attributes:
        source: Name of the data set.
        rows: Raw rows of each table read.
        sha256: Checksum of the raw content (see `artrec.data.sources.variants`): neither
            compression nor column order changes it.
    """

    source: str
    rows: Mapping[str, int]
    sha256: str

    @property
    def label(self) -> str:
        """One short text that names the variant in a result row.

        Examples:
            >>> SourceVariant("films", {"ratings": 12}, "0123456789abcdef").label
            'films[ratings=12,sha256=0123456789ab]'
        """
        counts = ",".join(f"{table}={count}" for table, count in self.rows.items())
        return f"{self.source}[{counts},sha256={self.sha256[:12]}]"

    def to_dict(self) -> dict[str, object]:
        """For a JSON file: source, rows, sha256 and label."""
        return {
            "source": self.source,
            "rows": dict(self.rows),
            "sha256": self.sha256,
            "label": self.label,
        }


@dataclass(frozen=True, eq=False)
class Parsed:
    """A source in canonical tables.

    Attributes:
        interactions: `schema.INTERACTIONS`, in the raw order; repeats are still there. None where
            the medium has none.
        works: `schema.WORKS`, one row an item, ordered by item id; a work may lack title and year.
        rejected: `schema.REJECTED`: raw rows whose values did not convert, each with its reason.
            ``row`` counts from 1 below the header.
        variant: What the tables were read from.
    """

    interactions: pd.DataFrame | None
    works: pd.DataFrame
    rejected: pd.DataFrame
    variant: SourceVariant


class RatingColumns(Config):
    """What the person's own ratings file calls the columns artrec needs."""

    user_id: str = Field("user_id", description="Column of user ids.")
    item_id: str = Field("item_id", description="Column of item ids.")
    timestamp: str = Field("timestamp", description="Column of times.")
    rating: str | None = Field("rating", description="Column of ratings; null if there are none.")


class WorkColumns(Config):
    """What the person's own works file calls the columns artrec can use; null: it has none."""

    item_id: str = Field("item_id", description="Column of item ids.")
    title: str = Field("title", description="Column of titles.")
    year: str | None = Field("year", description="Column of years, whole numbers.")
    genres: str | None = Field("genres", description="Column of genres.")
    creators: str | None = Field("creators", description="Column of directors or authors.")
    writers: str | None = Field(None, description="Column of writers.")
    cast: str | None = Field(None, description="Column of actors.")
    countries: str | None = Field(None, description="Column of countries.")
    languages: str | None = Field(None, description="Column of languages.")
    companies: str | None = Field(None, description="Column of production companies.")
    runtime_minutes: str | None = Field(None, description="Column of running times, in minutes.")
    imdb_id: str | None = Field(None, description="Column of IMDb ids.")
    isbn: str | None = Field(None, description="Column of ISBNs.")
    series: str | None = Field(None, description="Column of series.")
    edition_of: str | None = Field(None, description="Column of ids of groups of editions.")
    materials: str | None = Field(None, description="Column of materials.")
    tags: str | None = Field(None, description="Column of tags or shelves.")
    text: str | None = Field(None, description="Column of descriptions or extracts.")
    ratings_count: str | None = Field(None, description="Column of how often each was rated.")
    average_rating: str | None = Field(None, description="Column of mean ratings elsewhere.")


class OwnLayout(Config):
    """How the person's own files are written."""

    columns: RatingColumns = Field(
        default_factory=RatingColumns, description="Column names of the ratings file."
    )
    works_columns: WorkColumns = Field(
        default_factory=WorkColumns, description="Column names of the works file, if there is one."
    )
    timestamp_unit: Literal["s", "ms", "iso"] = Field(
        "s", description="Seconds or milliseconds since 1970 (UTC), or ISO 8601 text."
    )
    value_separator: str = Field(
        "|", min_length=1, description="What parts several values in one cell (genres, creators)."
    )
    missing: tuple[str, ...] = Field(
        ("",), description="Texts that stand for a missing value, in every column."
    )


class TagRules(Config):
    """Which tags say something of a film (reader 'movielens')."""

    min_users: int = Field(
        1, ge=1, description="Fewest people who gave a work a tag for it to count."
    )
    min_relevance: float = Field(
        0.8, ge=0, le=1, description="Lowest relevance of the tag genome for a tag to count."
    )


class SourceConfig(Config):
    """Which source is read, how, and what its ratings mean."""

    reader: str = Field(
        "movielens_snapshot",
        description="Name of a reader of artrec.data.sources.registry, or 'package.module:NAME' "
        "of one written elsewhere.",
    )
    name: str = Field(
        "movielens_snapshot", min_length=1, description="Name of the data set in results."
    )
    positive_from: float | None = Field(
        4.0, description="Lowest rating that counts as liked; null where every interaction does."
    )
    own: OwnLayout = Field(
        default_factory=OwnLayout, description="Layout of the person's own files (reader 'own')."
    )
    tag_rules: TagRules = Field(
        default_factory=TagRules, description="Which tags count (reader 'movielens')."
    )

    @field_validator("reader")
    @classmethod
    def _known(cls, name: str) -> str:
        from artrec.data.sources.registry import refuse_unknown

        refuse_unknown(name)
        return name
