"""Addresses: works and settings that they name, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright", reason="needs the extra: pip install 'artrec[browser]'")
pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from playwright.sync_api import expect

from page_steps import begin, titles, view

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.slow

NAMED = "/?like=movies:1&like=movies:4"


def test_works_that_the_address_names_make_a_list_and_are_not_kept(page: Page) -> None:
    page.goto(NAMED)
    page.locator(".work").first.wait_for()
    expect(page.get_by_role("heading", level=1)).to_have_text("For you")
    expect(page.locator(".reason").first).to_contain_text(re.compile("Alien|Blade Runner"))
    assert not {"Alien", "Blade Runner"} & set(titles(page))
    page.locator('[data-act="why"]').first.click()
    page.locator("table.why").wait_for()
    assert page.request.get("/api/session").json()["person"] is None
    view(page, "mine")
    expect(page.get_by_role("heading", name="Nothing is kept about you.")).to_be_visible()
    view(page, "")
    with page.expect_response(lambda r: r.url.endswith("/api/feedback") and r.ok):
        page.get_by_role("button", name="Keep them as mine").click()
    page.wait_for_url(lambda url: "like=" not in url)
    told = page.request.get("/api/user/me/feedback").json()["items"]
    assert {each["item"] for each in told} == {"movies:1", "movies:4"}


def test_what_is_said_to_a_lent_list_is_kept_and_the_lent_works_are_not(page: Page) -> None:
    page.goto(NAMED)
    page.locator(".work").first.wait_for()
    item = page.locator(".work").first.get_attribute("data-item")
    with page.expect_response(lambda r: r.url.endswith("/api/feedback") and r.ok):
        page.locator('[data-act="like"]').first.click()
    told = page.request.get("/api/user/me/feedback").json()["items"]
    assert [each["item"] for each in told] == [item]
    expect(page.locator(".listhead .lead")).to_contain_text("Blade Runner")


def test_settings_turned_on_a_lent_list_share_nothing_of_its_works(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(NAMED)
    page.locator(".work").first.wait_for()
    page.get_by_role("slider").nth(1).press("End")
    page.wait_for_url(re.compile("steering="))
    assert "like=movies%3A1" in page.url
    page.get_by_role("button", name="Copy link").click()
    page.locator(".toast").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "steering=" in copied
    assert "like" not in copied


def test_who_has_works_keeps_their_own_list(page: Page) -> None:
    begin(page, "Amélie", "Casablanca", "Ghost")
    page.wait_for_load_state("networkidle")
    page.goto(NAMED)
    page.locator(".work").first.wait_for()
    expect(page.locator(".mainlist .notice")).to_contain_text("this list is made from your own")
    expect(page.locator(".listhead .lead")).to_contain_text("Ghost")


def test_without_scripts_sliders_are_a_form(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/?like=movies:1&medium=movies")
    before = page.locator("#plain .work h3").all_inner_texts()
    page.get_by_text("Tune", exact=True).click()
    page.get_by_label("Popular to hidden").press("End")
    page.get_by_label("From").fill("1980")
    page.get_by_role("button", name="Show").click()
    assert re.search(r"\?like=movies%3A1&medium=movies&steering=[\w-]+$", page.url)
    after = page.locator("#plain .work h3").all_inner_texts()
    assert after
    assert after != before
    years = page.locator("#plain .work .meta").all_inner_texts()
    assert all(int(re.findall(r"\d{4}", year)[-1]) >= 1980 for year in years)
    # the form shows what holds, and takes it back
    expect(page.get_by_label("Popular to hidden")).to_have_value("1")
    expect(page.get_by_label("From")).to_have_value("1980")
    page.get_by_label("Popular to hidden").press("Home")
    page.get_by_label("From").fill("")
    page.get_by_role("button", name="Show").click()
    assert "steering" not in page.url
    assert page.locator("#plain .work h3").all_inner_texts() == before
