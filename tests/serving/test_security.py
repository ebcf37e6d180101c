"""Sessions and keys: who may act for whom, and what wrong tokens get."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from fastapi.testclient import TestClient
from itsdangerous import TimestampSigner

from artrec.errors import ConfigError
from artrec.serving.security import COOKIE, new_person
from artrec.serving.settings import ServingSettings

ARTREC = {"X-Artrec-Request": "1"}


def test_a_session_is_a_random_person_and_a_cookie_no_script_can_read(client: TestClient) -> None:
    first = client.post("/api/session")
    assert first.status_code == 201
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    client.cookies.clear()
    second = client.post("/api/session").json()
    assert first.json()["person"] != second["person"]
    assert len(second["person"]) == 28


def test_behind_https_the_cookie_stays_there(make_client: Callable[..., TestClient]) -> None:
    client = make_client(secure_cookies=True)
    assert "secure" in client.post("/api/session").headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "damage",
    [
        # not the last letter: some of its bits say nothing
        lambda token: f"{token[:-5]}{'A' if token[-5] != 'A' else 'B'}{token[-4:]}",
        lambda token: token.replace("p_", "p_a", 1)[:-1],
        lambda token: token.split(".")[0],
        lambda _: "",
        lambda _: "x" * 5000,
        lambda _: "p_" + "a" * 26,
    ],
)
def test_a_token_that_was_changed_opens_nothing(
    client: TestClient, person: str, damage: Callable[[str], str]
) -> None:
    token = damage(client.cookies[COOKIE])
    client.cookies.clear()
    client.cookies.set(COOKIE, token)
    answer = client.get("/api/recommend/me")
    assert answer.status_code == 401
    assert client.get("/api/session").json()["person"] is None
    assert client.get("/api/items?q=alien").status_code == 200  # what is open stays open


def test_a_session_ends(
    make_client: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(session_days=1)
    client.post("/api/session")
    assert client.get("/api/recommend/me").status_code == 200
    kept = {"Cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
    client.cookies.clear()
    later = time.time() + 2 * 86_400
    monkeypatch.setattr("time.time", lambda: later)
    answer = client.get("/api/recommend/me", headers=kept)
    assert answer.status_code == 401
    assert "expired" in answer.json()["detail"]


def test_a_token_of_another_service_opens_nothing(
    make_client: Callable[..., TestClient], person: str, client: TestClient
) -> None:
    other = make_client(secret="another secret of sixteen")
    other.cookies.set(COOKIE, client.cookies[COOKIE])
    assert other.get("/api/recommend/me").status_code == 401


def test_somebody_elses_id_is_refused_and_a_product_may(
    client: TestClient, person: str, product: dict[str, str]
) -> None:
    other = new_person()
    for address in (f"/api/recommend/{other}", f"/api/user/{other}/profile"):
        assert client.get(address).status_code == 403
        assert client.get(address, headers=product).status_code == 200
    assert client.get(f"/api/recommend/{person}").status_code == 200
    client.cookies.clear()
    assert client.get(f"/api/recommend/{person}").status_code == 401


@pytest.mark.parametrize("key", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic product-key"])
def test_wrong_api_keys_open_nothing(client: TestClient, key: str) -> None:
    answer = client.get("/api/recommend/movies:42", headers={"Authorization": key})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_another_site_cannot_act_for_a_person(client: TestClient) -> None:
    client.post("/api/session")
    events = {"events": [{"key": "a", "item": "movies:1", "kind": "like"}]}
    assert client.post("/api/feedback", json=events).status_code == 403
    assert client.post("/api/feedback", json=events, headers=ARTREC).status_code == 200
    assert client.get("/api/recommend/me").status_code == 200


def test_without_an_admin_key_nobody_is_administrator(
    make_client: Callable[..., TestClient],
) -> None:
    client = make_client(admin_key="")
    for key in ("", "administrator-key-for-tests"):
        answer = client.post("/api/admin/reload", headers={"X-Artrec-Admin": key})
        assert answer.status_code == 401


def test_settings_come_from_flags_then_the_environment(settings: ServingSettings) -> None:
    environment = {
        "ARTREC_SERVE_PORT": "8001",
        "ARTREC_SERVE_HOST": "0.0.0.0",
        "ARTREC_SERVE_API_KEYS": "first-key-of-some-length,second-key-of-some-length",
        "ARTREC_SERVE_LIMITS_RATE": "3.5",
        "ARTREC_SERVE_LIMITS_EXPORTS_ROWS": "77",
        "ELSEWHERE": "7",
    }
    told = ServingSettings.told({"store": settings.store, "port": 9000}, environment)
    assert (told.port, told.host, told.limits.rate) == (9000, "0.0.0.0", 3.5)
    assert told.limits.exports.rows == 77
    assert len(told.api_keys) == 2
    with pytest.raises(ConfigError, match=r"'limits\.rate'"):
        ServingSettings.told({"store": settings.store}, {"ARTREC_SERVE_LIMITS_RATE": "fast"})


def test_keys_are_in_no_text_of_the_settings(settings: ServingSettings) -> None:
    for key in (*settings.api_keys, settings.admin_key, settings.secret):
        assert key not in repr(settings)


def test_the_signing_key_is_made_once_and_for_the_owner_alone(settings: ServingSettings) -> None:
    own = settings.model_copy(update={"secret": ""})
    key = own.signing_key()
    assert len(key) > 30
    assert own.signing_key() == key
    assert (own.state_folder / "session.key").stat().st_mode & 0o777 == 0o600


def test_a_clock_put_back_ends_no_session(
    client: TestClient, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(time.time()) - 86_400)
    assert client.get("/api/session").json()["person"] == person
    assert client.get("/api/user/me").status_code == 200
