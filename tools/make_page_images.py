"""The screenshots of docs/images: `python tools/make_page_images.py http://127.0.0.1:8000`.

The service that answers there serves the films of `make recommend`. Needs playwright, Pillow and
Debian's Chromium. Look at what comes out before it is committed.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
LOVED = ("Alien", "Amelie", "The Godfather", "Spirited Away", "Some Like It Hot")
DESK = {"width": 1200, "height": 860}
PHONE = {"width": 360, "height": 740}
GAP = 24
LINES = (
    "Alien,1979,5 Fargo,1996,4.5 Heat,1995,3.5 Vertigo,1958,4 Casablanca,1942,5 Se7en,1995,4.5 "
    "Amélie,2001,4 Brazil,1985,3 Hamlet,,4 Psycho,,4.5 A~Film~Nobody~Made,2020,3"
)
WANTED = "Stalker,1979 Metropolis,1927 Chinatown,1974"


def export() -> bytes:
    """An invented export of Letterboxd."""

    def rows(lines: str, more: str) -> str:
        told = [line.replace("~", " ").split(",") for line in lines.split()]
        said = [[name, year, "https://boxd.it/x", *rest] for name, year, *rest in told]
        head = f"Date,Name,Year,Letterboxd URI{more}"
        return "\n".join([head, *("2024-01-02," + ",".join(each) for each in said), ""])

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("ratings.csv", rows(LINES, ",Rating"))
        packed.writestr("watchlist.csv", rows(WANTED, ""))
    return content.getvalue()


def keep(name: str, *shots: bytes) -> None:
    """Write shots side by side, in 255 colours."""
    images = [Image.open(io.BytesIO(shot)).convert("RGB") for shot in shots]
    wide = sum(each.width for each in images) + GAP * (len(images) - 1)
    whole = Image.new("RGB", (wide, images[0].height), "#7b7873")
    x = 0
    for each in images:
        whole.paste(each, (x, 0))
        x += each.width + GAP
    whole.quantize(255).save(IMAGES / f"{name}.png", optimize=True)


def somebody(browser: Browser, url: str, viewport: Any, scheme: Any) -> Page:
    """A page of somebody new at their first visit."""
    page = browser.new_context(
        base_url=url, viewport=viewport, color_scheme=scheme, reduced_motion="reduce"
    ).new_page()
    page.goto("/")
    page.locator(".choices button").first.wait_for()
    return page


def list_of(page: Page) -> None:
    """Love works and open the list."""
    for title in LOVED:
        page.get_by_role("combobox").first.fill(title)
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Show my list").first.click()
    page.locator(".work").first.wait_for()
    page.wait_for_load_state("networkidle")


def view(page: Page, name: str) -> None:
    """Open a view by its address, and look at it from below the head."""
    page.evaluate("name => { location.hash = `#/${name}`; }", name)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)


def why(page: Page) -> None:
    """Open the first work's reasons."""
    page.locator('[data-act="why"]').first.click()
    page.locator("table.why").wait_for()
    page.locator('[data-act="why"]').first.evaluate(
        "each => scrollTo(0, each.getBoundingClientRect().top + scrollY - 56)"
    )
    page.mouse.move(0, 0)


def main(url: str) -> None:
    """Take all of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        page = somebody(browser, url, DESK, "light")
        keep("page-first", page.screenshot())
        list_of(page)
        keep("page-list", page.screenshot())
        why(page)
        keep("page-why", page.screenshot())
        view(page, "bring")
        file = {"name": "letterboxd.zip", "mimeType": "application/zip", "buffer": export()}
        page.locator("input[type=file]").set_input_files([file])  # type: ignore[list-item]
        page.locator("#found").wait_for()
        keep("page-import", page.screenshot())

        page = somebody(browser, url, DESK, "dark")
        list_of(page)
        view(page, "map")
        page.locator(".maphead").evaluate("each => scrollTo(0, each.offsetTop - 24)")
        page.wait_for_timeout(500)
        keep("page-map", page.screenshot())

        page = somebody(browser, url, PHONE, "dark")
        first = page.screenshot()
        list_of(page)
        listed = page.screenshot()
        why(page)
        keep("page-phone", first, listed, page.screenshot())


if __name__ == "__main__":
    main(sys.argv[1])
