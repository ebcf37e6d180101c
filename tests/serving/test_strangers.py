"""What a stranger can send: each gets a clear answer, and none an error of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from fastapi.testclient import TestClient

from artrec.serving.settings import Limits

ASK = "/api/session/recommend"


def is_problem(answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["detail"]
    assert told["hint"]
    assert told["request_id"] == answer.headers["x-request-id"]


def entry(**changed: Any) -> dict[str, Any]:
    return {"profile": [{"item": "movies:1", "liked": True, **changed}]}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[1, 2", 400),
        (b'"text"', 422),
        (b"null", 422),
        (b"[" * 100_000 + b"]" * 100_000, 400),
        (b'{"profile": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400),
        (b'{"profile": [{"item": "movies:1", "rating": NaN}]}', 422),
        (b'{"profile": [{"item": "movies:1", "rating": Infinity}]}', 422),
        (b'{"profile": [{"item": "movies:1", "rating": -1e999}]}', 422),
        (b'{"profile": [], "steering": {"surprise": NaN}}', 422),
    ],
)
def test_bodies_that_are_no_question(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post(ASK, content=body, headers={"content-type": "application/json"})
    is_problem(answer, status)


@pytest.mark.parametrize(
    "body",
    [
        {"profile": "movies:1"},
        {"profile": [{"item": 1}]},
        {"profile": [{"item": "movies:1", "loved": True}]},
        {"profile": [], "n": -1},
        {"profile": [], "n": 0},
        {"profile": [], "n": 501},
        {"profile": [], "n": "10"},
        {"profile": [], "n": 1.5},
        {"profile": [], "offset": -1},
        {"profile": [], "offset": 10**30},
        {"profile": [], "medium": 7},
        {"profile": [], "user": "42"},
        {"profile": [], "steering": {"surprise": 1.01}},
        {"profile": [], "steering": {"suprise": 1}},
        {"profile": [], "steering": {"years": [2000]}},
        {"profile": [], "steering": {"years": [2001, 2000]}},
        {"profile": [], "steering": {"leave_out": {"genres": ["x" * 500]}}},
        {"profile": [], "steering": {"leave_out": {"genres": ["x"] * 1000}}},
        {"profile": [], "pool": ["movies:nothing"]},
        {"profile": [], "leave_out": ["nothing"]},
        entry(rating=5.5),
        entry(rating=-1),
        entry(rating=True),
        entry(rating="5"),
        entry(liked="yes"),
        entry(item="music:1"),
        entry(item="books:99999"),
        entry(item="movies:\u0000"),
        entry(item="movies:'; DROP TABLE works; --"),
        entry(item="\U0001f600"),
        entry(item="movies:" + "1" * 1000),
        {"profile": [{"item": "movies:1"}] * 10_000},
    ],
)
def test_values_that_do_not_fit_are_named(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post(ASK, json=body)
    is_problem(answer, 422)
    assert answer.json()["errors"]
    assert all(each["where"].startswith("body") for each in answer.json()["errors"])


def test_an_unknown_medium_is_not_found(client: TestClient) -> None:
    is_problem(client.post(ASK, json={"profile": [], "medium": "music"}), 404)
    is_problem(client.post(ASK, json={"profile": [], "steering": {"media": ["music"]}}), 404)


def test_the_later_of_two_entries_counts(client: TestClient) -> None:
    twice = [{"item": "movies:1", "rating": 0.5}, {"item": "movies:1", "rating": 5.0}]
    once = {"profile": twice[1:], "n": 5}
    both = client.post(ASK, json={"profile": twice, "n": 5}).json()
    alone = client.post(ASK, json=once).json()
    assert [w["item"] for w in both["items"]] == [w["item"] for w in alone["items"]]


@pytest.mark.parametrize(
    "address",
    [
        "/api/recommend/movies:42?n=-1",
        "/api/recommend/movies:42?n=1e3",
        "/api/recommend/movies:42?n=501",
        "/api/recommend/movies:42?nn=5",
        "/api/recommend/movies:42?offset=-1",
        "/api/items",
        "/api/items?q=" + "x" * 301,
        "/api/items?q=alien&n=0",
        "/api/items?q=alien&n=101",
        "/api/items?q=alien&limit=3",
        "/api/items/start?round=4",
        "/api/items/start?round=one",
        "/api/item/movies",
        "/api/item/movies:1/neighbors?n=0",
    ],
)
def test_addresses_out_of_bounds(client: TestClient, product: dict[str, str], address: str) -> None:
    is_problem(client.get(address, headers=product), 422)


@pytest.mark.parametrize(
    "address",
    [
        "/api/item/movies:nothing",
        "/api/item/music:1",
        "/api/item/movies:1%27%20OR%201=1",
        "/api/item/movies:nothing/neighbors",
        "/api/recommend/music:1",
        "/api/recommend/p_short",
        "/api/recommend/movies:42/why/movies:nothing",
        "/api/items?q=alien&medium=music",
        "/api/map?medium=music",
        "/api/map?with=movies:nothing",
        "/api/nothing",
        "/api/v2/items?q=alien",
    ],
)
def test_what_is_not_there(client: TestClient, product: dict[str, str], address: str) -> None:
    is_problem(client.get(address, headers=product), 404)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_other_methods(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/items?q=alien")
    is_problem(answer, 405)
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/items?q=alien", 200),
        ("/", 200),
        ("/api/health/ready", 200),
        ("/metrics", 200),
        ("/api/item/movies:nothing", 404),
        ("/api/feedback", 405),
    ],
)
def test_head_is_get_without_the_body(client: TestClient, address: str, status: int) -> None:
    head, get = client.head(address), client.get(address)
    assert head.status_code == get.status_code == status
    assert head.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "\u0000",
        "\U0001f600",
        "<script>",
        "' OR 1=1",
        "%",
        "*",
        "\u202e",
        "(1979)",
        "a" * 300,
        "ALIEN\n",
        "\ufdfa" * 90,
        "\u0301" * 100,
    ],
)
def test_any_text_may_be_searched(client: TestClient, query: str) -> None:
    answer = client.get("/api/items", params={"q": query})
    assert answer.status_code == 200, answer.text


def test_hostile_titles_travel_as_text(client: TestClient) -> None:
    found = client.get("/api/items", params={"q": "script alert"}).json()["items"]
    assert found[0]["title"] == "<script>alert('x')</script>"
    one = client.get("/api/item/movies:68")
    assert one.headers["content-type"] == "application/json"
    assert one.headers["x-content-type-options"] == "nosniff"
    assert one.json()["title"].startswith("=HYPERLINK")
    assert client.get("/api/item/movies:69").json()["title"] == "(69)"


def test_bodies_too_large(make_client: Callable[..., TestClient]) -> None:
    client = make_client(limits=Limits(rate=0, body=2048))
    is_problem(client.post(ASK, content=b" " * 4096), 413)

    def parts() -> Any:
        for _ in range(8):
            yield b" " * 512

    headers = {"content-type": "application/json"}
    is_problem(client.post(ASK, content=parts(), headers=headers), 413)  # no length was told


def test_too_many_calls(make_client: Callable[..., TestClient]) -> None:
    client = make_client(limits=Limits(rate=0.001, burst=3))
    for _ in range(3):
        assert client.get("/api/items?q=alien").status_code == 200
    answer = client.get("/api/items?q=alien")
    is_problem(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1
    assert client.get("/api/health/live").status_code == 200


def test_an_error_of_ours_tells_nothing_of_itself(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("the secret inside")

    monkeypatch.setattr("artrec.serving.catalogue.search", broken)
    answer = client.get("/api/items?q=alien")
    is_problem(answer, 500)
    assert "secret inside" not in answer.text
    logged = [each for each in caplog.records if each.exc_info]
    assert logged[0].request_id == answer.json()["request_id"]  # type: ignore[attr-defined]


def test_every_answer_is_documented(client: TestClient) -> None:
    told = client.get("/api/openapi.json").json()
    for address, calls in told["paths"].items():
        for method, call in calls.items():
            assert call.get("summary"), (address, method)
            statuses = set(call["responses"])
            assert {"400", "422", "429"} <= statuses, (address, method)
            for status in statuses - {"200", "201", "503"}:
                kind = next(iter(call["responses"][status].get("content", {"-": 0})))
                assert kind == "application/problem+json", (address, method, status)
    assert "ProblemBody" in json.dumps(told["components"])
