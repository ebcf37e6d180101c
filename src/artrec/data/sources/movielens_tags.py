"""Tags of MovieLens: what people wrote, and the tag genome's, which a model filled in.

Tags carry no time here: a new film would not have them, so an evaluation of cold films hides them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from artrec import schema
from artrec.data.sources.base import SourceConfig, TagRules
from artrec.data.sources.raw import RawRows, Sieve, require_columns, shown
from artrec.data.sources.tables import by_value, whole_number_id
from artrec.data.sources.variants import Fingerprint

TAGS, GENOME_SCORES, GENOME_TAGS = "tags", "genome_scores", "genome_tags"
USER, MOVIE, TAG, TAG_ID, RELEVANCE = "userId", "movieId", "tag", "tagId", "relevance"
COLUMNS = {
    TAGS: (USER, MOVIE, TAG),
    GENOME_SCORES: (MOVIE, TAG_ID, RELEVANCE),
    GENOME_TAGS: (TAG_ID, TAG),
}
Ranked = dict[str, list[str]]


def read_tags(
    tables: Mapping[str, RawRows], known: pd.Series, config: SourceConfig, fingerprint: Fingerprint
) -> tuple[pd.Series | None, list[pd.DataFrame]]:
    """Tags of each film, joined by `schema.SEPARATOR`.

    Args:
        tables: Raw tables by name; those of tags may be absent.
        known: Item ids of the catalogue; tags of other films are set aside.
        config: Names the data set; `tag_rules`.
        fingerprint: Takes in what is read.

    Returns:
        Tags by item id, None where there is no table of tags; and the rows set aside.
    """
    rules, films, rejected = config.tag_rules, frozenset(known), []
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
        return None, rejected
    joined = {
        film: schema.SEPARATOR.join(
            dict.fromkeys(tag for part in parts for tag in part.get(film, ()))
        )
        for film in films
        if any(film in part for part in parts)
    }
    return pd.Series(joined, dtype=object), rejected


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
    given: set[tuple[str, str, str]] = set()
    rejected = []
    for chunk in rows:
        sieve = _sieve(TAGS, chunk, source, fingerprint)
        movies, tags = _films_of(sieve, films), sieve.text(TAG)
        users = sieve.text(USER)
        plain = by_value(tags, plain_tag)
        sieve.reject(plain.eq(""), lambda _: f"{TAG} is blank")
        kept = sieve.accepted()
        given |= set(zip(movies[kept], plain[kept], users[kept], strict=True))
        rejected.append(sieve.rejected())
    counts = Counter((movie, tag) for movie, tag, _ in given)
    ranked: Ranked = {}
    for (movie, tag), n_users in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        if n_users >= rules.min_users:
            ranked.setdefault(movie, []).append(tag)
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
        ranked.setdefault(movie, []).append(tag)
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
