"""The list as a file: the works of the list, in a layout that other sites read."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")
pytest.importorskip("sqlalchemy", reason="needs the extra: pip install 'artrec[serve]'")

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_file_holds_the_list(client: TestClient, person: str) -> None:
    events = [{"key": f"k{item}", "item": f"movies:{item}", "kind": "like"} for item in (1, 2, 3)]
    assert client.post("/api/feedback", json={"events": events}).status_code == 200
    for query, column in (("", "Item"), ("&format=letterboxd", "Title")):
        told = client.get("/api/recommend/me?medium=movies&n=7").json()["items"]
        kept = rows(client.get(f"/api/recommend/me/export?medium=movies&n=7{query}"))
        assert len(kept) == len(told) == 7
        if column == "Item":
            assert [each["Item"] for each in kept] == [each["item"] for each in told]
        assert all(each[column] for each in kept)


def test_a_site_gets_what_it_knows(client: TestClient, person: str) -> None:
    books = rows(client.get("/api/recommend/me/export?format=goodreads&n=5"))
    assert len(books) == 5 and {each["Bookshelves"] for each in books} == {"to-read"}
    assert rows(client.get("/api/recommend/me/export?format=goodreads&medium=movies")) == []


def test_hostile_titles_run_in_no_spreadsheet(client: TestClient, person: str) -> None:
    answer = client.get("/api/recommend/me/export?medium=movies&n=100")
    cells = [cell for row in rows(answer) for cell in row.values()]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_whose_list_and_which_file(client: TestClient, person: str, product) -> None:
    other = "p_" + "z" * 26
    for path, status in (
        (f"{other}/export", 403),
        ("movies:42/export", 401),
        ("me/export?format=exe", 422),
        ("me/export?n=-1", 422),
        ("me/export?n=501", 422),
        ("me/export?unknown=1", 422),
        ("me/export?medium=nothing", 404),
    ):
        assert client.get(f"/api/recommend/{path}").status_code == status, path
    assert rows(client.get("/api/recommend/movies:42/export?n=3", headers=product))
    client.cookies.clear()
    assert client.get("/api/recommend/me/export").status_code == 401
