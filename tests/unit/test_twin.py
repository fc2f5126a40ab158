"""The plain pages say what the chat says, show who the chat would show, lead nowhere wrong, and stand when the assistant is down."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from rasa.utils.endpoints import EndpointConfig

from signpost.conversation.text_free_logs import TextFree
from signpost.desk.run import NotReady, check_before_start, free_port
from signpost.desk.twin import write_twin
from signpost.handoff.answer_writer import AnswerWriter, Situation
from signpost.handoff.answers import SERVICE_WORDS, fill, read_answers
from signpost.handoff.catalogue import catalogue
from signpost.register.content import AUDIENCES, EMERGENCY_CALLS, read_content
from signpost.register.content_file import ContentFault
from signpost.twin.pages import Twin, compile_twin, fingerprint, leaflet_name, page_name
from signpost.twin.reviewed_topics import read_reviewed_topics
from signpost.twin.twin_words import read_twin_words
from signpost.web_chat.answers_channel import AnswersChannel
from tests.conftest import MODEL, ROOT

DATA = ROOT / "data"
NOW = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
CHRISTMAS = datetime(2026, 12, 25, 3, tzinfo=timezone.utc)
SATURDAY_NIGHT = datetime(2026, 11, 28, 23, tzinfo=timezone.utc)
CONTENT = read_content(DATA)


@pytest.fixture(scope="module")
def twin() -> Twin:
    return compile_twin(DATA, NOW)


@pytest.fixture(scope="module")
def responses() -> dict[str, Any]:
    """The answers of the trained model: what the running assistant says."""
    with tarfile.open(MODEL) as archive:
        file = archive.extractfile("metadata.json")
        assert file is not None
        return dict(json.load(file)["domain"]["responses"])


def replies(responses: dict[str, Any], at: datetime) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What the chat says first of every topic to every audience at `at`; a follow-up is about a service that was shown before."""
    domain: Any = SimpleNamespace(responses=responses)
    writer = AnswerWriter(EndpointConfig(content=str(DATA)), domain, clock=lambda: at)
    for name in responses:
        for audience in AUDIENCES:
            topic = name.removeprefix("utter_")
            reply = writer.write(topic, Situation(audience))
            assert reply is not None
            if not topic.startswith("followup_"):
                yield topic, audience, reply


def test_every_answer_of_the_trained_model_stands_on_its_page_word_for_word(twin: Twin, responses: dict[str, Any]) -> None:
    printed: dict[str, set[str]] = defaultdict(set)
    for entry in twin.manifest:
        blocks = re.findall(r'<p class="answer">(.*?)</p>', twin.files[entry["page"]])
        assert entry["sha256"] in {fingerprint(unescape(block)) for block in blocks}, "the manifest tells what the page says"
        printed[entry["topic"]].add(entry["sha256"])
    anybody = CONTENT.services["childline"]
    for topic, answers in read_answers(responses).by_topic.items():
        plain = [answer for answer in answers if not any(name in SERVICE_WORDS for name in answer.placeholders())]
        assert {fingerprint(fill(answer, CONTENT, anybody, NOW.date())) for answer in plain} <= printed[topic], topic
        assert printed[topic], topic


def test_the_chat_says_nothing_that_no_page_says(twin: Twin, responses: dict[str, Any]) -> None:
    printed = {entry["sha256"] for entry in twin.manifest}
    for topic, audience, reply in replies(responses, NOW):
        assert fingerprint(reply["text"].partition("\n")[0]) in printed, (topic, audience)


def test_no_page_says_an_answer_that_the_guard_would_stop(twin: Twin, responses: dict[str, Any]) -> None:
    reviewed = {fingerprint(text) for text in catalogue(read_answers(responses), CONTENT)}
    for name, page in twin.files.items():
        for block in re.findall(r'<p class="answer">(.*?)</p>', page):
            assert fingerprint(unescape(block)) in reviewed, name


@pytest.mark.parametrize("at", [NOW, SATURDAY_NIGHT, CHRISTMAS], ids=["working day", "Saturday night", "Christmas"])
def test_whoever_the_chat_shows_at_any_hour_stands_on_the_page(twin: Twin, responses: dict[str, Any], at: datetime) -> None:
    pages = {(entry["topic"], entry["audience"]): twin.files[entry["page"]] for entry in twin.manifest}
    for topic, audience, reply in replies(responses, at):
        page = pages.get((reply["custom"]["handoff"]["topic"], audience))
        if page is None:
            continue
        for service in reply["custom"]["handoff"]["services"]:
            assert service["name"] in unescape(page), (topic, audience)
            assert f'href="tel:{service["phone"].replace(" ", "")}"' in page or not service["phone"]


