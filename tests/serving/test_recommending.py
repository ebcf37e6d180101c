"""Lists over HTTP: who gets what, reasons that are true, steering that is visible."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from fastapi.testclient import TestClient

from serving_world import CLASSICS, FILMS, ROMANCE, SCIENCE

GENRES = {f"movies:{row[0]}": (row[3] or "").split("|") for row in FILMS}
YEARS = {f"movies:{row[0]}": row[2] for row in FILMS}


def loved(*items: str) -> list[dict[str, Any]]:
    return [{"item": item, "liked": True} for item in items]


def ask(client: TestClient, *items: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/api/session/recommend", json={"profile": loved(*items), **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def ids(answer: dict[str, Any]) -> list[str]:
    return [work["item"] for work in answer["items"]]


def compact(steering: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(steering).encode()).decode().rstrip("=")


def test_who_loves_science_fiction_gets_science_fiction_and_nothing_known(
    client: TestClient,
) -> None:
    known = [f"movies:{item}" for item in SCIENCE[:3]]
    answer = ask(client, *known, n=5)
    assert set(ids(answer)) == {f"movies:{item}" for item in SCIENCE[3:]}
    assert not answer["fallback"]
    assert answer["n_profile"] == 3
    assert [work["rank"] for work in answer["items"]] == [1, 2, 3, 4, 5]
    scores = [work["score"] for work in answer["items"]]
    assert scores == sorted(scores, reverse=True)


def test_pages_of_a_list_are_the_list_cut(client: TestClient) -> None:
    whole = ids(ask(client, "movies:1", "movies:2", n=10))
    first = ask(client, "movies:1", "movies:2", n=4)
    second = ask(client, "movies:1", "movies:2", n=4, offset=first["next_offset"])
    assert ids(first) + ids(second) == whole[:8]
    assert second["items"][0]["rank"] == 5
    assert ask(client, "movies:1", "movies:2", n=500)["next_offset"] is None


def test_reasons_name_the_persons_own_works_and_only_what_is_true(client: TestClient) -> None:
    answer = ask(client, "movies:1", "movies:4", "movies:12", n=6)
    for work in answer["items"]:
        named = {each["item"] for each in work["because"]}
        assert named <= {"movies:1", "movies:4", "movies:12"}
        assert 0 < sum(each["share"] for each in work["because"]) <= 1 + 1e-6
        of_all = [work["item"], *(each["item"] for each in work["because"][:2])]
        if " count as " in work["reason"]:
            genre = work["reason"].split(" count as ")[1].rstrip(".").split(" and ")[0]
            assert all(genre in GENRES[item] for item in of_all)
        if "it is by " in work["reason"]:
            who, title = work["reason"].split("it is by ")[1].split(", as “")
            by = {row[1]: row[4] for row in FILMS}
            assert by[work["title"]] == by[title.removesuffix("” is.")] == who
    first = answer["items"][0]
    assert first["reason"].startswith("Because you loved “")


def test_contributions_sum_to_the_score(client: TestClient) -> None:
    listed = ask(client, "movies:1", "movies:3", n=3)["items"]
    for work in listed:
        asked = {"profile": loved("movies:1", "movies:3"), "item": work["item"]}
        told = client.post("/api/session/why", json=asked).json()
        total = told["base"] + sum(part["contribution"] for part in told["parts"])
        assert total == pytest.approx(told["score"], abs=1e-4)
        assert told["score"] == pytest.approx(work["score"], abs=1e-6)
        assert (told["place"], told["of"]) == (work["rank"], len(FILMS) - 2)
        assert told["middle"] < told["score"]
        for part in told["parts"]:
            assert {each["item"] for each in part["works"]} <= {"movies:1", "movies:3"}


def test_disliked_works_count_as_known_but_not_as_loved(client: TestClient) -> None:
    profile = [*loved("movies:1", "movies:2"), {"item": "movies:10", "rating": 0.5}]
    answer = client.post("/api/session/recommend", json={"profile": profile, "n": 20}).json()
    assert "movies:10" not in ids(answer)
    assert all(each["item"] != "movies:10" for work in answer["items"] for each in work["because"])


def test_of_a_stranger_nothing_is_known_and_the_list_says_so(client: TestClient) -> None:
    answer = client.post("/api/session/recommend", json={"profile": [], "n": 6}).json()
    assert answer["fallback"]
    assert all(work["popular"] and work["sure"] == 0 for work in answer["items"])
    genres = {genre for item in ids(answer) for genre in GENRES[item]}
    assert len(genres) > 3  # popular works, but not all of one kind
    known = client.post(
        "/api/session/recommend", json={"profile": [{"item": "movies:1", "seen": True}], "n": 20}
    ).json()
    assert known["fallback"]
    assert "movies:1" not in ids(known)


@pytest.mark.parametrize(
    ("steering", "holds"),
    [
        ({"years": [1980, 1989]}, lambda item: 1980 <= YEARS[item] <= 1989),
        ({"leave_out": {"genres": ["sci-fi"]}}, lambda item: "Sci-Fi" not in GENRES[item]),
        ({"only": {"genres": ["Horror"]}}, lambda item: "Horror" in GENRES[item]),
        ({"leave_out": {"creators": ["Ridley Scott"]}}, lambda item: item != "movies:4"),
        ({"leave_out": {"languages": ["english"]}}, lambda item: item not in {"movies:2"}),
        ({"minutes": [0, 110]}, lambda item: item in FILMS_UNDER_110),
    ],
)
def test_filters_hold_for_every_work(client: TestClient, steering: Any, holds: Any) -> None:
    answer = ask(client, "movies:1", n=20, steering=steering)
    assert ids(answer)
    assert all(holds(item) for item in ids(answer))


FILMS_UNDER_110 = {f"movies:{row[0]}" for row in FILMS if row[5] is not None and row[5] <= 110}


def test_sliders_move_the_list(client: TestClient) -> None:
    plain = ids(ask(client, "movies:1", "movies:4", n=20))
    surprising = ids(ask(client, "movies:1", "movies:4", n=12, steering={"surprise": 1.0}))
    hidden = ids(ask(client, "movies:1", "movies:4", n=20, steering={"hidden": 1.0}))
    varied = ids(ask(client, "movies:1", "movies:4", n=4, steering={"diversity": 1.0}))
    assert surprising[0] != plain[0]
    assert "Sci-Fi" not in GENRES[surprising[0]]
    rare = {"movies:66", "movies:67", "movies:68", "movies:69"}
    assert sum(map(hidden.index, rare)) < sum(map(plain.index, rare))
    assert len({genre for item in varied for genre in GENRES[item]}) > len(
        {genre for item in plain[:4] for genre in GENRES[item]}
    )


def test_a_second_volume_waits_for_the_first(client: TestClient) -> None:
    answer = ask(client, "books:5", "books:4", medium="books", n=12)
    assert "books:1" in ids(answer)
    assert not {"books:2", "books:3"} & set(ids(answer))
    after = ids(ask(client, "books:5", "books:1", medium="books", n=12))
    assert "books:2" in after
    assert "books:3" not in after


def test_the_medium_is_that_of_most_of_the_profile(client: TestClient) -> None:
    assert ask(client, "books:10", "books:11", "movies:1")["medium"] == "books"
    assert ask(client, "books:10", "books:11", "movies:1", medium="movies")["medium"] == "movies"


def test_several_media_take_turns(client: TestClient) -> None:
    steering = {"media": ["movies", "books"]}
    answer = ask(client, "books:10", "movies:12", n=6, steering=steering)
    assert answer["medium"] == "mixed"
    assert [work["medium"] for work in answer["items"]] == ["movies", "books"] * 3
    assert {work["item"] for work in answer["items"][1::2]} <= {f"books:{b}" for b in CLASSICS}
    more = ask(client, "books:10", "movies:12", n=6, steering=steering, offset=6)
    assert not set(ids(answer)) & set(ids(more))


def test_a_watchlist_is_the_pool(client: TestClient) -> None:
    pool = [f"movies:{item}" for item in ROMANCE[:3]] + ["movies:1"]
    answer = ask(client, "movies:1", "movies:2", pool=pool, n=10)
    assert set(ids(answer)) == set(pool) - {"movies:1"}


def test_what_is_left_out_does_not_come(client: TestClient) -> None:
    first = ids(ask(client, "movies:1", n=1))[0]
    assert first not in ids(ask(client, "movies:1", n=20, leave_out=[first]))


def test_users_of_the_data_are_for_products_only(
    client: TestClient, product: dict[str, str]
) -> None:
    for address in ("/api/recommend/movies:42", "/api/user/movies:42/profile"):
        assert client.get(address).status_code == 401
    answer = client.get("/api/recommend/movies:42?n=5", headers=product).json()
    assert answer["n_profile"] == 3
    assert set(ids(answer)) == {f"movies:{item}" for item in SCIENCE[3:]}


def test_of_a_user_that_the_data_does_not_know_nothing_is_known(
    client: TestClient, product: dict[str, str]
) -> None:
    told = client.get("/api/recommend/movies:new-here?n=5", headers=product).json()
    stranger = client.post("/api/session/recommend", json={"profile": [], "medium": "movies"})
    assert told["fallback"]
    assert told["n_profile"] == 0
    assert ids(told) == ids(stranger.json())[:5]
    taste = client.get("/api/user/movies:new-here/profile", headers=product).json()
    assert (taste["n"], taste["n_liked"]) == (0, 0)


def test_feedback_changes_the_next_list(client: TestClient, person: str) -> None:
    before = client.get("/api/recommend/me?medium=movies&n=20").json()
    assert before["fallback"]
    events = [
        {"key": "a", "item": "movies:1", "kind": "like"},
        {"key": "b", "item": "movies:4", "kind": "rating", "value": 5.0},
        {"key": "c", "item": "movies:2", "kind": "not_interested"},
    ]
    assert client.post("/api/feedback", json={"events": events}).status_code == 200
    after = client.get("/api/recommend/me?medium=movies&n=20").json()
    assert not after["fallback"]
    assert not {"movies:1", "movies:4", "movies:2"} & set(ids(after))
    assert after["items"][0]["item"] in {f"movies:{item}" for item in SCIENCE}
    again = client.get("/api/recommend/me?medium=movies&n=20").json()
    assert again == after  # from the cache, its list_id too
    sent = client.post(
        "/api/session/recommend",
        json={
            "profile": [{"item": "movies:1", "liked": True}, {"item": "movies:4", "rating": 5.0}],
            "leave_out": ["movies:2"],
            "n": 20,
        },
    ).json()
    assert ids(sent) == ids(after)  # one way through the code


def test_steering_travels_in_an_address(client: TestClient, product: dict[str, str]) -> None:
    steering = {"years": [1980, 1989], "leave_out": {"genres": ["Action"]}}
    address = f"/api/recommend/movies:42?n=20&steering={compact(steering)}"
    answer = client.get(address, headers=product).json()
    assert ids(answer)
    assert all(1980 <= YEARS[item] <= 1989 for item in ids(answer))


@pytest.mark.parametrize(
    "text",
    [
        "!!!",
        "e30x",
        "A" * 3000,
        compact({"surprise": 2}),
        compact({"suprise": 1}),
        compact({"surprise": "1"}),
        compact({"years": [2000, 1990]}),
    ],
)
def test_steering_that_is_none_is_told(
    client: TestClient, product: dict[str, str], text: str
) -> None:
    answer = client.get(f"/api/recommend/movies:42?steering={text}", headers=product)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["hint"]


def test_the_taste_profile_counts_what_was_liked(
    client: TestClient, product: dict[str, str]
) -> None:
    told = client.get("/api/user/movies:42/profile", headers=product).json()
    assert told["n"] == told["n_liked"] == 3
    assert told["mean_rating"] == 5.0
    shares = {each["name"]: each["share"] for each in told["genres"]}
    assert shares["Sci-Fi"] == pytest.approx(3 / 6)
    assert sum(shares.values()) == pytest.approx(1)
    assert sum(each["average_share"] for each in told["genres"]) == pytest.approx(1)
    assert {"name": "Ridley Scott", "n": 1} in told["creators"]
    assert set(told["liked"]) == {"movies:1", "movies:2", "movies:3"}
