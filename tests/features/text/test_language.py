"""Languages are told by words and scripts, and left open where they cannot be."""

from __future__ import annotations

import pytest

from artrec.features.text import language
from artrec.features.text.language import languages_of

TEXTS = {
    "en": "A girl who has never left the village finds out that the map of her uncle is a lie.",
    "de": "Ein Mädchen, das nie aus dem Dorf gekommen ist, findet heraus, dass die Karte lügt.",
    "fr": "Une jeune fille qui n'a jamais quitté son village découvre que la carte est fausse.",
    "es": "Una muchacha que nunca ha salido del pueblo descubre que el mapa de su tío es falso.",
    "ru": "Девочка, которая никогда не покидала деревню, узнаёт, что карта её дяди лжёт.",
    "he": "ילדה שלא עזבה את הכפר מגלה שהמפה של דודה היא שקר",
    "ar": "فتاة لم تغادر القرية قط تكتشف أن خريطة عمها كاذبة",
    "ja": "東京物語の主人公、地図職人。",
    "zh": "从未离开村庄的女孩发现叔叔的地图是假的。",
}


UNCLAIMED = {
    "empty": "",
    "no letter": "🙂🙂 1984 !!",
    "a word": "Amélie",
    "no language": "xqz wvj kkp qqr zzt bbx vvn",
    "a word of one among none": "xqz wvj kkp mädchen qqr zzt bbx",
    "a script of no source": "ᚠᚢᚦᚨᚱᚲ",
}


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """Key of each text to what was found: one call, for opening dictionaries takes seconds."""
    texts = {**UNCLAIMED, **TEXTS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "LATIN", ("de", "en", "es", "fr"))
        patch.setitem(language.SCRIPTS, "CYRILLIC", ("ru", "bg"))
        return dict(zip(texts, languages_of(list(texts.values())), strict=True))


@pytest.mark.parametrize("code", TEXTS)
def test_languages_are_told_apart(code: str, found: dict[str, str]) -> None:
    assert found[code] == code


@pytest.mark.parametrize("case", UNCLAIMED)
def test_nothing_is_claimed_of(case: str, found: dict[str, str]) -> None:
    assert found[case] == "unknown"


def test_dictionaries_stay_closed_where_all_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    import simplemma

    monkeypatch.delattr(simplemma, "in_target_language")
    assert languages_of([TEXTS["en"], ""]) == ["en", "unknown"]
