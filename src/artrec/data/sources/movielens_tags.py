"""Tags of MovieLens: what people wrote, and the tag genome's, which a model filled in.

A tag of people counts from when enough of them had given it (`artrec.data.tag_times`); of the
genome's nobody knows when. A new film has neither, so an evaluation of cold films hides them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from artrec import schema
from artrec.data.sources.base import SourceConfig, TagRules
from artrec.data.sources.raw import RawRows, Sieve, require_columns, shown
from artrec.data.sources.tables import by_value, whole_number_id
from artrec.data.sources.variants import Fingerprint
from artrec.data.tag_times import TAG_TIMES, times_cell

TAGS, GENOME_SCORES, GENOME_TAGS = "tags", "genome_scores", "genome_tags"
USER, MOVIE, TAG, TIME = "userId", "movieId", "tag", "timestamp"
TAG_ID, RELEVANCE = "tagId", "relevance"
COLUMNS = {
    TAGS: (USER, MOVIE, TAG, TIME),
    GENOME_SCORES: (MOVIE, TAG_ID, RELEVANCE),
    GENOME_TAGS: (TAG_ID, TAG),
}
Timed = dict[str, int | None]  # tags of a film, best first, and from when they count
Ranked = dict[str, Timed]


def with_tags(
    works: pd.DataFrame,
    tables: Mapping[str, RawRows],
    config: SourceConfig,
    fingerprint: Fingerprint,
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Films with their tags, and from when each counts.

    A film's tags are those of people, most used first, then the genome's, most relevant first.

    Args:
        works: `schema.WORKS`; tags of other films are set aside.
        tables: Raw tables by name; those of tags may be absent.
        config: Names the data set; `tag_rules`.
        fingerprint: Takes in what is read.

    Returns:
        The works, with the columns tags and tag_times where there is a table of tags; and the
        rows set aside.
    """
    rules, films, rejected = config.tag_rules, frozenset(works[schema.ITEM_ID]), []
    parts: list[Ranked] = []
    if TAGS in tables:
        found, bad = _of_people(tables[TAGS], films, rules, config.name, fingerprint)
        parts.append(found)
        rejected += bad
    if GENOME_SCORES in tables and GENOME_TAGS in tables:
        found, bad = _of_genome(tables, films, rules, config.name, fingerprint)
        parts.append(found)
        rejected += bad
    if not parts:
        return works, rejected
    # what people gave comes first, and keeps its time
    joined: Ranked = {film: {} for film in films}
    for part in parts:
        for film, told in part.items():
            joined[film] |= {tag: at for tag, at in told.items() if tag not in joined[film]}
    tags = {film: schema.SEPARATOR.join(told) for film, told in joined.items() if told}
    times = {film: times_cell(told.values()) for film, told in joined.items() if told}
    more = {TAGS: works[schema.ITEM_ID].map(tags), TAG_TIMES: works[schema.ITEM_ID].map(times)}
    return schema.WORKS.conform(works.assign(**more)), rejected


def plain_tag(text: str) -> str:
    """A tag in lower case, with single blanks and without `schema.SEPARATOR`.

    Examples:
        >>> plain_tag(" Dark  Comedy|noir ")
        'dark comedy noir'
    """
    return " ".join(text.replace(schema.SEPARATOR, " ").casefold().split())


def _of_people(
    rows: RawRows, films: frozenset[str], rules: TagRules, source: str, fingerprint: Fingerprint
) -> tuple[Ranked, list[pd.DataFrame]]:
    given: dict[tuple[str, str, str], int] = {}
    rejected = []
    for chunk in rows:
        sieve = _sieve(TAGS, chunk, source, fingerprint)
        movies, tags = _films_of(sieve, films), sieve.text(TAG)
        users, times = sieve.text(USER), sieve.seconds(TIME, "s")
        plain = by_value(tags, plain_tag)
        sieve.reject(plain.eq(""), lambda _: f"{TAG} is blank")
        kept = sieve.accepted()
        told = zip(movies[kept], plain[kept], users[kept], strict=True)
        for key, time in zip(told, times[kept].astype("int64"), strict=True):
            given[key] = min(time, given.get(key, time))
        rejected.append(sieve.rejected())
    times_of: dict[tuple[str, str], list[int]] = defaultdict(list)
    for (movie, tag, _), time in given.items():
        times_of[movie, tag].append(time)
    ranked: Ranked = {}
    for (movie, tag), each in sorted(times_of.items(), key=lambda told: (-len(told[1]), told[0])):
        if len(each) >= rules.min_users:
            ranked.setdefault(movie, {})[tag] = sorted(each)[rules.min_users - 1]
    return ranked, rejected


def _of_genome(
    tables: Mapping[str, RawRows],
    films: frozenset[str],
    rules: TagRules,
    source: str,
    fingerprint: Fingerprint,
) -> tuple[Ranked, list[pd.DataFrame]]:
    names, rejected = _tag_names(tables[GENOME_TAGS], source, fingerprint)
    strong: list[tuple[float, str, str]] = []
    for chunk in tables[GENOME_SCORES]:
        sieve = _sieve(GENOME_SCORES, chunk, source, fingerprint)
        relevance = sieve.number(RELEVANCE)
        movies = _films_of(sieve, films)
        tags = by_value(sieve.text(TAG_ID), lambda each: names.get(whole_number_id(each)))
        sieve.reject(tags.isna(), lambda _: f"{TAG_ID} names no tag of {GENOME_TAGS}")
        kept = sieve.accepted() & (relevance >= rules.min_relevance).to_numpy()
        strong += zip(relevance[kept], movies[kept], tags[kept], strict=True)
        rejected.append(sieve.rejected())
    ranked: Ranked = {}
    for _, movie, tag in sorted(strong, key=lambda each: (-each[0], *each[1:])):
        ranked.setdefault(movie, {})[tag] = None
    return ranked, rejected


def _tag_names(
    rows: RawRows, source: str, fingerprint: Fingerprint
) -> tuple[dict[str, str], list[pd.DataFrame]]:
    sieve = _sieve(GENOME_TAGS, rows.whole(), source, fingerprint)
    ids, names = sieve.text(TAG_ID).map(whole_number_id, na_action="ignore"), sieve.text(TAG)
    sieve.reject(ids.duplicated() & ids.notna(), lambda at: f"{TAG_ID} {ids.iloc[at]} came before")
    kept = sieve.accepted()
    found = dict(zip(ids[kept], names[kept].map(plain_tag), strict=True))
    return found, [sieve.rejected()]


def _sieve(table: str, chunk: pd.DataFrame, source: str, fingerprint: Fingerprint) -> Sieve:
    wanted = {column: column for column in COLUMNS[table]}
    require_columns(chunk, wanted, f"{table} of {source}")
    fingerprint.add(table, chunk, wanted)
    return Sieve(table, chunk)


def _films_of(sieve: Sieve, films: frozenset[str]) -> pd.Series:
    """Item ids of the rows; those of films the catalogue lacks are set aside."""
    ids = by_value(sieve.ids(MOVIE), whole_number_id)
    sieve.reject(
        ids.notna() & ~ids.isin(films),
        lambda at: f"{MOVIE} {shown(ids.iloc[at])} is no work of the catalogue",
    )
    return ids
