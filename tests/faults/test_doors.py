"""The doors are shut: what is not wanted is off, a flood is refused with the people who can help, a listener is limited by address."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest

from signpost.desk.run import free_port
from tests.conftest import MODEL, ROOT, Assistant, Reply
from tests.faults.conftest import LIMIT, Watched
from tests.faults.test_nothing_kept import send

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def say(watched: Watched, address: str, **headers: str) -> tuple[int, str]:
    body = urllib.parse.urlencode({"message": "hello"}).encode()
    return send(watched.assistant.port, "POST", "/chat", body, {**FORM, "X-Forwarded-For": address, **headers})


def test_a_flood_is_refused_and_still_sees_people(watched: Watched) -> None:
    statuses = [say(watched, "198.51.100.7")[0] for _ in range(LIMIT + 25)]
    assert statuses[: LIMIT // 2] == [200] * (LIMIT // 2)
    assert 429 in statuses
    status, page = say(watched, "198.51.100.7")
    while status == 200:  # a token may have come back in the meantime
        status, page = say(watched, "198.51.100.7")
    assert status == 429
    assert 'href="tel:08001111"' in page
    assert "999" in page
    for _ in range(9):
        status, answer = say(watched, "198.51.100.7", Accept="application/json")
        if status == 429:
            break
    assert "childline" in Reply(json.loads(answer)).routes
    assert say(watched, "198.51.100.8")[0] == 200, "another address is not the flood"
    assert send(watched.assistant.port, "GET", "/chat/style.css", b"", {"X-Forwarded-For": "198.51.100.7"})[0] == 200
    leave = send(watched.assistant.port, "POST", "/chat/leave", b"", {**FORM, "X-Forwarded-For": "198.51.100.7"})
    assert leave[0] == 303, "leaving is never refused"


def test_an_invented_address_in_front_does_not_help(watched: Watched) -> None:
    statuses = [say(watched, f"203.0.113.{number}, 198.51.100.9")[0] for number in range(LIMIT + 25)]
    assert 429 in statuses, "the address that our own proxy added counts, not one that the caller sent"


def test_integrators_on_this_machine_are_not_limited(watched: Watched) -> None:
    body = json.dumps({"sender": "fast", "message": 7}).encode()
    assert {watched.assistant.post(body)[0] for _ in range(2 * LIMIT)} == {400}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/status"),
        ("PUT", "/model"),
        ("POST", "/model/train"),
        ("POST", "/model/parse"),
        ("GET", "/domain"),
        ("GET", "/conversations/a/tracker"),
        ("POST", "/conversations/a/trigger_intent"),
        ("POST", "/conversations/a/tracker/events"),
        ("POST", "/webhooks/socketio/webhook"),
        ("POST", "/webhooks/callback/webhook"),
        ("POST", "/webhooks/facebook/webhook"),
        ("GET", "/socket.io/"),
        ("GET", "/../endpoints.yml"),
        ("GET", "/chat/../../credentials.yml"),
    ],
)
def test_what_is_not_wanted_is_not_there(assistant: Assistant, method: str, path: str) -> None:
    status, answer = send(assistant.port, method, path, b"{}" if method != "GET" else b"")
    assert status in (404, 405)
    assert "999" in answer or set(json.loads(answer)) == {"error"}


@pytest.mark.parametrize("path", ["/chat", "/webhooks/rest/webhook"])
def test_too_much_is_refused_with_people(assistant: Assistant, path: str) -> None:
    status, answer = send(assistant.port, "POST", path, b"a" * 200_000, FORM)
    assert status == 413
    assert "0800 1111" in answer


def test_metrics_are_not_for_whoever_comes_through_a_proxy(assistant: Assistant) -> None:
    assert send(assistant.port, "GET", "/counts/metrics")[0] == 200
    assert send(assistant.port, "GET", "/counts/metrics", b"", {"X-Forwarded-For": "198.51.100.1"})[0] == 404


def test_rasa_itself_does_not_load_an_altered_model(tmp_path: Path) -> None:
    model = tmp_path / "signpost.tar.gz"
    model.write_bytes(MODEL.read_bytes() + b"x")
    shutil.copy(MODEL.with_name("signpost.tar.gz.sig"), tmp_path)
    places = ["--port", str(free_port()), "--interface", "127.0.0.1", "--model", str(model), "--credentials", "credentials.yml"]
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "ACTION_ENDPOINT_URL": "http://127.0.0.1:9/webhook"}
    command = [sys.executable, "-m", "rasa", "run", "--endpoints", "endpoints.yml", *places]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "not the model that was signed" in done.stdout + done.stderr
