"""The plain pages in a real browser without script: readable, printable, and never without the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from signpost.desk.twin import write_twin
from signpost.register.content import read_content
from signpost.twin.pages import leaflet_name, page_name
from signpost.twin.twin_words import read_twin_words
from tests.conftest import ROOT, Assistant

EXIT = str(read_content(ROOT / "data").council.links["exit_to"])
AXE_TAGS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
PAGES = {
    "start": "",
    "list": page_name("list", "young_person"),
    "answer": page_name("ask_what_is_grooming", "young_person"),
    "emergency": page_name("feel_suicidal", "young_person"),
    "a to z": "a-to-z.html",
    "people": "people.html",
    "safety": "safety.html",
    "leaflet": leaflet_name("young_person"),
}


@pytest.fixture
def page(browser: Browser, assistant: Assistant) -> Iterator[Page]:
    """A small phone that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640}, base_url=f"{assistant.url}/answers/")
    yield context.new_page()
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_fault_that_axe_can_find_and_nothing_is_cut(browser: Browser, assistant: Assistant, name: str, dark: bool) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme="dark" if dark else "light")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    answer = opened.goto(f"{assistant.url}/answers/{PAGES[name]}")
    assert answer is not None
    assert answer.status == 200
    assert [found["id"] for found in Axe().run(opened, options=AXE_TAGS).response["violations"]] == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= 320
    assert faults == []
    context.close()


def test_a_person_finds_an_answer_and_the_people_come_first(page: Page) -> None:
    page.goto("")
    page.click("text=I am a parent or carer")
    page.click("text=Signs a parent may notice")
    assert "Mood change" in page.inner_text(".answer")
    card, words = page.locator(".card").bounding_box(), page.locator(".answer").bounding_box()
    assert card is not None
    assert words is not None
    assert card["y"] + card["height"] <= words["y"]
    for link in page.locator(".card a, nav a, .exit a, .plain a").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_the_exit_stays_in_sight_and_leads_away(page: Page) -> None:
    page.route(f"{EXIT}*", lambda route: route.fulfill(body="weather", content_type="text/html"))
    page.goto("people.html")
    page.locator("section").last.scroll_into_view_if_needed()
    box = page.locator(".exit a").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 60
    page.keyboard.press("Tab")
    assert page.locator(".skip").is_visible(), "the first stop of the keyboard leads past the people to the words"
    page.click("text=Exit this page")
    page.wait_for_url(EXIT)


@pytest.mark.parametrize("audience", read_twin_words(ROOT / "data").leaflets)
def test_a_leaflet_is_one_sheet_of_paper_with_numbers_and_no_buttons(browser: Browser, assistant: Assistant, audience: str) -> None:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{assistant.url}/answers/{leaflet_name(audience)}")
    assert len(re.findall(rb"/Type */Page[^s]", opened.pdf(prefer_css_page_size=True))) <= 2, "both sides of one sheet"
    opened.emulate_media(media="print")
    assert not opened.locator(".exit, nav").first.is_visible()
    assert "999" in opened.inner_text(".card")
    assert "Website" not in opened.inner_text(".card")
    assert opened.locator(".paper").first.is_visible(), "an address can be read on paper"
    context.close()


def test_the_pages_work_from_a_folder_without_any_server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    out = tmp_path_factory.mktemp("twin") / "twin"
    write_twin(ROOT / "data", out, datetime.now(timezone.utc))
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(f"file://{out}/answers/index.html")
    opened.click("text=I am a young person")
    opened.click("text=What is grooming?")
    assert opened.locator('.card a[href="tel:08001111"]').count() == 1
    assert opened.evaluate("getComputedStyle(document.querySelector('.card')).borderLeftStyle") == "solid", "the style sheet is there"
    context.close()
