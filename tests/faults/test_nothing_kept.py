"""Nothing that a person types is written anywhere: secret words go in through every door, and then everything written is searched."""

from __future__ import annotations

import http.client
import json
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from signpost.conversation.buttons import button_id
from signpost.conversation.ids import new_id
from tests.deadline import until
from tests.faults.conftest import Watched

SECRET = "xylophonemarmalade"
SENDER = "trombonecustard"  # an integrator's name for a person: Rasa's contract gives it back to the caller, and nobody else hears it
FORMS = re.compile(rb"xylophone|marmalade", re.I)
WRITTEN = re.compile(rb"xylophone|marmalade|trombone|custard", re.I)
NAUGHTY = ["raise", "hang", "chatter", "thread", "lost"]


def send(port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, str]:
    """Send one request as it is; return status and body, or 0 when the server closed the door."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    except (ConnectionError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def typed() -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
    """Every way in, well-formed or not, with the secret in each part that a caller controls."""
    as_json = {"Content-Type": "application/json"}
    as_form = {"Content-Type": "application/x-www-form-urlencoded"}
    as_parts = {"Content-Type": "multipart/form-data; boundary=cut"}
    rest = "/webhooks/rest/webhook"
    for words in [SECRET, f"he hurt me {SECRET}", f"/{SECRET}", f"my name is {SECRET}", *(f"{word} {SECRET}" for word in NAUGHTY)]:
        yield "POST", rest, json.dumps({"sender": SENDER, "message": words}).encode(), as_json
        yield "POST", "/chat", urllib.parse.urlencode({"message": words, "conversation": new_id()}).encode(), as_form
    for meaning in ("op_restart", "op_exit", "want_to_talk_to_human"):
        yield "POST", rest, json.dumps({"sender": SENDER, "message": button_id(meaning)}).encode(), as_json
    yield "POST", rest, f'{{"sender": "{SECRET}", "message": '.encode(), as_json
    yield "POST", rest, json.dumps({"sender": SECRET, "message": [SECRET]}).encode(), as_json
    yield "POST", rest, json.dumps({"sender": SECRET, "message": SECRET, SECRET: 1}).encode(), as_json
    yield "POST", rest, json.dumps({"sender": SECRET * 20, "message": SECRET}).encode(), as_json
    yield "POST", rest, json.dumps({"sender": "long", "message": f"{SECRET} " * 3_000}).encode(), as_json
    yield "POST", rest, json.dumps({"sender": "long", "message": f"{SECRET} " * 30_000}).encode(), as_json
    yield "POST", rest, f"{SECRET}\xff".encode("latin-1"), as_json
    yield "POST", "/chat", urllib.parse.urlencode({"button": f"b-{SECRET}", "conversation": SECRET}).encode(), as_form
    yield "POST", "/chat", urllib.parse.urlencode({"message": f"{SECRET} " * 30_000}).encode(), as_form
    yield "POST", "/chat", f"message={SECRET}\xff".encode("latin-1"), as_form
    yield "POST", "/chat", f"--cut\r\nno colon {SECRET}\r\n\r\n{SECRET}\r\n--cut--".encode(), as_parts
    yield "POST", "/chat", f'--cut\r\nContent-Disposition: form-data; filename="{SECRET}"\r\n\r\n{SECRET}\r\n--cut--'.encode(), as_parts
    yield "POST", "/chat", SECRET.encode(), {"Content-Type": f"application/{SECRET}"}
    yield "POST", "/chat/leave", urllib.parse.urlencode({"conversation": SECRET, "message": SECRET}).encode(), as_form
    yield "POST", "/counts/used", urllib.parse.urlencode({"service": SECRET}).encode(), as_form
    yield "GET", f"/chat?message={SECRET}", b"", {"User-Agent": SECRET, "Cookie": f"a={SECRET}", "Referer": f"https://x/{SECRET}"}
    yield "GET", f"/{SECRET}/..%2f{SECRET}", b"", {"X-Forwarded-For": SECRET, "Authorization": f"Bearer {SECRET}"}
    yield SECRET.upper(), "/chat", b"", {}
    yield "GET", "/counts/metrics", b"", {"Authorization": f"Bearer {SECRET}"}


def test_no_typed_word_is_written_anywhere_or_said_again(watched: Watched) -> None:
    port = watched.assistant.port
    for method, path, body, headers in typed():
        status, answer = send(port, method, path, body, headers)
        assert not FORMS.search(answer.encode()), f"echoed by {method} {path}: {answer[:200]}"
        assert status in (0, 200, 204, 303, 400, 403, 404, 405, 413), (method, status)
    tell_the_action_server(watched.actions_port)
    searched = assert_no_secret(watched)
    assert {"assistant.out", "actions.out", "rasa.log"} <= {path.name for path in searched}


def tell_the_action_server(port: int) -> None:
    """The action server hears whole conversations: known, unknown and broken calls, each with the secret in it."""
    tracker = {"sender_id": SECRET, "slots": {}, "latest_message": {"text": SECRET}, "events": [], "paused": False}
    for action in ("action_forget_conversation", f"action_{SECRET}"):
        send(port, "POST", "/webhook", json.dumps({"next_action": action, "sender_id": SECRET, "tracker": tracker, "domain": {}}).encode())
    send(port, "POST", "/webhook", SECRET.encode(), {"Content-Type": "application/json"})


def assert_no_secret(watched: Watched) -> list[Path]:
    """Search everything written; return what was searched."""
    searched = []
    for path, content in watched.written():
        found = WRITTEN.search(content)
        assert not found, f"{path}: {content[max(0, found.start() - 200) : found.end() + 50]!r}"
        searched.append(path)
    return searched


def test_the_search_would_find_what_is_written(watched: Watched) -> None:
    leak = watched.folder / "tmp" / "leak"
    leak.write_text(f"typed: {SECRET}", encoding="utf-8")
    with pytest.raises(AssertionError, match="leak"):
        assert_no_secret(watched)
    leak.unlink()


def test_a_fault_is_still_told_to_whoever_runs_it(watched: Watched) -> None:
    send(watched.assistant.port, "POST", "/webhooks/rest/webhook", json.dumps({"sender": "s", "message": "chatter"}).encode())
    until("a log line", lambda: "words withheld" in (watched.folder / "assistant.out").read_text(encoding="utf-8"))
    output = (watched.folder / "assistant.out").read_text(encoding="utf-8")
    assert "broken_writer:" in output, "the place in the code is named"
    assert "127.0.0.1" not in output.partition("words withheld")[2], "no address"


def test_no_process_may_leave_a_core_dump(watched: Watched) -> None:
    for pid in watched.pids:
        limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
        assert re.search(r"Max core file size\s+0\s+0\s", limits)
