"""Card, writer and guard, over the real content."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from itertools import pairwise
from typing import Any

import pytest

from signpost.conversation.buttons import BUTTON, button_id
from signpost.conversation.context import Before, Earlier
from signpost.conversation.ids import LIFETIME_SECONDS, is_ours, new_id
from signpost.desk.checks.tree import read_tree
from signpost.handoff.answer_writer import AnswerWriter, Situation
from signpost.handoff.answers import read_answers
from signpost.handoff.card import closed_now, make_card
from signpost.handoff.guard import Guard
from signpost.register.content import AUDIENCES, CHILDREN, read_content
from signpost.understanding.understood import UNSURE, Understood
from tests.conftest import ROOT

CONTENT = read_content(ROOT / "data")
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=timezone.utc)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
FILES = read_tree(ROOT, CONTENT, date(2026, 11, 24)).files
RESPONSES: dict[str, list[dict[str, Any]]] = {
    name: wordings for file in FILES.values() for name, wordings in (file.get("responses") or {}).items()
}


class _Domain:
    responses = RESPONSES


WRITER = AnswerWriter(None, _Domain(), clock=lambda: NOON)
GUARD = Guard(CONTENT, read_answers(RESPONSES))


def situation(audience: str = "unknown", **more: Any) -> Situation:
    return replace(Situation(audience), **more)


def messages(reply: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"text": reply["text"], "buttons": reply["buttons"]}, {"custom": reply["custom"]}]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_answer_for_every_audience_passes_the_guard(audience: str) -> None:
    for name in RESPONSES:
        reply = WRITER.write(name.removeprefix("utter_"), situation(audience))
        assert reply is not None
        assert GUARD.fault(messages(reply)) is None, name
        services = [line["id"] for line in reply["custom"]["handoff"]["services"] if line["id"] != "emergency-999"]
        assert services, name
        if audience in CHILDREN:
            suits = CONTENT.services[services[0]].suits
            assert not suits or suits & CHILDREN, f"{name} shows a child {services[0]} first"
        if reply["custom"]["handoff"]["urgency"] == "emergency":
            assert "999" in reply["text"]
        assert reply["buttons"][-1]["payload"] == button_id("want_to_talk_to_human")


def test_the_safe_card_has_people_and_the_emergency_number() -> None:
    safe = GUARD.safe_card(NIGHT)
    assert safe[1]["custom"]["handoff"]["services"][0]["id"] == "childline"
    assert "999" in safe[0]["text"]


def test_children_services_switch_to_the_number_that_answers_now() -> None:
    by_day = make_card(CONTENT, ["local-children-services"], "practical", "parent", "t", "", NOON).services[0]
    by_night = make_card(CONTENT, ["local-children-services"], "practical", "parent", "t", "", NIGHT).services[0]
    assert (by_day.id, by_night.id) == ("wiltshire-mash", "wiltshire-eds")
    assert by_day.open_now
    assert by_night.open_now


def test_nobody_elsewhere_is_sent_to_this_council() -> None:
    card = make_card(CONTENT, ["local-children-services", "nspcc"], "practical", "parent", "t", "elsewhere", NOON)
    assert not {line.id for line in card.services} & CONTENT.council.local_ids


def test_a_service_past_its_review_gives_way() -> None:
    old = replace(CONTENT.services["childline"], review_by=date(2020, 1, 1), replacement="samaritans")
    content = replace(CONTENT, services={**CONTENT.services, "childline": old})
    card = make_card(content, ["ceop", "childline", "shout"], "practical", "young_person", "t", "", NOON)
    assert [line.id for line in card.services] == ["ceop", "samaritans", "shout"]


def test_a_held_service_is_never_shown() -> None:
    held = {service.id for service in CONTENT.services.values() if not service.is_shown()}
    card = make_card(CONTENT, [*sorted(held), "childline"], "practical", "young_person", "t", "", NOON)
    assert not held & {line.id for line in card.services}


def test_a_follow_up_is_about_the_service_shown_last_or_named() -> None:
    before = Before((Earlier("parent_signs", "parent_signs", "worried", ("nspcc", "childline")),))
    shown = WRITER.write("followup_is_it_free", situation("parent", before=before))
    named = WRITER.write(
        "followup_is_it_free",
        situation("parent", before=before, understood=Understood("t", "practical", "", True, 1.0, service="ceop")),
    )
    assert shown is not None
    assert named is not None
    assert shown["custom"]["handoff"]["services"][0]["id"] == "nspcc"
    assert CONTENT.services["ceop"].name in named["text"]


def test_the_fallback_is_never_twice_the_same_and_the_third_time_leads_to_a_person() -> None:
    for topic in UNSURE.values():
        turns: list[Earlier] = []
        for _ in range(6):
            reply = WRITER.write(topic, situation(before=Before(tuple(turns[-4:]))))
            assert reply is not None
            card = reply["custom"]["handoff"]
            turns.append(Earlier(topic, card["topic"], card["urgency"], ("childline",), reply["wording"]))
        said = [(turn.topic, turn.wording) for turn in turns]
        assert all(one != other for one, other in pairwise(said)), topic
        if topic != "unsure_emergency":
            assert [turn.topic for turn in turns[:4]] == ["fallback", "fallback", "want_to_talk_to_human", "fallback"]


def test_a_pattern_raises_urgency_and_never_lowers_it() -> None:
    danger = Understood("t", "emergency", "", True, 1.0, pattern="p")
    calm = Understood("t", "information", "", True, 1.0, pattern="p")
    raised = WRITER.write("gifts_money_vapes", situation(understood=danger))
    kept = WRITER.write("feel_suicidal", situation(understood=calm))
    assert raised is not None
    assert kept is not None
    assert raised["custom"]["handoff"]["urgency"] == "emergency"
    assert "emergency-999" in [line["id"] for line in raised["custom"]["handoff"]["services"]]
    assert kept["custom"]["handoff"]["urgency"] == "emergency"


def test_facts_change_on_their_day_without_a_release() -> None:
    fact = CONTENT.facts["under16_social_media"]
    assert fact.text_on(date(2027, 3, 31)) != fact.text_on(date(2027, 4, 1))


def test_ids_are_ours_or_nothing() -> None:
    fresh = new_id(now=1000.0)
    assert is_ours(fresh, now=1001.0)
    assert not is_ours(fresh, now=1001.0 + LIFETIME_SECONDS)
    assert not is_ours(fresh[:-1] + ("0" if fresh[-1] != "0" else "1"), now=1001.0)
    assert not is_ours("", now=0.0)
    assert not is_ours("a.b.c", now=0.0)
    assert BUTTON.fullmatch(button_id("feel_suicidal"))


def test_what_is_closed_now_is_known_for_paper() -> None:
    assert [line.id for line in closed_now(CONTENT, ["childline", "local-children-services"], NOON)] == ["wiltshire-eds"]
    assert [line.id for line in closed_now(CONTENT, ["childline", "local-children-services"], NIGHT)] == ["wiltshire-mash"]
    assert closed_now(CONTENT, ["childline"], NIGHT) == ()
