"""Which language a text is in: for a flag, from the data of packages alone."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Final

ENGLISH: Final = "en"
UNKNOWN: Final = "unknown"

SAMPLE: Final = 1_000  # characters looked at
MIN_WORDS: Final = 5
ENGLISH_SHARE: Final = 0.2  # of words: an English paragraph has .35 to .55 function words
KNOWN_SHARE: Final = 0.5
LEAD: Final = 0.1

WORD: Final = re.compile(r"[^\W\d_]+")

# scripts that one language of artrec's sources writes, and those that several share
SCRIPTS: Final = {
    "HEBREW": ("he",),
    "GREEK": ("el",),
    "ARMENIAN": ("hy",),
    "GEORGIAN": ("ka",),
    "DEVANAGARI": ("hi",),
    "THAI": ("th",),
    "HANGUL": ("ko",),
    "HIRAGANA": ("ja",),
    "KATAKANA": ("ja",),
    "CJK": ("zh",),
    "CYRILLIC": ("ru", "uk", "bg"),
    "ARABIC": ("ar", "fa"),
}
LATIN: Final = ("de", "es", "fr", "it", "pt", "nl", "pl", "id", ENGLISH)


def languages_of(texts: Sequence[str]) -> list[str]:
    """Language of each text, as an ISO 639-1 code; "unknown" where it cannot be told.

    English is told by its function words (scikit-learn's list): a fifth of the words at least.
    What is left goes by its script and, where several languages share one, by the dictionary
    (simplemma's) that knows most of its words: at least half of them, and a tenth more than the
    next. Dictionaries are not opened where every text is English. Of a text, the first
    `SAMPLE` characters count; under `MIN_WORDS` words of Latin script, nothing is claimed.

    Examples:
        >>> languages_of(["The boy who lived in a house by the sea", "", "שלום עולם"])
        ['en', 'unknown', 'he']
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    found: list[str] = []
    undecided: dict[int, tuple[str, ...]] = {}
    for row, text in enumerate(texts):
        words = WORD.findall(text[:SAMPLE].lower())
        function_words = sum(map(ENGLISH_STOP_WORDS.__contains__, words))
        if len(words) >= MIN_WORDS and function_words >= ENGLISH_SHARE * len(words):
            found.append(ENGLISH)
            continue
        possible = _candidates(words)
        found.append(possible[0] if len(possible) == 1 else UNKNOWN)
        if len(possible) > 1 and len(words) >= MIN_WORDS:
            undecided[row] = possible
    for row, language in _by_dictionaries(texts, undecided).items():
        found[row] = language
    return found


def _candidates(words: Sequence[str]) -> tuple[str, ...]:
    """Languages of the script most letters are of; none where there are no letters."""
    scripts = Counter(
        unicodedata.name(letter, "").partition(" ")[0] for word in words[:100] for letter in word
    )
    if scripts["HIRAGANA"] or scripts["KATAKANA"]:
        return ("ja",)
    if not scripts:
        return ()
    script = scripts.most_common(1)[0][0]
    return LATIN if script == "LATIN" else SCRIPTS.get(script, ())


def _by_dictionaries(texts: Sequence[str], undecided: dict[int, tuple[str, ...]]) -> dict[int, str]:
    """The best language of each undecided text; languages outside, to open each once."""
    if not undecided:
        return {}
    from simplemma import in_target_language

    shares: dict[int, list[tuple[float, str]]] = {row: [] for row in undecided}
    for language in sorted({each for possible in undecided.values() for each in possible}):
        for row, possible in undecided.items():
            if language in possible:
                share = in_target_language(texts[row][:SAMPLE], language, low_memory=True)
                shares[row].append((float(share), language))
    decided = {}
    for row, each in shares.items():
        (best, language), (second, _) = sorted(each, reverse=True)[:2]
        sure = best >= KNOWN_SHARE and best - second >= LEAD
        decided[row] = language if sure else UNKNOWN
    return decided
