"""The guard: each way in which a turn can go wrong, done to it; what leaves instead; and that nothing typed ever does."""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from signpost.handoff.answers import read_answers
from signpost.handoff.guard import Guard, safe_card
from signpost.handoff.guard_events import GUARD_EVENTS
from signpost.register.content import AUDIENCES
from signpost.web_chat import turn
from signpost.web_chat.turn import Turns
from tests.unit.test_handoff import CONTENT, GUARD, NOON, RESPONSES, WRITER, messages, situation

SECRET = "xylophone marmalade"
Change = Callable[[list[dict[str, Any]]], object]


class _Domain:
    responses = RESPONSES


def sent(topic: str, audience: str = "unknown") -> list[dict[str, Any]]:
    reply = WRITER.write(topic, situation(audience))
    assert reply is not None
    return copy.deepcopy(messages(reply))


def card(reply: list[dict[str, Any]]) -> Any:
    return reply[1]["custom"]["handoff"]


def first(reply: list[dict[str, Any]]) -> Any:
    return card(reply)["services"][0]


FAULTS: dict[str, tuple[str, Change]] = {
    "nothing at all": ("empty", lambda r: r.clear()),
    "blank words": ("empty", lambda r: r[0].update(text=" \n ")),
    "no card": ("no card", lambda r: r.pop()),
    "two cards": ("two cards", lambda r: r.append(r[1])),
    "a picture": ("unknown part", lambda r: r[0].update(image="https://example.org/x.png")),
    "typed words beside the card": ("broken reply", lambda r: r[1]["custom"].update(echo=SECRET)),
    "typed words in the card": ("broken reply", lambda r: card(r).update(said=SECRET)),
    "typed words as topic": ("unknown card", lambda r: card(r).update(topic=SECRET)),
    "typed words as audience": ("unknown card", lambda r: card(r).update(audience=SECRET)),
    "an urgency that does not exist": ("unknown card", lambda r: card(r).update(urgency="mild")),
    "typed words as hours": ("unknown service", lambda r: first(r).update(hours=f"Open {SECRET}.")),
    "typed words as open_now": ("unknown service", lambda r: first(r).update(open_now=SECRET)),
    "typed words as note": ("unknown service", lambda r: first(r).update(note=SECRET)),
    "no services": ("unknown service", lambda r: card(r).update(services=[])),
    "a service that nobody knows": ("unknown service", lambda r: first(r).update(id="my-mate")),
    "a held service": ("unknown service", lambda r: first(r).update(id="napac")),
    "another number": ("unknown service", lambda r: first(r).update(phone="0800 1112")),
    "a web address as number": ("unknown service", lambda r: first(r).update(phone=first(r)["web"])),
    "no way to reach anybody": ("unknown service", lambda r: first(r).update(phone="", text="", web="", chat="")),
    "a service twice": ("a service twice", lambda r: card(r)["services"].append(first(r))),
    "a line without its name": ("broken reply", lambda r: first(r).pop("name")),
    "another sentence": ("unreviewed text", lambda r: r[0].update(text=r[0]["text"].replace("fault", "idea"))),
    "one more sentence": ("unreviewed card text", lambda r: r[0].update(text=r[0]["text"] + f"\n{SECRET}")),
    "another number in words": (
        "unreviewed card text",
        lambda r: r[0].update(text=r[0]["text"].replace("0800 1111", "0800 1112")),
    ),
    "a button with other words": ("unreviewed button", lambda r: r[0]["buttons"][0].update(title=SECRET)),
    "a button that leads elsewhere": ("unreviewed button", lambda r: r[0]["buttons"][0].update(payload=r[0]["buttons"][1]["payload"])),
    "a button with an open intent": ("unreviewed button", lambda r: r[0]["buttons"][0].update(payload="/restart")),
    "a button with something more": ("unreviewed button", lambda r: r[0]["buttons"][0].update(note=SECRET)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_reply_never_leaves(name: str) -> None:
    kind, change = FAULTS[name]
    reply = sent("gifts_money_vapes")
    assert GUARD.fault(reply) is None
    change(reply)
    assert GUARD.fault(reply) == kind


def without(reply: list[dict[str, Any]], service: str) -> list[dict[str, Any]]:
    card(reply)["services"] = [line for line in card(reply)["services"] if line["id"] != service]
    reply[0]["text"] = "\n".join(
        line for line in reply[0]["text"].splitlines() if not line.startswith(f"- {CONTENT.services[service].name}:")
    )
    return reply


def test_an_emergency_without_999_never_leaves() -> None:
    assert GUARD.fault(sent("feel_suicidal")) is None
    assert GUARD.fault(without(sent("feel_suicidal"), "emergency-999")) == "emergency without 999"


def test_a_child_never_sees_a_line_for_adults_first() -> None:
    reply = sent("parent_signs", "parent")
    only_adults = next(line for line in card(reply)["services"] if line["id"] == "nspcc")
    card(reply)["services"] = [only_adults]
    card(reply)["audience"] = "young_person"
    assert GUARD.fault(reply) == "a line for adults first for a child"


def test_nobody_but_999_is_no_hand_off_where_there_is_no_emergency() -> None:
    reply = sent("immediate_danger")
    card(reply)["urgency"] = "worried"
    assert GUARD.fault(reply) == "nobody but 999"


def test_a_withdrawn_number_never_leaves_even_when_the_register_has_it_again() -> None:
    retired = CONTENT.retired_numbers[0]
    childline = CONTENT.services["childline"]
    again = replace(childline, channels=(replace(childline.channels[0], value=retired), *childline.channels[1:]))
    content = replace(CONTENT, services={**CONTENT.services, "childline": again})
    reply = sent("gifts_money_vapes")
    first(reply)["phone"] = retired
    reply[0]["text"] = reply[0]["text"].replace("0800 1111", retired)
    assert Guard(content, read_answers(RESPONSES)).fault(reply) == "unknown service"


def test_a_withdrawn_number_never_leaves_in_an_answer() -> None:
    responses = copy.deepcopy(RESPONSES)
    wording = responses["utter_gifts_money_vapes"][-1]
    wording["text"] += f" Ring {CONTENT.retired_numbers[0]}."
    reply = sent("gifts_money_vapes")
    answer, _, rest = reply[0]["text"].partition("\n")
    reply[0]["text"] = f"{answer} Ring {CONTENT.retired_numbers[0]}.\n{rest}"
    assert Guard(CONTENT, read_answers(responses)).fault(reply) == "unreviewed text"


@pytest.mark.parametrize("audience", AUDIENCES)
def test_what_is_right_leaves(audience: str) -> None:
    assert {GUARD.fault(sent(name.removeprefix("utter_"), audience)) for name in RESPONSES} == {None}


async def nothing(_: UserMessage) -> None:
    return None


async def fails(message: UserMessage) -> None:
    raise RuntimeError(f"{message.text} {SECRET}")


async def echoes(message: UserMessage) -> None:
    assert message.output_channel is not None
    await message.output_channel.send_text_message(message.sender_id, str(message.text))


async def hangs(_: UserMessage) -> None:
    await asyncio.Event().wait()


async def will_not_stop(_: UserMessage) -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.Event().wait()


async def comes_late_without_yielding(message: UserMessage) -> None:
    until = time.monotonic() + turn.SECONDS * 2
    while time.monotonic() < until:
        pass


BROKEN: dict[str, tuple[str, Callable[[UserMessage], Awaitable[None]]]] = {
    "nothing": ("empty", nothing),
    "exception": ("exception", fails),
    "echo": ("no card", echoes),
    "hangs": ("late", hangs),
    "will not stop": ("late", will_not_stop),
    "blocks": ("late", comes_late_without_yielding),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_whatever_happens_the_safe_card_leaves(name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(turn, "SECONDS", 0.05)
    kind, assistant = BROKEN[name]
    before = GUARD_EVENTS.counts.get(kind, 0)
    with caplog.at_level(logging.DEBUG):
        left = await asyncio.wait_for(Turns(CONTENT, "rest").take(assistant, _Domain(), "someone", SECRET), 5)
    assert left[1]["custom"]["handoff"]["services"][0]["id"] == "childline"
    assert "999" in left[0]["text"]
    assert "xylophone" not in str(left) + caplog.text
    assert GUARD_EVENTS.counts[kind] == before + 1


async def test_a_model_that_is_not_loaded_still_leaves_people() -> None:
    left = await Turns(CONTENT, "rest").take(nothing, None, "someone", "hi")
    assert left[1]["custom"]["handoff"]["services"]


async def test_a_guard_that_cannot_be_built_still_leaves_people() -> None:
    nonsense = SimpleNamespace(responses={"utter_x": [None]})
    left = await Turns(CONTENT, "rest").take(nothing, nonsense, "someone", "hi")
    assert left[1]["custom"]["handoff"]["services"]


async def test_when_even_the_safe_card_fails_the_one_of_the_start_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(CONTENT, "rest")

    def broken(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(turn, "safe_card", broken)
    left = await turns.take(nothing, _Domain(), "someone", "hi")
    assert left[1]["custom"]["handoff"]["services"][0]["id"] == "childline"


def test_the_safe_card_is_there_by_day_and_by_night() -> None:
    for hour in range(24):
        left = safe_card(CONTENT, datetime(2026, 12, 25, hour, tzinfo=timezone.utc))
        assert any(line["open_now"] for line in left[1]["custom"]["handoff"]["services"])
    assert safe_card(CONTENT, NOON, slow=True)[0]["text"] != safe_card(CONTENT, NOON)[0]["text"]
