"""The app as a whole: swapping bundles, health, metrics, the log, the map, what loads."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from fastapi.testclient import TestClient

from artrec.bundle import use
from artrec.errors import BundleError
from artrec.serving.swapping import swap
from artrec.serving.watching import JsonLines
from serving_world import publish_world

ASK = {"profile": [{"item": "movies:1", "liked": True}], "n": 3}


def version(client: TestClient) -> str:
    return str(client.get("/api/session").json()["version"])


def test_a_new_version_is_swapped_in_on_request(
    client: TestClient, bundle_store: Path, tmp_path: Path, admin: dict[str, str]
) -> None:
    before = version(client)
    fresh = publish_world(bundle_store, tmp_path / "next", note="next")
    assert version(client) == before  # nobody looks here
    assert client.post("/api/admin/reload").status_code == 401
    wrong = {"X-Artrec-Admin": "administrator-key-for-test"}
    assert client.post("/api/admin/reload", headers=wrong).status_code == 401
    told = client.post("/api/admin/reload", headers=admin).json()
    assert told == {"version": fresh, "before": before}
    assert version(client) == fresh
    again = client.post("/api/admin/reload", headers=admin).json()
    assert again == {"version": fresh, "before": fresh}


def test_the_service_looks_for_new_versions_itself(
    make_client: Callable[..., TestClient], bundle_store: Path, tmp_path: Path
) -> None:
    client = make_client(watch_seconds=0.05)
    before = version(client)
    fresh = publish_world(bundle_store, tmp_path / "next", note="next")
    assert until(lambda: version(client) == fresh)
    use(bundle_store, before)  # going back is a swap like any other
    assert until(lambda: version(client) == before)


def test_one_swap_is_counted_once_however_many_ask_for_it(
    client: TestClient, bundle_store: Path, tmp_path: Path
) -> None:
    service = client.app.state.service  # type: ignore[attr-defined]
    fresh = publish_world(bundle_store, tmp_path / "next", note="next")
    asking = [threading.Thread(target=swap, args=(service,)) for _ in range(4)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert version(client) == fresh
    told = client.get("/metrics").text
    assert 'artrec_reloads_total{outcome="done"} 2.0' in told  # the first was at the start


def until(holds: Callable[[], bool], seconds: float = 30) -> bool:
    from time import monotonic, sleep

    end = monotonic() + seconds
    while monotonic() < end:
        if holds():
            return True
        sleep(0.05)
    return False


def test_no_call_fails_or_mixes_versions_while_bundles_are_swapped(
    client: TestClient, bundle_store: Path, tmp_path: Path, admin: dict[str, str]
) -> None:
    first = version(client)
    second = publish_world(bundle_store, tmp_path / "next", note="next")
    whole = {}
    for each in (first, second):
        use(bundle_store, each)
        client.post("/api/admin/reload", headers=admin)
        answer = client.post("/api/session/recommend", json=ASK).json()
        whole[each] = [work["item"] for work in answer["items"]]
    seen: list[tuple[int, str]] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answer = client.post("/api/session/recommend", json=ASK)
            told = answer.json()
            seen.append((answer.status_code, told.get("version", "")))
            if [work["item"] for work in told["items"]] != whole[told["version"]]:
                seen.append((0, "mixed"))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(10):
        use(bundle_store, (first, second)[number % 2])
        assert client.post("/api/admin/reload", headers=admin).status_code == 200
    stop.set()
    for thread in threads:
        thread.join()
    assert {status for status, _ in seen} == {200}
    assert {name for _, name in seen} == {first, second}


def damage(store: Path, name: str) -> None:
    path = store / name / "movies" / "works.parquet"
    path.write_bytes(path.read_bytes()[:-10])


def test_a_damaged_version_does_not_replace_the_one_in_use(
    client: TestClient, bundle_store: Path, tmp_path: Path, admin: dict[str, str]
) -> None:
    before = version(client)
    fresh = publish_world(bundle_store, tmp_path / "next", note="next")
    damage(bundle_store, fresh)
    told = client.post("/api/admin/reload", headers=admin)
    assert told.json()["version"] == before
    ready = client.get("/api/health/ready")
    assert ready.status_code == 503
    assert "works.parquet is truncated" in ready.json()["problems"][0]
    assert client.post("/api/session/recommend", json=ASK).json()["version"] == before
    use(bundle_store, before)
    client.post("/api/admin/reload", headers=admin)
    assert client.get("/api/health/ready").status_code == 200


def test_without_a_whole_bundle_the_service_does_not_start(
    make_client: Callable[..., TestClient], bundle_store: Path, tmp_path: Path
) -> None:
    with pytest.raises(BundleError, match="no bundle was published"):
        make_client(store=tmp_path / "nothing")
    for name in bundle_store.iterdir():
        if name.is_dir():
            damage(bundle_store, name.name)
    with pytest.raises(BundleError, match="truncated"):
        make_client()


def test_health_and_metrics(client: TestClient, person: str) -> None:
    assert client.get("/api/health/live").json() == {"status": "live"}
    ready = client.get("/api/health/ready").json()
    assert ready == {
        "status": "ready",
        "version": version(client),
        "media": ["movies", "books"],
        "problems": [],
    }
    client.post("/api/session/recommend", json={"profile": []})
    client.get("/api/recommend/me")
    client.get("/api/recommend/me")
    client.get("/api/recommend/movies:1")
    told = client.get("/metrics").text
    assert f'artrec_bundle_info{{version="{version(client)}"}} 1.0' in told
    assert 'artrec_lists_total{fallback="true",medium="movies"} 2.0' in told
    assert "artrec_cached_lists_total 1.0" in told
    assert 'route="/api/recommend/{user_id}",status="401"' in told
    assert 'artrec_coverage{medium="movies"} 1.0' in told
    assert person not in told


def test_the_log_tells_calls_but_no_person_rating_or_token(
    client: TestClient, person: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="artrec.serving")
    events = [{"key": "secret-key", "item": "movies:1", "kind": "rating", "value": 4.5}]
    client.post("/api/feedback", json={"events": events})
    client.get("/api/recommend/me?n=3", headers={"Authorization": "Bearer some-token"})
    client.get("/api/items?q=something+private")
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    calls = [line for line in lines if line["event"] == "request"]
    assert [call["route"] for call in calls] == [
        "/api/feedback",
        "/api/recommend/{user_id}",
        "/api/items",
    ]
    assert all(call["status"] == 200 and call["ms"] > 0 for call in calls)
    assert len({call["request_id"] for call in calls}) == 3
    text = json.dumps([{**line, "ms": 0, "at": ""} for line in lines])
    token = client.cookies["artrec_session"]
    for private in (person, token, "4.5", "secret-key", "some-token", "private", "movies:1"):
        assert private not in text


def test_every_answer_has_safe_headers(client: TestClient) -> None:
    for address in ("/api/session", "/api/nothing", "/metrics", "/api/docs"):
        headers = client.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["artrec-api"] == "1"
        assert headers["x-request-id"]
    assert client.get("/api/session").headers["cache-control"] == "no-store"


def test_the_versioned_prefix_is_the_same_api(client: TestClient) -> None:
    plain = client.get("/api/items?q=alien").json()
    assert client.get("/api/v1/items?q=alien").json() == plain


def test_search_is_ranked_as_people_expect(client: TestClient) -> None:
    def titles(query: str, **more: Any) -> list[str]:
        found = client.get("/api/items", params={"q": query, **more}).json()["items"]
        return [work["title"] for work in found]

    assert titles("alien")[:2] == ["Alien", "Aliens"]
    assert titles("Alein")[0] == "Alien"
    assert titles("blade ru") == ["Blade Runner"]
    assert titles("thing")[0] == "The Thing"
    assert titles("amelie") == ["Amélie"]
    assert titles("wuthring hights") == ["Wuthering Heights"]
    assert titles("gods amer")[0] == "American Gods"
    assert titles("alien", medium="books") == []
    assert len(titles("e", n=3)) <= 3
    years = client.get("/api/items", params={"q": "godzilla (1998)"}).json()["items"]
    assert years[0]["year"] == 1998


def test_works_to_begin_with_are_different_in_each_round(client: TestClient) -> None:
    rounds = [
        {work["item"] for work in client.get(f"/api/items/start?round={n}").json()["items"]}
        for n in (1, 2)
    ]
    assert len(rounds[0]) == 12
    assert not rounds[0] & rounds[1]


def test_neighbors_share_the_taste(client: TestClient) -> None:
    told = client.get("/api/item/movies:1/neighbors?n=4").json()
    assert {work["item"] for work in told["items"]} <= {f"movies:{n}" for n in range(2, 9)}
    scores = [work["score"] for work in told["items"]]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0


def test_one_work_tells_what_the_bundle_knows(client: TestClient) -> None:
    told = client.get("/api/item/movies:8").json()
    assert told["title"] == "Solaris"
    assert told["minutes"] == 167
    assert told["languages"] == ["Russian"]
    assert told["known"]
    assert told["attribution"] == "nobody, of movies"
    book = client.get("/api/item/books:2").json()
    assert book["series"] == {"name": "Death", "position": "2"}
    assert book["cover"] == client.get("/api/item/books:2").json()["cover"]


def test_tastes_lie_apart_on_the_map(client: TestClient) -> None:
    told = client.get("/api/map?medium=movies").json()
    assert len(told["items"]) == len(told["x"]) == len(told["y"]) == len(told["title"])
    assert all(-1 <= each <= 1 for each in told["x"] + told["y"])
    x = dict(zip(told["items"], told["x"], strict=True))
    science = {x[f"movies:{n}"] > 0 for n in range(1, 9)}
    romance = {x[f"movies:{n}"] > 0 for n in range(10, 18)}
    assert len(science) == len(romance) == 1
    assert science != romance


def test_the_reference_page_tells_every_call(client: TestClient) -> None:
    page = client.get("/api/docs").text
    for address in client.get("/api/openapi.json").json()["paths"]:
        assert address in page
    assert "<script" not in page
