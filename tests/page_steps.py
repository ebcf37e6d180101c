"""What a person does on the page, as tests say it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

LOVED = ("Alien", "Brazil", "Blade Runner")
VIEWS = ("start", "", "map", "taste", "mine", "bring", "near/movies%3A2")


def pick(page: Page, *titles: str) -> None:
    """Love works through the search."""
    for title in titles:
        field = page.get_by_role("combobox").first
        field.fill(title)
        page.get_by_role("option").first.wait_for()
        field.press("Enter")
        expect(page.get_by_role("list", name="You love").get_by_text(title).first).to_be_visible()


def begin(page: Page, *titles: str) -> None:
    """Love works and look at the list."""
    pick(page, *(titles or LOVED))
    page.get_by_role("button", name="Show my list").first.click()
    page.locator(".work").first.wait_for()


def view(page: Page, name: str) -> None:
    page.evaluate("name => { location.hash = `#/${name}`; }", name)
    page.locator(f"#app.view-{name.split('/', maxsplit=1)[0] or 'list'}").wait_for()
    page.locator(".waiting").first.wait_for(state="detached")


def titles(page: Page) -> list[str]:
    return page.locator(".works .work h2 a").all_inner_texts()
