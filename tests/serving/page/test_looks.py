"""How the page looks and whom it serves: narrow screens, dark, and what axe-core finds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright", reason="needs the extra: pip install 'artrec[browser]'")
pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from page_steps import VIEWS, begin, pick, view

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("width", [360, 320])
@pytest.mark.parametrize("name", VIEWS)
def test_no_view_is_wider_than_a_narrow_screen(
    new_context: Callable[..., BrowserContext], width: int, name: str
) -> None:
    context = new_context(viewport={"width": width, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto("/")
    begin(page)
    view(page, name)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, input, select")]
            .map(each => [each, each.getBoundingClientRect()])
            .filter(([each, box]) => box.width && (box.width < 24 || box.height < 24))
            .map(([each]) => each.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_dark_follows_the_system_and_the_switch_outlasts_a_reload(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(color_scheme="dark").new_page()
    page.goto("/")
    light = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(light)
    assert max(map(int, re.findall(r"\d+", dark))) < 60
    page.get_by_role("button", name="Light theme").click()
    assert min(map(int, re.findall(r"\d+", page.evaluate(light)))) > 200
    page.reload()
    assert min(map(int, re.findall(r"\d+", page.evaluate(light)))) > 200
    page.get_by_role("button", name="Dark theme").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_view(
    new_context: Callable[..., BrowserContext], axe: str, scheme: Any
) -> None:
    context = new_context(color_scheme=scheme, viewport={"width": 1100, "height": 800})
    page = context.new_page()
    page.goto("/")
    found = {}

    def check(name: str) -> None:
        page.evaluate(axe)
        told = page.evaluate(
            """() => axe.run(document, {runOnly: {type: "tag", values: [
                "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}})"""
        )
        found[name] = [
            (each["id"], [node["html"][:160] for node in each["nodes"][:3]])
            for each in told["violations"]
        ]

    page.locator(".choices button").first.wait_for()
    check("first visit")
    pick(page, "Alien")
    page.get_by_role("combobox").first.fill("bra")
    page.get_by_role("option").first.wait_for()
    check("search")
    page.keyboard.press("Escape")
    pick(page, "Brazil", "Blade Runner")
    page.get_by_role("button", name="Show my list").first.click()
    page.locator(".work").first.wait_for()
    page.locator('[data-act="seen"]').first.click()
    page.locator('[data-act="why"]').first.click()
    page.locator("table.why").wait_for()
    check("list with why and note")
    for name in VIEWS:
        view(page, name)
        check(name)
    view(page, "mine")
    page.get_by_role("button", name="Delete everything").click()
    check("asking before deletion")
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_role("heading", name="Name three you love.").wait_for()
    for name in ("mine", "taste"):
        view(page, name)
        check(f"empty {name}")
    assert {name: each for name, each in found.items() if each} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_without_javascript_content(
    new_context: Callable[..., BrowserContext], axe: str, scheme: Any
) -> None:
    page = new_context(color_scheme=scheme).new_page()
    page.route("**/app.js", lambda route: route.abort())
    page.route("**/boot.js", lambda route: route.abort())
    page.goto("/?like=movies:1&q=brazil")
    page.evaluate(axe)
    told = page.evaluate("() => axe.run(document)")
    assert [each["id"] for each in told["violations"]] == []
    page.context.complaints.clear()  # type: ignore[attr-defined]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/api/docs", "/?like=movies:1", "/?q=alien&like=movies:1"])
def test_axe_finds_nothing_on_the_reference_and_on_lent_lists(
    new_context: Callable[..., BrowserContext], axe: str, scheme: Any, path: str
) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": 380, "height": 800}).new_page()
    page.goto(path)
    page.locator(".work, .reference h3").first.wait_for()
    for summary in page.locator(".reference summary").all()[:3]:
        summary.click()
    page.evaluate(axe)
    told = page.evaluate("() => axe.run(document)")
    assert [(each["id"], each["nodes"][0]["html"]) for each in told["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