def test_every_page_has_an_exit_a_human_and_no_script(twin: Twin) -> None:
    exit_to = str(CONTENT.council.links["exit_to"])
    retired = [number.replace(" ", "") for number in CONTENT.retired_numbers if len(number) > 5]
    for name, page in twin.files.items():
        if not name.endswith(".html"):
            continue
        assert f'<a href="{exit_to}" rel="noreferrer" target="_top">' in page, name
        assert "tel:999" in page, name
        assert page.count('href="tel:') + page.count('href="https:') >= 3, name
        assert not re.search(r"<script|<style|style=|onclick|<img|<iframe|Open now|Opens ", page), name
        assert not any(f'tel:{number}"' in page for number in retired), name
        assert page.index('id="card"') < page.index('id="words"') if 'id="card"' in page else name == "people.html"


def test_a_child_never_finds_an_adults_line_first(twin: Twin) -> None:
    for entry in twin.manifest:
        if entry["audience"] in ("young_person", "friend", "unknown"):
            card = twin.files[entry["page"]].partition('id="card"')[2].partition("</section>")[0]
            names = [unescape(name) for name in re.findall(r"<strong>(.*?)</strong>", card)]
            first = next(name for name in names if name != CONTENT.services["emergency-999"].name)
            service = next(service for service in CONTENT.services.values() if service.name == first)
            assert service.suits & {"young_person", "friend", "unknown"} or not service.suits, (entry, first)


def test_every_link_leads_somewhere_and_every_page_can_be_reached(twin: Twin) -> None:
    reached, waiting = set(), ["index.html"]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        for target in re.findall(r'href="([^":]+)"', twin.files[name]):
            page, _, place = target.partition("#")
            assert not place or f'id="{place}"' in twin.files[page or name], target
            assert (page or name) in twin.files, f"{name} leads to {target}"
            waiting.append(page or name)
    assert reached == set(twin.files) - {"manifest.json"}


def test_neither_name_nor_title_of_a_page_tells_what_somebody_read(twin: Twin) -> None:
    for entry in twin.manifest:
        assert re.fullmatch(r"[0-9a-f]{10}\.html", entry["page"])
    titles = {found for page in twin.files.values() for found in re.findall(r"<title>(.*?)</title>", page)}
    assert titles == {CONTENT.council.words["council"]}


def test_the_first_page_is_light_and_every_audience_has_a_list_and_a_leaflet(twin: Twin) -> None:
    assert len((twin.files["index.html"] + twin.files["style.css"]).encode()) < 30_000
    words = read_twin_words(DATA)
    for audience in ("young_person", "friend", "parent", "professional", "survivor", "own_behaviour"):
        assert page_name("list", audience) in twin.files
        leaflet = unescape(twin.files[leaflet_name(audience)])
        assert leaflet.count('<p class="answer">') == len(words.leaflets[audience].topics)
        first = words.leaflets[audience].handoff[0]
        service = CONTENT.services[CONTENT.council.roles.get(first, {"open": first})["open"]]
        assert service.name in leaflet


def test_the_register_page_shows_what_is_cleared_and_nothing_that_is_held_back(twin: Twin) -> None:
    page = unescape(twin.files["people.html"])
    for service in CONTENT.services.values():
        assert (f'id="{service.id}"' in page) == service.is_shown()
        for channel in service.channels:
            shown = service.is_shown() and channel in service.shown_channels()
            assert not shown or channel.value.replace(" ", "") in page.replace(" ", "")
        if service.is_shown():
            assert all(words in page for words in service.words.values())


def test_every_way_to_call_999_stands_before_everybody_else(twin: Twin) -> None:
    ids = re.findall(r'<section class="service" id="(.*?)"', twin.files["people.html"])
    shown = {service.id for service in CONTENT.services.values() if service.is_shown()}
    assert "emergency-sms" in shown
    assert set(ids[: len(EMERGENCY_CALLS & shown)]) == EMERGENCY_CALLS & shown


