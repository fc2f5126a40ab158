"""What a turn holds on to from the turns before it: who asks, how urgent, which people, which service."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.conversation.context import PLACE, Before, Earlier, Situation, situation_of
from signpost.conversation.forgetting_store import recalled, remembered
from signpost.register.content import AUDIENCES
from signpost.register.content_file import ContentFault
from signpost.understanding.place_names import read_places
from signpost.understanding.understood import KEY, Understood
from tests.conftest import ROOT
from tests.unit.test_handoff import CONTENT, WRITER

DOMAIN = Domain.load(str(ROOT / "domain.yml"))
PLACES = read_places(ROOT / "data")
SUICIDAL = Earlier("feel_suicidal", "feel_suicidal", "emergency", ("emergency-999", "samaritans", "shout", "childline"))
SECRET_KEPT = Earlier("asked_to_keep_secret", "asked_to_keep_secret", "worried", ("childline", "ceop"))
GROOMING = Earlier("ask_what_is_grooming", "ask_what_is_grooming", "information", ("childline", "ceop"))
UNKNOWN = Earlier("nlu_fallback", "fallback", "emergency", ("emergency-999", "samaritans"))


def understood(topic: str, audience: str = "", who: float = 0.6, **more: Any) -> Understood:
    return replace(Understood(topic, "information", audience, True, 0.9, who=who), **more)


def card(topic: str, *turns: Earlier, audience: str = "unknown", area: str = "", words: int = 1, **more: Any) -> dict[str, Any]:
    now = understood(topic, **more)
    reply = WRITER.write(topic, Situation(audience, area, now, Before(turns), words))
    assert reply is not None
    return {**reply["custom"]["handoff"], "ids": [line["id"] for line in reply["custom"]["handoff"]["services"]], "text": reply["text"]}


@pytest.mark.parametrize(
    ("turns", "urgency"),
    [
        ((SUICIDAL,), "worried"),
        ((SUICIDAL, GROOMING), "worried"),
        ((SUICIDAL, GROOMING, GROOMING), "worried"),
        ((SECRET_KEPT,), "practical"),
        ((SECRET_KEPT, GROOMING), "information"),
        ((SECRET_KEPT, SUICIDAL), "worried"),
        ((GROOMING,), "information"),
    ],
)
def test_small_talk_eases_the_urgency_one_step_a_turn_but_danger_stays_a_worry(turns: tuple[Earlier, ...], urgency: str) -> None:
    assert card("affirm", *turns)["urgency"] == urgency


@pytest.mark.parametrize("topic", ["affirm", "deny", "thanks_feel_better", "ot_hoax_or_test", "ot_greeting"])
def test_small_talk_after_danger_keeps_the_people_first(topic: str) -> None:
    shown = card(topic, SUICIDAL)
    assert shown["urgency"] == "worried"
    assert shown["ids"][:2] == ["emergency-999", "samaritans"]
    assert shown["topic"] == topic


@pytest.mark.parametrize("turns", [(SUICIDAL,), (SUICIDAL, UNKNOWN), (SUICIDAL, UNKNOWN, UNKNOWN)])
def test_what_is_not_understood_after_danger_is_danger_still(turns: tuple[Earlier, ...]) -> None:
    shown = card("nlu_fallback", *turns)
    assert shown["urgency"] == "emergency"
    assert "999" in shown["text"].splitlines()[0]


@pytest.mark.parametrize("topic", ["adds_detail", "choose_young_person", "choose_parent", "out_of_scope", "ot_nonsense"])
def test_a_detail_after_danger_brings_no_menu(topic: str) -> None:
    """ "i took an overdose", "about 20", "im 15": people tell one thought a message, and the first still stands."""
    shown = card(topic, SUICIDAL, UNKNOWN, words=2)
    assert (shown["topic"], shown["urgency"]) == ("fallback", "emergency")
    assert shown["ids"][:2] == ["emergency-999", "samaritans"]
    assert card(topic, SECRET_KEPT, words=2)["urgency"] == "worried"


@pytest.mark.parametrize("topic", ["adds_detail", "choose_young_person"])
def test_a_detail_after_a_plain_question_is_answered_as_itself(topic: str) -> None:
    assert card(topic, GROOMING)["topic"] == topic


def test_a_subject_of_its_own_is_answered_as_itself_and_the_people_for_the_danger_stay_on_the_card() -> None:
    calm = card("ask_what_is_grooming", SUICIDAL, words=3)
    assert calm["urgency"] == "information"
    assert calm["ids"][0] == "childline"
    assert calm["ids"][-1] == "samaritans"
    worried = card("will_i_get_in_trouble", SUICIDAL, words=4)
    assert worried["urgency"] == "worried"
    assert {"emergency-999", "samaritans"} <= set(worried["ids"])
    assert "samaritans" not in card("ask_what_is_grooming", SECRET_KEPT, words=3)["ids"]


def test_a_few_words_half_understood_after_danger_are_no_card_from_nowhere() -> None:
    vague = card("block_report_game", SUICIDAL, words=4, confidence=0.35)
    sure = card("block_report_game", SUICIDAL, words=4, confidence=0.8)
    long = card("block_report_game", SUICIDAL, words=9, confidence=0.35)
    assert (vague["topic"], vague["urgency"]) == ("fallback", "emergency")
    assert sure["topic"] == long["topic"] == "block_report_game"


def test_nothing_is_held_where_nothing_serious_was_said() -> None:
    assert Before().held(set(), lambda _: "", 0) is None
    assert card("affirm")["ids"][0] == "childline"


SEVERAL = Earlier("t", "asked_for_nudes", "worried", ("report-remove", "childline", "ceop"))
OK = Earlier("affirm", "affirm", "information", ("childline",))
ASKED_CEOP = Earlier("f", "followup_is_it_free", "practical", ("ceop", "childline"))


@pytest.mark.parametrize(
    ("audience", "turns", "named", "service"),
    [
        ("young_person", (SEVERAL,), "", "childline"),
        ("parent", (Earlier("t", "parent_signs", "practical", ("emergency-999", "nspcc", "ceop")),), "", "nspcc"),
        ("young_person", (SEVERAL,), "samaritans", "samaritans"),
        ("young_person", (Earlier("t", "tell_ceop", "practical", ("childline", "ceop")),), "", "ceop"),
        ("young_person", (Earlier("t", "tell_council", "practical", ("childline", "wiltshire-eds")),), "", "wiltshire-eds"),
        ("young_person", (SEVERAL, ASKED_CEOP), "", "ceop"),
        ("young_person", (ASKED_CEOP, Earlier("t", "t", "practical", ("childline", "ceop"))), "", "ceop"),
        ("young_person", (Earlier("t", "tell_ceop", "practical", ("ceop", "childline")), OK), "", "ceop"),
        ("survivor", (), "", "rape-crisis"),
    ],
)
def test_a_follow_up_is_about_the_service_in_hand(audience: str, turns: tuple[Earlier, ...], named: str, service: str) -> None:
    shown = card("followup_is_it_free", *turns, audience=audience, service=named)
    first = shown["services"][0]
    assert first["id"] == service
    assert CONTENT.services[service].name in shown["text"].splitlines()[0]


def test_a_follow_up_after_school_is_about_school() -> None:
    school = Earlier("tell_school", "tell_school", "practical", ("childline", "wiltshire-mash"))
    assert card("followup_who_gets_told", school)["topic"] == "tell_school_who_knows"
    assert card("followup_who_gets_told", school, service="ceop")["topic"] == "followup_who_gets_told"


def test_what_the_register_does_not_know_is_said() -> None:
    follow_ups = [topic for topic in WRITER.responses if topic.startswith("utter_followup_")]
    for service in CONTENT.services.values():
        for name in follow_ups if service.is_shown() else ():
            for audience in ("young_person", "parent"):
                words = card(name.removeprefix("utter_"), audience=audience, service=service.id)["text"].splitlines()[0]
                assert not words.endswith(":"), f"{name} ends in nothing for {service.id}"
                assert f"{service.name}: ." not in words


def test_a_local_service_is_no_subject_for_somebody_elsewhere() -> None:
    shown = card("followup_is_it_free", Earlier("t", "t", "practical", ("wiltshire-mash", "childline")), area="elsewhere")
    assert not set(shown["ids"]) & CONTENT.council.local_ids


def said(tracker: DialogueStateTracker, **parse_data: Any) -> None:
    tracker.update(ActionExecuted("action_listen"))
    tracker.update(UserUttered("four or more words", {"name": "parent_signs", "confidence": 1.0}, [], {"entities": [], **parse_data}))


def answered(tracker: DialogueStateTracker) -> None:
    lines = {"topic": "parent_signs", "urgency": "worried", "services": [{"id": "nspcc"}]}
    tracker.update(BotUttered("words", {"custom": {"handoff": lines}}, {"wording": 2}))


def test_who_and_where_outlast_the_turns_that_are_remembered() -> None:
    tracker = DialogueStateTracker.from_events("a", [], DOMAIN.slots)
    said(tracker, **{KEY: understood("t", "parent", who=0.97).as_dict(), PLACE: "elsewhere"})
    answered(tracker)
    for _ in range(8):
        said(tracker, **{KEY: understood("t", "young_person").as_dict()})
        answered(tracker)
        tracker = recalled(remembered(tracker), "a", DOMAIN)
    said(tracker, **{KEY: understood("t").as_dict()})
    situation = situation_of(tracker)
    assert (situation.audience, situation.area) == ("parent", "elsewhere")
    assert len(situation.before.turns) <= 4
    assert situation.before.turns[-1] == Earlier("parent_signs", "parent_signs", "worried", ("nspcc",), 2)


def test_somebody_who_turns_out_to_live_here_gets_the_local_people_again() -> None:
    tracker = DialogueStateTracker.from_events("a", [], DOMAIN.slots)
    said(tracker, **{PLACE: "elsewhere"})
    tracker = recalled(remembered(tracker), "a", DOMAIN)
    said(tracker, **{PLACE: "here"})
    assert situation_of(tracker).area == ""


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("im in swindon", "elsewhere"),
        ("I live in Scotland", "elsewhere"),
        ("we're in north wales", "elsewhere"),
        ("my daughter lives in Leeds", "elsewhere"),
        ("i live in bath", "elsewhere"),
        ("im in bath", ""),
        ("he lives in london and wants to meet", ""),
        ("swindon", "elsewhere"),
        ("not in wiltshire", "elsewhere"),
        ("i live in salisbury", "here"),
        ("im in year 9", ""),
        ("what is grooming", ""),
    ],
)
def test_only_where_the_person_lives_counts(text: str, where: str) -> None:
    assert PLACES(text) == where


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_answer_offers_two_to_four_next_steps_and_a_person_among_them(audience: str) -> None:
    for name in WRITER.responses:
        topic = name.removeprefix("utter_")
        reply = WRITER.write(topic, Situation(audience))
        assert reply is not None
        titles = [button["title"] for button in reply["buttons"]]
        assert 2 <= len(titles) <= (6 if topic == "first_message" else 4), topic
        assert titles[-1] == CONTENT.card.words["talk_to_a_person"]
        assert len(set(titles)) == len(titles)


def test_what_follows_after_telling_is_one_walk_through_every_route() -> None:
    reached, ahead = set(), ["what_happens_if_i_tell"]
    while ahead:
        topic = ahead.pop()
        reached.add(topic)
        steps = [answer.next for answer in WRITER.answers.for_audience(topic, "young_person")]
        ahead += [name for names in steps for name in names if name.startswith("tell_") and name not in reached]
    routes = ("childline", "ceop", "council", "police", "school", "report_remove", "shout", "nurse", "trusted_adult")
    assert {f"tell_{route}" for route in routes} <= reached
    for route in ("childline", "ceop", "council", "police", "school"):
        assert f"tell_{route}_who_knows" in WRITER.answers.for_audience(f"tell_{route}", "young_person")[0].next


@pytest.mark.parametrize("broken", [None, "- a list", "cues: [i live in]", "cues: ["])
def test_a_broken_list_of_places_is_named(tmp_path: Path, broken: str | None) -> None:
    if broken is not None:
        (tmp_path / "places.yml").write_text(broken, encoding="utf-8")
    with pytest.raises(ContentFault, match=r"places\.yml"):
        read_places(tmp_path)


def test_somebody_from_here_is_not_told_how_to_find_another_council() -> None:
    assert card("not_in_area", area="elsewhere")["topic"] == "not_in_area"
    assert card("not_in_area")["topic"] == "go_on"


def test_a_young_person_never_loses_childline_to_a_full_card() -> None:
    full = ("emergency-999", "police-101", "ceop", "report-remove", "samaritans", "shout", "childline")
    shown = card("affirm", Earlier("t", "sextortion_money", "emergency", full), audience="young_person")
    assert "childline" in shown["ids"]
    assert shown["ids"][:3] == list(full[:3])


def test_a_question_about_one_service_after_danger_keeps_it_first_and_the_others_behind() -> None:
    shown = card("how_contact_childline", SUICIDAL)
    assert shown["ids"][0] == "childline"
    assert "samaritans" in shown["ids"]
    assert shown["urgency"] == "worried"


def test_go_on_walks_from_answer_to_answer_and_an_ok_in_between_changes_nothing() -> None:
    turn = Earlier("tell_childline", "tell_childline", "practical", ("childline",))
    for expected in ("tell_childline_who_knows", "tell_what_you_can_ask", "how_to_tell_someone", "what_happens_if_i_tell"):
        shown = card("go_on", turn, OK)
        assert shown["topic"] == expected
        turn = Earlier("go_on", shown["topic"], shown["urgency"], tuple(shown["ids"]))
    assert card("go_on")["topic"] == "go_on"
