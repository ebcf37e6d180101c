"""Documents of works: which words, of which kind, in which language."""

from __future__ import annotations

import pandas as pd
import pytest

from artrec import schema
from artrec.features.text import language
from artrec.features.text.documents import DocumentConfig, documents, documents_anew, kinds_of
from artrec.features.text.preprocess import PreprocessConfig

ENGLISH = "A lighthouse keeper finds out that the light he has kept for years is not his."
WORKS = pd.DataFrame(
    [
        ("a", "The Lamp", 1987, "Drama|Mystery", "Ada Roe", ENGLISH, "sea|slow"),
        ("b", "Über Land", 2003, None, "Bo Li|Cy Ox", None, "road movie"),
        ("c", "Dust", None, "Western", None, "", None),
        ("d", "", None, None, None, None, None),
    ],
    columns=["item_id", "title", "year", "genres", "creators", "text", "tags"],
).astype({"year": "Int64"})


def test_all_that_is_known_is_said_text_first() -> None:
    table = documents(WORKS, DocumentConfig())
    assert table["document"].tolist() == [
        f"{ENGLISH}\nsea, slow\nThe Lamp\nDrama, Mystery\nAda Roe\n1980s",
        "road movie\nÜber Land\nBo Li, Cy Ox\n2000s",
        "Dust\nWestern",
        "",
    ]
    assert table[schema.ITEM_ID].tolist() == ["a", "b", "c", "d"]


def test_kind_says_where_the_words_are_from() -> None:
    table = documents(WORKS, DocumentConfig())
    assert table["kind"].tolist() == ["text", "tags", "metadata", "empty"]
    assert kinds_of(table) == {"text": 1, "tags": 1, "metadata": 1, "empty": 1}


def test_language_is_that_of_the_text_and_of_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(language, "LATIN", ("de", "en"))  # dictionaries take time to open
    german = WORKS.assign(
        text=[ENGLISH, "Ein Mann, der nie aus dem Dorf kam, findet es.", "", None]
    )
    assert documents(german, DocumentConfig())["language"].tolist() == ["en", "de", None, None]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ("always", [f"{ENGLISH}\nThe Lamp", "Über Land", "Dust", ""]),
        ("without_text", [ENGLISH, "Über Land", "Dust", ""]),
        ("never", [ENGLISH, "", "", ""]),
    ],
)
def test_metadata_join_as_asked(metadata: str, expected: list[str]) -> None:
    config = DocumentConfig(parts=("text", "title"), metadata=metadata)
    table = documents(WORKS, config)
    assert table["document"].tolist() == expected
    assert (table["kind"] == "empty").tolist() == [not each for each in expected]


def test_parts_that_are_not_asked_for_are_not_read() -> None:
    blind = documents(WORKS, DocumentConfig(parts=("tags", "genres")))
    assert blind["document"].tolist() == ["sea, slow\nDrama, Mystery", "road movie", "Western", ""]
    assert blind["language"].tolist() == [None] * 4
    assert blind["kind"].tolist() == ["tags", "tags", "metadata", "empty"]


def test_what_stop_words_alone_make_up_counts_as_empty() -> None:
    columns = ["item_id", "title", "year", "genres", "creators", "text", "tags"]
    rows = [
        ("a", "Mud", None, None, None, "What was it, and why?", None),
        ("b", "It", None, None, None, " the of ... \U0001f642", "the|of"),
        ("c", "Who", None, None, None, None, "it|fen"),
        ("d", "あ", None, None, None, None, None),
    ]
    works = pd.DataFrame(rows, columns=columns).astype({"year": "Int64"})
    table = documents(works, DocumentConfig(), PreprocessConfig())
    assert table["kind"].tolist() == ["metadata", "empty", "tags", "metadata"]
    assert table["document"].tolist() == ["Mud", "", "it, fen", "あ"]
    assert table["language"].tolist() == [None] * 4
    read_as_they_stand = documents(works, DocumentConfig())
    assert read_as_they_stand["kind"].tolist() == ["text", "text", "tags", "metadata"]


def test_metadata_join_a_text_of_which_no_token_is_left() -> None:
    works = WORKS.assign(text=["What was it?", None, None, None])
    config = DocumentConfig(parts=("text", "title"), metadata="without_text")
    assert documents(works, config, PreprocessConfig())["document"][0] == "The Lamp"


def test_columns_that_are_absent_say_nothing() -> None:
    bare = documents(WORKS[["item_id", "title", "year", "genres", "creators"]], DocumentConfig())
    assert bare["kind"].tolist() == ["metadata", "metadata", "metadata", "empty"]
    assert not bare["cut"].any()


def test_a_huge_text_is_cut_and_flagged() -> None:
    huge = WORKS.assign(text=["the word of " * 500_000, None, "x" * 100, ENGLISH])
    table = documents(huge, DocumentConfig(parts=("text", "title"), max_characters=100))
    assert table["cut"].tolist() == [True, False, False, False]
    assert table["document"].str.len().max() <= 100 + len("\nThe Lamp")


def test_documents_of_some_works_are_written_anew() -> None:
    config = DocumentConfig(parts=("tags", "title"))
    before = documents(WORKS, config)
    then = WORKS.assign(tags=["slow", None, None, None])
    changed = then["tags"].fillna("") != WORKS["tags"].fillna("")
    table = documents_anew(before, then, changed.to_numpy(), config)
    pd.testing.assert_frame_equal(table, documents(then, config))
    pd.testing.assert_frame_equal(documents_anew(before, WORKS, [False] * 4, config), before)


def test_no_works_no_documents() -> None:
    table = documents(WORKS.iloc[:0], DocumentConfig())
    assert list(table.columns) == ["item_id", "document", "kind", "language", "cut"]
    assert table.empty
    assert kinds_of(table) == {"text": 0, "tags": 0, "metadata": 0, "empty": 0}


def test_works_stay_as_they_were() -> None:
    before = WORKS.copy()
    documents(WORKS, DocumentConfig())
    pd.testing.assert_frame_equal(WORKS, before)


def test_an_unknown_part_is_refused_with_the_near_one() -> None:
    with pytest.raises(ValueError, match="did you mean 'genres'"):
        DocumentConfig(parts=("genre",))
