"""Titles of books taken apart so that an export's and a catalogue's can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from artrec.data.edition_titles import PART, EditionTitle, edition_title
from artrec.data.series import split_series
from artrec.data.titles import normalise, without_article

WORDS: Final = {
    **dict.fromkeys(("volume", "vol", "book", "bk", "part", "pt", "no", "number"), "vol"),
    **{
        word: str(number)
        for number, word in enumerate(
            ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1
        )
    },
}
ABOUT: Final = re.compile(
    r"^(?:(?:a |the )?(?:summary|analysis|study guide|companion|guide)\b"
    r"|(?:cliffs|spark|quick|super\s?summary).{0,12}notes?\b)"
    r"|\b(?:study guide|sparknotes|cliffsnotes|colou?ring book|activity book|reader's companion)\b",
    re.IGNORECASE,
)
PART_OF_NUMBER: Final = re.compile(r"part", re.IGNORECASE)
RANGE: Final = re.compile(r"\d\s*[-\u2013]\s*\d")
NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class BookTitle:
    """What is compared of one title.

    Attributes:
        told: The title as `artrec.data.edition_titles` takes it apart.
        words: Normalised, numbers and the words for volumes in one form, without article.
        before: The same of what stands before a colon; empty without one.
        after: The same of what stands behind the first colon, without a volume at its end.
        series: Normalised series to the number in it, as written.
        is_about: It is about a book.
        is_part: It is one part of a volume.
        is_span: It is several volumes in one.
    """

    told: EditionTitle
    words: str
    before: str
    after: str
    series: dict[str, str]
    is_about: bool
    is_part: bool
    is_span: bool

    def number_in(self, series: str) -> str:
        """The volume of a series that it is, empty where it does not say."""
        found = NUMBER.search(self.series.get(series, ""))
        return found.group() if found else ""


@lru_cache(maxsize=4096)
def book_title(
    title: str, creators: tuple[str, ...], series: tuple[tuple[str, str], ...] = ()
) -> BookTitle:
    """Take a title apart, series in brackets and all.

    Args:
        title: As a site or catalogue writes it.
        creators: Authors.
        series: Names and numbers that are known beside the title.
    """
    parted = split_series(title)
    named = dict(series) | dict(zip(parted.series, parted.numbers, strict=True))
    told = edition_title(parted.title, creators)
    before, colon, after = parted.title.partition(":")
    return BookTitle(
        told=told,
        words=in_words(told.plain),
        before=in_words(_key(before)) if colon else "",
        after=in_words(_key(PART.sub("", after))) if colon else "",
        series={without_article(normalise(name)): number for name, number in named.items()},
        is_about=told.is_guide or ABOUT.search(parted.title) is not None,
        is_part=any(PART_OF_NUMBER.search(number) for number in named.values()),
        is_span=any(RANGE.search(number) for number in named.values()),
    )


def in_words(key: str) -> str:
    """A normalised title with volumes and small numbers in one form.

    Examples:
        >>> in_words("war of glass volume one") == in_words("war of glass vol 1")
        True
    """
    return " ".join(WORDS.get(word, word) for word in key.split())


def _key(text: str) -> str:
    return without_article(normalise(text))
