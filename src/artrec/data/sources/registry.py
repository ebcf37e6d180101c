"""Which reader reads: the one entry for a node that has raw tables and a `SourceConfig`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from artrec.data.sources.base import Parsed, SourceConfig
from artrec.data.sources.raw import RawRows
from artrec.errors import ArtrecWarning, ConfigError, InputError, near_names

ELSEWHERE = "'package.module:NAME' names a reader of your own"


@dataclass(frozen=True)
class Reader:
    """How one source is read.

    Attributes:
        parse: From raw tables, by name, and the configuration to canonical tables. It is given
            every table of `tables`, and those of `optional` that are there.
        tables: Names of the raw tables it must have; the first holds the interactions, if there
            are any.
        optional: Names of those it can use.
    """

    parse: Callable[[Mapping[str, RawRows], SourceConfig], Parsed]
    tables: tuple[str, ...]
    optional: tuple[str, ...] = ()


def readers() -> dict[str, Reader]:
    """The readers artrec has, by name."""
    # imported here, because each of them imports this module
    from artrec.data.sources import (
        goodbooks,
        movielens,
        movielens_snapshot,
        movietweetings,
        own,
        tate,
    )

    return {
        "goodbooks": goodbooks.READER,
        "movielens": movielens.READER,
        "movielens_snapshot": movielens_snapshot.READER,
        "movietweetings": movietweetings.READER,
        "own": own.READER,
        "tate": tate.READER,
    }


def reader(name: str) -> Reader:
    """The reader of a name, or the one at ``package.module:NAME``.

    Raises:
        ConfigError: There is none.
    """
    refuse_unknown(name)
    known = readers().get(name)
    if known is not None:
        return known
    module, _, attribute = name.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"there is no reader at {name!r}: {error}",
            "the module must be importable, and NAME an artrec.data.sources.base.Reader in it",
        ) from error
    if not isinstance(found, Reader):
        raise ConfigError(
            f"{name!r} is a {type(found).__name__}, no reader",
            "make it an artrec.data.sources.base.Reader",
        )
    return found


def refuse_unknown(name: str) -> None:
    """Refuse a name that is neither registered nor of the form ``package.module:NAME``.

    Raises:
        ConfigError: It is neither.
    """
    if name not in readers() and not all(name.partition(":")):
        raise ConfigError(
            f"there is no reader {name!r}", f"{near_names(name, readers())}; {ELSEWHERE}"
        )


def parse(tables: Mapping[str, RawRows], config: SourceConfig) -> Parsed:
    """Read raw tables with the reader the configuration names.

    Args:
        tables: Raw tables by name; those the reader does not know, and optional ones that are
            absent or have no row, are left out; of the latter a warning tells.
        config: Names the reader and the data set.

    Raises:
        InputError: A table is missing, or not what the reader reads.
    """
    chosen = reader(config.reader)
    there = {name: rows for name, rows in tables.items() if rows.present}
    missing = [name for name in chosen.tables if name not in there]
    if missing:
        raise InputError(
            f"{config.name}: the reader {config.reader!r} needs the raw table {missing[0]!r}; "
            f"it was given {sorted(there)}",
            f"name its file under '<medium>.raw_{missing[0]}' in the catalog of conf",
        )
    wanted = {name: there[name] for name in chosen.tables}
    wanted |= {
        name: there[name]
        for name in chosen.optional
        if name in there and _has_rows(name, there[name], config.name)
    }
    return chosen.parse(wanted, config)


def _has_rows(name: str, rows: RawRows, source: str) -> bool:
    """Whether an optional table holds anything; one that does not is told of."""
    if len(rows.head(1)):
        return True
    told = f"{name} of {source}: there are no rows below the header; the run goes on without them"
    warnings.warn(ArtrecWarning(told, "download or export the file again"), stacklevel=3)
    return False
