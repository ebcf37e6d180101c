"""Sessions and keys: who may act for whom, and what wrong tokens get."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from fastapi.testclient import TestClient


def test_a_session_is_a_random_person_and_a_cookie_no_script_can_read(client: TestClient) -> None:
    first = client.post("/api/session")
    assert first.status_code == 201
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    client.cookies.clear()
    second = client.post("/api/session").json()
    assert first.json()["person"] != second["person"]
    assert len(second["person"]) == 28
