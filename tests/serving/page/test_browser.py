"""The page in a real browser: what a person does on it, from the first visit to deletion."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright", reason="needs the extra: pip install 'artrec[browser]'")
pytest.importorskip("fastapi", reason="needs the extra: pip install 'artrec[serve]'")

from playwright.sync_api import expect

from page_steps import LOVED, begin, pick, titles, view

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.slow

LETTERBOXD = (
    "Date,Name,Year,Letterboxd URI,Rating\n"
    "2024-01-02,Alien,1979,https://boxd.it/a,5\n"
    "2024-01-03,The Thing,1982,https://boxd.it/b,4.5\n"
    "2024-01-04,Godzilla,,https://boxd.it/c,4\n"
    "2024-01-05,A Film Nobody Made,2020,https://boxd.it/d,3\n"
)


def test_first_visit_leads_to_a_list_after_three_works(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Name three you love.")
    show = page.get_by_role("button", name="Show my list").first
    pick(page, "Alien", "Brazil")
    expect(show).to_be_disabled()
    pick(page, "Blade Runner")
    show.click()
    page.locator(".work").first.wait_for()
    assert not set(LOVED) & set(titles(page))
    first = page.locator(".work").first
    expect(first.locator(".reason")).to_contain_text("ecause")
    assert set(first.locator(".reason cite").all_inner_texts()) <= set(LOVED)
    expect(page.locator(".listhead .lead")).to_contain_text("Blade Runner")


def test_three_rounds_offer_other_works_and_remember_what_is_loved(page: Page) -> None:
    covers = page.locator(".choices button")
    covers.first.wait_for()
    item = covers.first.get_attribute("data-item")
    covers.first.click()
    expect(covers.first).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".picked li")).to_have_count(1)
    covers.first.click()
    expect(page.locator(".picked li")).to_have_count(0)
    page.get_by_role("button", name="Show twelve others").click()
    expect(page.get_by_text("Round 2 of 3")).to_be_visible()
    expect(page.locator(f'.choices [data-item="{item}"]')).to_have_count(0)


def test_the_popular_list_needs_no_works_and_says_what_it_is(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Just looking")).click()
    page.locator(".work").first.wait_for()
    expect(page.get_by_role("heading", level=1)).to_have_text("Loved by many")
    expect(page.locator(".sure")).to_have_count(0)


def test_feedback_changes_the_list_at_once_and_undo_brings_it_back(page: Page) -> None:
    begin(page)
    before = titles(page)
    row = page.locator(".work").nth(1)
    # the list has changed when the click returns, long before 200 ms and any answer
    gone = row.locator('[data-act="not_interested"]').evaluate(
        """button => {
            const list = button.closest(".works");
            const title = button.closest(".work").querySelector("h2").textContent;
            button.click();
            return ![...list.querySelectorAll("h2")].some(h => h.textContent === title);
        }"""
    )
    assert gone
    expect(page.locator(".toast")).to_contain_text(before[1])
    assert before[1] not in titles(page)
    page.locator(".toast [data-undo]").click()
    expect(page.locator(".works .work h2 a", has_text=before[1]).first).to_be_visible()
    page.reload()
    page.locator(".work").first.wait_for()
    assert before[1] in titles(page)


def test_what_is_said_is_stored_and_outlasts_a_reload(page: Page) -> None:
    begin(page)
    row = page.locator(".work").first
    gone, item = titles(page)[0], row.get_attribute("data-item")
    with page.expect_response(lambda r: r.url.endswith("/api/feedback") and r.ok):
        row.locator('[data-act="seen"]').click()
    page.reload()
    page.locator(".work").first.wait_for()
    expect(page.locator(f'.work[data-item="{item}"]')).to_have_count(0)
    view(page, "mine")
    seen = page.locator(".own section", has=page.get_by_role("heading", name="Seen"))
    expect(seen).to_contain_text(gone)
    seen.get_by_role("button").first.click()
    expect(page.locator(".own")).not_to_contain_text(gone)
    page.locator(".toast [data-undo]").click()
    expect(page.locator(".own")).to_contain_text(gone)


def test_why_sums_to_the_score(page: Page) -> None:
    begin(page)
    with page.expect_response(re.compile("/why")) as told:
        page.locator('[data-act="why"]').first.click()
    answer = told.value.json()
    total = answer["base"] + sum(part["contribution"] for part in answer["parts"])
    assert total == pytest.approx(answer["score"], abs=1e-4)
    table = page.locator("table.why")
    table.wait_for()

    def numbers(selector: str) -> list[float]:
        texts = table.locator(selector).all_inner_texts()
        return [float(text.replace("\u2212", "-").replace("+", "")) for text in texts]

    shown = numbers("tbody .amount")
    assert sum(shown) == pytest.approx(numbers("tfoot .amount")[0], abs=0.006 * (len(shown) + 1))
    expect(page.locator('[data-act="why"]').first).to_have_attribute("aria-expanded", "true")
    page.locator('[data-act="why"]').first.click()
    expect(table).to_have_count(0)


def test_sliders_and_filters_change_the_list_and_the_address(page: Page) -> None:
    begin(page)
    with page.expect_response(re.compile("/api/recommend/me")) as told:
        page.get_by_role("button", name="Sci-Fi", exact=True).click()
    assert all("Sci-Fi" not in work["genres"] for work in told.value.json()["items"])
    with page.expect_response(re.compile("/api/recommend/me")):
        page.get_by_role("slider").nth(1).press("End")
    with page.expect_response(re.compile("/api/recommend/me")) as told:
        page.get_by_label("From year").fill("1990")
    assert all(work["year"] >= 1990 for work in told.value.json()["items"])
    page.wait_for_url(re.compile(r"\?steering="))
    steering = re.search(r"steering=([\w-]+)", page.url)
    assert steering
    assert "movies:" not in page.url and "p_" not in page.url
    page.get_by_role("button", name="Reset").click()
    page.wait_for_url(lambda url: "steering" not in url)
    page.locator(".toast [data-undo]").click()
    page.wait_for_url(re.compile(r"\?steering="))


def test_a_shared_link_carries_the_settings_and_nothing_of_a_person(
    page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    begin(page)
    page.get_by_role("button", name="Sci-Fi", exact=True).click()
    page.wait_for_url(re.compile(r"\?steering="))
    other = new_context().new_page()
    other.goto(page.url.partition("#")[0])
    expect(other.get_by_role("heading", level=1)).to_have_text("Name three you love.")
    expect(other.locator(".picked li")).to_have_count(0)
    other.get_by_role("button", name=re.compile("Just looking")).click()
    other.locator(".work").first.wait_for()
    expect(other.get_by_role("button", name="Sci-Fi", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    assert "Sci-Fi" not in " ".join(other.locator(".meta").all_inner_texts())


def test_a_link_that_cannot_be_read_is_no_trouble(page: Page) -> None:
    page.goto("/?steering=%%%")
    expect(page.get_by_role("heading", level=1)).to_have_text("Name three you love.")
    # the browser itself reports the status of the answer
    page.context.complaints.clear()  # type: ignore[attr-defined]


def test_import_shows_what_was_recognised_before_anything_is_kept(page: Page) -> None:
    file = {"name": "ratings.csv", "mimeType": "text/csv", "buffer": LETTERBOXD.encode()}
    page.locator("input[type=file]").set_input_files([file])
    page.locator("#found").wait_for()
    assert page.request.get("/api/session").json()["person"] is None
    counts = page.locator(".counts li").all_inner_texts()
    assert [int(re.sub(r"\D", "", text)) for text in counts] == [2, 1, 1]
    page.get_by_role("radio", name=re.compile("1954")).check()
    page.get_by_role("button", name="Keep 3 works").click()
    page.locator(".work").first.wait_for()
    assert not {"Alien", "The Thing", "Godzilla"} & set(titles(page)[:1])
    told = page.request.get("/api/user/me/feedback").json()
    assert {each["item"] for each in told["items"]} == {"movies:1", "movies:5", "movies:6"}
    page.locator(".toast [data-undo]").click()
    expect(page.locator(".toast")).to_contain_text("taken back")
    assert page.request.get("/api/user/me/feedback").json()["items"] == []


def test_a_file_that_is_no_export_is_answered_with_what_to_do(
    new_context: Callable[..., BrowserContext],
) -> None:
    context = new_context()
    page = context.new_page()
    page.goto("/#/bring")
    file = {"name": "x.csv", "mimeType": "text/csv", "buffer": b"\x00\x01\x02 nothing"}
    page.locator("input[type=file]").set_input_files([file])
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator(".drop").wait_for()
    # the browser itself reports the refused request
    context.complaints.clear()  # type: ignore[attr-defined]


def test_deletion_is_for_good_and_asks_first(page: Page) -> None:
    begin(page)
    view(page, "mine")
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_role("button", name="Keep it").click()
    assert page.request.get("/api/user/me/feedback").json()["items"]
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Name three you love.")
    assert page.request.get("/api/session").json()["person"] is None
    assert page.evaluate("localStorage.getItem('artrec.works')") is None
    page.reload()
    expect(page.locator(".picked li")).to_have_count(0)


def test_data_can_be_taken_along(page: Page) -> None:
    begin(page)
    view(page, "mine")
    with page.expect_download() as file:
        page.get_by_role("link", name="Everything, as JSON").click()
    told = json.loads(file.value.path().read_text(encoding="utf-8"))
    assert "movies:1" in json.dumps(told)
    assert page.get_by_role("link", name="For Letterboxd").get_attribute("href")


def test_everything_works_by_keyboard(page: Page) -> None:
    page.get_by_role("combobox").first.wait_for()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    for title in LOVED:
        field = page.get_by_role("combobox").first
        field.focus()
        page.keyboard.type(title)
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
        assert field.get_attribute("aria-activedescendant")
        page.keyboard.press("Enter")
        expect(page.get_by_role("list", name="You love")).to_contain_text(title)
    show = page.get_by_role("button", name="Show my list").first
    show.focus()
    page.keyboard.press("Enter")
    page.locator(".work").first.wait_for()
    page.locator('.work [data-act="like"]').first.focus()
    page.keyboard.press("Enter")
    # the focus goes on to the same button of the next work, and undo is reachable
    expect(page.locator('.work [data-act="like"]').first).to_be_focused()
    page.locator(".toast [data-undo]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_have_count(0)
    page.locator('.work [data-act="why"]').first.focus()
    page.keyboard.press("Space")
    page.locator("table.why").wait_for()
    view(page, "map")
    canvas = page.locator("canvas")
    canvas.focus()
    for key in ("+", "ArrowLeft", "ArrowUp", "0", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".maplists a").first).to_be_visible()


def test_hostile_titles_stay_text(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    pick(page, "Alien")
    field = page.get_by_role("combobox").first
    field.fill("<script>alert")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("<script>alert('x')</script>")
    field.press("Enter")
    field.fill("DROP TABLE")
    page.get_by_role("option").first.wait_for()
    field.press("Enter")
    page.get_by_role("button", name="Show my list").first.click()
    page.locator(".work").first.wait_for()
    for name in ("near/movies%3A66", "near/movies%3A68", "mine", "taste", "map"):
        view(page, name)
    view(page, "mine")
    expect(page.locator(".own")).to_contain_text("<script>alert('x')</script>")
    assert page.locator("main script, main img, main b").count() == 0


def test_without_javascript_a_list_can_be_read_and_made(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    assert page.locator("#plain .work h3").count() > 3
    page.get_by_label("Search by title").fill("alien")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=re.compile(r"I love it\s*: Alien$")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("From what you love")
    assert "Alien" not in page.locator("#plain .work h3").all_inner_texts()
    expect(page.locator("#plain .reason").first).to_contain_text("Alien")
    page.get_by_role("link", name="Remove Alien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Name three you love.")


def test_offline_answers_wait_and_are_sent_later(
    new_context: Callable[..., BrowserContext],
) -> None:
    context = new_context()
    page = context.new_page()
    page.goto("/")
    begin(page)
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    row = page.locator(".work").first
    gone, item = titles(page)[0], row.get_attribute("data-item")
    row.locator('[data-act="like"]').click()
    expect(page.locator(".offline")).to_contain_text("offline")
    expect(page.locator(f'.work[data-item="{item}"]')).to_have_count(0)
    context.set_offline(False)
    expect(page.locator(".offline")).to_be_hidden()
    expect(page.locator(".listhead .lead")).to_contain_text(gone)
    page.wait_for_function(
        """async item => (await (await fetch("/api/user/me/feedback")).json())
            .items.some(each => each.item === item)""",
        arg=item,
    )
    context.complaints.clear()  # type: ignore[attr-defined]


def test_a_service_that_fails_is_told_with_a_way_on(
    new_context: Callable[..., BrowserContext],
) -> None:
    context = new_context()
    page = context.new_page()
    page.goto("/")
    begin(page)
    problem = {"title": "Busy", "status": 503, "detail": "the bundle is being read", "hint": "wait"}
    body: Any = json.dumps(problem)
    page.route("**/api/user/me/profile*", lambda route: route.fulfill(status=503, body=body))
    view(page, "taste")
    expect(page.get_by_role("alert")).to_contain_text("The bundle is being read")
    page.unroute("**/api/user/me/profile*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Genres")).to_be_visible()
    context.complaints.clear()  # type: ignore[attr-defined]
