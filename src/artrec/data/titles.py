"""Titles as keys: all the names a title carries, each freed of accidents of spelling."""

from __future__ import annotations

import re
import unicodedata

# articles that catalogues set behind a comma, and those that may be left out in front
ARTICLES = (
    "the|a|an|le|la|les|l'|un|une|des|der|die|das|ein|eine|el|los|las|lo|il|i|gli|uno|una|o|os|as"
    "|de|het|een|en|et|den|det|ett"
)
LEADING_ARTICLES = {"the", "a", "an", "le", "la", "les", "der", "die", "das", "el", "los", "las"}
TRAILING_ARTICLE = re.compile(
    rf"^(?P<rest>.+), (?P<article>{ARTICLES})$", re.IGNORECASE | re.DOTALL
)
ALSO_KNOWN_AS = re.compile(r"^(?:a\.?k\.?a\.?|also known as)\s+", re.IGNORECASE)
BRACKETED_YEAR = re.compile(r"^\d{4}$")
# letters that Unicode does not decompose
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
APOSTROPHES = re.compile("['`\u2019\u2018\u02bb\u00b4]")
FRACTION = re.compile("[\u00bc-\u00be\u2150-\u215e]")
# "i", "v" and "x" are words or letters too often
NUMERALS = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}


def names_of(title: str) -> tuple[str, ...]:
    """Every name a title carries, the main one first.

    Names stand in brackets at the end; an article set behind a comma comes to the front.

    Examples:
        >>> names_of("Seven (a.k.a. Se7en)")
        ('Seven', 'Se7en')
        >>> names_of("Dinner Game, The (Dîner de cons, Le)")
        ('The Dinner Game', 'Le Dîner de cons')
        >>> names_of("Evangelion: 2.0 You Can (Not) Advance")
        ('Evangelion: 2.0 You Can (Not) Advance',)
    """
    rest = title.strip()
    bracketed: list[str] = []
    while (opening := _opening_of_last_bracket(rest)) > 0:
        inside = ALSO_KNOWN_AS.sub("", rest[opening + 1 : -1].strip())
        if inside and not BRACKETED_YEAR.match(inside):
            bracketed.insert(0, inside)
        rest = rest[:opening].rstrip()
    return tuple(dict.fromkeys(article_first(name) for name in [rest, *bracketed]))


def _opening_of_last_bracket(text: str) -> int:
    """Where the bracket that closes at the very end opens; -1 without one."""
    if not text.endswith(")"):
        return -1
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if depth == 0:
            return at
    return -1


def article_first(name: str) -> str:
    """The name with a trailing article at its front.

    Examples:
        >>> article_first("Matrix, The")
        'The Matrix'
        >>> article_first("Âge d'Or, L'")
        "L'Âge d'Or"
    """
    found = TRAILING_ARTICLE.match(name.strip())
    if found is None:
        return name.strip()
    article, rest = found["article"], found["rest"].strip()
    return article + ("" if article.endswith("'") else " ") + rest


def normalise(name: str) -> str:
    """Lower-case words of letters and digits, of any script, without marks and punctuation.

    Applied twice it changes nothing more. A name without a letter or digit becomes empty, and an
    empty key matches nothing.

    Examples:
        >>> normalise("Salò & the 120 Days…")
        'salo and the 120 days'
        >>> normalise("Rocky II") == normalise("ROCKY 2")
        True
    """
    plain = APOSTROPHES.sub("", FRACTION.sub(r" \g<0>", name.replace("&", " and ")))
    # twice: folding makes marks, and without them letters to fold; most titles are plain
    plain = plain.lower() if plain.isascii() else _folded(_folded(plain))
    words = "".join(each if each.isalnum() else " " for each in plain).split()
    return " ".join(NUMERALS.get(word, word) for word in words)


def _folded(text: str) -> str:
    """Small letters without marks."""
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS)
    return "".join(each for each in folded if not unicodedata.combining(each))


def without_article(key: str) -> str:
    """A normalised key without its leading article, unless nothing would be left.

    Examples:
        >>> without_article("the night flier")
        'night flier'
        >>> without_article("a")
        'a'
    """
    first, _, rest = key.partition(" ")
    return rest if first in LEADING_ARTICLES and rest else key


def compact(key: str) -> str:
    """A normalised key without article and blanks: "Chain Saw" is "Chainsaw".

    Examples:
        >>> compact("the texas chain saw massacre")
        'texaschainsawmassacre'
    """
    return without_article(key).replace(" ", "")
