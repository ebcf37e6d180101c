"""How the page answers to what a person does: before the service does, on every view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright", reason="needs the extra: pip install 'artrec[browser]'")
pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from playwright.sync_api import expect

from page_steps import LOVED, begin, pick, titles, view

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.slow

HELD = ("**/api/feedback", "**/api/recommend/**", "**/api/session/recommend")


def hold(page: Page) -> list[Route]:
    """Let no call that would change the list be answered; the calls that wait."""
    waiting: list[Route] = []
    for pattern in HELD:
        page.route(pattern, lambda route: waiting.append(route))  # noqa: PLW0108 looks at it
    return waiting


@pytest.mark.parametrize("kind", ["like", "seen", "not_interested"])
def test_the_list_moves_before_the_service_has_answered(page: Page, kind: str) -> None:
    begin(page)
    page.wait_for_load_state("networkidle")
    before = titles(page)
    waiting = hold(page)
    page.locator(".work").nth(1).locator(f'[data-act="{kind}"]').click()
    expect(page.locator(".toast")).to_contain_text(before[1])
    after = titles(page)
    assert after[:3] == [before[0], before[2], before[3]]
    page.locator(".toast [data-undo]").click()
    expect(page.locator(".works .work h2 a").nth(1)).to_have_text(before[1])
    assert titles(page)[:3] == before[:3]
    assert waiting, "the service was never asked"
    for route in waiting:
        route.continue_()


def test_a_slow_network_is_told_and_the_list_comes_all_the_same(page: Page) -> None:
    pick(page, *LOVED)
    page.wait_for_load_state("networkidle")
    waiting = hold(page)
    page.get_by_role("button", name="Show my list").first.click()
    slow = page.locator(".slow").first
    expect(slow).to_contain_text("Still on its way")
    expect(slow).to_have_css("opacity", "0")  # not at once
    expect(slow).to_have_css("opacity", "1", timeout=15_000)
    for route in waiting:
        route.continue_()
    page.locator(".work").first.wait_for()
    expect(page.locator(".slow")).to_have_count(0)


def test_a_work_that_is_opened_is_told_as_a_click(page: Page) -> None:
    begin(page)
    page.wait_for_load_state("networkidle")
    row = page.locator(".work").nth(1)
    item = row.get_attribute("data-item")
    with page.expect_request("**/api/feedback") as sent:
        row.get_by_role("heading").get_by_role("link").click()
    (event,) = [each for each in sent.value.post_data_json["events"] if each["kind"] == "click"]
    assert (event["item"], event["position"]) == (item, 2)
    assert event["list_id"]


def test_search_shows_covers(page: Page) -> None:
    field = page.get_by_role("combobox").first
    field.fill("godzilla")
    page.get_by_role("option").nth(1).wait_for()
    assert page.locator('[role="option"] svg.cover').count() == 2


def test_map_and_taste_show_one_medium_at_a_time(page: Page) -> None:
    pick(page, "Alien", "Mort")
    begin(page, "The Hobbit")
    view(page, "map")
    expect(page.get_by_role("radio", name="Books")).to_be_checked()  # most of the works are books
    expect(page.get_by_role("region", name="Yours").or_(page.locator(".maplists"))).to_contain_text(
        "Mort"
    )
    page.get_by_role("radio", name="Films").check()
    expect(page.locator(".maplists")).to_contain_text("Alien")
    expect(page.locator(".maplists")).not_to_contain_text("Mort")
    view(page, "taste")
    expect(page.get_by_text("from 2 works")).to_be_visible()
    page.get_by_role("radio", name="Films").check()
    expect(page.get_by_text("from 1 work")).to_be_visible()


def test_why_says_where_a_score_stands_and_leads_to_the_works_behind(page: Page) -> None:
    begin(page)
    page.locator('[data-act="why"]').first.click()
    table = page.locator("table.why")
    expect(table.locator("caption")).to_contain_text("number 1 of the")
    table.locator(".own a").first.click()
    expect(page.get_by_text("You love it. Press again to take it back.")).to_be_visible()
