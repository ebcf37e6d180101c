"""What a book's title says of its edition: the book's own title, a part of it, a comic of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from artrec.data.titles import names_of, normalise, without_article

# what is longer is no title; a bound keeps the expressions fast
LONGEST: Final = 500
_ORDINALS = "first|second|third|fourth|one|two|three|four|five|six|seven|eight|nine|ten"
_NUMBER = rf"(?:\d+|{_ORDINALS}|[ivx]+)\b"
# from the marker of a part to the end, the part's own title included
PART: Final = re.compile(
    rf"(?:[,:\-\s(]+(?:part|pt\.?|vol\.?|volume|issue|book)\s+#?{_NUMBER}.*"
    rf"|[,:\-\s(]+(?:first|second|third)\s+part\b.*"
    r"|[,:\-\s(]+(?:free preview|preview|excerpt|sampler)\)?|[,:\s]+#\d+(?:\s*-\s*\d+)?\s*)$",
    re.IGNORECASE | re.DOTALL,
)
SPAN: Final = re.compile(r"#\d+\s*-\s*\d+\s*$")
# an adaptation, or a format of one publisher
_ADAPTED = (
    r"(?:the |a )?(?:official )?graphic novel|comic book|the play|a play|(?:the )?play ?text"
    r"|(?:the )?screenplay|(?:a )?pop-up (?:book|adaptation)|(?:the )?manga"
)
_FORMAT = r"(?:a |the )?(?:big )?little golden book|(?:the |an )?illustrated edition|illustrated"
ADAPTED: Final = re.compile(rf"\s*[:,\-]\s*(?:{_ADAPTED})\b.*$", re.IGNORECASE | re.DOTALL)
ADAPTED_BRACKET: Final = re.compile(
    r"\([^()]*(?:graphic novel|comic|marvel|manga|pop-up)[^()]*\)", re.IGNORECASE
)
FORMAT: Final = re.compile(rf"\s*[:,\-]\s*(?:{_FORMAT})\s*$", re.IGNORECASE)
COMPLETE: Final = "the complete "
OWNERS: Final = ("'s ", "\u2019s ")
MANGA: Final = re.compile(r"^manga classics:\s*", re.IGNORECASE)
SUBTITLE: Final = re.compile(
    r"\s*:\s*an?(?: \w+)? (?:novel|novella|memoir|story)\s*$", re.IGNORECASE
)
_PIECES = (
    r"(?:stor(?:y|ies)|tales?|poems?|plays?|writings?|works?|essays?|fictions?|prose"
    r"|favou?rites)"
)
_OTHER = r"(?:(?:some |selected |three |two |four )?other|selected)"
# what follows the work that a volume is named for
MORE: Final = re.compile(
    rf",?\s+(?:and|&)\s+{_OTHER}\b.*?\b{_PIECES}\b.*$",
    re.IGNORECASE | re.DOTALL,
)
LISTED: Final = re.compile(
    r",.*\b(?:and|&)\s+other\s+(?:stories|tales)\b", re.IGNORECASE | re.DOTALL
)
COLLECTION: Final = re.compile(
    r" / |/|;|\b(?:box|boxed|boxset|set|omnibus|trilogy|collection|treasury|complete|series|saga"
    r"|bundle|quartet|duology|anthology|volumes)\b",
    re.IGNORECASE,
)
GUIDE: Final = re.compile(
    r":.*\b(?:guide|companion|cookbook|workbook|journal|making of|world of|notes|encyclopa?edia"
    r"|handbook|movie|series|colou?ring)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class EditionTitle:
    """A title taken apart.

    Attributes:
        key: Normalised title of the book this is an edition of, as far as the title alone says.
        plain: Normalised title as it stands, without brackets.
        before_colon: Normalised main title; empty where there is no colon.
        after_colon: Normalised rest of the title; empty where there is no colon.
        is_part: It is one part or volume of `key`.
        is_span: It is several numbered ones ("#1-4").
        is_adapted: It is a comic, play or script of `key`.
        is_collection: It says that it holds several works.
        is_guide: It is about a book.
    """

    key: str
    plain: str
    before_colon: str
    after_colon: str
    is_part: bool
    is_span: bool
    is_adapted: bool
    is_collection: bool
    is_guide: bool


def edition_title(title: str, authors: tuple[str, ...]) -> EditionTitle:
    """Take a title apart.

    Args:
        title: Without the bracket of its series.
        authors: Names of its authors; one of them in front ("Anne Rice's ...") is not the title.

    Examples:
        >>> edition_title("The Stand, Part 2: Night Falls", ("Stephen King",)).key
        'stand'
        >>> edition_title("Emma: The Graphic Novel", ()).is_adapted
        True
        >>> edition_title("The Nose and Other Stories", ("Nikolai Gogol",)).key
        'nose'
    """
    title = title[:LONGEST]
    text = _without_owner(title, authors)
    is_adapted = any(each.search(text) for each in (MANGA, ADAPTED, ADAPTED_BRACKET))
    text = MANGA.sub("", text)
    own = PART.sub("", FORMAT.sub("", ADAPTED.sub("", text)))
    head = _head(own)
    before, colon, after = ADAPTED.sub("", text).partition(":")
    return EditionTitle(
        key=_key(SUBTITLE.sub("", head)),
        plain=_key(title),
        before_colon=_key(PART.sub("", before)) if colon else "",
        after_colon=_key(PART.sub("", after)) if colon else "",
        is_part=PART.search(text) is not None,
        is_span=SPAN.search(text) is not None,
        is_adapted=is_adapted,
        is_collection=COLLECTION.search(head) is not None,
        is_guide=GUIDE.search(title) is not None,
    )


def _head(title: str) -> str:
    """The work that a volume with other pieces is named for."""
    if LISTED.search(title):
        return title.split(",", 1)[0]
    head = MORE.sub("", title)
    return title if "," in head or " / " in head else head


def _without_owner(title: str, authors: tuple[str, ...]) -> str:
    """The title without "Ann Reed's" or "The Complete Ann Reed's" in front."""
    rest = title[len(COMPLETE) :] if title[: len(COMPLETE)].lower() == COMPLETE else title
    for author in authors:
        owner, behind = rest[: len(author)], rest[len(author) :]
        if author and owner.casefold() == author.casefold() and behind[:3] in OWNERS:
            return behind[3:].lstrip()
    return title


def _key(title: str) -> str:
    main = names_of(title)[0] if title.strip() else ""
    return without_article(normalise(main))
