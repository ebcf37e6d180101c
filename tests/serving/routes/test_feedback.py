"""POST /api/feedback: kept once, refused whole where it does not fit, nobody acts for another."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")
pytest.importorskip("sqlalchemy", reason="needs the extra: pip install 'artrec[serve]'")

from artrec.serving.feedback import StoreUnavailableError, appending

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

OTHER = "p_" + "z" * 26


def rating(key: str = "k", item: str = "movies:1", value: Any = 4.0) -> dict[str, Any]:
    return {"key": key, "item": item, "kind": "rating", "value": value}


def statuses(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["status"] for each in answer.json()["events"]]


def test_what_was_told_is_kept_once(client: TestClient, person: str) -> None:
    events = [rating("a"), {"key": "b", "item": "books:1", "kind": "like"}]
    first = client.post("/api/feedback", json={"events": events})
    assert first.json() == {
        "accepted": 2,
        "repeated": 0,
        "conflicting": 0,
        "events": [{"key": "a", "status": "accepted"}, {"key": "b", "status": "accepted"}],
    }
    assert statuses(client.post("/api/feedback", json={"events": events})) == ["repeated"] * 2
    other = client.post("/api/v1/feedback", json={"events": [rating("a", value=1.0)]})
    assert statuses(other) == ["conflict"] and other.json()["conflicting"] == 1
    kept = client.get("/api/user/me/feedback").json()
    assert [each["key"] for each in kept["events"]] == ["a", "b"]
    assert kept["events"][0]["value"] == 4.0


def test_every_kind_is_taken(client: TestClient, person: str) -> None:
    plain = ["like", "dislike", "seen", "not_interested", "want", "click", "impression"]
    events = [{"key": kind, "item": "movies:2", "kind": kind} for kind in plain]
    events[-1] |= {"list_id": "l-1", "position": 3}
    events += [rating(), {"key": "u", "kind": "undo", "value": "k"}]
    assert statuses(client.post("/api/feedback", json={"events": events})) == ["accepted"] * 9


def test_a_session_is_needed(client: TestClient) -> None:
    answer = client.post("/api/feedback", json={"events": [rating()]})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_of_ones_own_making_is_none(client: TestClient) -> None:
    for token in ("nonsense", "p_" + "a" * 26, "p_" + "a" * 26 + ".x.y", ""):
        headers = {"Cookie": f"artrec_session={token}", "X-Artrec-Request": "1"}
        answer = client.post("/api/feedback", json={"events": [rating()]}, headers=headers)
        assert answer.status_code == 401, token


def test_an_expired_token_is_none(client: TestClient, person: str, monkeypatch) -> None:
    import itsdangerous.timed

    headers = {"Cookie": f"artrec_session={client.cookies['artrec_session']}"}
    client.cookies.clear()
    later = itsdangerous.timed.time.time() + 400 * 86_400
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: later)
    answer = client.post("/api/feedback", json={"events": [rating()]}, headers=headers)
    assert answer.status_code == 401 and "expired" in answer.json()["detail"]


def test_another_site_cannot_tell_for_a_person(client: TestClient, person: str) -> None:
    del client.headers["X-Artrec-Request"]
    assert client.post("/api/feedback", json={"events": [rating()]}).status_code == 403


def test_nobody_tells_for_somebody_else(client: TestClient, person: str, product) -> None:
    body = {"person": OTHER, "events": [rating()]}
    assert client.post("/api/feedback", json=body).status_code == 403
    assert statuses(client.post("/api/feedback", json=body, headers=product)) == ["accepted"]
    assert client.get(f"/api/user/{OTHER}/feedback").status_code == 403
    kept = client.get(f"/api/user/{OTHER}/feedback", headers=product).json()
    assert [each["key"] for each in kept["events"]] == ["k"]


def test_what_is_no_person_has_no_feedback(client: TestClient, product) -> None:
    for whose in ("42", "movies:42", "p_short", "p_" + "A" * 26, "x\0", "../me"):
        body = {"person": whose, "events": [rating()]}
        answer = client.post("/api/feedback", json=body, headers=product)
        assert answer.status_code == 404, whose


MISFITS: list[Any] = [
    {},
    {"key": "k", "item": "movies:1"},
    rating() | {"unknown": 1},
    rating() | {"kind": "love"},
    rating() | {"key": ""},
    rating() | {"key": "k" * 101},
    rating() | {"key": 7},
    rating() | {"key": "nul\0"},
    rating() | {"item": None},
    rating() | {"item": 1},
    rating() | {"item": "m" * 301},
    rating(item="movies:none"),
    rating(item="nothing:1"),
    rating(item="1"),
    rating(item="movies:1\0"),
    rating(item="movies:\U0001f600"),
    rating(item="books:66"),
    rating(value=None),
    rating(value="4"),
    rating(value=[4]),
    rating(value={}),
    rating(value=0),
    rating(value=5.5),
    rating(value=-1),
    rating(value=3.3),
    rating(value=1e300),
    rating() | {"position": -1},
    rating() | {"position": 2**40},
    rating() | {"list_id": ""},
    {"key": "k", "item": "movies:1", "kind": "like", "value": 3},
    {"key": "k", "kind": "undo"},
    {"key": "k", "kind": "undo", "value": 5},
    [],
    None,
    "rating",
]


def test_what_does_not_fit_is_refused_whole(client: TestClient, person: str) -> None:
    for event in MISFITS:
        answer = client.post("/api/feedback", json={"events": [rating("good"), event]})
        assert answer.status_code == 422, event
        problem = answer.json()
        assert problem["hint"], event
        assert problem["errors"][0]["where"].startswith("body.events.1"), event
    assert client.get("/api/user/me/feedback").json()["events"] == []


def test_no_number_that_is_none(client: TestClient, person: str) -> None:
    headers = {"Content-Type": "application/json"}
    for number in ("NaN", "Infinity", "-Infinity", "1e999"):
        body = json.dumps({"events": [rating(value=0)]}).replace('"value": 0', f'"value": {number}')
        answer = client.post("/api/feedback", content=body, headers=headers)
        assert answer.status_code in (400, 422), number
    assert client.get("/api/user/me/feedback").json()["events"] == []


BODIES = [
    b"",
    b"{",
    b"[]",
    b'"x"',
    b"null",
    b'{"events": []}',
    b'{"events": 1}',
    b'{"events": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
    b"\xff\xfe",
    b'{"events": [{"key": "\\ud800", "item": "movies:1", "kind": "like"}]}',
]


def test_a_body_that_is_none(client: TestClient, person: str) -> None:
    for body in BODIES:
        headers = {"Content-Type": "application/json"}
        answer = client.post("/api/feedback", content=body, headers=headers)
        assert answer.status_code in (400, 422), body[:60]
        assert answer.headers["content-type"] == "application/problem+json", body[:60]


def test_too_many_at_once(client: TestClient, person: str) -> None:
    for count in (501, 10_000):
        events = [rating(f"k{number}") for number in range(count)]
        answer = client.post("/api/feedback", json={"events": events})
        assert answer.status_code in (413, 422), count
    assert client.get("/api/user/me").json()["n_events"] == 0


def test_five_hundred_at_once(client: TestClient, person: str) -> None:
    events = [rating(f"k{number}") for number in range(500)]
    assert client.post("/api/feedback", json={"events": events}).json()["accepted"] == 500


def test_a_person_is_bounded(client: TestClient, person: str, monkeypatch) -> None:
    monkeypatch.setattr(appending, "MOST_EVENTS", 2)
    events = [rating(key) for key in "abc"]
    answer = client.post("/api/feedback", json={"events": events})
    assert answer.status_code == 422 and "at most 2 events" in answer.json()["detail"]


def test_hostile_text_is_only_text(client: TestClient, person: str) -> None:
    key = "'; DROP TABLE events; -- <script>\U0001f600"
    assert statuses(client.post("/api/feedback", json={"events": [rating(key)]})) == ["accepted"]
    assert client.get("/api/user/me/feedback").json()["events"][0]["key"] == key


def test_a_store_that_cannot_be_written_is_told(
    client: TestClient, app, person: str, monkeypatch
) -> None:
    def fail(*_: Any) -> None:
        raise StoreUnavailableError("feedback cannot be kept at present: disk full", "later")

    monkeypatch.setattr(app.state.service.feedback, "appending", fail)
    answer = client.post("/api/feedback", json={"events": [rating()]})
    assert answer.status_code == 503 and answer.headers["retry-after"]
    assert "disk full" in answer.json()["detail"]


def test_feedback_drops_the_lists_it_changes(client: TestClient, app, person: str) -> None:
    cache = app.state.service.cache
    cache.put(person, 1, "question", answer=b"old list")
    cache.put(OTHER, 1, "question", answer=b"another's")
    client.post("/api/feedback", json={"events": [rating()]})
    assert cache.get(person, 1, "question") is None
    assert cache.get(OTHER, 1, "question") == b"another's"


def test_what_was_kept_outlives_the_service(make_client: Callable[..., TestClient]) -> None:
    first = make_client()
    begun = first.post("/api/session")
    headers = {"X-Artrec-Request": "1"}
    first.post("/api/feedback", json={"events": [rating()]}, headers=headers)
    first.__exit__(None, None, None)
    second = make_client()
    second.cookies.update(begun.cookies)
    assert second.get("/api/user/me").json()["n_events"] == 1
