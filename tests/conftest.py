"""The real assistant, started once for all tests that talk to it."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from signpost.desk.run import free_port, start, stop
from signpost.web_chat.rate_limit import LIMIT_NAME

ROOT = Path(__file__).parent.parent
MODEL = ROOT / "models" / "signpost.tar.gz"


@dataclass(frozen=True)
class Assistant:
    """A running assistant and how to talk to it over REST."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(self, body: bytes) -> tuple[int, Any]:
        """Post a raw body to the REST channel; return status and decoded JSON."""
        request = urllib.request.Request(f"{self.url}/webhooks/rest/webhook", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def say(self, text: str, sender: str | None = None) -> Reply:
        """Say `text` in the conversation `sender` (a new one by default)."""
        status, messages = self.post(json.dumps({"sender": sender or uuid.uuid4().hex, "message": text}).encode())
        assert status == 200, messages
        return Reply(messages)


@dataclass(frozen=True)
class Reply:
    """The messages of one turn."""

    messages: list[dict[str, Any]]

    @property
    def text(self) -> str:
        return "\n".join(message.get("text") or "" for message in self.messages)

    @property
    def handoff(self) -> dict[str, Any]:
        cards = [message["custom"]["handoff"] for message in self.messages if message.get("custom")]
        assert len(cards) == 1, "exactly one card a turn"
        return cards[0]

    @property
    def routes(self) -> list[str]:
        return [service["id"] for service in self.handoff["services"]]

    @property
    def buttons(self) -> list[dict[str, str]]:
        return [button for message in self.messages for button in message.get("buttons") or []]


@pytest.fixture(scope="session")
def assistant() -> Iterator[Assistant]:
    """One assistant for the whole run."""
    processes: list[subprocess.Popen[bytes]] = []
    port = free_port()
    os.environ.setdefault(LIMIT_NAME, "6000")  # all tests come from one address, faster than a class of pupils
    try:
        start(processes, "127.0.0.1", port, MODEL)
        yield Assistant(port)
    finally:
        stop(processes)
