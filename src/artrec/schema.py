"""The one table vocabulary: column names and what each table of artrec holds.

Identifiers are text everywhere outside dense indices (``imdb`` ids have leading zeros). Times are
whole seconds since 1970-01-01 UTC. Several values in one text cell are joined by ``|``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from artrec.errors import InputError, near_names

if TYPE_CHECKING:
    import pandas as pd

USER_ID: Final = "user_id"
ITEM_ID: Final = "item_id"
TIMESTAMP: Final = "timestamp"
RATING: Final = "rating"
WEIGHT: Final = "weight"
SCORE: Final = "score"
RANK: Final = "rank"
GROUP: Final = "group"
CONTRIBUTION: Final = "contribution"

TITLE: Final = "title"
YEAR: Final = "year"
GENRES: Final = "genres"
CREATORS: Final = "creators"

SEPARATOR: Final = "|"

TEXT: Final = "str"
INTEGER: Final = "int64"
NULLABLE_INTEGER: Final = "Int64"
REAL: Final = "float64"


@dataclass(frozen=True)
class Table:
    """Contract of one table: its columns in order, their types, and which may be absent.

    Attributes:
        name: What error messages call the table.
        required: Column name to type, all present and in this order.
        optional: Column name to type, kept in this order after the required ones when present.
        key: Columns whose values together are unique.
    """

    name: str
    required: Mapping[str, str]
    optional: Mapping[str, str]
    key: tuple[str, ...]

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame with this table's columns, order and types.

        Args:
            frame: Any frame that holds at least the required columns.

        Returns:
            A new frame; columns the contract does not know are left out.

        Raises:
            InputError: A required column is missing or a value does not fit its type.
        """
        known = {**self.required, **self.optional}
        for column in self.required:
            if column not in frame.columns:
                raise InputError(
                    f"table '{self.name}' needs the column {column!r}; "
                    f"it has {[str(c) for c in frame.columns]}",
                    near_names(column, map(str, frame.columns)),
                )
        present = [column for column in known if column in frame.columns]
        typed = frame.loc[:, present].copy()
        for column in present:
            try:
                typed[column] = as_type(typed[column], known[column])
            except (ValueError, TypeError) as error:
                raise InputError(
                    f"column {column!r} of table '{self.name}' should be {known[column]}: {error}",
                    "read the file through a source of artrec.data.sources, "
                    "which sets bad rows aside",
                ) from error
        return typed.reset_index(drop=True)


def as_type(column: pd.Series, kind: str) -> pd.Series:
    """Cast a column to a contract type; missing text stays missing (None).

    Raises:
        ValueError: A value would change, for example 1.7 as a whole number.
    """
    if kind == TEXT:
        plain, missing = column.astype("object"), column.isna()
        return plain.where(~missing, None) if missing.any() else plain
    typed = column.astype(kind)
    if kind == INTEGER:
        import pandas as pd

        changed = typed != pd.to_numeric(column)
        if changed.any():
            raise ValueError(f"{column[changed].iloc[0]!r} is not a whole number")
    return typed


INTERACTIONS: Final = Table(
    name="interactions",
    required={USER_ID: TEXT, ITEM_ID: TEXT},
    optional={TIMESTAMP: INTEGER, RATING: REAL, WEIGHT: REAL},
    key=(USER_ID, ITEM_ID),
)

WORKS: Final = Table(
    name="works",
    required={ITEM_ID: TEXT, TITLE: TEXT, YEAR: NULLABLE_INTEGER, GENRES: TEXT, CREATORS: TEXT},
    optional={
        "writers": TEXT,
        "cast": TEXT,
        "countries": TEXT,
        "languages": TEXT,
        "companies": TEXT,
        "runtime_minutes": REAL,
        "imdb_id": TEXT,
        "isbn": TEXT,
        "original_title": TEXT,
        "series": TEXT,
        "series_number": TEXT,
        "edition_of": TEXT,
        "materials": TEXT,
        "tags": TEXT,
        "tag_times": TEXT,
        "text": TEXT,
        "ratings_count": REAL,
        "average_rating": REAL,
    },
    key=(ITEM_ID,),
)

RECOMMENDATIONS: Final = Table(
    name="recommendations",
    required={USER_ID: TEXT, ITEM_ID: TEXT, SCORE: REAL, RANK: INTEGER},
    optional={},
    key=(USER_ID, ITEM_ID),
)

REASONS: Final = Table(
    name="recommendation_reasons",
    required={USER_ID: TEXT, ITEM_ID: TEXT, GROUP: TEXT, CONTRIBUTION: REAL},
    optional={},
    key=(USER_ID, ITEM_ID, GROUP),
)

REJECTED: Final = Table(
    name="quarantine",
    required={"table": TEXT, "row": INTEGER, "reason": TEXT, "values": TEXT},
    optional={},
    key=(),
)
