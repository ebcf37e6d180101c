"""The sentence of reason: what it says two works share is what the catalogue has of both."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from artrec.data.work_columns import WorkColumns
from artrec.recommend.why import Part
from artrec.serving.reasoning import is_carried, reasons_of
from artrec.serving.works import Works
from serving_world import film_works

CAST = {"2": "Sigourney Weaver|Bill Paxton", "14": "Whoopi Goldberg", "16": "Bill Paxton"}


@pytest.fixture(scope="module")
def shelf() -> Any:
    table = film_works()
    table["cast"] = [CAST.get(item) for item in table["item_id"]]
    return SimpleNamespace(works=Works("movies", WorkColumns.of(table)), medium="movies")


def sentence(shelf: Any, item: str, loved: dict[str, float], group: str = "ease") -> str:
    at = shelf.works.find(item)
    verbs = {shelf.works.find(each): "loved" for each in loved}
    parts = [Part("start", -2.0, ()), Part(group, 1.0, tuple(loved.items()))]
    return reasons_of(shelf, verbs, at, parts).sentence


@pytest.mark.parametrize(
    ("item", "loved", "shared"),
    [
        ("4", {"1": 1.0}, "both are by Ridley Scott"),
        ("4", {"1": 0.6, "5": 0.4}, "it is by Ridley Scott, as “Alien” is"),
        ("4", {"5": 0.6, "1": 0.4}, "it is by Ridley Scott, as “Alien” is"),
        ("16", {"2": 0.6, "1": 0.4}, "Bill Paxton plays in this and in “Aliens”"),
        ("6", {"1": 0.6, "5": 0.4}, "all three count as Horror and Sci-Fi"),
        ("3", {"4": 1.0}, "both count as Sci-Fi"),
    ],
)
def test_a_reason_tells_what_works_share(
    shelf: Any, item: str, loved: dict[str, float], shared: str
) -> None:
    assert sentence(shelf, item, loved).endswith(f" tend to like this too, and {shared}.")


def test_a_work_that_adds_little_is_not_named(shelf: Any) -> None:
    said = sentence(shelf, "4", {"1": 0.8, "10": 0.2})
    assert "Amélie" not in said
    assert said.endswith("people who like it tend to like this too, and both are by Ridley Scott.")
    assert "“Amélie”" in sentence(shelf, "4", {"1": 0.7, "10": 0.3})


def test_a_reason_tells_no_more_than_there_is(shelf: Any) -> None:
    said = sentence(shelf, "12", {"1": 1.0})
    assert said == "Because you loved “Alien”: people who like it tend to like this too."


def test_what_is_said_once_is_not_said_twice(shelf: Any) -> None:
    said = sentence(shelf, "16", {"2": 0.6, "1": 0.4}, "cast")
    assert said == "Because you loved “Aliens” and “Alien”: the same people play in it."


def test_one_work_is_spoken_of_as_one(shelf: Any) -> None:
    assert "it resembles that one in what it is" in sentence(shelf, "12", {"1": 1.0}, "content")
    two = sentence(shelf, "12", {"1": 0.5, "5": 0.5}, "text")
    assert "its description resembles theirs" in two


def parts(**contributions: float) -> list[Part]:
    return [Part(group, value, ()) for group, value in contributions.items()]


@pytest.mark.parametrize(
    ("told", "carried"),
    [
        ({"ease": 1.0}, True),
        ({"ease": 0.91, "genres": 0.09, "start": -3.0}, True),
        ({"ease": 0.9, "genres": 0.05, "creators": 0.05, "start": 5.0}, False),
        ({"ease": 0.95, "content": 0.05, "genres": -1.0}, True),
        ({"content": 1.0}, False),
    ],
)
def test_others_carry_what_is_liked_for_nothing_that_it_is(
    told: dict[str, float], carried: bool
) -> None:
    assert is_carried(parts(**told)) is carried
