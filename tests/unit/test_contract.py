"""The reply contract over REST: every turn has words and one card with people, whatever is sent."""

from __future__ import annotations

import json

import pytest

from signpost.conversation.buttons import BUTTON
from tests.conftest import Assistant

ODD_WORDS = [
    "",
    "   \n\t ",
    "a" * 10_000,
    "help " * 2_000,
    "\x00\x07\x1b[2J",
    "\u200b\u200d\u2060",
    "\u202e\u202dabc",
    "/restart",
    "/nlu_fallback",
    '/feel_suicidal{"audience":"parent"}',
    "/session_start",
    "/back",
    "_restart",
    "<script>alert(1)</script>",
    "{{7*7}} ${jndi:ldap://x} %s {audience}",
    "'; DROP TABLE conversations; --",
    "😭😭😭",
    "0",
    "???",
]


@pytest.mark.parametrize("words", ODD_WORDS, ids=range(len(ODD_WORDS)))
def test_odd_words_get_an_answer_with_people(assistant: Assistant, words: str) -> None:
    reply = assistant.say(words)
    assert reply.text.strip()
    assert reply.routes
    assert len(words.strip()) < 12 or words.strip() not in reply.text, "typed words are never echoed"


BROKEN = {
    "no json": b"hello",
    "a list": b"[]",
    "a number": b"7",
    "no sender": b'{"message": "hi"}',
    "no message": b'{"sender": "a"}',
    "message is a number": b'{"sender": "a", "message": 7}',
    "message is null": b'{"sender": "a", "message": null}',
    "sender is a list": b'{"sender": ["a"], "message": "hi"}',
    "sender is empty": b'{"sender": "", "message": "hi"}',
    "unknown field": b'{"sender": "a", "message": "hi", "intent": "x"}',
    "deep nesting": b"[" * 50_000,
    "not utf-8": b'{"sender": "a", "message": "\xff"}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_protocol_gets_a_clear_4xx(assistant: Assistant, name: str) -> None:
    status, answer = assistant.post(BROKEN[name])
    assert status == 400
    assert set(answer) == {"error"}
    assert "Traceback" not in answer["error"]


def test_the_first_number_stands_in_the_text(assistant: Assistant) -> None:
    for words in ("he keeps asking me for pictures", "my daughter has not come home", "what is grooming"):
        reply = assistant.say(words)
        first = reply.handoff["services"][0]
        assert first["phone"] in reply.text
        assert set(first) == {"id", "name", "phone", "text", "web", "chat", "open_now", "hours", "note"}


def test_buttons_carry_opaque_ids_that_the_server_understands(assistant: Assistant) -> None:
    reply = assistant.say("what is grooming", "buttons")
    assert reply.buttons, "every topic offers next steps"
    for button in reply.buttons:
        assert BUTTON.fullmatch(button["payload"]), "no intent name leaves the server"
    person = assistant.say(reply.buttons[-1]["payload"], "buttons")
    assert person.handoff["topic"] == "want_to_talk_to_human"


def test_a_button_of_another_server_is_only_words(assistant: Assistant) -> None:
    assert assistant.say("b-" + "0" * 24).handoff["topic"] != "want_to_talk_to_human"


def test_a_typed_slash_is_words(assistant: Assistant) -> None:
    assert assistant.say("/want_to_talk_to_human").messages[0]["text"], "answered"
    assert assistant.say("/parent_signs").handoff["audience"] != "operator"


def test_the_fallback_is_never_twice_the_same(assistant: Assistant) -> None:
    texts = [assistant.say(words, "fallback").messages[0]["text"] for words in ("blorp", "zzgh wuuf", "qqqq")]
    assert len(set(texts)) == len(texts)


def test_json_is_utf8(assistant: Assistant) -> None:
    status, messages = assistant.post(json.dumps({"sender": "ü" * 10, "message": "żółć"}).encode())
    assert status == 200
    assert messages
