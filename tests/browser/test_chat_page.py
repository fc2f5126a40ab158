"""The chat page in a real browser, with scripts off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.open_chat import EXIT, WORDS, opened
from tests.conftest import Assistant

SECRET = "xylophone marmalade"


@pytest.fixture
def page(browser: Browser, assistant: Assistant) -> Iterator[Page]:
    with opened(browser, assistant.url, java_script_enabled=False, viewport={"width": 320, "height": 640}) as page:
        yield page


def ask(page: Page, words: str) -> None:
    page.fill("textarea", words)
    page.click(".say button")


def test_the_first_page_says_who_is_there_and_who_can_help(page: Page) -> None:
    text = page.inner_text("body")
    assert "robot" in text
    assert "999" in text
    assert page.locator('.card a[href^="tel:"]').count() >= 1
    assert page.locator("#log .steps button").count() >= 5


def test_a_question_is_answered_and_never_echoed(page: Page) -> None:
    ask(page, f"what is grooming {SECRET}")
    text = page.content()
    assert "xylophone" not in text
    assert page.locator('.card a[href="tel:08001111"]').count() == 1
    assert "?" not in page.url


def test_a_button_is_answered_for_who_pressed_it(page: Page) -> None:
    page.click("#log >> text=I am a parent or carer")
    assert "Childline" not in page.locator(".card li").first.inner_text()
    assert page.locator("#log .steps button").count() >= 2


def test_people_who_can_help_are_one_tap_away_on_every_page(page: Page) -> None:
    for _ in range(2):
        panel = page.locator(".people .sheet")
        assert not panel.is_visible()
        page.click(".people > summary")
        assert panel.locator('a[href="tel:999"]').is_visible()
        assert panel.locator('a[href="tel:08001111"]').is_visible()
        page.click(".people > summary")
        ask(page, "hello")


def test_the_card_says_what_a_call_is_like_and_whether_it_shows(page: Page) -> None:
    childline = page.locator('.card [data-service="childline"]')
    assert "bill" in childline.locator(".note").inner_text()
    assert "Open" in childline.locator(".when").inner_text()
    childline.locator("summary").click()
    assert len(childline.locator("details").inner_text()) > 80


def test_nothing_is_cut_at_320_pixels_and_buttons_are_large(page: Page) -> None:
    ask(page, "i want to die")
    assert page.locator(".card .service").first.get_attribute("data-service") == "emergency-999"
    seen = [element.bounding_box() for element in page.locator("button, .card a, .exit, summary").all() if element.is_visible()]
    assert len(seen) > 8
    for box in seen:
        assert box is not None
        assert box["x"] + box["width"] <= 320
        assert box["height"] >= 44
    bar = page.locator(".bar").bounding_box()
    assert bar is not None
    assert bar["height"] < 70


def test_typed_markup_stays_words(page: Page) -> None:
    ask(page, "<script>document.title='x'</script><b>bold</b>")
    assert "<b>bold" not in page.content()


def test_leaving_is_a_plain_link_and_the_safe_word_leaves_too(page: Page) -> None:
    assert page.get_attribute("a.exit", "href") == EXIT
    with page.expect_request(EXIT):
        ask(page, f" {WORDS.safe_word.upper()} ")
