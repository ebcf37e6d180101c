"""Titles that carry their year in brackets, as MovieLens and MovieTweetings write them."""

from __future__ import annotations

import re

import pandas as pd

from artrec import schema

YEAR_AT_END = re.compile(
    r"^(?P<title>.*?)\s*\((?P<year>\d{4})(?:\s*[-\u2013]\s*(?:\d{4})?\s*)?\)\s*$", re.DOTALL
)


def split_year(text: str) -> tuple[str, str | None]:
    """Title and year; of a range of years the first. An article behind a comma stays there.

    Examples:
        >>> split_year("Matrix, The (1999)")
        ('Matrix, The', '1999')
        >>> split_year("Fawlty Towers (1975\u20131979)"), split_year("Babylon 5")
        (('Fawlty Towers', '1975'), ('Babylon 5', None))
        >>> split_year("2012 (2009) "), split_year("(1999)")
        (('2012', '2009'), ('(1999)', None))
    """
    found = YEAR_AT_END.match(text)
    if found is None or not found["title"].strip():
        return text.strip(), None
    return found["title"].strip(), found["year"]


def titles_and_years(texts: pd.Series) -> pd.DataFrame:
    """Columns title and year (Int64) of a column of such texts, row for row."""
    parts = [(None, None) if text is None else split_year(text) for text in texts]
    titles = pd.DataFrame(parts, columns=[schema.TITLE, schema.YEAR], index=texts.index)
    titles[schema.TITLE] = titles[schema.TITLE].astype("object").replace({"": None})
    titles[schema.YEAR] = pd.to_numeric(titles[schema.YEAR]).astype("Int64")
    return titles
