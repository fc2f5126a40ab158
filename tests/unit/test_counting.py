"""Counts tell how the chat is used, and never whether a given chat took place."""

from __future__ import annotations

import math
import random
import urllib.request
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from signpost.counting.counts import DAY, HOUR, Counts, Row, seconds_to_next_hour
from signpost.counting.counts_channel import CountsChannel, Told
from signpost.counting.daily_file import read_rows, write_rows
from signpost.counting.release import FLOOR, ROUND, released
from signpost.register.content import read_content
from signpost.web_chat.turn import Turns
from tests.conftest import ROOT, Assistant

BEGIN = datetime(2026, 11, 25, 13, 5, tzinfo=timezone.utc)


class Clock:
    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now


class Day:
    """A process's day: chats go in, everything that it ever stores or tells comes out."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.clock, self.folder = Clock(), folder
        self.counts = Counts(self.clock, random.Random(seed))
        self.scrapes: list[bytes] = []
        self._registry = CollectorRegistry()
        self._registry.register(Told(self.counts))

    def scrape(self) -> None:
        self.scrapes.append(generate_latest(self._registry))

    def next_hour(self) -> list[Row]:
        hour = self.clock.now
        self.clock.now += timedelta(hours=1)
        rows = self.counts.close()
        write_rows(self.folder, hour, rows)
        self.scrape()
        return rows

    def stored(self) -> list[bytes]:
        return [*self.scrapes, *(path.read_bytes() for path in sorted(self.folder.glob("*.csv")))]


def reply(
    topic: str = "asked_for_nudes", urgency: str = "worried", audience: str = "young_person", first: str = "childline"
) -> list[dict[str, Any]]:
    card = {"urgency": urgency, "audience": audience, "topic": topic, "services": [{"id": first}, {"id": "ceop"}]}
    return [{"text": "words"}, {"custom": {"handoff": card}}]


def chats(day: Day, number: int, **card: str) -> None:
    for name in range(number):
        day.counts.turn(f"chat {name}", reply(**card))


def test_a_busy_hour_is_told_by_table(tmp_path: Path) -> None:
    day = Day(tmp_path)
    chats(day, 200)
    for name in range(200):
        day.counts.used("childline", f"192.0.2.{name}")
    rows = day.next_hour()
    told = {(row.table, row.value): row.chats for row in rows}
    assert set(told) == {
        ("chats", "all"),
        ("topic", "asked_for_nudes"),
        ("urgency", "worried"),
        ("audience", "young_person"),
        ("shown", "childline"),
        ("used", "childline"),
    }
    assert all(150 <= chats <= 250 and chats % ROUND == 0 for chats in told.values())
    assert {row.window for row in rows} == {HOUR}
    assert {row.start for row in rows} == {BEGIN.replace(minute=0)}


def test_a_fallback_and_a_guard_event_are_counted(tmp_path: Path) -> None:
    day = Day(tmp_path)
    for name in range(100):
        day.counts.turn(f"chat {name}", reply(topic="fallback"), "late")
    told = {(row.table, row.value) for row in day.next_hour()}
    assert {("fallback", "all"), ("guard", "late"), ("topic", "fallback")} <= told


def test_one_long_chat_is_one_chat(tmp_path: Path) -> None:
    day = Day(tmp_path)
    for _ in range(500):
        day.counts.turn("the same", reply())
        day.counts.used("childline", "192.0.2.1")
    assert day.next_hour() == []


def test_a_chat_over_many_hours_is_one_chat_of_the_day(tmp_path: Path) -> None:
    day = Day(tmp_path)
    while day.clock.now.hour != 0:
        chats(day, 8)
        assert day.next_hour() == []


def test_the_most_urgent_turn_says_what_a_chat_was_about(tmp_path: Path) -> None:
    day = Day(tmp_path)
    for name in range(100):
        day.counts.turn(f"chat {name}", reply("greeting", "information", "unknown", "nspcc"))
        day.counts.turn(f"chat {name}", reply("immediate_danger", "emergency", "friend", "emergency-999"))
        day.counts.turn(f"chat {name}", reply("thanks", "information", "unknown", "nspcc"))
    told = {(row.table, row.value) for row in day.next_hour()}
    assert {("topic", "immediate_danger"), ("urgency", "emergency"), ("audience", "friend"), ("shown", "emergency-999")} <= told
    assert not {("topic", "greeting"), ("topic", "thanks")} & told


def test_the_open_hour_is_never_told(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.scrape()
    for size in (1, 100, 1000):
        chats(day, size)
        day.counts.close()
        day.scrape()
    assert len(set(day.scrapes)) == 1, "whoever watches scrape after scrape sees nothing move"


# Attacks


@pytest.mark.parametrize("others", range(FLOOR - 1))
def test_below_ten_everything_stored_is_the_same_with_and_without_one_chat(tmp_path: Path, others: int) -> None:
    stored = []
    for number in (others, others + 1):
        day = Day(tmp_path / str(number))
        while day.clock.now.hour != 0:
            if day.clock.now.hour == 14:
                chats(day, number, topic="feel_suicidal", urgency="emergency")
            day.next_hour()
        stored.append(day.stored())
    assert stored[0] == stored[1]


def test_nothing_under_ten_is_ever_told_whatever_the_dice_say() -> None:
    dice = random.Random(3)
    for count in range(FLOOR):
        assert all(released(count, dice) is None for _ in range(2000))
    told = [released(count, dice) for count in range(FLOOR, 60) for _ in range(500)]
    assert min(value for value in told if value is not None) >= FLOOR


def test_nine_known_chats_do_not_uncover_a_tenth() -> None:
    dice = random.Random(4)
    uncovered = sum(released(10, dice) is not None for _ in range(100_000))
    assert uncovered / 100_000 < 0.006, "one try in about 270"


def test_somebody_who_knows_every_other_chat_learns_next_to_nothing_of_one_figure() -> None:
    """The odds of any figure that may be told change by exp(1/4) at most, one chat more or less, as counted over many throws."""
    for count in (34, 35, 64, 65, 200):
        without, with_it = (figures(number, 40_000, seed) for seed, number in enumerate((count, count + 1)))
        for figure in without | with_it:
            if min(without[figure], with_it[figure]) > 800:
                assert math.exp(-0.35) < with_it[figure] / without[figure] < math.exp(0.35)


def test_the_best_attack_on_a_whole_day_is_little_better_than_a_guess() -> None:
    """An attacker knows all chats but one, knows what it would have been about, and weighs all of its hour's and day's figures.

    He is told that it took place in every second trial, and guesses with the exact odds. Guessing blindly is right in half of them.
    """
    dice = random.Random(5)
    right, trials = 0, 3000
    odds = {number: figures(number, 20_000, number) for number in range(34, 66)}
    for trial in range(trials):
        there = trial % 2 == 0
        weight = 0.0
        for _ in range(12):  # chats, urgency, topic, audience, shown and one more, in hour and day
            others = dice.randrange(35, 65)
            figure = released(others + there, dice)
            weight += math.log((odds[others + 1][figure] + 1) / (odds[others][figure] + 1))
        right += (weight > 0) == there
    assert right / trials < 0.68, right / trials


def figures(count: int, throws: int, seed: int) -> Counter[int | None]:
    dice = random.Random(seed)
    return Counter(released(count, dice) for _ in range(throws))


def test_a_chat_leaves_no_trace_of_its_time(tmp_path: Path) -> None:
    """Files are written when an hour ends, also an empty one, so that neither their being there nor their age says anything."""
    quiet, visited = Day(tmp_path / "quiet"), Day(tmp_path / "visited")
    quiet.next_hour()
    visited.counts.turn("one", reply())
    visited.next_hour()
    assert [path.name for path in quiet.folder.iterdir()] == [path.name for path in visited.folder.iterdir()]


def test_nothing_in_memory_names_a_chat_or_an_address_and_a_closed_hour_is_forgotten() -> None:
    counts = Counts(clock := Clock())
    counts.turn("conversation-id-1", reply())
    counts.used("childline", "192.0.2.9")
    assert "conversation-id-1" not in repr(vars(counts))
    assert "192.0.2.9" not in repr(vars(counts))
    clock.now += timedelta(hours=1)
    counts.close()
    assert not counts._chats
    assert not counts._uses


def test_the_log_names_the_kind_of_guard_event_once_an_hour(caplog: pytest.LogCaptureFixture) -> None:
    counts = Counts(clock := Clock())
    for name in range(3):
        counts.turn(f"{name}", reply(), "late")
    assert not caplog.records, "nothing at the moment itself"
    clock.now += timedelta(hours=1)
    counts.close()
    assert [record.getMessage() for record in caplog.records] == ["In the hour from 13:00 UTC the guard sent the safe card: late."]


# The way out


def test_rows_come_back_from_the_daily_file(tmp_path: Path) -> None:
    rows = [Row(HOUR, BEGIN, "topic", "a", 40), Row(DAY, BEGIN, "chats", "all", 90)]
    write_rows(tmp_path, BEGIN, rows[:1])
    write_rows(tmp_path, BEGIN, rows[1:])
    assert read_rows(tmp_path) == rows
    (tmp_path / "counts-x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"counts-x\.csv"):
        read_rows(tmp_path)


def test_a_read_only_disk_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("SIGNPOST_COUNTS", str(tmp_path / "file" / "counts"))
    CountsChannel().close_hour()
    assert "could not be written" in caplog.text


def test_the_next_hour_is_known() -> None:
    assert seconds_to_next_hour(BEGIN) == 55 * 60


async def test_every_turn_is_counted_by_its_card(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Counts()
    monkeypatch.setattr("signpost.web_chat.turn.counts_of_this_process", lambda: counts)
    domain = Domain.empty()

    async def fail(_: UserMessage) -> None:
        raise ValueError

    await Turns(read_content(ROOT / "data"), "rest").take(fail, domain, "sender", "words")
    (chat,) = counts._chats.values()
    assert (chat.guard, chat.topic, chat.shown) == ("exception", "fallback", "childline")


def test_a_beacon_is_answered_alike_for_every_service(assistant: Assistant) -> None:
    for service in ("childline", "nobody", ""):
        with urllib.request.urlopen(f"{assistant.url}/counts/used", f"service={service}".encode(), timeout=10) as answer:
            assert (answer.status, answer.read()) == (204, b"")


def test_metrics_tell_nothing_of_the_process_or_its_requests(assistant: Assistant) -> None:
    def scrape() -> bytes:
        with urllib.request.urlopen(f"{assistant.url}/counts/metrics", timeout=10) as answer:
            return bytes(answer.read())

    before = scrape()
    assistant.say("what is grooming")
    assert scrape() == before
    assert b"process_" not in before
