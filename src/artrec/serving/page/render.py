"""The page as the server renders it: readable, and usable by links and forms, without JavaScript.

Every value from a catalogue or a person passes `html.escape`; nothing is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from string import Template
from typing import Any, Final
from urllib.parse import urlencode

from artrec.serving.page.assets import load_assets
from artrec.serving.page.covers import cover_svg

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Home:
    """What the first page shows; works and lists in the JSON of the API.

    Attributes:
        base: Path that the service lies under, without a slash at its end.
        static: Path of the page's files, without a slash at its end.
        media: Media of the bundle: ``name``, ``label``, ``n_works``.
        medium: The medium that the address asks for; empty where it names none.
        answer: A list as ``POST /api/session/recommend`` gives it; None where there is none.
        likes: Works named as loved in the address (``?like=``).
        query: What was searched for (``?q=``).
        found: Works that the search found.
        start: Works to choose from at a first visit.
        steering: The compact steering of the address (``?steering=``).
        steered: The same, read.
        problem: ``title``, ``detail`` and ``hint`` of what went wrong.
        attribution: Whose data it is, one line a source.
    """

    base: str
    static: str
    media: Sequence[Record] = ()
    medium: str = ""
    answer: Record | None = None
    likes: Sequence[Record] = ()
    query: str = ""
    found: Sequence[Record] = ()
    start: Sequence[Record] = ()
    steering: str = ""
    steered: Record = field(default_factory=dict)
    problem: Record | None = None
    attribution: Sequence[str] = field(default_factory=tuple)


def render_home(home: Home) -> str:
    """The whole page as HTML."""
    parts = [
        _greeting(home),
        _problem(home.problem),
        _search(home),
        _chosen(home),
        _found(home),
        _tune(home),
        _list(home),
        _start(home),
    ]
    return Template(load_assets().shell).substitute(
        title="artrec: what to turn to next, and why",
        base=escape(home.base),
        home=escape(home.base + "/"),
        static=escape(home.static),
        preloads=_preloads(home.static),
        main="\n".join(part for part in parts if part),
        attribution=" ".join(escape(line) for line in home.attribution),
    )


def _preloads(static: str) -> str:
    """The modules named at once, so that the browser does not find them one after the other."""
    return "\n".join(
        f'<link rel="modulepreload" href="{escape(static)}/{name}">'
        for name in load_assets().files
        if name.endswith(".js") and name not in {"boot.js", "app.js", "map.js"}
    )


def _greeting(home: Home) -> str:
    if home.likes:
        return "<h1>From what you love</h1>"
    return (
        '<h1>Name three you love.</h1><p class="lead">artrec finds what to turn to next, and says '
        "why, so that you can argue with it.</p>"
    )


def _problem(problem: Record | None) -> str:
    if problem is None:
        return ""
    said = " ".join(str(problem.get(key) or "") for key in ("detail", "hint")).strip()
    return (
        f'<div class="notice" role="alert"><p><strong>{escape(str(problem.get("title", "")))}'
        f"</strong> {escape(said)}</p></div>"
    )


def _search(home: Home) -> str:
    return (
        f'<form class="find" action="{escape(home.base)}/" method="get" role="search">'
        f'<label for="plain-q">Search by title</label><div class="row">'
        f'<input id="plain-q" name="q" type="search" maxlength="100" '
        f'value="{escape(home.query)}"><button type="submit">Search</button></div>'
        f"{_kept(home)}</form>"
    )


def _kept(home: Home) -> str:
    """The rest of the address as hidden fields."""
    pairs = [("like", str(work["item"])) for work in home.likes]
    pairs += [("steering", home.steering)] if home.steering else []
    pairs += [("medium", home.medium)] if home.medium else []
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in pairs
    )


FAR: Final = 9999
SLIDERS: Final = (
    ("surprise", "Familiar", "Surprising"),
    ("hidden", "Popular", "Hidden"),
    ("diversity", "Of a kind", "Varied"),
)


def _tune(home: Home) -> str:
    """Sliders and years as a form: the service makes a steering of what it sends."""
    sliders = "".join(
        f'<div class="slider"><label for="plain-{name}">{low} to {high.lower()}</label>'
        f'<input id="plain-{name}" name="{name}" type="range" min="0" max="1" step="0.25" '
        f'value="{float(home.steered.get(name) or 0):g}">'
        f'<div class="ends" aria-hidden="true"><span>{low}</span><span>{high}</span></div></div>'
        for name, low, high in SLIDERS
    )
    fields = "".join(
        f'<label>{words} <input name="{name}" type="number" min="{-FAR}" max="{FAR}" '
        f'value="{year}"></label>'
        for name, words, year in (
            ("since", "From", _year(home, 0)),
            ("until", "To", _year(home, 1)),
        )
    )
    is_open = " open" if home.steering else ""
    return (
        f'<details class="tune"{is_open}><summary class="plainer">Tune</summary>'
        f'<form action="{escape(home.base)}/" method="get">{sliders}'
        f'<div class="years">{fields}</div>'
        f'<p><button type="submit" class="plainer">Show</button></p>{_kept(home)}</form></details>'
    )


def _year(home: Home, at: int) -> str:
    """First or last year of the steering; empty where it is open."""
    years = home.steered.get("years")
    return "" if not years or abs(years[at]) > FAR else str(years[at])


def _link(home: Home, likes: Sequence[str]) -> str:
    """Address of this page with other loved works."""
    pairs = [("like", item) for item in likes]
    pairs += [("steering", home.steering)] if home.steering else []
    pairs += [("medium", home.medium)] if home.medium else []
    return escape(f"{home.base}/?{urlencode(pairs)}" if pairs else f"{home.base}/")


def _chosen(home: Home) -> str:
    if not home.likes:
        return ""
    items = [str(work["item"]) for work in home.likes]
    rows = "".join(
        f"<li>{_title(work)} <a "
        f'href="{_link(home, [each for each in items if each != work["item"]])}">'
        f'Remove<span class="unseen"> {escape(str(work["title"]))}</span></a></li>'
        for work in home.likes
    )
    return f'<section><h2>You love</h2><ul class="plainlist">{rows}</ul></section>'


def _found(home: Home) -> str:
    if not home.query:
        return ""
    if not home.found:
        return f"<p>Nothing in the catalogue is called “{escape(home.query)}”.</p>"
    return f"<section><h2>Found</h2>{_choices(home, home.found)}</section>"


def _start(home: Home) -> str:
    if home.likes or not home.start:
        return ""
    return f"<section><h2>Or begin with one of these</h2>{_choices(home, home.start)}</section>"


def _choices(home: Home, works: Sequence[Record]) -> str:
    items = [str(work["item"]) for work in home.likes]
    rows = "".join(
        f'<li>{_title(work)} <a href="{_link(home, [*items, str(work["item"])])}">I love it'
        f'<span class="unseen">: {escape(str(work["title"]))}</span></a></li>'
        for work in works
    )
    return f'<ul class="plainlist">{rows}</ul>'


def _title(work: Record) -> str:
    year = f" ({work['year']})" if work.get("year") else ""
    by = ", ".join(map(str, work.get("creators") or ()))
    return f"<cite>{escape(str(work['title']))}</cite>{escape(year)}" + (
        f' <span class="soft">{escape(by)}</span>' if by else ""
    )


def _list(home: Home) -> str:
    works = home.answer["items"] if home.answer else ()
    if not works:
        return '<p class="empty">Nothing fits. Take a filter away, or name another work.</p>'
    heading = "Loved by many" if home.answer and home.answer.get("fallback") else "For you"
    rows = "".join(_work(home, work) for work in works)
    return f'<section><h2>{heading}</h2><ol class="works">{rows}</ol></section>'


def _work(home: Home, work: Record) -> str:
    items = [str(each["item"]) for each in home.likes]
    about = [", ".join(map(str, work.get("creators") or ())), str(work.get("year") or "")]
    about.append(_label(home, str(work.get("medium") or "")))
    popular = '<span class="chip">popular</span>' if work.get("popular") else ""
    return (
        f'<li class="work">{cover_svg(work.get("cover") or {})}<div class="body">'
        f"<h3>{escape(str(work['title']))}</h3>"
        f'<p class="meta">{escape(" · ".join(part for part in about if part))}</p>'
        f'<p class="reason">{escape(str(work.get("reason") or ""))}</p>'
        f'<p class="marks">{popular}<a href="{_link(home, [*items, str(work["item"])])}">'
        f'I love it<span class="unseen">: {escape(str(work["title"]))}</span></a></p></div></li>'
    )


def _label(home: Home, medium: str) -> str:
    labels = {str(each["name"]): str(each.get("label") or each["name"]) for each in home.media}
    return labels.get(medium, medium)
