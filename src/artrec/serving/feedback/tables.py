"""Tables of the feedback database, as SQLAlchemy Core knows them; migrations make them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

METADATA: Final = MetaData()
LONGEST_KEY: Final = 100
LONGEST_ITEM: Final = 300
LONGEST_PERSON: Final = 64

# SQLite counts rows of one kind of column only
SEQUENCE: Final = BigInteger().with_variant(Integer, "sqlite")

PEOPLE: Final = Table(
    "people",
    METADATA,
    Column("person", String(LONGEST_PERSON), primary_key=True),
    # changes to another random number with every change of the person's events
    Column("revision", BigInteger, nullable=False),
    Column("n_events", Integer, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)

EVENTS: Final = Table(
    "events",
    METADATA,
    # order of events is that of this number; the clock may jump
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("person", String(LONGEST_PERSON), nullable=False),
    Column("key", String(LONGEST_KEY), nullable=False),
    Column("item", String(LONGEST_ITEM), nullable=True),
    Column("kind", String(20), nullable=False),
    Column("value", Float, nullable=True),
    Column("undone", String(LONGEST_KEY), nullable=True),
    Column("list_id", String(LONGEST_KEY), nullable=True),
    Column("position", Integer, nullable=True),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("person", "key", name="one_event_a_key"),
    sqlite_autoincrement=True,  # a number is never given twice, also not after a deletion
)

# SHA-256 of ids that were deleted for good: no late request, no old backup brings them back
FORGOTTEN: Final = Table(
    "forgotten",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
)

# one row that readiness writes, to see that the store can be written
PROBES: Final = Table(
    "probes",
    METADATA,
    Column("name", String(20), primary_key=True),
    Column("at", BigInteger, nullable=False),
)

# by it those are found who have not come back (`artrec feedback forget`)
Index("people_by_last_use", PEOPLE.c.last_at)
