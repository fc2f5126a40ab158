"""Random and guided nonsense at the doors: every answer is sound, quotes nothing, and a turn always carries people."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signpost.conversation.ids import new_id
from tests.conftest import ROOT, Assistant, Reply
from tests.faults.test_nothing_kept import send

SECONDS = 8
MARK = "quokka"  # stands in everything that is sent, so that an echo is seen
BOUNDED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text().map(lambda text: MARK + text),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def test_the_door_withstands_a_guided_fuzzer(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    for number, seed in enumerate((b'{"sender": "a", "message": "b"}', b"[[[[", b'{"sender": 1e999}', b'"\\ud800"', b"\xff\xfe")):
        (tmp_path / "corpus" / str(number)).write_bytes(seed)
    limits = [f"-max_total_time={SECONDS}", "-max_len=4096", "-timeout=5", f"-artifact_prefix={tmp_path}/"]
    command = [sys.executable, str(ROOT / "tests" / "faults" / "fuzz_read_message.py"), *limits, str(tmp_path / "corpus")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    tried = re.search(r"Done (\d+) runs", done.stderr)
    assert tried, done.stderr[-2000:]
    assert int(tried.group(1)) > 1000


@BOUNDED
@given(body=st.dictionaries(st.sampled_from(["sender", "message", "metadata", "input_channel", "x"]), VALUES))
def test_any_json_gets_a_sound_answer(assistant: Assistant, body: dict[str, Any]) -> None:
    status, answer = assistant.post(json.dumps(body).encode())
    sound(status, answer)


def test_half_a_character_is_words_too(assistant: Assistant) -> None:
    for body in (b'{"sender": "\\ud83d", "message": "help me"}', b'{"sender": "a", "message": "help me \\udc00\\ud83d"}'):
        status, answer = assistant.post(body)
        sound(status, answer)


@BOUNDED
@given(words=st.text(max_size=400))
def test_any_words_get_people(assistant: Assistant, words: str) -> None:
    status, answer = assistant.post(json.dumps({"sender": MARK, "message": f"{words} {MARK}"}).encode())
    assert status == 200
    sound(status, answer)


@BOUNDED
@given(
    fields=st.dictionaries(st.sampled_from(["message", "button", "conversation", "x"]), st.text(max_size=60)),
    kind=st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""]),
    ours=st.booleans(),
    garbage=st.binary(max_size=60),
)
def test_any_form_gets_a_page_with_people(assistant: Assistant, fields: dict[str, str], kind: str, ours: bool, garbage: bytes) -> None:
    sent = {name: f"{MARK}{value}" for name, value in fields.items()}
    if ours:
        sent["conversation"] = new_id()
    body = urllib.parse.urlencode(sent, errors="replace").encode() + garbage
    status, page = send(assistant.port, "POST", "/chat", body, {"Content-Type": kind})
    assert status in (200, 429)  # a fast machine may reach the limit of one address
    assert "tel:" in page
    assert MARK not in page


def sound(status: int, answer: Any) -> None:
    """A refusal in one sentence that quotes nothing, or one turn with one card."""
    if status == 400:
        assert set(answer) == {"error"}
        assert MARK not in answer["error"]
        return
    assert status == 200
    reply = Reply(answer)
    assert reply.routes
    assert MARK not in reply.text
