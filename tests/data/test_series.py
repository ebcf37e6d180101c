"""Series and volume in a title's last bracket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.data.series import split_series


@pytest.mark.parametrize(
    ("title", "plain", "series", "numbers"),
    [
        ("Reed Mace (Fen Tales, #1)", "Reed Mace", ("Fen Tales",), ("1",)),
        ("Reed Mace (Fen Tales #1)", "Reed Mace", ("Fen Tales",), ("1",)),
        ("Reed Mace  (Fen Tales, # 1) ", "Reed Mace", ("Fen Tales",), ("1",)),
        ("Omen (Fen, #0.5; Marsh, #12)", "Omen", ("Fen", "Marsh"), ("0.5", "12")),
        ("Omen (Fen #18, Marsh #4)", "Omen", ("Fen", "Marsh"), ("18", "4")),
        ("Omen (Fen #18, Marsh, #5)", "Omen", ("Fen", "Marsh"), ("18", "5")),
        ("Box (Fen, #1-3)", "Box", ("Fen",), ("1-3",)),
        ("Box (Fen, #1-4 + 3.5)", "Box", ("Fen",), ("1-4 + 3.5",)),
        ("Two (Fen, #0.5, 2.5)", "Two", ("Fen",), ("0.5, 2.5",)),
        ("Half (Fen, #5, Part 1)", "Half", ("Fen",), ("5, Part 1",)),
        ("Half (Fen, #3: Part 2 of 2)", "Half", ("Fen",), ("3: Part 2 of 2",)),
        ("End (Ash, Oak, and Thorn, #3)", "End", ("Ash, Oak, and Thorn",), ("3",)),
        ("Eel (Mud: Deep, #1; Eel, #1)", "Eel", ("Mud: Deep", "Eel"), ("1", "1")),
        ("Cap (Gown ½ (2nd), #1)", "Cap", ("Gown ½ (2nd)",), ("1",)),
        ("Reeds (A Graphic Novel) (Fen, #2)", "Reeds (A Graphic Novel)", ("Fen",), ("2",)),
    ],
)
def test_titles_with_series(title, plain, series, numbers):
    found = split_series(title)
    assert (found.title, found.series, found.numbers) == (plain, series, numbers)


@pytest.mark.parametrize(
    "title",
    [
        "Reed Mace",
        "Reed Mace (A Little Yellow Book)",
        "#ALONE",
        "Reed Mace #1",
        "(Fen, #1)",
        "Reeds (Fen, #1) and Mud",
        "كتاب",
        "",
    ],
)
def test_titles_without_series_stay(title):
    found = split_series(title)
    assert found.title == title
    assert found.series == ()
    assert found.series_cell is None
    assert found.numbers_cell is None


def test_cells_hold_as_many_numbers_as_series_and_no_stray_separator():
    found = split_series("A|B (C|D, #1|2; E, #3)")
    assert found.series_cell == "C D|E"
    assert found.numbers_cell == "1 2|3"
    assert found.title == "A|B"


@given(st.text(alphabet="ab #(),;|-1.\u05d0😀", max_size=60))
def test_any_title_is_split_and_its_text_kept(title):
    found = split_series(title)
    assert len(found.series) == len(found.numbers)
    assert title.strip().startswith(found.title)
    assert all(found.series)


def test_a_title_of_five_megabytes_of_brackets_is_done_at_once():
    for piece in ("(", "(#", " ", "#", "(a#", "a, #1; "):
        split_series(piece * (5_000_000 // len(piece)))
