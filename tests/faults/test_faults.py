"""What breaks around a chat costs nobody the way to people: each fault is made for real, and what can recover does so by itself.

Several workers, Redis and a worker that is killed under load: test_workers.py.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
import yaml

from signpost.conversation.buttons import button_id
from signpost.desk.run import NotReady, check_files
from tests.conftest import MODEL, ROOT, Reply
from tests.deadline import until
from tests.faults.conftest import Watched
from tests.faults.one_run import OneRun


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneRun]:
    running = OneRun(tmp_path_factory.mktemp("project"))
    try:
        yield running
    finally:
        running.stop()


def test_an_action_server_that_hangs_or_is_killed_costs_no_turn_and_comes_back(run: OneRun) -> None:
    actions = run.pid("rasa_sdk")
    os.kill(actions, signal.SIGSTOP)
    run.answers_everything()
    os.kill(actions, signal.SIGKILL)
    run.answers_everything()
    run.line("The action server has ended by itself")
    run.comes_back("rasa_sdk", actions)
    run.answers_everything()


def test_no_answer_waits_for_the_action_server() -> None:
    contents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / "data").glob("*/*.yml")]
    ways = [way for content in contents for way in (*(content.get("rules") or []), *(content.get("stories") or []))]
    actions = {step["action"] for way in ways for step in way["steps"] if "action" in step}
    assert "utter_op_restart" in actions
    assert {action for action in actions if not action.startswith("utter_")} == set()


def test_a_truncated_model_is_refused_and_whoever_runs_already_goes_on(run: OneRun) -> None:
    with run.spoilt(run.model, run.model.read_bytes()[:1_000_000]):
        run.answers_everything()
        assert run.model.name in run.refusal()
    run.answers_everything()


WORDS = (
    *("helplines.yml", "card.yml", "twin.yml", "page.yml", "embed.yml", "safety/words.yml", "text_speak.yml", "courtesies.yml"),
    *("languages/polish.yml", "places.yml", "who_asks.yml"),
)


@pytest.mark.parametrize(
    ("file", "nonsense"),
    [
        *product(WORDS, (b"services: [", b"\xff\xfe\x00")),
        *product(WORDS[:-3], [b"lists: {words: {none: 7}}"]),
        ("languages/polish.yml", b"language: {words: [no]}"),
        ("helplines.yml", b"services: [{id: a, name: A, publish: held, review_by: '2030-01-01', status: cleared, words: B, channels: []}]"),
    ],
)
def test_a_file_of_words_that_is_nonsense_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, nonsense: bytes
) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "data" / file).write_bytes(nonsense)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotReady, match=f"data/{file}"):
        check_files(MODEL)


def test_a_register_that_becomes_nonsense_is_refused_by_name_and_whoever_runs_already_goes_on(run: OneRun) -> None:
    with run.spoilt(run.register, b"services: [\xff"):
        run.answers_everything()
        assert run.register.name in run.refusal()


def test_a_full_disk_costs_no_turn_and_a_start_on_one_is_refused(run: OneRun) -> None:
    with run.full_disk():
        run.answers_everything()
        actions = run.pid("rasa_sdk")
        os.kill(actions, signal.SIGKILL)
        run.comes_back("rasa_sdk", actions)
        run.answers_everything()
    assert "cannot be unpacked" in run.refusal(full_disk=True)


@pytest.mark.parametrize(
    ("now", "council"),
    [
        ("@2026-12-02 11:00:00", ["wiltshire-mash"]),  # a Wednesday
        ("@2026-12-06 03:00:00", ["wiltshire-eds"]),  # the Sunday after it
        ("@2020-02-26 11:00:00", ["wiltshire-mash"]),  # a machine whose clock has lost its battery
        ("@2038-01-19 03:14:00", []),  # everything is overdue for review
    ],
)
def test_a_clock_that_jumps_costs_no_turn(run: OneRun, now: str, council: list[str]) -> None:
    sender = f"through time to {now}"
    before = run.in_time("blorp", sender)
    run.clock(now)
    try:
        until("the clock to jump", lambda: _council_lines(run) == council)
        after = run.in_time("blorp", sender)
        assert any(service["open_now"] for service in after.handoff["services"])
        assert after.messages[0]["text"].splitlines()[0] != before.messages[0]["text"].splitlines()[0], "the conversation is remembered"
        run.answers_everything()
    finally:
        run.clock("+0")
    run.answers_everything()


def _council_lines(run: OneRun) -> list[str]:
    """Who answers for the council: its office by day, its emergency team else, nobody when all is overdue for review."""
    return [route for route in run.door.say(button_id("op_restart")).routes if route.startswith("wiltshire")]


@pytest.mark.parametrize("word", ["raise", "hang"])
def test_a_component_that_raises_or_hangs_costs_no_turn(watched: Watched, word: str) -> None:
    run = watched.assistant
    reply = run.say(f"{word} the alarm")  # what hangs there never ends: a reply that waited for it would not come
    assert reply.routes
    assert reply.handoff["services"][0]["phone"] in reply.text
    assert run.say("what is grooming").handoff["topic"] == "ask_what_is_grooming"


def test_an_assistant_that_is_killed_in_mid_conversation_comes_back(run: OneRun) -> None:
    sender = "in the middle"
    button = run.in_time("what is grooming", sender).buttons[0]
    old = run.pid("rasa run")
    os.kill(old, signal.SIGKILL)
    until("nobody to be ready", lambda: run.health("ready") == 0)
    run.line("The assistant has ended by itself")
    until("somebody to be ready", lambda: run.health("ready") == 200)
    reply: Reply = run.in_time(button["payload"], sender)
    assert reply.routes
    assert reply.text.strip() != run.in_time("blorp", "somebody else").text.strip(), "a button on the screen still means what it says"
    run.comes_back("rasa run", old)
    run.answers_everything()


def test_an_assistant_that_cannot_come_back_is_said_in_one_sentence(run: OneRun) -> None:
    """The last one: after it, nothing runs."""
    actions = run.pid("rasa_sdk")
    with run.spoilt(run.register, b"services: ["):
        os.kill(run.pid("rasa run"), signal.SIGKILL)
        assert run.register.name in run.line("data/")
        assert run.process.wait(30) == 1
    assert not Path(f"/proc/{actions}").exists(), "nothing is left behind"
