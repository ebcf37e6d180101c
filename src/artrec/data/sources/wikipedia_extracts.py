"""Reader of prust/wikipedia-movie-data: what Wikipedia's first paragraph says of American films.

A record is one line of a list of films of a year, with the page it links to and that page's first
paragraph. The page is not always the film's: it may be of the novel, the song or the person of
that name, or a list of cartoons. What is not of a film is set aside.
"""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pandas as pd

from artrec import schema
from artrec.data.sources.raw import Sieve, require_columns
from artrec.data.titles import normalise

TABLE = "wikipedia_extracts"
EXTRACTS = schema.Table(
    name="wikipedia extracts",
    required={
        "page": schema.TEXT,
        schema.TITLE: schema.TEXT,
        schema.YEAR: schema.INTEGER,
        "told_year": schema.NULLABLE_INTEGER,
        "cast": schema.TEXT,
        "text": schema.TEXT,
    },
    optional={},
    key=("page", schema.TITLE, schema.YEAR),
)
COLUMNS = (schema.TITLE, schema.YEAR, "cast", "href", "extract")

YEARS = re.compile(r"\b(?:1[89]|20)\d\d\b")
DEFINITION = re.compile(r"\b(?:is|was|are|were)\b")
FILM = re.compile(
    r"\b(?:films?|movies?|motion[ -]pictures?|picture|cartoons?|documentary|mockumentary|docudrama"
    r"|(?:mini-?)?series|serial|shorts?|featurette|comedy|drama|dramedy|western|thriller|melodrama"
    r"|romance|musical|farce|biopic|noir|whodunit|horror|adventure|animated|anime|mystery|fantasy"
    r"|spoof|parody|adaptation|remake|sequel|prequel|vehicle|special|direct[- ]to[- ](?:video|dvd)"
    r"|two-reeler|three-reeler|travelogue|feature|silent)\b"
    r"|directed|starring|stars|starred|filmed|screenplay|director",
    re.IGNORECASE,
)
# what else a page can be of; a noun that another follows ("a novel adaptation") is none
ELSE = re.compile(
    r"\b(?:novels?|novella|book|play|poem|short story|fairy tale|band|duo|trio|album|song|single"
    r"|actor|actress|singer|writer|author|businessman|lawyer|politician|magazine|newspaper"
    r"|video game|character|superhero|opera|operetta|comic strip|comic book|manga|city|town|village"
    r"|river|county|company|studio|network|record label|person|man|woman|word|phrase|line"
    r"|sculpture|statue|painting|concert|tour|(?:television|game|talk|stage) show|disease|species"
    r"|list)\b(?=\s+(?:by|from|about|written|published|composed|created|released|based|formed"
    r"|consisting|held|to|of|that|which|who|in|set|for|featuring|and|originally|first|produced)\b"
    r"|\s*[,.;(])",
    re.IGNORECASE,
)

# characters behind the word for a film in which a noun before it may still be told apart
BEHIND = 20


def parse(raw: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the records.

    Args:
        raw: Text table of all records: title, year, cast (a JSON list), href, extract; a table
            without columns, where there are no extracts, gives an empty one.

    Returns:
        `EXTRACTS`, ordered by page, and the rows set aside (`schema.REJECTED`). ``page`` is the
        name of the Wikipedia page; pages with the same text and title (a renamed page) have the
        first one's name. ``told_year`` is the first year the text tells beside those in the title.
        A page has several rows where the lists name it under several titles or years.

    Raises:
        InputError: A column is missing, or there is no row.
    """
    if raw.shape[1] == 0:
        return no_extracts(), schema.REJECTED.conform(
            pd.DataFrame(columns=list(schema.REJECTED.required))
        )
    require_columns(raw, {name: name for name in COLUMNS}, TABLE)
    sieve = Sieve(TABLE, raw)
    title, page = sieve.text(schema.TITLE), raw["href"].map(unquote, na_action="ignore")
    sieve.text(schema.YEAR)
    table = pd.DataFrame(
        {
            "page": page,
            schema.TITLE: title,
            schema.YEAR: sieve.whole_number(schema.YEAR),
            "cast": raw["cast"].map(names_of_list, na_action="ignore"),
            "text": raw["extract"].map(tidy, na_action="ignore"),
        }
    )
    sieve.reject(table["text"].isna(), lambda _: "no extract")
    sieve.reject(page.isna(), lambda _: "no page")
    of_film = table["text"].map(tells_of_film, na_action="ignore")
    sieve.reject(of_film.eq(False), lambda _: "the extract is not of a film")
    table["page"] = _first_page_of_text(table)
    again = table.duplicated(list(EXTRACTS.key)) & table["text"].notna()
    sieve.reject(again, lambda at: f"{page.iloc[at]} came before")
    kept = table.loc[sieve.accepted()]
    told = [told_year(*cells) for cells in zip(kept["text"], kept[schema.TITLE], strict=True)]
    kept = kept.assign(told_year=pd.array(told, dtype="Int64"))
    return EXTRACTS.conform(kept.sort_values(list(EXTRACTS.key), kind="stable")), sieve.rejected()


def no_extracts() -> pd.DataFrame:
    """`EXTRACTS` without a row."""
    return EXTRACTS.conform(pd.DataFrame(columns=list(EXTRACTS.required)))


def names_of_list(cell: str) -> str | None:
    """A JSON list of names as `schema.SEPARATOR`-joined text; anything else stays as it is.

    Examples:
        >>> names_of_list('["Ann Lee", "Bo"]')
        'Ann Lee|Bo'
        >>> names_of_list("[]") is None
        True
    """
    try:
        names = json.loads(cell)
    except json.JSONDecodeError:
        return cell
    if not isinstance(names, list):
        return cell
    plain = (str(name).strip().replace(schema.SEPARATOR, "/") for name in names)
    return schema.SEPARATOR.join(name for name in plain if name) or None


def tidy(text: str) -> str | None:
    """Text with single blanks; None if nothing is left.

    Examples:
        >>> tidy(" A film  of 1950. ")
        'A film of 1950.'
    """
    return " ".join(text.split()) or None


def tells_of_film(text: str) -> bool:
    """Whether a first paragraph defines a film, and not a novel, a song or a list.

    Examples:
        >>> tells_of_film("Alma is a 1950 American film based on a novel by Ida Roe.")
        True
        >>> tells_of_film("Alma is a novel by Ida Roe. It was made into a film in 1950.")
        False
    """
    defines = DEFINITION.search(text)
    rest = text[defines.end() :] if defines else text
    film = FILM.search(rest)
    if film is None or defines is None:
        return film is not None
    other = ELSE.search(rest, 0, film.end() + BEHIND)
    return other is None or film.start() < other.start()


def told_year(text: str, title: str) -> int | None:
    """The first year a text tells, but for those of the title; None without one.

    Examples:
        >>> told_year("1941 is a 1979 American film", "1941")
        1979
    """
    titled = set(YEARS.findall(title))
    return next((int(year) for year in YEARS.findall(text) if year not in titled), None)


def _first_page_of_text(table: pd.DataFrame) -> pd.Series:
    told = table.dropna(subset=["page", schema.TITLE, "text"])
    shared = told[told["text"].duplicated(keep=False)]
    names = shared[schema.TITLE].map(normalise, na_action="ignore")
    first = shared.groupby([shared["text"], names])["page"].transform("min")
    return first.reindex(table.index).fillna(table["page"])