def test_a_fact_that_changes_on_a_day_changes_on_the_page_that_day() -> None:
    fact = next(fact for fact in CONTENT.facts.values() if fact.id == "duty_to_report")
    change = next(start for _, start, _ in fact.says if start.year > 1)
    clock = [datetime(change.year, change.month, change.day, 12, tzinfo=timezone.utc) - timedelta(days=1)]
    channel = AnswersChannel(str(DATA), clock=lambda: clock[0])
    before = asyncio.run(channel.files())
    assert asyncio.run(channel.files()) is before, "compiled once a day"
    clock[0] += timedelta(days=1)
    after = asyncio.run(channel.files())
    changed = [name for name in before if name.endswith(".html") and without_dates(before[name]) != without_dates(after[name])]
    assert changed
    today = fact.text_on(change)
    assert today
    assert any(today[:40] in unescape(after[name]) and today[:40] not in unescape(before[name]) for name in changed)


async def test_a_draft_or_a_slip_in_the_files_reaches_no_page_of_a_later_day(tmp_path: Path) -> None:
    data, clock = shutil.copytree(DATA, tmp_path / "data"), [NOW]
    channel = AnswersChannel(str(data), clock=lambda: clock[0])
    before = await channel.files()
    topic = data / "topics" / "ask_what_is_cse.yml"
    text = topic.read_text(encoding="utf-8")
    assert "text: " in text
    topic.write_text(text.replace("text: ", "text: A draft that nobody has read. ", 1), encoding="utf-8")
    clock[0] += timedelta(days=1)
    today = await channel.files()
    assert "26 November 2026" in today["index.html"]
    assert "25 November 2026" in before["index.html"]
    topic.write_text("responses: [", encoding="utf-8")
    clock[0] += timedelta(days=1)
    tomorrow = await channel.files()
    assert "27 November 2026" in tomorrow["index.html"]
    for files in (today, tomorrow):
        assert [without_dates(page) for page in files.values()] == [without_dates(page) for page in before.values()]


async def test_pages_that_cannot_be_filled_in_leave_the_old_ones_and_a_line_says_why(caplog: pytest.LogCaptureFixture) -> None:
    clock = [NOW]
    channel = AnswersChannel(str(DATA), clock=lambda: clock[0])
    before = await channel.files()
    clock[0] = datetime(9999, 12, 31, 12, tzinfo=timezone.utc)  # the week ahead, of which a page tells, ends after the last date there is
    assert await channel.files() is before
    assert await channel.files() is before
    [line] = [record for record in caplog.records if record.name == "signpost.web_chat.answers_channel"]
    assert "9999-12-31" in line.getMessage()
    assert "OverflowError" in TextFree(lambda: True).format(line)
    assert "static_card.py" in TextFree(lambda: True).format(line)
    clock[0] = NOW + timedelta(days=1)
    assert "26 November 2026" in (await channel.files())["index.html"]


def without_dates(page: str) -> str:
    return page.partition("<footer>")[0]


def test_a_broken_file_is_named_and_the_old_pages_stay(tmp_path: Path) -> None:
    data = shutil.copytree(DATA, tmp_path / "data")
    out = tmp_path / "twin"
    count = write_twin(data, out, NOW)
    assert count == sum(1 for path in out.rglob("*") if path.is_file())
    (data / "twin.yml").write_text("words: {}\n", encoding="utf-8")
    with pytest.raises(ContentFault, match=r"twin\.yml"):
        write_twin(data, out, NOW)
    (data / "twin.yml").unlink()
    with pytest.raises(ContentFault, match=r"twin\.yml is missing"):
        write_twin(data, out, NOW)
    assert (out / "answers" / "index.html").exists()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("twin.yml", "words: {}\n"),
        ("embed.yml", "words: {launcher: Chat}\n"),
        ("embed.yml", "words: ["),
        ("topics/ask_what_is_cse.yml", "responses: ["),
        ("topics/ask_what_is_cse.yml", "responses: {utter_untitled: [{text: Words., metadata: {urgency: worried}}]}\n"),
    ],
)
def test_a_start_with_broken_page_words_does_not_happen_and_one_line_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str
) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / file).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotReady, match=rf"{Path(file).name}|untitled") as fault:
        check_before_start(MODEL, "127.0.0.1", free_port())
    assert "\n" not in str(fault.value)


def test_a_page_is_listed_for_whoever_usually_asks_not_for_the_last_who_asks_too() -> None:
    entries = yaml.safe_load((DATA / "topics" / "ask_what_is_grooming.yml").read_text(encoding="utf-8"))["nlu"]
    assert entries[0]["metadata"]["audience"] == "young_person" != entries[-1]["metadata"]["audience"]
    (default,) = (page for page in read_reviewed_topics(DATA).pages if page.topic == "ask_what_is_grooming" and page.is_default)
    assert default.audience == "young_person"
