"""A person's own data: seen, taken along, deleted for good, and nobody else's business."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")
pytest.importorskip("sqlalchemy", reason="needs the extra: pip install 'artrec[serve]'")

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

OTHER = "p_" + "z" * 26
CALLS = [
    ("GET", ""),
    ("GET", "/feedback"),
    ("GET", "/export"),
    ("DELETE", "/feedback"),
    ("DELETE", ""),
]


@pytest.fixture
def told(client: TestClient, person: str) -> str:
    """The person of the session, with feedback on films and books."""
    events = [
        {"key": "1", "item": "movies:1", "kind": "rating", "value": 4.5},
        {"key": "2", "item": "movies:66", "kind": "seen"},
        {"key": "3", "item": "movies:68", "kind": "want"},
        {"key": "4", "item": "movies:2", "kind": "not_interested"},
        {"key": "5", "item": "books:10", "kind": "like"},
        {"key": "6", "item": "books:11", "kind": "rating", "value": 2.0},
        {"key": "7", "kind": "undo", "value": "6"},
        {"key": "=1+1", "item": "books:12", "kind": "click", "list_id": "@list", "position": 2},
    ]
    answer = client.post("/api/feedback", json={"events": events})
    assert answer.status_code == 200, answer.text
    return person


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_what_is_stored_in_short(client: TestClient, told: str) -> None:
    kept = client.get("/api/user/me").json()
    assert kept["person"] == told and kept["n_events"] == 8
    assert kept["last_at"] >= kept["first_at"] > 1_600_000_000


def test_somebody_new_has_nothing(client: TestClient, person: str) -> None:
    assert client.get("/api/user/me").json()["n_events"] == 0
    told = client.get("/api/user/me/feedback").json()
    assert (told["items"], told["events"], told["next_after"]) == ([], [], None)
    assert client.get("/api/user/me/export").json() == {"person": person, "events": []}


def test_what_it_adds_up_to(client: TestClient, told: str) -> None:
    items = client.get("/api/user/me/feedback").json()["items"]
    found = {each["item"]: each for each in items}
    assert set(found) == {"movies:1", "movies:66", "movies:68", "movies:2", "books:10"}
    assert found["movies:1"]["rating"] == 4.5 and found["movies:1"]["title"] == "Alien"
    assert found["movies:66"]["title"] == "<script>alert('x')</script>"
    assert found["movies:68"]["want"] and found["movies:2"]["not_interested"]
    assert found["books:10"]["liked"] and found["books:10"]["seen"]


def test_events_come_in_pages(client: TestClient, told: str) -> None:
    keys: list[str] = []
    after: int | None = 0
    while after is not None:
        page = client.get("/api/user/me/feedback", params={"after": after, "n": 3}).json()
        keys += [each["key"] for each in page["events"]]
        after = page["next_after"]
    assert keys == ["1", "2", "3", "4", "5", "6", "7", "=1+1"]


def test_bounds_of_a_page(client: TestClient, told: str) -> None:
    for query in ("n=0", "n=501", "n=-1", "n=x", "after=-1", f"after={2**70}"):
        assert client.get(f"/api/user/me/feedback?{query}").status_code == 422, query


def test_everything_as_json(client: TestClient, told: str) -> None:
    answer = client.get("/api/user/me/export")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    kept = answer.json()
    assert kept["person"] == told
    assert [each["key"] for each in kept["events"]][-1] == "=1+1"
    assert kept["events"][0]["kind"] == "rating" and kept["events"][0]["value"] == 4.5


def test_everything_as_a_table_that_runs_nowhere(client: TestClient, told: str) -> None:
    kept = rows(client.get("/api/user/me/export?format=csv"))
    assert [each["kind"] for each in kept][:2] == ["rating", "seen"]
    assert kept[6]["value"] == "6"
    assert (kept[-1]["key"], kept[-1]["list_id"]) == ("'=1+1", "'@list")


def test_films_for_letterboxd(client: TestClient, told: str) -> None:
    kept = {
        each["Title"]: each for each in rows(client.get("/api/user/me/export?format=letterboxd"))
    }
    assert kept["Alien"]["Rating"] == "4.5" and kept["Alien"]["Year"] == "1979"
    assert len(kept) == 3  # seen or wanted, no book, nothing they do not want


def test_books_for_goodreads(client: TestClient, told: str) -> None:
    kept = rows(client.get("/api/user/me/export?format=goodreads"))
    assert [(each["Title"], each["Bookshelves"]) for each in kept] == [("Emma", "read")]


def test_no_other_format(client: TestClient, told: str) -> None:
    assert client.get("/api/user/me/export?format=exe").status_code == 422


def test_feedback_is_deleted_and_the_session_goes_on(client: TestClient, told: str) -> None:
    assert client.delete("/api/user/me/feedback").json() == {"person": told, "deleted": 8}
    assert client.get("/api/user/me").json()["n_events"] == 0
    again = {"events": [{"key": "1", "item": "movies:1", "kind": "like"}]}
    assert client.post("/api/feedback", json=again).json()["accepted"] == 1


def test_deleted_for_good(client: TestClient, app: Any, told: str, product) -> None:
    cookie = client.cookies["artrec_session"]
    answer = client.delete("/api/user/me")
    assert answer.json() == {"person": told, "deleted": 8}
    assert "artrec_session" not in client.cookies
    assert client.get("/api/user/me").status_code == 401
    # the old token still verifies, but there is nothing behind it, and nothing comes back
    client.cookies.set("artrec_session", cookie)
    assert client.get("/api/user/me").json()["n_events"] == 0
    late = {"events": [{"key": "1", "item": "movies:1", "kind": "like"}]}
    refused = client.post("/api/feedback", json=late)
    assert refused.status_code == 410 and "deleted for good" in refused.json()["detail"]
    by_product = client.post("/api/feedback", json=late | {"person": told}, headers=product)
    assert by_product.status_code == 410
    assert client.get(f"/api/user/{told}/export", headers=product).json()["events"] == []


def test_nobody_sees_or_deletes_somebody_else(client: TestClient, told: str) -> None:
    for method, path in CALLS:
        assert client.request(method, f"/api/user/{OTHER}{path}").status_code == 403, path
    client.cookies.clear()
    for method, path in CALLS:
        assert client.request(method, f"/api/user/{told}{path}").status_code == 401, path
        assert client.request(method, f"/api/user/me{path}").status_code == 401, path


def test_a_key_of_a_product_or_the_administrator_may(
    client: TestClient, told: str, product, admin
) -> None:
    client.cookies.clear()
    wrong = {"Authorization": "Bearer product-key-for-test"}
    for method, path in CALLS:
        place = f"/api/user/{told}{path}"
        assert client.request(method, place, headers=wrong).status_code == 401, path
        for keys in (product, admin):
            assert client.request(method, place, headers=keys).status_code == 200, path


def test_users_of_the_data_have_no_data_here(client: TestClient, product) -> None:
    for method, path in CALLS:
        for whose in ("42", "movies:42", "p_", "%00", "p_" + "a" * 27, "..%2Fme"):
            answer = client.request(method, f"/api/user/{whose}{path}", headers=product)
            assert answer.status_code == 404, (whose, path)
