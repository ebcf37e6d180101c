"""Exports of other sites in the browser: an archive as it comes, books, and the watchlist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright", reason="needs the extra: pip install 'artrec[browser]'")
pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from playwright.sync_api import expect

from export_files import GOODREADS, as_formula, film, letterboxd, sheet
from page_steps import titles

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

ARCHIVE = letterboxd(
    ratings=[film("Alien", 1979, Rating="4.5"), film("Titanic", 1997, Rating=1)],
    watched=[film("Alien", 1979), film("Brazil", 1985), film("Titanic", 1997)],
    likes=[film("Brazil", 1985)],
    diary=[film("Alien", 1979, Rating=3, Rewatch="Yes", **{"Watched Date": "2020-01-01"})],
    watchlist=[film("Solaris", 1972), film("Amélie", 2001)],
)
BOOKS = sheet(
    GOODREADS,
    [
        {
            "Book Id": 1,
            "Title": "Mort (Discworld, #4; Death, #1)",
            "Author": "Terry Pratchett",
            "ISBN": as_formula("0575041714"),
            "My Rating": 5,
            "Exclusive Shelf": "read",
        },
        {"Title": "Emma", "Author": "Jane Austen", "My Rating": 0, "Exclusive Shelf": "read"},
        {
            "Title": "The Hobbit",
            "Author": "J.R.R. Tolkien",
            "My Rating": 0,
            "Exclusive Shelf": "to-read",
        },
        {"Title": "A Book Nobody Wrote", "Author": "Nobody", "Exclusive Shelf": "to-read"},
    ],
)


def bring(page: Page, name: str, content: bytes, kind: str) -> list[int]:
    """Choose a file; how many lines were recognised, are to be decided, and were not found."""
    file = {"name": name, "mimeType": kind, "buffer": content}
    page.locator("input[type=file]").set_input_files([file])
    page.locator("#found").wait_for()
    counts = page.locator(".counts li").all_inner_texts()
    return [int(re.sub(r"\D", "", text)) for text in counts]


def told(page: Page) -> dict[str, dict[str, object]]:
    items = page.request.get("/api/user/me/feedback").json()["items"]
    return {each["item"]: each for each in items}


def test_an_archive_of_letterboxd_comes_as_it_is(page: Page) -> None:
    assert bring(page, "letterboxd.zip", ARCHIVE, "application/zip")[1:] == [0, 0]
    expect(page.locator("#found")).to_contain_text("Letterboxd")
    page.get_by_role("button", name=re.compile("^Keep")).first.click()
    page.locator(".work").first.wait_for()
    kept = told(page)
    assert set(kept) == {f"movies:{n}" for n in (1, 3, 8, 10, 11)}
    assert kept["movies:1"]["rating"] == 4.5
    assert kept["movies:3"]["liked"]
    assert kept["movies:8"]["want"]
    assert "Alien" not in titles(page)


def test_a_watchlist_is_what_to_choose_from_tonight(page: Page) -> None:
    bring(page, "letterboxd.zip", ARCHIVE, "application/zip")
    page.get_by_role("button", name="Choose from it tonight").click()
    page.locator(".work").first.wait_for()
    assert set(titles(page)) <= {"Solaris", "Amélie"}
    expect(page.locator(".listhead .lead")).to_contain_text("From your watchlist")
    page.get_by_role("button", name="From everything").click()
    expect(page.locator(".work")).not_to_have_count(2)


def test_books_of_goodreads_come_with_their_shelves(page: Page) -> None:
    content = b"\xef\xbb\xbf" + BOOKS.encode()
    assert bring(page, "goodreads_library_export.csv", content, "text/csv") == [3, 0, 1]
    expect(page.locator("#found")).to_contain_text("Goodreads")
    page.get_by_role("button", name="Keep 3 works").click()
    page.locator(".work").first.wait_for()
    kept = told(page)
    assert set(kept) == {"books:1", "books:10", "books:4"}
    assert kept["books:10"]["rating"] is None
    assert kept["books:4"]["want"]
    # the same file again changes nothing
    page.goto("/#/bring")
    bring(page, "goodreads_library_export.csv", content, "text/csv")
    page.get_by_role("button", name="Keep 3 works").click()
    expect(page.locator(".toast").last).to_contain_text("nothing changed")


def test_a_file_that_is_too_large_is_not_sent(page: Page) -> None:
    page.locator("input[type=file]").wait_for(state="attached")
    page.route("**/api/import", lambda _: pytest.fail("it was sent"))
    page.evaluate(
        """() => {
            const file = new File([new Uint8Array(33 << 20)], "huge.zip");
            const files = new DataTransfer();
            files.items.add(file);
            const input = document.querySelector("input[type=file]");
            input.files = files.files;
            input.dispatchEvent(new Event("change"));
        }"""
    )
    expect(page.get_by_role("alert")).to_contain_text("It may have 32 MB")
