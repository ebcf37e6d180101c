"""How each call of the API is made, as a person would type it: curl and Python, both runnable.

The samples stand in the API's description (``x-codeSamples``) and on the page made from it. In
their order they are one visit: a session is begun, used, and deleted at the end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any, Final

HOST: Final = "http://127.0.0.1:8000"
JAR: Final = "session.txt"
LOVED: Final = [{"item": "movies:1", "liked": True}, {"item": "movies:2", "rating": 4.5}]


@dataclass(frozen=True)
class Sample:
    """One call.

    Attributes:
        call: Method and address as the description has them.
        path: The address with values in it; empty where it has none.
        body: What is sent as JSON.
        session: Whether it is made as the session's person.
        header: One header more, of a key.
        file: Name of a file that is sent.
    """

    call: str
    path: str = ""
    body: Mapping[str, Any] | None = None
    session: bool = False
    header: tuple[str, str] | None = None
    file: str = ""

    @property
    def method(self) -> str:
        """Its method."""
        return self.call.partition(" ")[0]

    @property
    def begins(self) -> bool:
        """Whether it begins the session that others use."""
        return self.call == "POST /api/session"

    @property
    def url(self) -> str:
        """Its whole address."""
        return HOST + (self.path or self.call.partition(" ")[2])

    def headers(self) -> list[tuple[str, str]]:
        """Headers that a call needs beyond those every client sends."""
        unsafe = self.session and self.method != "GET"
        found = [("X-Artrec-Request", "1")] if unsafe else []
        return found + ([self.header] if self.header else [])

    def curl(self) -> str:
        """A line for a shell."""
        words = ["curl"]
        if self.begins:
            words += ["--cookie-jar", JAR]
        if self.session:
            words += ["--cookie", JAR]
        for name, value in self.headers():
            shown = f"{name}: {value}"
            words += ["--header", f'"{shown}"' if "$" in shown else quote(shown)]
        if self.file:
            words += ["--form", f"file=@{self.file}"]
        elif self.body is not None:
            words += ["--json", quote(json.dumps(self.body))]
        elif self.method != "GET":
            words += ["--request", self.method]
        return " ".join([*words, quote(self.url)])

    def python(self) -> str:
        """A script of the standard library."""
        jar = self.begins or self.session
        lines = ["import json"] if self.body is not None else []
        lines += ["import os"] if any("$" in value for _, value in self.headers()) else []
        if jar:
            lines += ["from http.cookiejar import MozillaCookieJar"]
            lines += ["from urllib.request import HTTPCookieProcessor, Request, build_opener", ""]
            lines += [f'jar = MozillaCookieJar("{JAR}")']
            lines += ["jar.load()"] if self.session else []
        else:
            lines += ["from urllib.request import Request, urlopen", ""]
        lines += [f'call = Request("{self.url}", method="{self.method}")']
        lines += [
            f'call.add_header("{name}", {_expression(value)})' for name, value in self.headers()
        ]
        if self.file:
            lines += [
                f'with open("{self.file}", "rb") as file:',
                "    content = file.read()",
                'edge = b"\\r\\n--edge"',
                f'name = b\'form-data; name="file"; filename="{self.file}"\'',
                'head = edge + b"\\r\\nContent-Disposition: " + name + b"\\r\\n\\r\\n"',
                'call.data = head + content + edge + b"--\\r\\n"',
                'call.add_header("Content-Type", "multipart/form-data; boundary=edge")',
            ]
        if self.body is not None:
            lines += [
                f"call.data = json.dumps({dict(self.body)!r}).encode()",
                'call.add_header("Content-Type", "application/json")',
            ]
        opened = "build_opener(HTTPCookieProcessor(jar)).open" if jar else "urlopen"
        lines += [f"answer = {opened}(call).read()"]
        lines += ["jar.save()"] if self.begins else []
        return "\n".join([*lines, "print(answer.decode())"])


def _expression(value: str) -> str:
    """A header's value as Python has it; ``$NAME`` comes from the environment."""
    return f'os.environ["{value[1:]}"]' if value.startswith("$") else f'"{value}"'


_EVENTS: Final = [
    {"key": "first", "item": "movies:1", "kind": "like"},
    {"key": "second", "item": "movies:2", "kind": "rating", "value": 4.5},
]
_ADMIN: Final = ("X-Artrec-Admin", "$ARTREC_SERVE_ADMIN_KEY")
_ONE: Final = "/api/item/{item_id}"

SAMPLES: Final = (
    Sample("GET /api/health/live"),
    Sample("GET /api/health/ready"),
    Sample("GET /api/items", "/api/items?q=alien&n=3"),
    Sample("GET /api/items/start", "/api/items/start?medium=movies&round=1"),
    Sample(f"GET {_ONE}", "/api/item/movies:1"),
    Sample(f"GET {_ONE}/neighbors", "/api/item/movies:1/neighbors?n=5"),
    Sample("GET /api/map", "/api/map?medium=movies"),
    Sample("POST /api/session/recommend", body={"profile": LOVED, "n": 5}),
    Sample("POST /api/session/why", body={"profile": LOVED, "item": "movies:3"}),
    Sample("POST /api/import", file="ratings.csv"),
    Sample("POST /api/session"),
    Sample("GET /api/session", session=True),
    Sample("POST /api/feedback", body={"events": _EVENTS}, session=True),
    Sample("GET /api/recommend/{user_id}", "/api/recommend/me?medium=movies&n=5", session=True),
    Sample(
        "GET /api/recommend/{user_id}/why/{item_id}", "/api/recommend/me/why/movies:3", session=True
    ),
    Sample(
        "GET /api/recommend/{user_id}/export",
        "/api/recommend/me/export?medium=movies&format=letterboxd",
        session=True,
    ),
    Sample("GET /api/user/{user_id}", "/api/user/me", session=True),
    Sample("GET /api/user/{user_id}/profile", "/api/user/me/profile?medium=movies", session=True),
    Sample("GET /api/user/{user_id}/feedback", "/api/user/me/feedback", session=True),
    Sample("GET /api/user/{user_id}/export", "/api/user/me/export", session=True),
    Sample("DELETE /api/user/{user_id}/feedback", "/api/user/me/feedback", session=True),
    Sample("DELETE /api/user/{user_id}", "/api/user/me", session=True),
    Sample("POST /api/admin/reload", header=_ADMIN),
    Sample("GET /metrics"),
)


def add_samples(description: dict[str, Any]) -> None:
    """Put the samples into an OpenAPI description."""
    for sample in SAMPLES:
        method, _, address = sample.call.partition(" ")
        call = description["paths"].get(address, {}).get(method.lower())
        if call is not None:
            call["x-codeSamples"] = [
                {"lang": "Shell", "label": "curl", "source": sample.curl()},
                {"lang": "Python", "label": "Python", "source": sample.python()},
            ]
