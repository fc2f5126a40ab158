"""The certificate can come out otherwise: each promise is broken on purpose, and the proof says so."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from signpost.desk.prove import promises as told
from signpost.desk.prove import walks
from signpost.desk.prove.certificate import COUNTED, PATH, Part, certificate, fault_of
from signpost.desk.prove.machine import Heard, Machine, State
from signpost.desk.prove.progress import Progress
from signpost.desk.prove.subject import Subject, code_hash, content_hash, subject, walked_hash
from signpost.desk.prove.tally import Tally
from signpost.desk.prove.trained import story_windows
from signpost.desk.prove.whole import LET_THROUGH, guard_stands
from signpost.handoff.guard import Guard
from signpost.register.content import read_content
from tests.conftest import ROOT
from tests.proof.conftest import RESPONSES, REVIEWED, Change, few, model, walked, with_writer

EMERGENCIES = [topic.name for topic in REVIEWED.topics if topic.metadata.get("urgency") == "emergency"]


def test_the_content_as_it_is_breaks_nothing(sound: Subject) -> None:
    tally = walked(sound, "content", "buttons", "stories")
    assert not tally.broken, tally.examples
    assert tally.turns > 2_000


def test_deleting_any_one_route_from_the_model_is_noticed() -> None:
    for name, wordings in RESPONSES.items():
        for number, wording in enumerate(wordings):
            for route in wording["metadata"]["handoff"]:
                mutated = copy.deepcopy(wordings)
                mutated[number]["metadata"]["handoff"].remove(route)
                assert walks._as_reviewed(mutated) != walks._as_reviewed(wordings), (name, route)


def test_a_route_deleted_from_the_model_fails_the_proof() -> None:
    mutated = copy.deepcopy(RESPONSES)
    mutated["utter_feel_suicidal"][-1]["metadata"]["handoff"].pop()
    assert walked(model(mutated), "content").broken[walks.NOT_AS_REVIEWED] == 1


def test_an_answer_that_hands_off_to_nobody_fails_even_when_the_files_say_so_too() -> None:
    mutated = copy.deepcopy(RESPONSES)
    for wordings in mutated.values():
        for wording in wordings:
            wording["metadata"]["handoff"] = []
    files = {name: {**file, "responses": {n: mutated[n] for n in file.get("responses") or {}}} for name, file in REVIEWED.files.items()}
    broken = walked(model(mutated, reviewed=replace(REVIEWED, files=files)), "content").broken
    assert broken[walks.NO_HANDOFF] == sum(len(wordings) for wordings in mutated.values())
    assert walks.NOT_AS_REVIEWED not in broken


def test_weakening_any_one_rule_fails_the_proof(sound: Subject) -> None:
    whole = walks.Walks(sound)
    for intent in sound.intents:
        elsewhere = "utter_ot_bin_collection" if intent != "ot_bin_collection" else "utter_ot_greeting"
        weak = replace(sound, policies=lambda history, heard, i=intent, e=elsewhere: (e,) if heard == i else sound.policies(history, heard))
        whole.subject = weak
        assert whole.all()[0].work(0).broken[walks.RULE_ASTRAY] == 1, intent


@pytest.mark.parametrize("taken", [("utter_ot_greeting",), (), ("utter_no_such_answer",)])
def test_an_emergency_whose_rule_is_lost_is_counted_for_what_it_does(sound: Subject, taken: tuple[str, ...]) -> None:
    weak = replace(sound, policies=lambda history, heard: taken if heard == EMERGENCIES[0] else sound.policies(history, heard))
    broken = walked(replace(weak, urgencies={EMERGENCIES[0]: "emergency"}), "single").broken
    kinds = {told.NO_999, told.CALMED} if taken == ("utter_ot_greeting",) else {told.NO_ROUTE}
    assert all(broken[kind] for kind in kinds), broken


def card(reply: dict[str, Any]) -> Any:
    return reply["custom"]["handoff"]


def only(reply: dict[str, Any], *ids: str) -> dict[str, Any]:
    """The reply with other services on its card, words and card alike."""
    content = REVIEWED.content
    lines = [
        {**card(reply)["services"][0], "id": i, "name": content.services[i].name, "phone": content.services[i].channels[0].value}
        for i in ids
    ]
    card(reply)["services"] = lines
    reply["text"] = reply["text"].partition("\n")[0] + "\n" + "\n".join(f"- {line['name']}: {line['phone']}" for line in lines)
    return reply


def less(reply: dict[str, Any]) -> dict[str, Any]:
    card(reply)["urgency"] = "information"
    return reply


SPOILT: dict[str, tuple[str, Change]] = {
    "no reply": (told.NO_ROUTE, lambda reply: None),
    "no card": (told.NO_ROUTE, lambda reply: {"text": reply["text"], "buttons": []}),
    "a card without anybody": (told.NO_ROUTE, lambda reply: only(reply)),
    "nobody but 999": (told.NO_ROUTE, lambda reply: only(less(reply), "emergency-999")),
    "the card but not its words": (told.NO_ROUTE, lambda reply: {**reply, "text": reply["text"].partition("\n")[0]}),
    "other words": (told.UNREVIEWED, lambda reply: {**reply, "text": f"Hello there. {reply['text']}"}),
    "a line for adults first": (told.ADULTS_FIRST, lambda reply: only(reply, "nspcc", "childline")),
    "no 999": (told.NO_999, lambda reply: only(reply, "childline")),
    "calmer": (told.CALMED, less),
    "a retired number": (told.WITHDRAWN, lambda reply: {**reply, "text": f"{reply['text']} 0845 607 0888"}),
    "a service that is held back": (told.UNCLEARED, lambda reply: only(reply, "napac")),
    "anything that the guard replaces": (told.REPLACED, lambda reply: {**reply, "text": reply["text"] + "!"}),
    "a button to nowhere": (walks.DEAD_BUTTON, lambda reply: {**reply, "buttons": [{"title": "x", "payload": "b-0"}]}),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_writer_that_breaks_a_promise_fails_the_proof(sound: Subject, name: str) -> None:
    kind, change = SPOILT[name]
    spoilt = with_writer(sound, change)
    tally = walked(spoilt, "buttons") if kind == walks.DEAD_BUTTON else walked(few(spoilt), "single")
    assert tally.broken[kind] > 0


def test_each_kind_that_the_certificate_counts_can_be_counted() -> None:
    elsewhere = {LET_THROUGH, walks.NOT_THE_SAME, walks.STORY_ASTRAY, walks.RULE_ASTRAY, walks.NOT_AS_REVIEWED, walks.NO_HANDOFF}
    in_the_real_model = {kind for kind in COUNTED if kind.endswith("differ")}
    assert {kind for kind, _ in SPOILT.values()} | elsewhere | in_the_real_model == set(COUNTED)


def test_a_retired_number_in_the_register_fails_the_proof(tmp_path: Path, sound: Subject) -> None:
    for name in ("helplines", "council", "facts", "card"):
        (tmp_path / f"{name}.yml").write_bytes((ROOT / "data" / f"{name}.yml").read_bytes())
    register = tmp_path / "helplines.yml"
    register.write_text(register.read_text(encoding="utf-8").replace('value: "0800 1111"', 'value: "0845 607 0888"'), encoding="utf-8")
    content = read_content(tmp_path)
    mutated = subject(sound.domain, content, sound.policies, replace(REVIEWED, content=content), tmp_path)
    broken = walked(few(mutated), "single").broken
    assert broken[told.WITHDRAWN]
    assert broken[told.REPLACED]


async def test_without_the_guard_the_proof_fails(sound: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not (await guard_stands(sound)).broken
    monkeypatch.setattr(Guard, "fault", lambda self, messages: None)
    assert (await guard_stands(sound)).broken[LET_THROUGH] >= 5


def test_a_story_that_says_something_else_fails_the_proof(sound: Subject) -> None:
    story = {"story": "x", "steps": [{"intent": "affirm"}, {"action": "utter_deny"}]}
    reviewed = replace(REVIEWED, files={**REVIEWED.files, "data/chat/x.yml": {"stories": [story]}})
    assert walked(replace(sound, reviewed=reviewed), "stories").broken[walks.STORY_ASTRAY] == 1
    assert story_windows(reviewed) >= story_windows(REVIEWED)


def test_a_conversation_that_the_store_lets_go_of_begins_anew(sound: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(sound)
    monkeypatch.setattr(machine, "_stored", lambda tracker: None)
    assert machine.take(State(), Heard("choose_parent"))[2] == State()


def test_the_machine_remembers_as_the_store_does(sound: Subject) -> None:
    machine, state = Machine(sound), State()
    for _ in range(9):
        _, _, state = machine.take(state, Heard("choose_parent"))
    assert dict(state.slots)["audience"] == "parent"
    assert len(state.before.turns) < 9


def test_a_certificate_passes_only_whole_and_clean() -> None:
    whole, half = Part("pairs", "", True, 9, 4, 4), Part("pairs", "", True, 9, 3, 4)
    assert certificate([whole], {}, {}, {}, ("pairs",))["passed"]
    assert not certificate([half], {}, {}, {}, ("pairs",))["passed"]
    assert not certificate([whole], {told.NO_999: 1}, {}, {}, ("pairs",))["passed"]


def test_a_certificate_of_other_content_is_not_relied_on(tmp_path: Path) -> None:
    for name in ("config.yml", "domain.yml"):
        (tmp_path / name).write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    assert "missing" in str(fault_of(tmp_path))
    path = tmp_path / PATH
    path.parent.mkdir(parents=True)
    hashes = {"content_sha256": content_hash(tmp_path), "code_sha256": code_hash(tmp_path)}
    kept = {**hashes, "passed": True, "broken": {}, "not finished": []}
    path.write_text(json.dumps(kept), encoding="utf-8")
    assert fault_of(tmp_path) is None
    path.write_text(json.dumps({**kept, "passed": False, "broken": {told.NO_999: 1}}), encoding="utf-8")
    assert told.NO_999 in str(fault_of(tmp_path))
    path.write_text(json.dumps({**kept, "code_sha256": "x"}), encoding="utf-8")
    assert "other code" in str(fault_of(tmp_path))
    (tmp_path / "data" / "x.yml").write_text("b: 2\n", encoding="utf-8")
    assert "other content" in str(fault_of(tmp_path))


def test_another_pipeline_leaves_the_certificate_as_it_is_and_another_policy_does_not(tmp_path: Path) -> None:
    (tmp_path / "domain.yml").write_text("a: 1\n", encoding="utf-8")

    def hashed(config: str) -> str:
        (tmp_path / "config.yml").write_text(config, encoding="utf-8")
        return content_hash(tmp_path)

    as_it_was = hashed("pipeline: [{name: A}]\npolicies: [{name: P, max_history: 3}]\n")
    assert hashed("pipeline: [{name: A, steps: 4}]\npolicies: [{name: P, max_history: 3}]\n") == as_it_was
    assert hashed("pipeline: [{name: A}]\npolicies: [{name: P, max_history: 4}]\n") != as_it_was


def test_an_example_more_leaves_the_certificate_as_it_is_and_an_answer_does_not(tmp_path: Path) -> None:
    for name in ("config.yml", "domain.yml"):
        (tmp_path / name).write_text("a: 1\n", encoding="utf-8")
    path = tmp_path / "data" / "topics" / "what.yml"
    path.parent.mkdir(parents=True)
    entry = {"intent": "what", "metadata": {"audience": "parent", "urgency": "worried"}, "examples": "- what is it"}
    topic = {"nlu": [entry], "responses": {"utter_what": [{"text": "It is this."}]}, "rules": [{"rule": "Say it.", "steps": []}]}

    def hashed(**changes: object) -> str:
        path.write_text(yaml.safe_dump({**topic, **changes}), encoding="utf-8")
        return content_hash(tmp_path)

    as_it_was = hashed()
    others = {**entry, "metadata": {"audience": "friend", "urgency": "worried"}}
    assert hashed(nlu=[{**entry, "examples": "- what is it\n- tell me"}, others]) == as_it_was
    assert hashed(nlu=[{**entry, "metadata": {"audience": "parent", "urgency": "practical"}}]) != as_it_was
    assert hashed(responses={"utter_what": [{"text": "It is that."}]}) != as_it_was
    assert hashed(rules=[]) != as_it_was
    path.write_text("no: [yaml", encoding="utf-8")
    assert content_hash(tmp_path) != as_it_was


def test_words_that_show_a_language_or_who_asks_leave_the_certificate_as_it_is_and_its_answers_do_not(tmp_path: Path) -> None:
    for name in ("config.yml", "domain.yml"):
        (tmp_path / name).write_text("a: 1\n", encoding="utf-8")
    path = tmp_path / "data" / "languages" / "welsh.yml"
    path.parent.mkdir(parents=True)

    def hashed(words: list[str], text: str) -> str:
        path.write_text(yaml.safe_dump({"language": {"words": words}, "responses": {"utter_welsh": [{"text": text}]}}), encoding="utf-8")
        return content_hash(tmp_path)

    as_it_was = hashed(["heno"], "Ffoniwch 999.")
    assert hashed(["heno", "rwan"], "Ffoniwch 999.") == as_it_was
    assert hashed(["heno"], "Ffoniwch 101.") != as_it_was
    hashed(["heno"], "Ffoniwch 999.")
    (tmp_path / "data" / "who_asks.yml").write_text("roles: {}\n", encoding="utf-8")
    assert content_hash(tmp_path) == as_it_was
    (tmp_path / "data" / "card.yml").write_text("words: {}\n", encoding="utf-8")
    assert content_hash(tmp_path) != as_it_was


def test_a_run_that_was_cut_off_is_taken_up_again(tmp_path: Path) -> None:
    first = Progress(tmp_path / "p.json", "model", ("assistant",))
    tally = Tally()
    tally.add([told.NO_999], "somewhere")
    first.add("pairs", 3, tally)
    first.add("assistant", 1, Tally())
    first.save()
    again = Progress(tmp_path / "p.json", "model", ("assistant",))
    assert again.is_done("pairs", 3)
    assert again.runs == 2
    assert again.sum().broken[told.NO_999] == 1
    assert Progress(tmp_path / "p.json", "model", (), afresh=True).turns() == 0


def test_what_was_walked_is_not_taken_for_a_model_with_other_answers_or_actions(sound: Subject) -> None:
    first = next(iter(RESPONSES))
    stale = model({**RESPONSES, first: [{**RESPONSES[first][0], "text": "As it stood before the last edit."}]})
    astray = model(policies=lambda history, intent: ("utter_go_on",))
    assert len({walked_hash(few(each)) for each in (sound, model(), stale, astray)}) == 3
    assert walked_hash(few(sound)) == walked_hash(few(model()))


def test_another_model_is_asked_again_and_what_was_walked_stays(tmp_path: Path) -> None:
    first = Progress(tmp_path / "p.json", "model", ("assistant",))
    first.add("pairs", 3, Tally())
    first.add("assistant", 1, Tally())
    first.save()
    assert Progress(tmp_path / "p.json", "model", ("assistant",)).is_done("assistant", 1)
    other = Progress(tmp_path / "p.json", "another model", ("assistant",))
    assert other.is_done("pairs", 3)
    assert not other.is_done("assistant", 1)
