"""Reader of the Tate collection: works of art with their makers, materials and subjects.

The collection is one JSON file a work (of 69,202; 37,767 of them by Turner) and a table of artists.
There are no ratings and no descriptions: what is known of a work is its title, makers, year of
making, medium, and the subjects that Tate's cataloguers saw in it, as a tree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from artrec import schema
from artrec.data.sources.base import Parsed, SourceConfig
from artrec.data.sources.raw import RawRows, Sieve, require_columns
from artrec.data.sources.registry import Reader
from artrec.data.sources.tables import in_order, reject_repeats
from artrec.data.sources.variants import Fingerprint

TABLE, ARTISTS = "artworks", "artists"
ID, CONTRIBUTORS = "acno", "contributors"
REQUIRED = (ID, schema.TITLE, CONTRIBUTORS, "dateText", "medium", "subjects")
OPTIONAL = ("classification", "dateRange", "foreignTitle", "groupTitle", "movements")
ARTIST_COLUMNS = ("id", "placeOfBirth")
YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
MAKER = "artist"
# what the catalogue prints where there is no title; "Untitled" is one
NO_TITLE = ("[no title]", "[title not known]")
# roles that stand behind the name ("Ann Lee and assistants"); others stand before it
BEHIND = "and "
PARTS_OF_MEDIUM = re.compile(r"[,;.:]\s+|\.$|\s+and\s+(?!white\b)|\s+(?:on|onto|with)\s+")
VERSO, COUNT = re.compile(r"\bVerso: "), re.compile(r"^\d+\s+")


def parse(tables: Mapping[str, RawRows], config: SourceConfig) -> Parsed:
    """Read the works.

    Args:
        tables: ``artworks``, JSON records as text (`artrec.data.sources.records`); and ``artists``,
            the table ``artist_data.csv``, from which makers' countries of birth come.
        config: Names the data set.

    Returns:
        No interactions; works by accession number. ``year`` is the first year of making that is
        told (never that of acquisition); ``genres`` are the roots of the subject trees, ``tags``
        what stands below them, the kind of work and the movements; ``materials`` the parts of the
        medium; ``series`` the group or portfolio; ``countries`` where makers were born.

    Raises:
        InputError: A column is missing, or there is no row.
    """
    raw = tables[TABLE].whole()
    require_columns(raw, {name: name for name in REQUIRED}, f"{TABLE} of {config.name}")
    raw = raw.reindex(columns=[*REQUIRED, *OPTIONAL]).astype("object")
    raw = raw.where(raw.notna(), None)
    fingerprint = Fingerprint()
    fingerprint.add(TABLE, raw)
    births: dict[str, str] = {}
    if ARTISTS in tables:
        artists = tables[ARTISTS].whole()
        fingerprint.add(ARTISTS, artists)
        births = countries_of(artists, config.name)
    sieve = Sieve(TABLE, raw)
    reject_repeats(sieve, sieve.ids(ID), raw[schema.TITLE].map(_text, na_action="ignore"), ID)
    rows = (work_of(record, births) for record in raw.to_dict(orient="records"))
    works = pd.DataFrame(rows, index=raw.index).assign(item_id=raw[ID])
    kept = in_order(works.loc[sieve.accepted()])
    return Parsed(None, kept, sieve.rejected(), fingerprint.variant(config.name))


READER = Reader(parse, tables=(TABLE,), optional=(ARTISTS,))


def work_of(record: Mapping[str, str | None], births: Mapping[str, str]) -> dict[str, object]:
    """What one record says, as columns of `schema.WORKS` but for the id.

    Args:
        record: Cells of one row; lists and trees as JSON text.
        births: Artist id to country of birth.
    """
    title = _text(record[schema.TITLE])
    makers = [each for each in _list(record[CONTRIBUTORS]) if isinstance(each, dict)]
    trees = _list(_object(record["subjects"]).get("children"))
    below = (name for tree in trees for name in _names_below(tree))
    movements = (each.get("name") for each in _list(record["movements"]) if isinstance(each, dict))
    return {
        schema.TITLE: None if title in NO_TITLE else title,
        schema.YEAR: year_of(record["dateText"], record["dateRange"]),
        schema.GENRES: joined(_object(tree).get("name") for tree in trees),
        schema.CREATORS: joined(map(creator_of, makers)),
        "countries": joined(births.get(str(each.get("id"))) for each in makers if _made(each)),
        "original_title": _text(record["foreignTitle"]),
        "series": _text(record["groupTitle"]),
        "materials": joined(materials_of(record["medium"] or "")),
        "tags": joined([*below, record["classification"], *movements]),
    }


def year_of(text: str | None, dates: str | None = None) -> int | None:
    """The first year of making, from what the catalogue prints, else from its range of years.

    Args:
        text: Such as "c.1820-30", "1965, printed after 1971", "date not known".
        dates: JSON of startYear and endYear.

    Examples:
        >>> year_of("c.1820-30"), year_of("?exhibited 1804"), year_of("date not known")
        (1820, 1804, None)
        >>> year_of("date not known", '{"startYear": 1814, "endYear": 1825}')
        1814
    """
    for told in (text, str(_object(dates).get("startYear"))):
        found = YEAR.search(told or "")
        if found:
            return int(found[0])
    return None


def creator_of(contributor: Mapping[str, Any]) -> str | None:
    """A maker's name, with what part they had unless it is theirs alone.

    Examples:
        >>> creator_of({"fc": "Ann Lee", "role": "artist"})
        'Ann Lee'
        >>> creator_of({"fc": "Ann Lee", "role": "after"})
        'after Ann Lee'
        >>> creator_of({"fc": "Ann Lee", "role": "and assistants"})
        'Ann Lee and assistants'
    """
    name, role = _text(contributor.get("fc")), _text(contributor.get("role"))
    if name is None or role in (None, MAKER):
        return name
    return f"{name} {role}" if str(role).startswith(BEHIND) else f"{role} {name}"


def materials_of(medium: str) -> list[str]:
    """The parts of a medium, lower case.

    Examples:
        >>> materials_of("Graphite, ink and watercolour on paper. Verso: ink on paper")
        ['graphite', 'ink', 'watercolour', 'paper', 'ink', 'paper']
        >>> materials_of("6 photographs, black and white, on paper")
        ['photographs', 'black and white', 'paper']
    """
    plain = VERSO.sub("", " ".join(medium.lower().split()).replace("verso:", "Verso:"))
    parts = (part.strip().removeprefix("on ") for part in PARTS_OF_MEDIUM.split(plain))
    return [COUNT.sub("", part).rstrip(".") for part in parts if part]


def countries_of(artists: pd.DataFrame, name: str) -> dict[str, str]:
    """Artist id to country of birth: what stands behind the last comma of the place.

    Args:
        artists: The table ``artist_data.csv``, text.
        name: What errors call the data set.

    Raises:
        InputError: A column is missing, or there is no row.
    """
    require_columns(artists, {each: each for each in ARTIST_COLUMNS}, f"{ARTISTS} of {name}")
    known = artists.dropna(subset=list(ARTIST_COLUMNS))
    places = known["placeOfBirth"].str.rpartition(",")[2].str.strip()
    return dict(zip(known["id"], places, strict=True))


def joined(names: Iterable[object]) -> str | None:
    """Names as one cell, each once, in the order they came; None without any."""
    plain = (text.replace(schema.SEPARATOR, "/") for text in map(_text, names) if text is not None)
    return schema.SEPARATOR.join(dict.fromkeys(plain)) or None


def _made(contributor: Mapping[str, Any]) -> bool:
    return contributor.get("role") in (None, MAKER)


def _names_below(tree: object) -> Iterator[object]:
    for child in _list(_object(tree).get("children")):
        yield _object(child).get("name")
        yield from _names_below(child)


def _text(value: object) -> str | None:
    return (" ".join(value.split()) or None) if isinstance(value, str) else None


def _object(value: object) -> dict[str, Any]:
    found = _loaded(value)
    return found if isinstance(found, dict) else {}


def _list(value: object) -> list[Any]:
    found = _loaded(value)
    return found if isinstance(found, list) else []


def _loaded(value: object) -> object:
    """A cell's JSON; what is none stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value
