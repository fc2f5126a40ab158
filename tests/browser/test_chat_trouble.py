"""When things break: the message is kept, comes through once, the person reads what happened, and the people stay in view."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from signpost.conversation.buttons import SECRET_NAME
from signpost.desk.run import free_port, start, stop
from tests.browser.open_chat import WORDS, opened, picture, say
from tests.conftest import MODEL, Assistant

MESSAGE = "what is grooming"


@pytest.fixture
def page(browser: Browser, assistant: Assistant) -> Iterator[Page]:
    with opened(browser, assistant.url, viewport={"width": 375, "height": 740}) as page:
        yield page


def trouble(page: Page, name: str) -> None:
    """The page says `name`, and still shows the people; the words are still in the box."""
    expect(page.locator("#trouble")).to_have_text(WORDS.trouble[name])
    expect(page.locator("#trouble")).to_be_in_viewport()
    expect(page.locator("#message")).to_have_value(MESSAGE)
    expect(page.locator(".card").first).to_be_visible()
    expect(page.locator(".people > summary")).to_be_in_viewport()


def ask(page: Page) -> None:
    page.locator("#message").fill(MESSAGE)
    page.keyboard.press("Enter")


def answered_once(page: Page) -> None:
    expect(page.locator(".mine")).to_have_count(1)
    expect(page.locator(".reply")).to_have_count(2)
    expect(page.locator("#trouble")).to_be_empty()
    expect(page.locator("#message")).to_have_value("")


@pytest.mark.parametrize(("status", "name"), [(500, "fault"), (502, "fault"), (None, "gone")])
def test_a_fault_is_told_and_the_message_comes_through_by_itself(page: Page, status: int | None, name: str) -> None:
    def fail(route: Route) -> None:
        if status:
            route.fulfill(status=status, body="<h1>Bad Gateway</h1>")
        else:
            route.abort("connectionreset")

    page.route("**/chat/turn", fail, times=1)
    ask(page)
    trouble(page, name)
    answered_once(page)


def test_an_answer_that_got_lost_is_not_given_twice(page: Page, browser: Browser, assistant: Assistant) -> None:
    tokens: list[str] = []

    def lose(route: Route) -> None:
        tokens.append(parse_qs(route.request.post_data or "")["token"][0])
        answer = route.fetch()  # the server takes the turn
        if len(tokens) == 1:
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    page.route("**/chat/turn", lose)
    ask(page)
    answered_once(page)
    assert len(tokens) == 2
    assert len(set(tokens)) == 1
    with opened(browser, assistant.url) as other:
        say(other, MESSAGE)  # a second turn would have had other words
        assert other.locator(".answer").last.inner_text() == page.locator(".answer").last.inner_text()


def test_too_many_messages_wait_as_long_as_the_server_says(page: Page) -> None:
    page.clock.install()
    page.route("**/chat/turn", lambda route: route.fulfill(status=429, headers={"Retry-After": "30"}, json=[]), times=1)
    ask(page)
    trouble(page, "busy")
    page.clock.run_for(29_000)
    trouble(page, "busy")
    page.clock.run_for(2_000)
    answered_once(page)


def test_a_message_that_is_refused_stays_and_is_not_sent_again(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/turn") else None)
    page.clock.install()
    page.route("**/chat/turn", lambda route: route.fulfill(status=413, body=""), times=1)
    ask(page)
    trouble(page, "refused")
    page.clock.run_for(60_000)
    assert len(sent) == 1
    page.keyboard.press("Enter")
    answered_once(page)


def test_a_slow_answer_is_announced_after_a_moment_and_not_before(page: Page) -> None:
    held: list[Route] = []
    page.clock.install(time=0)
    page.clock.pause_at(3_600_000)  # else it goes on with the machine's own clock, and a busy machine is late
    page.route("**/chat/turn", lambda route: held.append(route), times=1)
    with page.expect_request("**/chat/turn"):
        ask(page)
    page.clock.run_for(500)
    expect(page.locator("#trouble")).to_be_empty()
    page.clock.run_for(400)
    trouble(page, "slow")
    page.keyboard.press("Enter")  # impatience sends nothing more
    held[0].continue_()
    answered_once(page)


def test_words_that_were_changed_meanwhile_are_the_ones_that_are_sent(page: Page) -> None:
    page.route("**/chat/turn", lambda route: route.abort(), times=1)
    page.clock.install()
    ask(page)
    trouble(page, "gone")
    page.locator("#message").fill("what is cse")
    expect(page.locator("#trouble")).to_be_empty()
    page.clock.run_for(60_000)
    expect(page.locator(".mine")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_contain_text("what is cse")


def test_offline_the_message_waits_for_the_line(page: Page) -> None:
    page.context.set_offline(True)
    ask(page)
    trouble(page, "gone")
    picture(page, "no-connection")
    page.context.set_offline(False)
    answered_once(page)


def test_a_server_that_is_killed_and_started_again(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET_NAME, raising=False)  # so that the second start knows nothing of the first's ids
    processes: list[subprocess.Popen[bytes]] = []
    port = free_port()
    try:
        start(processes, "127.0.0.1", port, MODEL)
        with opened(browser, f"http://127.0.0.1:{port}", viewport={"width": 375, "height": 740}) as page:
            first = page.locator("input[name=conversation]").first
            before = first.get_attribute("value")
            stop(processes)
            processes.clear()
            ask(page)
            trouble(page, "gone")
            monkeypatch.delenv(SECRET_NAME, raising=False)
            start(processes, "127.0.0.1", port, MODEL)
            expect(page.locator(".mine")).to_have_count(1, timeout=20_000)
            answered_once(page)
            expect(first).not_to_have_value(str(before))
            page.get_by_text(WORDS.words["who"]).click()
            page.locator("footer").get_by_role("button", name="I am a parent or carer").click()  # an id of the first server
            expect(page.locator(".mine").last).to_contain_text("parent")
            expect(page.locator(".reply").last.locator(".service").first).to_have_attribute("data-service", re.compile("wiltshire"))
    finally:
        stop(processes)
