"""The page as the server renders it: complete, escaped, and usable by links alone."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from artrec.serving.page.render import Home, render_home

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
WORK = {
    "item": "movies:1",
    "title": "Alien",
    "year": 1979,
    "creators": ["Ridley Scott"],
    "medium": "movies",
    "genres": ["Horror"],
    "score": 1.0,
    "rank": 1,
    "sure": 0.5,
    "popular": True,
    "series": None,
    "because": [],
    "reason": "Because you loved Aliens.",
    "cover": {"hue": 120, "pattern": 1, "initials": "A"},
}


class Reader(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(home: Home) -> Reader:
    reader = Reader()
    reader.feed(render_home(home))
    return reader


@pytest.fixture
def home() -> Home:
    return Home(
        base="",
        static="/static/abc",
        media=[{"name": "movies", "label": "Films", "n_works": 20}],
        medium="",
        answer={"items": [WORK], "fallback": True},
        start=[{**WORK, "item": "movies:2", "title": "Brazil"}],
        attribution=["Data of nobody."],
    )


def test_a_list_can_be_read_without_scripts(home: Home) -> None:
    text = read(home).text
    for part in ("Alien", "Ridley Scott", "1979", "Films", "Because you loved Aliens.", "popular"):
        assert part in text
    assert "Data of nobody." in text


@pytest.mark.parametrize("field", ["title", "reason", "creators", "initials", "label", "query"])
def test_hostile_text_stays_text(home: Home, field: str) -> None:
    work = dict(WORK)
    changed = home
    if field == "creators":
        work["creators"] = [HOSTILE]
    elif field == "initials":
        work["cover"] = {"hue": 0, "pattern": 0, "initials": "<b>"}
    elif field == "label":
        changed = replace(changed, media=[{"name": "movies", "label": HOSTILE}])
    elif field == "query":
        changed = replace(changed, query=HOSTILE)
    else:
        work[field] = HOSTILE
    before = [tag for tag, _ in read(home).tags]
    reader = read(replace(changed, answer={"items": [work], "fallback": False}))
    tags = [tag for tag, _ in reader.tags]
    assert "img" not in tags and "b" not in tags
    assert tags.count("script") == before.count("script")
    if field != "initials":
        assert HOSTILE in reader.text or any(HOSTILE in set(a.values()) for _, a in reader.tags)


def test_nothing_inline_that_the_content_security_policy_forbids(home: Home) -> None:
    for tag, attributes in read(home).tags:
        assert "style" not in attributes, tag
        assert not any(name.startswith("on") for name in attributes), tag
        assert tag != "style"
        assert tag != "script" or attributes.get("src")


def test_links_add_and_take_away_loved_works(home: Home) -> None:
    loved = replace(home, likes=[WORK], steering="abc", answer=None)
    reader = read(replace(loved, query="brazil", found=[{**WORK, "item": "movies:2"}]))
    queries = [
        parse_qs(urlsplit(attributes["href"] or "").query)
        for tag, attributes in reader.tags
        if tag == "a" and "?" in (attributes.get("href") or "")
    ]
    assert {"like": ["movies:1", "movies:2"], "steering": ["abc"]} in queries
    assert {"steering": ["abc"]} in queries
    hidden = [a for tag, a in reader.tags if tag == "input" and a.get("type") == "hidden"]
    assert {(a["name"], a["value"]) for a in hidden} == {("like", "movies:1"), ("steering", "abc")}


def test_a_base_path_stands_before_every_address(home: Home) -> None:
    page = render_home(replace(home, base="/art", static="/art/static/abc"))
    addresses = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)
    assert addresses
    assert all(address.startswith("/art/") for address in addresses)


def test_a_problem_is_said(home: Home) -> None:
    problem = {"title": "Not Found", "detail": "no work movies:9", "hint": "search for it"}
    text = read(replace(home, problem=problem)).text
    assert "no work movies:9" in text
    assert "search for it" in text


def test_an_empty_list_and_an_empty_search_say_so(home: Home) -> None:
    assert "Nothing fits" in read(replace(home, answer={"items": []})).text
    assert "Nothing in the catalogue" in read(replace(home, query="zzz")).text


def test_works_may_lack_everything_but_id_and_title(home: Home) -> None:
    bare = {"item": "movies:7", "title": "(7)"}
    text = read(replace(home, answer={"items": [bare], "fallback": False}, likes=[bare])).text
    assert "(7)" in text
    assert "None" not in text
